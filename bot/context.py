"""What every handler gets and gives: the turn in hand, the answer to show, and how features are declared."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram.ext import CallbackContext, ExtBot

from bot.callbacks import Kind, Press
from bot.metrics import Metrics
from bot.screens import CardRef, Screen
from bot.settings import Settings
from bot.texts import Html, Speech, Texts
from documents.pictures import WeekPicture
from models.engine import Database
from services.clock import Clock
from services.dialogue import Question, Step, ask
from services.errors import NotAllowed
from services.groups import Place
from services.outbox import GroupFacts
from services.pacing import Rates
from services.people.identity import Actor


@dataclass(slots=True)
class BotData:
    """What python-telegram-bot carries for us: nothing. State lives in the database."""


class BotContext(CallbackContext[ExtBot[Any], dict[Any, Any], dict[Any, Any], BotData]):
    """The typed context of python-telegram-bot."""


SETTLING = timedelta(seconds=0.7)
"""How long a day must have been shown before it is approved: the second tap of two was meant for another."""


@dataclass(frozen=True, slots=True)
class Deps:
    """What the composition root hands to everybody."""

    settings: Settings
    database: Database
    clock: Clock
    texts: Texts
    wake_evidence: Callable[[], None] = lambda: None
    settling: timedelta = SETTLING
    rates: Rates = field(default_factory=Rates.off)
    metrics: Metrics = field(default_factory=Metrics)
    commands: "tuple[Command, ...]" = ()
    group_commands: "tuple[Command, ...]" = ()
    """What can be typed here, for the help; the composition root reads it off the registry."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody sent. `size` in bytes as Telegram says it; `kind`: photo, document or what it is."""

    kind: str
    file_id: str
    file_unique_id: str
    size: int
    file_name: str | None = None
    mime_type: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody sent or edited."""

    message_id: int
    text: str = ""
    reply_to: int | None = None
    album: str | None = None
    upload: Upload | None = None


@dataclass(slots=True)
class Turn:
    """One update, inside its transaction. Handlers pass `session` and `now` on; they never commit or send.

    `place`: the group a group command was given in. `group`: the linked group a notice goes to; nobody is
    `found` then.
    """

    session: AsyncSession
    now: datetime
    t: Speech
    deps: Deps
    chat_id: int
    user_id: int
    user_name: str = ""
    found: Actor | None = None
    question: Question | None = None
    message: Message | None = None
    page: int = 0
    place: Place | None = None
    group: GroupFacts | None = None
    words_taken: bool = False
    """Whether words that the question before held were taken up, or given up by saying so."""

    @property
    def actor(self) -> Actor:
        """The joined person. Raises NotAllowed for a stranger."""
        if self.found is None:
            raise NotAllowed("stranger")
        return self.found

    def ask(self, step: Step, **data: Any) -> None:
        """From now on the chat waits for this."""
        self.question = ask(step, now=self.now, **data)

    def done(self) -> None:
        """Nothing is waited for any more."""
        self.question = None


@dataclass(frozen=True, slots=True)
class FileRef:
    """A stored file to send: by Telegram's id, or by its bytes under their hash when that fails.

    `lost`: what is said when neither is there any more.
    """

    photo: bool
    file_id: str
    sha256: str | None
    name: str | None
    lost: Screen


NO_WORDS = Html("")


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing to send as a photo. `caption`: stands below it (≤ 1,024 UTF-16 units once parsed).

    `words`: all it shows, in words, for where it stands by itself. `silent`: its text follows with the sound.
    """

    drawing: WeekPicture
    caption: Html
    words: Html = NO_WORDS
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person acting gets to see, after the commit, in this order.

    `toast`: over the pressed button (`alert`: to be closed by hand). `reaction`: on their message.
    `screens`: messages of their own. `replace`: instead of the pressed message. `cards`: living
    messages, rendered in the transaction. The first is edited in place after a press and sent below after
    typed text, unless `below` says which; the others follow where they stand, or below it. A card that
    renders to None is taken out of the chat. `picture`: drawn and sent before the screens. `document`: a
    file to send, its name and bytes, or what makes them once the transaction is over; `file`: one that is
    stored. `menu`: the person's command menu is set anew, by what they are after this. `unused`: words that
    a question held and nothing took, said at the end whatever else is shown. `untaken`: nothing of what was
    typed is stored, and this answer alone says so; the words come back when it could not be shown.
    """

    cards: tuple[CardRef, ...] = ()
    screens: tuple[Screen, ...] = ()
    replace: Screen | None = None
    toast: str = ""
    alert: bool = False
    reaction: str = ""
    below: bool | None = None
    document: tuple[str, bytes | Callable[[], bytes]] | None = None
    file: FileRef | None = None
    picture: Picture | None = None
    menu: bool = False
    unused: tuple[Screen, ...] = ()
    untaken: bool = False


def card(kind: str, subject: int, *, page: int = 0, view: str = "", focus: int = 0) -> tuple[CardRef, ...]:
    """One card, as `Answer.cards` takes it."""
    return (CardRef(kind, subject, page, view, focus),)


OnPress = Callable[[Turn, Press], Awaitable[Answer]]
OnMessage = Callable[[Turn, Message], Awaitable[Answer]]
OnCommand = Callable[[Turn, str], Awaitable[Answer]]
Renderer = Callable[[Turn, CardRef], Awaitable[Screen | None]]
"""Reads what a card shows now, in the transaction; None: it is no more."""
Notice = Callable[[Turn, Mapping[str, Any]], Awaitable["Answer | None"]]
"""An outbox row → what its person or group gets (the turn is theirs); None: no longer worth sending.

In a group `turn.found` is None and `turn.group` says which it is; only screens and a picture go there.
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer whose cards are rendered: `screens` has one for each of them."""

    answer: Answer
    screens: tuple[Screen | None, ...] = ()


BatchNotice = Callable[[Sequence[Turn], Sequence[Mapping[str, Any]]], Awaitable[Sequence[Prepared | None]]]
"""Many outbox rows of one kind → what their people get, as `Notice` and the cards' renderers would say, with
a number of statements that does not grow with them. Everybody's turn has them `found`."""


@dataclass(frozen=True, slots=True)
class Command:
    """`/name`. `shown_to`: in whose menu it stands; who may use it is decided in its service.

    Its description is the text `commands.<name>`. `open_to_strangers`: runs before anybody joined.
    `gives_up`: ends the pending question, and says so itself.
    """

    name: str
    run: OnCommand
    shown_to: Callable[[Actor], bool] = lambda actor: True
    open_to_strangers: bool = False
    gives_up: bool = False


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature's entry points. The list of them is `handlers.FEATURES`."""

    name: str
    commands: tuple[Command, ...] = ()
    group_commands: tuple[Command, ...] = ()
    """Commands of groups, there only; `Turn.place` says where. Anybody may type them: the service decides."""
    presses: Mapping[Kind, OnPress] = field(default_factory=dict)
    open_presses: frozenset[Kind] = frozenset()
    """Presses a stranger may make."""
    answers: Mapping[Step, OnMessage] = field(default_factory=dict)
    cards: Mapping[str, Renderer] = field(default_factory=dict)
    notices: Mapping[str, Notice] = field(default_factory=dict)
    batches: Mapping[str, BatchNotice] = field(default_factory=dict)
    """Kinds of notices that go to many at once, rendered together."""
    on_report: OnMessage | None = None
    on_upload: OnMessage | None = None
    on_edit: OnMessage | None = None
