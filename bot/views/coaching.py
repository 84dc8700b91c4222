"""Following up a `perbaikan`: when to look again, and how it went."""

from bot.callbacks import Kind
from bot.screens import PRIMARY, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.deciders import decider
from services.coaching import Coaching
from services.people.standing_in import SUPERVISOR
from services.states import Progress

WEEKS = (1, 2)
ASK, NO = "ask", "no"
TEXT = 700


def coaching_screen(t: Speech, one: Coaching, *, following: int | None, more: int) -> Screen:
    """`following`: the next that is due, of `more` others."""
    lines = [_head(t, one)]
    rows: list[tuple[Button, ...]] = []
    if one.closed_at is not None:
        lines.append(t(f"coaching.is_{one.progress}"))
        if one.progress is Progress.NOT_YET:
            if one.day_id is not None:
                rows.append((button(t.plain("coaching.anew"), Kind.FEEDBACK, one.day_id),))
            rows += _dates(t, one)
    elif one.due:
        lines.append(t("coaching.how_now"))
        rows.append(
            (
                button(
                    t.plain("coaching.membaik"),
                    Kind.FOLLOW_UP_CLOSE,
                    one.id,
                    arg=Progress.IMPROVED,
                    style=SUCCESS,
                ),
                button(t.plain("coaching.belum"), Kind.FOLLOW_UP_CLOSE, one.id, arg=Progress.NOT_YET),
            )
        )
    elif one.follow_up_on is not None:
        lines.append(t("coaching.to_come", day=t.day(one.follow_up_on)))
        rows.append((button(t.plain("coaching.other"), Kind.FOLLOW_UP, one.id, arg=ASK),))
    else:
        lines.append(t("coaching.when"))
        rows += [*_dates(t, one), (button(t.plain("coaching.no"), Kind.FOLLOW_UP, one.id, arg=NO),)]
    if following is not None:
        label = t.plain("coaching.next", count=more)
        rows.append((button(label, Kind.FOLLOW_UP_SHOW, following, arg="next", style=PRIMARY),))
    return Screen(t.join(lines), tuple(rows))


def _dates(t: Speech, one: Coaching) -> list[tuple[Button, ...]]:
    weeks = [
        button(t.plain("coaching.weeks", count=count), Kind.FOLLOW_UP, one.id, arg=str(count))
        for count in WEEKS
    ]
    return [(*weeks, button(t.plain("coaching.other"), Kind.FOLLOW_UP, one.id, arg=ASK))]


def _head(t: Speech, one: Coaching) -> Html:
    name = shorten(one.to_name, 120)
    text = shorten(one.text, TEXT)
    return t("coaching.head", name=name, day=t.day(one.given_on), text=text)


def date_question(t: Speech, one: Coaching) -> Screen:
    """Asks for the date in words."""
    cancel = button(t.plain("dialogue.cancel"), Kind.CANCEL)
    return Screen(t("coaching.ask_date", name=shorten(one.to_name, 120)), ((cancel,),))


def closed_screen(t: Speech, one: Coaching, *, by: str) -> Screen:
    """To the one it was said to: how it was closed."""
    name = decider(t, by, SUPERVISOR)
    return Screen(t(f"coaching.told_{one.progress}", name=name, text=shorten(one.text, TEXT)))
