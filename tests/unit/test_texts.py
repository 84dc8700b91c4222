"""Locale files become escaped text, in both languages."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from bot.texts import Html, Speech, Texts, escape, read_locale

WEDNESDAY = date(2026, 11, 18)
NASTY = "<b>Ani</b> & {name} \"x\" 'y' </blockquote>"


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts()


def speech(**entries: object) -> Speech:
    return Speech("id", entries)


def test_values_are_escaped_and_html_is_not_escaped_twice() -> None:
    say = speech(greeting="<b>Halo {name}</b>")
    assert say("greeting", name="<i>Ani & Budi</i>") == "<b>Halo &lt;i&gt;Ani &amp; Budi&lt;/i&gt;</b>"
    assert say("greeting", name=Html("<i>Ani</i>")) == "<b>Halo <i>Ani</i></b>"
    assert say("greeting", name=say("greeting", name="<")) == "<b>Halo <b>Halo &lt;</b></b>"


def test_what_is_typed_is_never_taken_for_a_placeholder() -> None:
    say = speech(line="{text} oleh {name}")
    assert say("line", text="{name}", name="Ani") == "{name} oleh Ani"
    assert say("line", text="{0.__class__}", name="Ani") == "{0.__class__} oleh Ani"


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 report waits"), (0, "0 reports wait"), (2, "2 reports wait"), (11, "11 reports wait")],
)
def test_one_report_waits_and_two_reports_wait(count: int, said: str) -> None:
    say = speech(line="{count} {count:report waits|reports wait}", bold="<b>{count}</b>{count:|s}")
    assert say("line", count=count) == say.plain("line", count=count) == said
    assert say("bold", count=count) == f"<b>{count}</b>{'' if count == 1 else 's'}"


def test_plain_text_is_left_as_it_is() -> None:
    say = speech(label="Kirim {name}")
    assert say.plain("label", name="A & B") == "Kirim A & B"


@pytest.mark.parametrize("value", [NASTY, 12, None, date(2026, 1, 1), "", "😀\n\x00"])
def test_escape_takes_anything(value: object) -> None:
    escaped = escape(value)
    assert isinstance(escaped, Html)
    assert "<" not in escaped
    assert escape(escaped) == escaped


def test_a_key_that_is_missing_or_of_another_kind_is_an_error_at_once() -> None:
    say = speech(days=["a"], line="x")
    with pytest.raises(KeyError):
        say("nothing")
    with pytest.raises(TypeError):
        say("days")
    with pytest.raises(TypeError):
        say.options("line")
    with pytest.raises(KeyError):
        speech(line="{name}")("line")
    assert say.has("line")
    assert not say.has("nothing")


@pytest.mark.parametrize(
    ("language", "day", "with_year", "alone", "clock", "instant"),
    [
        (
            "id",
            "Rabu, 18 November",
            "Rabu, 18 November 2026",
            "18 November",
            "15.05",
            "Rabu, 18 November 15.30 WIB",
        ),
        (
            "en",
            "Wednesday, 18 November",
            "Wednesday, 18 November 2026",
            "18 November",
            "15:05",
            "Wednesday, 18 November 15:30 WIB",
        ),
    ],
)
def test_dates_and_times(
    texts: Texts, language: str, day: str, with_year: str, alone: str, clock: str, instant: str
) -> None:
    say = texts.speech(language)
    assert say.day(WEDNESDAY) == day
    assert say.day(WEDNESDAY, year=True) == with_year
    assert say.date(WEDNESDAY) == alone
    assert say.clock(time(15, 5)) == clock
    assert say.instant(datetime(2026, 11, 18, 8, 30, tzinfo=UTC), "Asia/Jakarta") == instant


def test_an_instant_is_told_in_its_zone(texts: Texts) -> None:
    late = datetime(2026, 11, 18, 16, 30, tzinfo=UTC)
    say = texts.speech("id")
    assert say.instant(late, "Asia/Jakarta") == "Rabu, 18 November 23.30 WIB"
    assert say.instant(late, "Asia/Makassar") == "Kamis, 19 November 00.30 WITA"
    assert say.instant(late, "Asia/Jayapura") == "Kamis, 19 November 01.30 WIT"


def test_every_weekday_and_month_has_its_name(texts: Texts) -> None:
    for language in ("id", "en"):
        say = texts.speech(language)
        assert len(set(say.options("calendar.weekdays"))) == 7
        assert len(set(say.options("calendar.months"))) == 12
    assert texts.speech("en").options("calendar.weekdays")[0] == "Monday"
    assert texts.speech("id").options("calendar.months")[7] == "Agustus"


@pytest.mark.parametrize(
    ("asked", "given"),
    [("id", "id"), ("en", "en"), ("en-GB", "en"), ("jv", "id"), ("", "id"), (None, "id"), ("EN", "id")],
)
def test_an_unknown_language_is_answered_in_indonesian(texts: Texts, asked: str | None, given: str) -> None:
    assert texts.speech(asked).language == given


def test_paragraphs_stay_html() -> None:
    say = speech(a="<b>{x}</b>")
    joined = say.join([say("a", x="<"), say("a", x="&")])
    assert joined == "<b>&lt;</b>\n\n<b>&amp;</b>"
    assert escape(joined) is joined


def test_tables_are_read_as_dotted_keys(tmp_path: Path) -> None:
    (tmp_path / "id.toml").write_text('[a]\nb = "x"\n[a.c]\nd = ["1", "2"]\n', encoding="utf-8")
    assert read_locale(tmp_path, "id") == {"a.b": "x", "a.c.d": ["1", "2"]}
