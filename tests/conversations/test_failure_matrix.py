"""Every command and button as: unknown person, other unit, wrong role, stale, deleted, nonsense, twice."""

import re
import tomllib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update

from bot.callbacks import Kind, Press
from bot.registry import Registry
from bot.texts import LOCALES, Texts
from handlers import FEATURES
from models import AuditEvent, Day, DialogueRow, Entry, Evidence, OutboxMessage, Person
from models.engine import Database
from services.clock import OfficeClock
from simulator import Limits, Persona, Simulator
from simulator.press import Tap
from tests.conftest import WEDNESDAY
from tests.conversations import matrix
from tests.conversations.conftest import started
from tests.conversations.matrix import COMMANDS, EVERYBODY, PRESSES, Facts, Snapshot
from tests.databases import Ground
from tests.office import user_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
REGISTRY = Registry(FEATURES)
NONSENSE = (
    "",
    "x",
    "a1",
    "999999999999999999",
    "9999999999999999999999999",
    "9.9.9.9-9",
    "0001-01-01",
    "9999-12-31",
    "' OR 1=1 -- <b>&amp;é",
)
NEVER = re.compile("(?!)")
PATIENCE = 60.0
"""Seconds for what was pressed at one go, which may be hundreds of buttons in one chat."""
STATE = list(OutboxMessage.__table__.columns.keys()).index("state")
KNOWN = {
    Kind.ENTRY_TARGET: re.compile(r"0(\..*)?"),
    Kind.REOPEN: re.compile("|0"),
    Kind.MASK: re.compile("0"),
}
"""Arguments of that list which a button of ours may have."""
STORES = {"hari": "days", "rencana": "plan_lines"}
"""Commands whose words are stored, and where."""
GROUP_ANSWERS = [
    Texts().speech("id").plain(key)
    for key in ("groups.welcome_new", "groups.private_only", "errors.group_not_allowed")
]
"""All that somebody who may not link a group can get the bot to say there."""
HOSTILE = (
    "x" * 3900,
    "🧕" * 900,
    "<b>tebal</i> &lt; <script>alert(1)</script>",
    "\u202eterbalik\u202c \u200f\u200b",
    "'; DROP TABLE people; --",
    "%s {0} {name} \\ \n\n\t ---",
    "9" * 400,
    "0001-01-01",
    "31 Februari 99999",
)


def sentences(section: str | None) -> re.Pattern[str]:
    """Every Indonesian text of one section, or of all, its values left open."""
    texts = tomllib.loads((LOCALES / "id.toml").read_text(encoding="utf-8"))
    found = texts[section] if section else texts

    def leaves(value: object) -> Iterable[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for one in value.values():
                yield from leaves(one)

    patterns = [re.sub(r"\\\{\w+\\\}", ".*", re.escape(one)) for one in leaves(found)]
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.DOTALL)


ERRORS, TEXTS = sentences("errors"), sentences(None)


@dataclass(repr=False)
class Bench:
    """A running office in one situation, to which it goes back after every press."""

    sim: Simulator
    db: Database
    facts: Facts
    people: dict[str, Persona]
    kept: Snapshot

    def person_id(self, name: str) -> int | None:
        return None if name == "stranger" else int(getattr(self.facts.office, name))

    async def back(self) -> None:
        """The situation anew, with nothing recorded of what people were shown."""
        await self.sim.quiet(PATIENCE, settle=0.01)
        await matrix.restore(self.db, self.kept)
        self.sim.core.calls.clear()

    def press(self, name: str, press: Press | str) -> Tap:
        """A press under a fresh message of the bot."""
        person = self.people[name]
        message = self.sim.core.post(person.chat, self.sim.core.bot, text="Layar lama")
        return person.presses_data(message, press if isinstance(press, str) else press.pack())

    async def settled(self) -> Snapshot:
        """What is stored once everything has been answered and told; a fault of ours ends the test here."""
        await self.sim.quiet(PATIENCE, settle=0.01)
        now = await matrix.snapshot(self.db)
        assert now["failed_updates"] == [], [row[3] for row in now["failed_updates"]]
        return now

    async def unchanged(self, *, of: str | None = None) -> None:
        after = await self.settled()
        found = matrix.differences(self.kept, after, of=self.person_id(of) if of else None)
        assert not found, found

    async def answered(self, tap: Tap) -> str:
        """The toast of a press. Fails on silence: neither words over the button nor anything in the chat."""
        toast = await tap.answered(5)
        if toast.text:
            assert TEXTS.match(toast.text), toast.text
        else:
            await self.sim.quiet(PATIENCE, settle=0.01)
            assert self.shown(tap.message.chat.id), f"{tap.button.data!r} was met with silence"
        return toast.text

    def shown(self, chat_id: int) -> str:
        """Everything the bot put into a chat since the situation was set up."""
        return "\n".join(
            str(one.params)
            for one in self.sim.core.calls
            if one.chat_id == chat_id and one.method.startswith(("send", "edit"))
        )

    def keeps_quiet(self, name: str, *toasts: str) -> None:
        """What somebody was shown names nobody's work, number or name that is not theirs to see."""
        seen = "\n".join((self.shown(self.people[name].id), *toasts))
        me = self.person_id(name)
        others = [nip for person, nip in self.facts.numbers.items() if person != me]
        for secret in (*self.facts.secrets, *others):
            assert secret.casefold() not in seen.casefold(), f"{name} was shown {secret!r}: {seen[:600]}"

    async def refusals(self, name: str) -> int:
        async with self.db.reading() as session:
            return (
                await session.scalar(
                    select(func.count()).where(
                        AuditEvent.action == "refused", AuditEvent.actor_id == self.person_id(name)
                    )
                )
            ) or 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_office(
    tmp_path_factory: pytest.TempPathFactory, chosen_ground: Ground
) -> AsyncIterator[Bench]:
    folder: Path = tmp_path_factory.mktemp("matrix")
    clock = OfficeClock(WEDNESDAY)
    async with (
        chosen_ground.opened(folder) as db,
        Simulator(limits=Limits.off(), clock=clock, callback_seconds=10**9) as sim,
    ):
        office = await chosen_ground.people(db, now=WEDNESDAY)
        people = {
            name: sim.person(name.title(), user_id=user_of(getattr(office, name)))
            for name in sorted(EVERYBODY)
        }
        people["stranger"] = sim.person("Orang Lain")
        mira = sim.person("Mira", user_id=555)
        for persona in (*people.values(), mira):
            persona.chat.started = True
        async with started(sim, db, clock, folder) as program:
            sim.busy = lambda: program.busy
            facts = await matrix.set_up(db, office, now=WEDNESDAY)
            group = sim.group("Grup Kerja", admins=[people["admin"]])
            facts = await matrix.link_groups(db, facts, chat_id=group.id, now=WEDNESDAY)
            program.delivery.wake()
            kept = await matrix.snapshot(db)
            while any(row[STATE] not in ("sent", "uncertain") for row in kept["outbox"]):
                await sim.quiet()
                kept = await matrix.snapshot(db)
            yield Bench(sim, db, facts, people, kept)
        faults = sim.faults_seen
    assert not faults, faults


@pytest_asyncio.fixture(loop_scope="module")
async def bench(running_office: Bench) -> Bench:
    await running_office.back()
    return running_office


def every_kind(wanted: Iterable[Kind] = PRESSES) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", sorted(wanted), ids=lambda kind: kind.name.lower())


async def test_every_button_and_command_has_a_row() -> None:
    assert set(REGISTRY.presses) == set(PRESSES)
    assert set(REGISTRY.commands) == set(COMMANDS)
    assert set(Kind) == set(PRESSES), "a button without a handler"


@every_kind()
async def test_the_entitled_press_once_twice_and_at_the_same_moment(bench: Bench, kind: Kind) -> None:
    row = PRESSES[kind]
    press = row.made(bench.facts)
    tap = bench.press(row.who, press)
    await bench.answered(tap)
    once = await bench.settled()
    changed = matrix.differences(bench.kept, once)
    assert bool(changed) is not row.inert, changed or "it changed nothing"
    persona = bench.people[row.who]
    await persona.presses_data(tap.message, press.pack()).answered()
    assert not matrix.differences(once, await bench.settled(), but=row.twice)
    await bench.back()
    first, second = bench.press(row.who, press), bench.press(row.who, press)
    await bench.answered(first)
    await second.answered()
    both = await bench.settled()
    for name, rows in both.items():
        if name not in matrix.RECORDED:
            assert len(rows) == len(once[name]), name


@every_kind()
async def test_those_who_may_not_are_refused_and_audited(bench: Bench, kind: Kind) -> None:
    row = PRESSES[kind]
    press = row.made(bench.facts)
    outsiders = EVERYBODY - row.may - {row.who} if not row.own else frozenset()
    if row.who != "stranger":
        outsiders |= {"stranger"}
    taps = {name: bench.press(name, press) for name in sorted(outsiders)}
    toasts = {name: await bench.answered(tap) for name, tap in taps.items()}
    await bench.unchanged()
    for name, toast in toasts.items():
        assert ERRORS.match(toast) or kind in REGISTRY.open_presses, (name, toast)
        bench.keeps_quiet(name, toast)
    async with bench.db.reading() as session:
        asked = {user_of(getattr(bench.facts.office, name)) for name in outsiders if name != "stranger"}
        left = await session.scalars(
            select(DialogueRow.chat_id).where(DialogueRow.step.is_not(None), DialogueRow.chat_id.in_(asked))
        )
        assert not list(left), "a refused press left a question"
    unaudited = [name for name in sorted(outsiders - {"stranger"}) if await bench.refusals(name) != 1]
    assert not unaudited, f"not audited: {unaudited}"


@every_kind(kind for kind, row in PRESSES.items() if row.own or row.may)
async def test_on_their_own_behalf_nobody_touches_others(bench: Bench, kind: Kind) -> None:
    row = PRESSES[kind]
    if kind in (Kind.JOIN_UNDO, Kind.WEEK_SEND, Kind.ACTING_SAVE, Kind.ACTING_END, Kind.EXCUSE_UNDO):
        pytest.skip("who else may, may as the supervisor does")
    for name in sorted((EVERYBODY if row.own else row.may) - {row.who, "ani"}):
        toast = await bench.answered(bench.press(name, row.made(bench.facts)))
        await bench.unchanged(of=name)
        if name != "budi":
            bench.keeps_quiet(name, toast)
        await bench.back()


@every_kind(kind for kind, row in PRESSES.items() if row.guarded)
async def test_a_stale_revision_is_outdated_and_shows_how_it_is_now(bench: Bench, kind: Kind) -> None:
    row = PRESSES[kind]
    press = row.made(bench.facts)
    for revision in (0, max(0, press.revision - 1), press.revision + 1000):
        tap = bench.press(row.who, replace(press, revision=revision))
        toast = await bench.answered(tap)
        assert re.search("Sudah berubah|Sudah diputuskan|Sudah Anda putuskan|ditarik kembali", toast), toast
        await bench.unchanged()
        assert bench.shown(tap.message.chat.id), "the present card did not follow"
        assert tap.message.text != "Layar lama"
        await bench.back()


@every_kind(kind for kind, row in PRESSES.items() if row.about)
async def test_what_it_was_about_is_gone(bench: Bench, kind: Kind) -> None:
    row = PRESSES[kind]
    press = row.made(bench.facts)
    await matrix.delete_subject(bench.db, row, press.subject)
    before = await matrix.snapshot(bench.db)
    who = "stranger" if row.about is Person and row.who == "ani" else row.who
    toast = await bench.answered(bench.press(row.who, press))
    assert ERRORS.match(toast), (who, toast)
    assert not matrix.differences(before, await bench.settled())


@every_kind(kind for kind, row in PRESSES.items() if row.about)
async def test_a_subject_that_never_was(bench: Bench, kind: Kind) -> None:
    row = PRESSES[kind]
    for subject in (0, 10**17):
        toast = await bench.answered(bench.press(row.who, replace(row.made(bench.facts), subject=subject)))
        assert ERRORS.match(toast), toast
    await bench.unchanged()


@every_kind()
async def test_an_argument_that_no_button_has(bench: Bench, kind: Kind) -> None:
    row = PRESSES[kind]
    press = row.made(bench.facts)
    args = [one for one in NONSENSE if not KNOWN.get(kind, NEVER).fullmatch(one)]
    taps = [bench.press(row.who, replace(press, arg=arg)) for arg in (NONSENSE[-1:] if row.free else args)]
    for tap in taps:
        await bench.answered(tap)
    if row.free:
        await bench.settled()
    else:
        await bench.unchanged()


async def test_nonsense_about_somebody_elses_day(bench: Bench) -> None:
    taps = [
        bench.press("eko", replace(row.made(bench.facts), arg=arg))
        for row in PRESSES.values()
        if not row.own
        for arg in ("a1", "")
    ]
    for tap in taps:
        bench.keeps_quiet("eko", await bench.answered(tap))
    await bench.unchanged()


@every_kind(kind for kind, row in PRESSES.items() if row.about in (Day, Entry, Evidence))
async def test_in_another_state_it_changes_nothing(bench: Bench, kind: Kind) -> None:
    row = PRESSES[kind]
    for state in sorted(matrix.ALL - row.states):
        await bench.answered(bench.press(row.who, row.made(bench.facts, state)))
        await bench.unchanged()
        await bench.back()


@every_kind(kind for kind, row in PRESSES.items() if row.who == "budi" and row.about is not Person)
async def test_drafts_are_nobodys_business(bench: Bench, kind: Kind) -> None:
    row = PRESSES[kind]
    await bench.answered(bench.press("budi", row.made(bench.facts, matrix.DRAFT)))
    await bench.sim.quiet(settle=0.01)
    assert "nilam" not in bench.shown(bench.people["budi"].id)


async def test_somebody_who_left_is_told_so_at_every_button(bench: Bench) -> None:
    async with bench.db.writing() as session:
        ids = [bench.facts.office.ani, bench.facts.office.budi]
        await session.execute(update(Person).where(Person.id.in_(ids)).values(active=False))
    before = await matrix.snapshot(bench.db)
    taps = [
        (kind, bench.press(row.who, row.made(bench.facts)))
        for kind, row in PRESSES.items()
        if kind not in REGISTRY.open_presses and row.who in ("ani", "budi")
    ]
    for kind, tap in taps:
        assert "tidak aktif lagi" in await bench.answered(tap), kind
    assert not matrix.differences(before, await bench.settled())


async def test_data_that_is_no_button_of_ours(bench: Bench) -> None:
    crafted = (
        "0:ds:1:1:",
        "2:ds:1:1:",
        "1:zz:1:1:",
        "1:ds:1",
        "",
        " ",
        "1:ds:-1:0:",
        "1:ds:1e3:0:",
        "\x00",
        "💥",
    )
    for name in ("ani", "budi", "stranger"):
        taps = [bench.press(name, data) for data in (*crafted, "1:ds:1:1:" + "x" * 60)]
        for tap in taps:
            said = "belum terdaftar" if name == "stranger" else "Sudah berubah"
            assert said in await bench.answered(tap), tap.button.data
    await bench.unchanged()


@pytest.mark.parametrize("name", sorted(COMMANDS))
async def test_commands_of_everybody_twice(bench: Bench, name: str) -> None:
    row = COMMANDS[name]
    for time in (1, 2):
        for who in sorted(EVERYBODY | {"stranger"}):
            await bench.people[who].says(f"/{name}")
        after = await bench.settled()
        if time == 1:
            once = after
    assert not matrix.differences(once, after), "the second time changed something"
    assert not matrix.differences(bench.kept, after, new_in="days" if name == "hari" else "")
    for who in sorted(EVERYBODY | {"stranger"}):
        seen = bench.shown(bench.people[who].id)
        assert seen, who
        if who not in ("ani", "budi"):
            bench.keeps_quiet(who)
        if who == "stranger":
            assert row.strangers or "belum terdaftar" in seen
        else:
            assert await bench.refusals(who) == (0 if who in row.may else 2), who


@pytest.mark.parametrize("name", sorted(COMMANDS))
async def test_commands_with_hostile_words(bench: Bench, name: str) -> None:
    people = ("ani", "stranger") if COMMANDS[name].strangers else ("ani",)
    for who in people:
        for words in HOSTILE:
            await bench.people[who].says(f"/{name} {words}")
    after = await bench.settled()
    assert not matrix.differences(bench.kept, after, new_in=STORES.get(name, ""))
    for who in people:
        answers = [one for one in bench.sim.core.calls if one.chat_id == bench.people[who].id]
        assert len([one for one in answers if one.method.startswith(("send", "edit"))]) >= len(HOSTILE)
    bench.keeps_quiet("stranger")


async def test_hostile_reports_are_kept_or_refused_but_never_a_fault(bench: Bench) -> None:
    for words in HOSTILE:
        await bench.people["ani"].says(words)
        await bench.people["ani"].says(f"{words[:60]} -> hasil {words[:40]}")
    await bench.settled()


async def test_a_group_hears_nothing(bench: Bench) -> None:
    """Even where the bot hears every word, only the private chat is one of reports, commands and cards.

    What is said to it by name is answered with one sentence that is the same for everybody.
    """
    ani, budi = bench.people["ani"], bench.people["budi"]
    group = bench.sim.group("Guru", members=[budi], admins=[ani])
    bench.sim.core.privacy = False
    try:
        for name in sorted(COMMANDS):
            await ani.says(f"/{name}", chat=group)
            await budi.says(f"/{name}@{bench.sim.bot_username} kemarin", chat=group)
        await ani.says("Mengajar Fikih 8A -> 30 siswa tuntas", chat=group)
        await ani.says(f"/start {bench.facts.token}", chat=group)
        said = await ani.says("kemarin: Rapat komite -> jadwal disepakati", chat=group)
        await ani.edits(said, "Rapat komite -> jadwal batal")
        await ani.uploads(photo=True, caption="Rapat komite -> jadwal", chat=group)
        await bench.unchanged()
        answers = {one.text for one in group.messages if one.from_bot}
        assert answers <= set(GROUP_ANSWERS), group.transcript()
    finally:
        bench.sim.core.privacy = True
        group.removes_bot()
        await bench.sim.quiet()


async def test_a_button_in_a_group_shows_and_does_nothing(bench: Bench) -> None:
    """A changed client can press any button under any message of the bot, also one that stands in a group."""
    group = bench.sim.group("Guru", admins=[bench.people[name] for name in ("ani", "budi", "stranger")])
    await bench.sim.quiet()
    message = bench.sim.core.post(group.chat, bench.sim.core.bot, text="Rekap pekan ini")
    stand = [one.text for one in group.messages if one.from_bot]
    for row in PRESSES.values():
        await bench.people[row.who].presses_data(message, row.made(bench.facts).pack()).answered()
        assert [one.text for one in group.messages if one.from_bot] == stand, row
    await bench.unchanged()
    assert [one.text for one in group.messages if one.from_bot] == stand
    group.removes_bot()
    await bench.sim.quiet()
