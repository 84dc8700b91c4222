"""Reading days as people type them: labelled lines, and what holds for any text."""

import json
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.dates import main, own_grammar, rows_of
from services.reading.dates import Mode, Span, read_dates

DATA = Path(__file__).parents[2] / "bench" / "data"
WEDNESDAY = date(2026, 11, 18)
_MONTH_LINE = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
MONTHS = _MONTH_LINE.split()
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MODES = st.sampled_from(Mode)
WORDS = (
    "kemarin besok lusa senin jumat minggu depan lalu ini tgl 5 24 31 Des Jan 2026 - s.d. sampai dan , "
    "3_hari mulai hari bulan tahun 12/11 30/2/2026 dua jam_8 / ( ) ' . kerja seminggu bukan ke akan datang"
)
_PIECES = st.sampled_from([word.replace("_", " ") for word in WORDS.split()])
TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=9).map(" ".join))


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("dates*.jsonl")))
def test_labelled_lines_are_read_as_labelled(name: str) -> None:
    for row in rows_of(DATA / name):
        got = own_grammar(row["text"], date.fromisoformat(row["today"]), Mode(row["mode"]))
        assert got == row["expect"], row


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("besok", Mode.PAST),
        ("senin depan", Mode.PAST),
        ("tgl 25 bulan ini", Mode.PAST),
        ("2 hari kerja mulai senin", Mode.FUTURE),
        ("12/25/2026", Mode.FUTURE),
        ("besok ada rapat tanggal 5", Mode.FUTURE),
        ("1600", Mode.PAST),
        ("29 Feb", Mode.PAST),
        ("12 atau 13 Nov", Mode.PAST),
        ("24 ke 26 Des", Mode.FUTURE),
        ("setelah tgl 24", Mode.FUTURE),
        ("sebelum 24 Desember", Mode.FUTURE),
    ],
)
def test_in_doubt_it_is_asked_again(text: str, mode: Mode) -> None:
    assert read_dates(text, today=WEDNESDAY, mode=mode) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7 Agust", date(2026, 8, 7)),
        ("1 septmbr", date(2026, 9, 1)),
        ("5 Novem 2026", date(2026, 11, 5)),
        ("17 / 11 / 2026", date(2026, 11, 17)),
        ("17 / 11", date(2026, 11, 17)),
        ("17 - 11 - 2026", date(2026, 11, 17)),
        ("bukan kemarin, Senin", date(2026, 11, 16)),
        ("gak jadi kemarin, Senin saja", date(2026, 11, 16)),
    ],
)
def test_a_day_is_read_in_its_rarer_shapes(text: str, expected: date) -> None:
    assert read_dates(text, today=WEDNESDAY, mode=Mode.PAST) == Span(expected, expected)


@pytest.mark.parametrize("piece", ["1/ ", "- 1 -", "s.d. 12 ", "1  /  "])
def test_numbers_without_end_are_read_quickly(piece: str) -> None:
    started = time.process_time()
    assert read_dates((piece * 4096)[:4096], today=WEDNESDAY, mode=Mode.FUTURE) is None
    assert time.process_time() - started < 1.5


def test_a_running_range_is_the_one_meant() -> None:
    assert read_dates("16-20 Nov", today=WEDNESDAY, mode=Mode.FUTURE) == Span(
        date(2026, 11, 16), date(2026, 11, 20)
    )


@given(TEXTS, DAYS, MODES)
def test_any_text_gives_ordered_days_or_none(text: str, today: date, mode: Mode) -> None:
    span = read_dates(text, today=today, mode=mode)
    if span is not None:
        assert span.first <= span.last


@given(TEXTS.filter(lambda text: "20" not in text and text.isascii()), DAYS)
def test_a_report_without_a_year_never_starts_after_today(text: str, today: date) -> None:
    if any(mark in text for mark in ("'", "/", "-", ".")):
        return  # may hold a written year
    span = read_dates(text, today=today, mode=Mode.PAST)
    assert span is None or span.first <= today


@given(DAYS, DAYS, MODES)
def test_a_full_date_is_itself_in_every_shape(day: date, today: date, mode: Mode) -> None:
    month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
    for text in (
        day.isoformat(),
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day:02}-{day.month:02}-{day.year}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day} {month} {day.year}",
        f"tgl {day.day} {month[:3]} {day.year} ya pak",
        f"{weekday}, {day.day} {month} {day.year}",
        f"hari {weekday} tanggal {day:%d-%m-%Y}",
        f"{day.day}{month.lower()}{day.year}",
    ):
        assert read_dates(text, today=today, mode=mode) == Span(day, day), text


@given(DAYS, MODES, st.integers(1, 6))
def test_a_contradicting_weekday_is_never_read(day: date, mode: Mode, shift: int) -> None:
    weekday = WEEKDAYS[(day.weekday() + shift) % 7]
    text = f"{weekday}, {day.day} {MONTHS[day.month - 1]} {day.year}"
    assert read_dates(text, today=day, mode=mode) is None


@given(DAYS.filter(lambda day: day <= date(2099, 10, 31)), st.integers(1, 60), MODES)
def test_ranges_in_every_shape(first: date, length: int, mode: Mode) -> None:
    last = first + timedelta(days=length)
    for joint in (" - ", "-", " s.d. ", " s/d ", " sd ", " sampai ", " sampai dengan ", " hingga "):
        numeric = f"{first:%d/%m/%Y}{joint}{last:%d/%m/%Y}"
        worded = (
            f"{first.day} {MONTHS[first.month - 1]} {first.year}{joint}"
            f"{last.day} {MONTHS[last.month - 1]} {last.year}"
        )
        for text in (numeric, worded):
            assert read_dates(text, today=first, mode=mode) == Span(first, last), text
    assert read_dates(f"{last:%d/%m/%Y} - {first:%d/%m/%Y}", today=first, mode=mode) is None


@given(DAYS, st.integers(0, 6))
def test_a_bare_weekday_is_the_nearest_in_its_direction(today: date, weekday: int) -> None:
    back = read_dates(WEEKDAYS[weekday], today=today, mode=Mode.PAST)
    ahead = read_dates(WEEKDAYS[weekday], today=today, mode=Mode.FUTURE)
    assert back is not None
    assert ahead is not None
    assert back.first.weekday() == ahead.first.weekday() == weekday
    assert 0 <= (today - back.first).days <= 6
    assert 0 <= (ahead.first - today).days <= 6


@pytest.mark.parametrize("today", [date.min, date.max])
@pytest.mark.parametrize(
    "text", ["kemarin", "besok", "minggu depan", "minggu lalu", "31 Des - 2 Jan", "senin", "tgl 31"]
)
def test_the_ends_of_the_calendar_do_not_raise(text: str, today: date) -> None:
    for mode in Mode:
        read_dates(text, today=today, mode=mode)


@pytest.mark.parametrize(
    "piece",
    [
        "1, ",
        "1",
        "1-",
        "senin, ",
        "dari ",
        "(",
        "2 hari ",
        "sampai ",
        "a",
        "5 Des ",
        "tgl ",
        "1 a ",
        "'",
        "s/",
        "jam 8 ",
    ],
)
def test_long_texts_cost_little(piece: str) -> None:
    text = piece * (4096 // len(piece))
    started = time.perf_counter()
    read_dates(text, today=WEDNESDAY, mode=Mode.FUTURE)
    assert time.perf_counter() - started < 1.5


def test_predictions_need_no_expectation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "lines.jsonl"
    lines = [
        {"text": "kemarin", "today": "2026-11-18", "mode": "past"},
        {"text": "24-26 Des", "today": "2026-11-18", "mode": "future"},
        {"text": "8", "today": "2026-11-18", "mode": "past"},
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert main([str(file), "--predict"]) == 0
    results = [json.loads(line)["result"] for line in capsys.readouterr().out.splitlines()]
    assert results == ["2026-11-17", "2026-12-24/2026-12-26", None]
