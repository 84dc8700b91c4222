"""What an input means while a question waits."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import DialogueRow
from services.dialogue import LAPSE, SOFT, Question, Route, Said, Step, advance, ask, read, write

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
FIRM = [step for step in Step if step not in SOFT]


def waiting(step: Step) -> Question:
    return ask(step, now=NOW, entry=5)


@pytest.mark.parametrize("step", list(Step))
def test_text_answers_the_question_which_stays_until_it_is_taken(step: Step) -> None:
    question = waiting(step)
    assert advance(question, Said.TEXT, now=NOW) == (Route.ANSWER, question)


def test_text_that_no_question_waits_for_is_a_report() -> None:
    assert advance(None, Said.TEXT, now=NOW) == (Route.REPORT, None)


@pytest.mark.parametrize(("step", "said"), list(product(Step, Said)))
def test_a_question_lapses_after_thirty_minutes(step: Step, said: Said) -> None:
    question = waiting(step)
    just_before = NOW + LAPSE - timedelta(microseconds=1)
    assert advance(question, Said.TEXT, now=just_before)[0] is Route.ANSWER
    assert advance(question, said, now=NOW + LAPSE) == advance(None, said, now=NOW)
    assert timedelta(minutes=30) == LAPSE


@pytest.mark.parametrize("step", FIRM)
def test_a_press_ends_a_firm_question(step: Step) -> None:
    assert advance(waiting(step), Said.PRESS, now=NOW) == (Route.PRESS, None)


@pytest.mark.parametrize("step", sorted(SOFT))
def test_a_press_leaves_a_soft_question(step: Step) -> None:
    assert advance(waiting(step), Said.PRESS, now=NOW) == (Route.PRESS, waiting(step))


@pytest.mark.parametrize("step", list(Step))
def test_commands_and_cancel_end_any_question_and_edits_none(step: Step) -> None:
    assert advance(waiting(step), Said.COMMAND, now=NOW) == (Route.COMMAND, None)
    assert advance(waiting(step), Said.CANCEL, now=NOW) == (Route.CANCEL, None)
    assert advance(waiting(step), Said.EDIT, now=NOW) == (Route.EDIT, waiting(step))


@pytest.mark.parametrize("said", [one for one in Said if one is not Said.TEXT])
def test_without_a_question_an_input_means_itself(said: Said) -> None:
    route, question = advance(None, said, now=NOW)
    assert question is None
    assert route is (Route.EVIDENCE if said is Said.FILE else Route(said.value))


@given(st.none() | st.sampled_from(list(Step)), st.lists(st.sampled_from(list(Said))), st.integers(0, 60))
def test_no_input_makes_a_question_or_prolongs_one(
    step: Step | None, inputs: list[Said], minutes: int
) -> None:
    question = waiting(step) if step else None
    for said in inputs:
        before = question
        _, question = advance(question, said, now=NOW + timedelta(minutes=minutes))
        assert question is None or question == before


def test_a_question_survives_its_row() -> None:
    row = DialogueRow(chat_id=1)
    write(row, waiting(Step.FIELD))
    assert read(row) == waiting(Step.FIELD)
    write(row, None)
    assert read(row) is None
    assert (row.step, row.data, row.expires_at) == (None, {}, None)


def test_a_step_of_an_older_version_is_no_question() -> None:
    assert read(DialogueRow(chat_id=1, step="long_gone", data={}, expires_at=NOW)) is None
    assert read(DialogueRow(chat_id=1, step=Step.FIELD, data={}, expires_at=None)) is None
