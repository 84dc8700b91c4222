"""What a supervisor is shown fits into a message, is escaped, and offers only what can be done."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from bot.callbacks import LIMIT, Kind
from bot.screens import Button, Screen
from bot.texts import Speech, Texts
from bot.views.feedback import Choice, behaviour_screen, phrase_screen, tone_screen, unpack_choice
from bot.views.paging import chunks, visible
from bot.views.queue import queue_screen
from bot.views.review import detail_screen, reason_screen, review_screen, which_screen
from services.approvals.queue import Queue, Waiting
from services.approvals.review import Review
from services.entries.views import DayView, EntryView
from services.errors import NotFound
from services.states import State

MESSAGE = 4096
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
LONGEST = ("Kegiatan & <hasil> 🙂 " * 300)[:4096]


@pytest.fixture(scope="module")
def t() -> Speech:
    return Texts().speech("id")


def entry(number: int, **changes: Any) -> EntryView:
    values: dict[str, Any] = {
        "id": 10**9 + number,
        "number": number,
        "state": State.SUBMITTED,
        "activity": f"Kegiatan {number}",
        "outcome": "hasil",
        "quantity": 12,
        "unit": "berkas",
        "starts": time(8),
        "ends": time(10),
        "minutes": None,
        "target_id": 7,
        "target_text": "RHK",
        "outside_plan": False,
        "link_source": None,
        "confident": True,
        "outcome_skipped": False,
        "return_reason": None,
        "before": None,
        "source_message_id": None,
        "evidence": (),
    }
    return EntryView(**(values | changes))


def review(*entries: EntryView, name: str = "Ani <Rahmawati>") -> Review:
    day = DayView(
        id=10**9,
        person_id=3,
        person_name=name,
        position=None,
        supervisor_id=2,
        supervisor_name="Budi",
        supervisor_active=True,
        supervisor_joined=True,
        zone="Asia/Jakarta",
        work_date=date(2026, 11, 18),
        state=State.SUBMITTED,
        revision=10**6,
        late=True,
        submitted_at=NOW,
        outcomes_asked=True,
        copied_from=date(2026, 11, 17),
        has_plan=True,
        entries=entries,
    )
    return Review(day, targets={8: LONGEST}, new_evidence={one.id: 3 for one in entries})


def hundred() -> Review:
    before = {
        "activity": LONGEST[::-1],
        "outcome": LONGEST[::-1],
        "quantity": 1,
        "unit": "x" * 60,
        "target_id": 8,
        "starts": "07:00",
        "ends": "08:30",
        "minutes": None,
        "outside_plan": False,
    }
    long = {
        "activity": LONGEST,
        "outcome": LONGEST,
        "target_text": LONGEST[:1500],
        "unit": "y" * 60,
        "return_reason": LONGEST[:1000],
    }
    return review(*(entry(number, before=before, **long) for number in range(1, 101)), name="N" * 200)


def buttons(screen: Screen) -> list[Button]:
    return [one for row in screen.rows for one in row]


def fits(screen: Screen) -> bool:
    for one in buttons(screen):
        assert one.press is None or len(one.press.pack().encode()) <= LIMIT
    assert all(1 <= len(row) <= 8 for row in screen.rows)
    return 0 < visible(screen.text) <= MESSAGE and len(buttons(screen)) <= 100


def test_a_hundred_of_the_longest_entries_are_paged(t: Speech) -> None:
    whole = hundred()
    seen: set[str] = set()
    for page in range(100):
        screen = review_screen(t, whole, page=page)
        assert fits(screen)
        seen |= {str(n) for n in range(1, 101) if f"<b>{n}. " in screen.text}
    assert len(seen) == 100
    assert all(fits(which_screen(t, whole, page=page)) for page in range(6))


def test_the_whole_text_of_the_longest_entry_is_there_in_parts(t: Speech) -> None:
    whole = hundred()
    one = whole.day.entries[0]
    texts = []
    for part in range(12):
        screen = detail_screen(t, whole, one, part=part)
        assert fits(screen)
        texts.append(str(screen.text))
    assert "".join(texts).count("🙂") >= 2 * LONGEST.count("🙂")
    assert fits(reason_screen(t, whole, one))
    for screen in (
        tone_screen(t, whole, Choice(one.id)),
        behaviour_screen(t, whole, Choice(one.id, 10**9)),
        phrase_screen(t, whole, Choice(one.id, 10**9, 7, 3)),
    ):
        assert fits(screen)


def test_what_people_wrote_is_escaped(t: Speech) -> None:
    text = review_screen(t, review(entry(1, activity="a < b & <b>c</b>"))).text
    assert "a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;" in text
    assert "Ani &lt;Rahmawati&gt;" in text


def labels(screen: Screen) -> list[str]:
    return [one.label for one in buttons(screen)]


def test_buttons_offer_only_what_can_be_done(t: Speech) -> None:
    assert labels(review_screen(t, review(entry(1)))) == [
        "Setujui",
        "Kembalikan",
        "Umpan balik",
        "‹ Antrean",
    ]
    assert "Rinci" in labels(review_screen(t, review(entry(1), entry(2))))
    approved = review(entry(1, state=State.APPROVED))
    assert labels(review_screen(t, approved)) == ["Buka lagi", "Umpan balik", "‹ Antrean"]
    assert labels(review_screen(t, review(entry(1, state=State.RETURNED, return_reason="Bukti kurang"))))[
        0
    ] == ("Umpan balik")
    assert labels(review_screen(t, review())) == ["‹ Antrean"]


def test_the_card_says_what_is_missing_late_copied_and_changed(t: Speech) -> None:
    before = {"activity": "Kegiatan 1", "outcome": "lama", "quantity": 10, "unit": "berkas", "target_id": 7}
    before |= {"starts": "08:00", "ends": "10:00", "minutes": None, "outside_plan": False}
    corrected = entry(1, before=before, return_reason="Hasil belum jelas", outcome=None)
    whole = Review(review(corrected).day, targets={7: "RHK"}, new_evidence={})
    text = review_screen(t, whole).text
    for words in (
        "terlambat",
        "Disalin dari Selasa, 17 November",
        "hasil tidak diisi",
        "Sejak dikembalikan (Hasil belum jelas):",
        "Hasil: <s>lama</s> → (kosong)",
        "Jumlah: <s>10 berkas</s> → 12 berkas",
    ):
        assert words in text
    assert "Waktu:" not in text
    assert "RHK: <s>" not in text


def waiting(number: int, *, complete: bool = True) -> Waiting:
    return Waiting(
        day_id=10**9 + number,
        content="",
        person_id=number,
        person_name=f"Pegawai <{number}> " + "x" * 180,
        work_date=date(2026, 11, 17),
        late=True,
        age=2,
        fresh=False,
        entries=100,
        complete=complete,
    )


def test_a_long_queue_is_paged_and_approved_whole_only_when_complete(t: Speech) -> None:
    queue = Queue(10**9, tuple(waiting(number) for number in range(200)))
    shown: set[int] = set()
    for page in range(25):
        screen = queue_screen(t, queue, page=page)
        assert fits(screen)
        assert "Setujui semua (200)" in labels(screen)
        shown |= {one.press.subject for one in buttons(screen) if one.press and one.press.kind is Kind.REVIEW}
    assert len(shown) == 200
    half = Queue(10**9, (waiting(1), waiting(2, complete=False)))
    screen = queue_screen(t, half)
    assert not any("Setujui semua" in one for one in labels(screen))
    assert "belum lengkap" in screen.text


def test_the_digest_names_days_and_revisions() -> None:
    one, two = waiting(1), waiting(2)
    assert Queue(1, (one, two)).digest == Queue(1, (two, one)).digest
    assert Queue(1, (one,)).digest != Queue(1, (one, two)).digest


@pytest.mark.parametrize("arg", ["x", "1.2.3.4.5", "-1", "1.0.8.0", "0.0.0.4", "1..2", "٣"])
def test_a_crafted_choice_is_refused(arg: str) -> None:
    with pytest.raises(NotFound):
        unpack_choice(arg)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_tone_has_four_to_six_phrases_that_fit_a_button(language: str) -> None:
    speech = Texts().speech(language)
    for tone in ("apresiasi", "perbaikan", "arahan"):
        found = speech.options(f"feedback.{tone}")
        assert 4 <= len(found) <= 6
        assert all(3 <= len(one) <= 48 for one in found)


def test_chunks_lose_nothing() -> None:
    text = "kata " * 2000 + "🙂" * 700 + "x" * 5000
    pieces = list(chunks(text, 1500))
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert all(len(one.encode("utf-16-le")) // 2 <= 1500 for one in pieces)
