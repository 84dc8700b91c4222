"""What must be true afterwards: what people typed, pressed and saw, compared with the database.

A *loss* is an input the bot took (or Telegram still holds) without its effect, a notice nobody got, a round
without its message. A *double* is an effect, a row or a notice that is there twice. Both fail. Listed apart,
because a process that dies between sending and storing cannot know: notices that may have arrived
(`uncertain`), and cards of which a second copy stands in a chat.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, field, fields

from sqlalchemy import select

from models import (
    AuditEvent,
    Card,
    Decision,
    Entry,
    FailedUpdate,
    Feedback,
    OutboxMessage,
    OutboxState,
    Round,
    SeenUpdate,
    State,
    Verdict,
)
from models.engine import Database
from models.rounds import RoundState
from simulator import Message, Simulator
from tests.faults.accounting import Unexplained, account
from tests.faults.office import Colleague
from tests.faults.people import PHRASES, Ledger
from tests.faults.sentences import first_text

MARKS = {
    "prompted": "Apa yang Anda kerjakan hari ini, dan apa hasilnya?",
    "entry_returned": "mengembalikan satu kegiatan Anda",
    "feedback_given": "memberi umpan balik",
    "day_approved": "laporan Anda",
}
"""Words that stand in notices of a kind from their first showing, and in nothing else a person gets."""
APPROVED = re.compile(r"menyetujui .*laporan Anda")
SENT, APPROVED_TOAST = "Terkirim ✓", "Disetujui ✓"
CARD = "Draf, belum dikirim"
EXPECTED_FAILURES = frozenset({"stale"})


@dataclass(slots=True)
class Verdicts:
    """What was found. Everything in `losses`, `doubles` and `faults` is a failure."""

    losses: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unexplained: list[Unexplained] = field(default_factory=list)
    """Those of the losses that are texts."""
    entries: int = 0
    as_words: int = 0
    still_kept: int = 0
    given_back: int = 0
    refused: int = 0
    refused_edits: int = 0
    days: int = 0
    decisions: int = 0
    feedback: int = 0
    rounds: int = 0
    notices: int = 0
    updates: int = 0
    uncertain: int = 0
    uncertain_arrived: int = 0
    perhaps_given_back: int = 0
    kept_unseen: int = 0
    given_back_again: int = 0
    second_cards: int = 0
    without_receipt: int = 0

    @property
    def clean(self) -> bool:
        return not (self.losses or self.doubles or self.faults)

    def add(self, other: "Verdicts") -> None:
        """Sums up another run."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def told(self) -> str:
        """What went wrong, one a line."""
        found = [("LOSS", self.losses), ("DOUBLE", self.doubles), ("FAULT", self.faults)]
        return "\n".join(f"{word}: {one}" for word, lines in found for one in lines)


async def unknown_updates(database: Database, sim: Simulator, known: set[int]) -> list[int]:
    """Updates that Telegram was told are done and of which the database knows nothing; `known` grows.

    Asked often: both forget after a while.
    """
    fresh = set(sim.update_ids) - known
    known |= fresh
    async with database.reading() as session:
        seen = set(await session.scalars(select(SeenUpdate.update_id)))
    return sorted(fresh - seen)


async def judge(database: Database, sim: Simulator, office: Sequence[Colleague], ledger: Ledger) -> Verdicts:
    """Every comparison; the office must have come to rest."""
    found = Verdicts()
    await _typed(database, sim, ledger, found)
    await _pressed(database, sim, office, ledger, found)
    await _told(database, sim, office, found)
    await _rounds(database, found)
    await _cards(database, sim, found)
    _receipts(sim, ledger, found)
    async with database.reading() as session:
        for one in await session.scalars(select(FailedUpdate)):
            found.faults.append(f"an update met a fault of ours: {one.error} ({one.reference})")
    found.faults += sim.faults_seen
    return found


async def _typed(database: Database, sim: Simulator, ledger: Ledger, found: Verdicts) -> None:
    """Each activity that was typed is accounted for once; see accounting.py."""
    ledger.confirmed(sim)
    accounts = await account(database, sim, ledger)
    became = accounts.became
    found.entries, found.days = became["entry"], accounts.days
    found.as_words, found.still_kept = became["words"], became["kept"]
    found.kept_unseen, found.perhaps_given_back = became["kept unseen"], became["given back perhaps"]
    found.given_back, found.given_back_again = became["given back"], became["given back again"]
    found.refused, found.refused_edits = became["refused"], became["refused edits"]
    found.unexplained = accounts.unexplained
    found.losses += accounts.losses
    found.doubles += accounts.doubles
    found.faults += accounts.faults


async def _pressed(
    database: Database, sim: Simulator, office: Sequence[Colleague], ledger: Ledger, found: Verdicts
) -> None:
    """No effect more often than its button was pressed, none less often than people were told of it."""
    async with database.reading() as session:
        decisions = (await session.scalars(select(Decision))).all()
        notes = (await session.scalars(select(Feedback))).all()
        submitted = Counter(
            (await session.scalars(select(AuditEvent.actor_id).where(AuditEvent.action == "submitted"))).all()
        )
        entries = {one.id: one for one in await session.scalars(select(Entry))}
        notices = Counter(await session.scalars(select(OutboxMessage.kind)))
        session.expunge_all()
    found.decisions, found.feedback = len(decisions), len(notes)
    twice = Counter((one.entry_id, one.verdict, one.revision) for one in decisions)
    found.doubles += [f"decision {key} {count} times" for key, count in twice.items() if count > 1]
    decided = {one.entry_id for one in decisions}
    for entry in entries.values():
        if entry.state in (State.APPROVED, State.RETURNED) and entry.id not in decided:
            found.losses.append(f"entry {entry.id} is {entry.state} and nobody decided it")
    returns = sum(one.verdict is Verdict.RETURN for one in decisions)
    if notices["entry_returned"] != returns:
        found.faults.append(f"{returns} returns, {notices['entry_returned']} notices of them")
    if notices["feedback_given"] != len(notes):
        found.faults.append(f"{len(notes)} notes, {notices['feedback_given']} notices of them")
    told = Counter(
        (query.user.id, word)
        for query in sim.core.queries.values()
        for word in (SENT, APPROVED_TOAST)
        if any(each.text.startswith(word) for each in query.answers)
    )
    for one in office:
        pressed, done = ledger.presses[one.id, "Kirim"], submitted[one.id]
        if done > pressed:
            found.doubles.append(f"{one.name} pressed «Kirim» {pressed} times; sent {done} times")
        if done < told[one.user_id, SENT]:
            found.losses.append(
                f"{one.name} was told {told[one.user_id, SENT]} times that it is sent: {done}"
            )
        approved = sum(each.decided_by == one.id and each.verdict is Verdict.APPROVE for each in decisions)
        if approved < told[one.user_id, APPROVED_TOAST]:
            found.losses.append(f"{one.name} was told of more approvals than the {approved} that are kept")
        given = sum(each.from_id == one.id and each.text in PHRASES for each in notes)
        phrases = sum(
            count for (who, label), count in ledger.presses.items() if who == one.id and "." in label
        )
        if given > phrases:
            found.doubles.append(f"{one.name} gave {phrases} notes; {given} are kept")


async def _told(database: Database, sim: Simulator, office: Sequence[Colleague], found: Verdicts) -> None:
    """Each notice is in its chat once; what is uncertain at most once."""
    async with database.reading() as session:
        rows = (await session.scalars(select(OutboxMessage))).all()
        returned = select(Entry.id).where(Entry.state == State.RETURNED)
        standing = set(await session.scalars(returned))
        session.expunge_all()
    found.notices = len(rows)
    found.losses += _told_nothing(rows, standing)
    keys = Counter(one.key for one in rows if one.key)
    found.doubles += [f"outbox key {key} {count} times" for key, count in keys.items() if count > 1]
    found.doubles += [f"notice {key} {count} times" for key, count in _payloads(rows).items() if count > 1]
    person = {one.id: one for one in office}
    by_chat: dict[tuple[int, str], list[OutboxMessage]] = defaultdict(list)
    for row in rows:
        if row.state in (OutboxState.WAITING, OutboxState.SENDING):
            found.losses.append(f"{row.kind} {row.id} is still {row.state}: {row.error}")
        elif row.state is OutboxState.FAILED and row.error not in EXPECTED_FAILURES:
            found.losses.append(f"{row.kind} {row.id} failed: {row.error}")
        elif row.state is OutboxState.UNCERTAIN:
            found.uncertain += 1
        if row.person_id in person:
            by_chat[row.person_id, row.kind].append(row)
    for one in office:
        messages = sim.people[one.user_id].chat.messages
        for kind in MARKS:
            _notices_in(one, kind, messages, by_chat[one.id, kind], found)


def _told_nothing(rows: Sequence[OutboxMessage], standing: Set[int]) -> list[str]:
    """Sent without a message, which is right only for what was no longer true by then.

    A note stays true. So does a return while its entry is one of `standing`, if it was returned only once:
    else it may have been sent and returned again. Words given back: see accounting.py.
    """
    returns = Counter(row.payload["entry_id"] for row in rows if row.kind == "entry_returned")
    silent = [row for row in rows if row.state is OutboxState.SENT and row.message_id is None]
    true = [row for row in silent if row.kind == "feedback_given"]
    for row in silent:
        if row.kind == "entry_returned" and returns[row.payload["entry_id"]] == 1:
            true += [row] if row.payload["entry_id"] in standing else []
    return [f"{row.kind} {row.id} is sent, and no message tells it" for row in true]


def _payloads(rows: Sequence[OutboxMessage]) -> Counter[str]:
    """Notices that tell of one thing that happens once."""
    named = {"feedback_given": "feedback_id", "feedback_replied": "feedback_id"}
    return Counter(f"{row.kind} of {row.payload[named[row.kind]]}" for row in rows if row.kind in named)


def _notices_in(
    one: Colleague,
    kind: str,
    messages: dict[int, Message],
    rows: Sequence[OutboxMessage],
    found: Verdicts,
) -> None:
    shown = {each.id for each in messages.values() if each.from_bot and _is(kind, first_text(each))}
    sent = Counter(row.message_id for row in rows if row.state is OutboxState.SENT and row.message_id)
    for message_id, count in sent.items():
        if count > 1:
            found.doubles.append(f"{kind} for {one.name}: {count} rows name message {message_id}")
        if message_id not in messages:
            found.losses.append(f"{kind} for {one.name}: message {message_id} was never sent")
    extra = shown - sent.keys()
    uncertain = sum(row.state is OutboxState.UNCERTAIN for row in rows)
    found.uncertain_arrived += min(len(extra), uncertain)
    if len(extra) > uncertain:
        found.doubles.append(
            f"{kind} for {one.name}: seen {len(shown)} times, {len(sent)} sent and {uncertain} uncertain"
        )


def _is(kind: str, text: str) -> bool:
    return bool(APPROVED.search(text)) if kind == "day_approved" else MARKS[kind] in text


async def _rounds(database: Database, found: Verdicts) -> None:
    """Each round that was started has its one message, and no message is without its round."""
    async with database.reading() as session:
        rounds = (await session.scalars(select(Round))).all()
        keys = {key for key in await session.scalars(select(OutboxMessage.key)) if key is not None}
        session.expunge_all()
    found.rounds = len(rounds)
    expected = set()
    for one in rounds:
        if one.state is RoundState.SKIPPED:
            found.losses.append(f"{one.kind} of {one.person_id} on {one.work_date} was passed over")
        if one.state is RoundState.SENT:
            key = f"{one.kind.value}:{one.person_id}:{one.work_date.isoformat()}"
            expected.add(f"{key}:{one.step}" if one.step else key)
    kinds = {key.split(":")[0] for key in expected}
    found.losses += [f"round {key} has no message" for key in expected - keys]
    stray = (key for key in keys - expected if key.split(":")[0] in kinds)
    found.doubles += [f"message {key} has no round" for key in stray]


async def _cards(database: Database, sim: Simulator, found: Verdicts) -> None:
    """Each card the database knows stands in its chat; copies of it that nobody knows of are counted."""
    async with database.reading() as session:
        cards = (await session.scalars(select(Card))).all()
        session.expunge_all()
    known = {(one.chat_id, one.message_id) for one in cards}
    for person in sim.people.values():
        for message in person.chat.visible():
            if message.from_bot and CARD in message.text and (person.chat.id, message.id) not in known:
                found.second_cards += 1


def _receipts(sim: Simulator, ledger: Ledger, found: Verdicts) -> None:
    """Texts that got no reaction: the program died after the commit and before its answer."""
    for one in {(each.chat_id, each.message_id) for each in ledger.typed}:
        message = sim.people[one[0]].chat.messages[one[1]]
        found.without_receipt += not message.reactions
