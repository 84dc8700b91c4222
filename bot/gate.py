"""Every update passes here: one transaction, then the answer.

1. Open the unit of work, note the update id, lock the chat's dialogue row, find out who acts.
2. Let one handler act and render the card it ends on, in the same transaction. Commit.
3. Tell the poll loop or webhook that it is committed; only then show anything.

A domain error rolls back and is explained. A database that is away is passed on, so that the update is
delivered again. A bug of ours rolls back, keeps the update for replay, apologises with a reference, moves on.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import ExtBot

from bot import menus, presenter
from bot.context import Answer, Deps, Message, Turn
from bot.discreet import hold
from bot.kept_words import UNTAKEN, given_back, hold_refused
from bot.registry import Registry
from bot.screens import CardRef, Screen
from bot.showing import Shown, show
from bot.texts import Speech
from bot.views.days import pending_screen
from bot.views.groups import welcome_screen
from models.engine import is_away, is_conflict
from services import audit, dialogue, groups, unused_words, updates
from services.errors import DomainError, NotAllowed, Outdated
from services.groups import Event, Place, Welcome
from services.people.identity import mark_reachable, mark_unreachable, who_is
from services.people.profile import has_left
from services.plans.reading import is_report
from services.reading.storable import storable

log = structlog.get_logger()
Act = Callable[[Turn], Awaitable[Answer]]
TRIES = 5
"""How often an update may find the database away before a database that answers makes it a fault of ours."""
PATIENCE = 2
"""How often it is tried before the person is told that it takes longer."""
TYPED = (dialogue.Said.TEXT, dialogue.Said.EDIT, dialogue.Said.FILE)
BRINGING = (dialogue.Said.FILE, dialogue.Said.EDIT)
"""What a file may come with; an answer to a question may be one too, and says FILE."""
KEPT_TRIES = 1000
"""Updates of which it is remembered how often they were tried."""
GIVEN_UP = 10
"""How often an update that is not stored for another reason comes again."""


def _closing(answer: Answer, speech: Speech) -> Answer:
    """Says first that the question before is closed."""
    return replace(answer, screens=(Screen(speech("dialogue.closed")), *answer.screens))


class Gate:
    """Runs one update. `committed(update_id)` is told when its effect is durable."""

    def __init__(self, deps: Deps, registry: Registry, bot: ExtBot[Any]) -> None:
        self.deps = deps
        self.registry = registry
        self.bot = bot
        self.committed: Callable[[int], None] = lambda update_id: None
        self.undelivered: set[int] = set()
        """Updates that must come again: the database was away."""
        self._tries: dict[int, int] = {}
        self._told: set[int] = set()
        """Chats whose person knows that it takes longer."""

    async def run(
        self,
        update: Update,
        said: dialogue.Said,
        act: Act,
        *,
        message: Message | None = None,
        place: Place | None = None,
        open_: bool = False,
    ) -> None:
        """Acts and answers. `place`: the group a group command was given in."""
        user, chat = update.effective_user, update.effective_chat
        if user is None or chat is None:
            return
        base: dict[str, Any] = {
            "chat_id": chat.id,
            "user_id": user.id,
            "user_name": storable(user.full_name),
            "message": message,
            "place": place,
        }
        try:
            shown = await self._handled(update, base, user.language_code, said, act, open_=open_)
        except Exception as error:
            self.must_come_again(update, error)
            await self._say_it_takes_longer(update.update_id, chat.id, user)
            return
        self._tries.pop(update.update_id, None)
        self._told.discard(chat.id)
        self.committed(update.update_id)
        self.deps.metrics.update(said.value, shown.ending, code=shown.code)
        if said in BRINGING:
            self.deps.wake_evidence()
        topic = place.thread_id if place else None
        if await show(self.bot, self.deps, update, said, shown, topic=topic) and shown.answer.untaken:
            await self._refusal_shown(update.update_id)

    async def _refusal_shown(self, update_id: int) -> None:
        """Words that were refused are not given back: whoever typed them knows. Else they are, soon."""
        try:
            async with self.deps.database.writing(durable=False) as session:
                await unused_words.refusal_shown(session, bot_id=self.bot.id, update_id=update_id)
        except Exception as error:
            if not is_away(error):
                raise

    async def _handled(
        self,
        update: Update,
        base: dict[str, Any],
        language: str | None,
        said: dialogue.Said,
        act: Act,
        *,
        open_: bool,
    ) -> Shown:
        """Acts, explains or apologises. Raises when nothing at all could be stored."""
        failure: Exception | None = None
        for _ in range(2):  # a unit that lost to another one is run once more
            try:
                return await self._act(update.update_id, base, language, said, act, open_=open_)
            except DomainError as error:
                shown = await self._explain(update.update_id, base, language, said, error)
                return replace(shown, ending="refused", code=error.code)
            except Exception as error:
                failure = error
                if not is_conflict(error):
                    break
        assert failure is not None
        if is_away(failure) and not await self._is_ours(update.update_id):
            raise failure
        log.error("update_failed", error=type(failure).__name__, exc_info=failure)
        return replace(await self._apologise(update, base, language, failure), ending="failed")

    def must_come_again(self, update: Update, error: BaseException) -> None:
        """Nothing was stored: the update is not confirmed, unless that was tried too often."""
        tries = self._tries[update.update_id] = self._tries.get(update.update_id, 0) + 1
        while len(self._tries) > KEPT_TRIES:  # of the oldest nobody may ever hear again
            del self._tries[next(iter(self._tries))]
        self.deps.metrics.not_stored.inc()
        log.error("update_not_stored", error=type(error).__name__, tries=tries)
        if tries < GIVEN_UP or is_away(error):
            self.undelivered.add(update.update_id)

    async def _say_it_takes_longer(self, update_id: int, chat_id: int, user: User) -> None:
        """Once an outage, from the second try on: what they sent is not lost."""
        if self._tries[update_id] < PATIENCE or chat_id in self._told or chat_id != user.id:
            return
        self._told.add(chat_id)
        screen = Screen(self.deps.texts.speech(user.language_code)("errors.delayed"))
        await presenter.insist(lambda: presenter.send(self.bot, chat_id, screen))

    async def _is_ours(self, update_id: int) -> bool:
        """Whether a database that seemed away answers after all: then it is a fault of ours."""
        if self._tries.get(update_id, 0) < TRIES:
            return False
        try:
            async with self.deps.database.writing():
                return True
        except Exception as error:
            if is_away(error):
                return False
            raise

    async def _act(
        self,
        update_id: int,
        base: dict[str, Any],
        language: str | None,
        said: dialogue.Said,
        act: Act,
        *,
        open_: bool,
    ) -> Shown:
        now = self.deps.clock()
        async with self.deps.database.writing() as session:
            first = await updates.remember(session, self.bot.id, update_id, now=now)
            row = await dialogue.lock(session, base["chat_id"])
            actor = await who_is(session, base["user_id"], now=now)
            if actor is not None and actor.unreachable and actor.chat_id == base["chat_id"]:
                # Not by what they say in a group.
                await mark_reachable(session, base["user_id"])
            before = dialogue.read(row)
            route, question = dialogue.advance(before, said, now=now)
            speech = self.deps.texts.speech(actor.language if actor else language)
            turn = Turn(session, now, speech, self.deps, found=actor, question=question, **base)
            if not first:
                again = await updates.card_of(session, self.bot.id, update_id)
                cards = (CardRef(*again),) if again is not None and again != UNTAKEN else ()
                shown = await self._rendered(turn, Answer(cards=cards))
                return replace(shown, ending="duplicate")
            if actor is None and not open_:
                raise await self._unknown(session, base["user_id"])
            if route is dialogue.Route.ANSWER and question is not None and turn.message is not None:
                turn.words_taken = True
                answer = await self._answered(turn, question, turn.message)
            else:
                answer = await act(turn)
            if not turn.words_taken and said is not dialogue.Said.CANCEL:
                answer = replace(answer, unused=await given_back(turn, before, turn.question))
            if dialogue.closed(before, said, now=now):
                answer = _closing(answer, speech)
            dialogue.write(row, turn.question)
            shown = await self._rendered(turn, answer)
            last = (answer.cards[0].kind, answer.cards[0].subject) if answer.cards else None
            if answer.untaken and await hold_refused(turn, bot_id=self.bot.id, update_id=update_id):
                last = UNTAKEN
            await updates.ended_on(session, self.bot.id, update_id, card=last)
            return shown

    async def _unknown(self, session: AsyncSession, user_id: int) -> NotAllowed:
        """Nobody here: never was, or is no longer."""
        if await has_left(session, user_id):
            return NotAllowed("left", organization=self.deps.settings.organization)
        return NotAllowed("stranger")

    async def _answered(self, turn: Turn, question: dialogue.Question, message: Message) -> Answer:
        """The answer to a pending question, or its end when it is given up in words."""
        if not dialogue.gives_up(message.text):
            if self._reports_instead(turn, question, message) and self.registry.on_report is not None:
                turn.done()
                return await self.registry.on_report(turn, message)
            held = hold(turn, question, message)
            if held is not None:
                return held
            return await self.registry.answers[question.step](turn, message)
        turn.done()
        asking = question.data.get("card")
        shown = (CardRef(str(asking[0]), int(asking[1])),) if asking else ()
        return Answer(screens=(Screen(turn.t("dialogue.cancelled")),), cards=shown)

    def _reports_instead(self, turn: Turn, question: dialogue.Question, message: Message) -> bool:
        """Whether a report was typed while something else was asked."""
        reports = turn.found is not None and turn.found.reports
        return reports and question.step in dialogue.SHORT and is_report(message.text)

    async def _rendered(self, turn: Turn, answer: Answer) -> Shown:
        cards = await presenter.render(self.registry, turn, answer.cards)
        menu = None
        if answer.menu:
            actor = await who_is(turn.session, turn.user_id, now=turn.now)
            menu = menus.menu_of(self.registry, self.deps.texts, actor)
        return Shown(answer, cards, menu)

    async def _explain(
        self,
        update_id: int,
        base: dict[str, Any],
        language: str | None,
        said: dialogue.Said,
        error: DomainError,
    ) -> Shown:
        """A refusal in the person's language; what they typed stays where it was."""
        now = self.deps.clock()
        async with self.deps.database.writing() as session:
            await updates.remember(session, self.bot.id, update_id, now=now)
            row = await dialogue.lock(session, base["chat_id"])
            before = dialogue.read(row)
            waiting = dialogue.advance(before, said, now=now)[1]
            if said is dialogue.Said.TEXT and isinstance(error, NotAllowed):
                waiting = None  # what one may not do is not asked for again
            if said is not dialogue.Said.TEXT or waiting is None:
                dialogue.write(row, waiting)  # any other refused answer may be given again; a press moves on
            actor = await who_is(session, base["user_id"], now=now)
            speech = self.deps.texts.speech(actor.language if actor else language)
            turn = Turn(session, now, speech, self.deps, found=actor, **base)
            if isinstance(error, NotAllowed) and actor is not None:
                audit.record(
                    session,
                    "refused",
                    actor_id=actor.person_id,
                    subject="update",
                    subject_id=None,
                    now=now,
                    detail=error.code,
                )
            text = speech(f"errors.{error.code}", **error.params)
            # Somebody whose account was taken off a person loses that person's menu here.
            again = said is dialogue.Said.TEXT and waiting is not None and actor is not None
            answer = Answer(
                screens=(pending_screen(speech, text) if again else Screen(text),),
                toast=speech.plain(f"errors.{error.code}", **error.params),
                alert=not isinstance(error, Outdated),
                menu=isinstance(error, NotAllowed) and actor is None and turn.chat_id == turn.user_id,
                untaken=said in TYPED,
            )
            if answer.untaken and await hold_refused(turn, bot_id=self.bot.id, update_id=update_id):
                await updates.ended_on(session, self.bot.id, update_id, card=UNTAKEN)
            if said is not dialogue.Said.TEXT or waiting is None:
                answer = replace(answer, unused=await given_back(turn, before, waiting))
            if dialogue.closed(before, said, now=now):
                answer = _closing(answer, speech)
            if isinstance(error, Outdated) and error.card is not None:
                with suppress(DomainError):  # the card may be gone by now, or never have been theirs
                    return await self._rendered(turn, replace(answer, cards=(CardRef(*error.card),)))
            return await self._rendered(turn, answer)

    async def _apologise(
        self, update: Update, base: dict[str, Any], language: str | None, error: Exception
    ) -> Shown:
        now = self.deps.clock()
        async with self.deps.database.writing() as session:
            await updates.remember(session, self.bot.id, update.update_id, now=now)
            reference = await updates.keep_failed(
                session, update.to_dict(), error=type(error).__name__, now=now
            )
            actor = await who_is(session, base["user_id"], now=now)
            speech = self.deps.texts.speech(actor.language if actor else language)
        log.error("update_kept", reference=reference)
        return Shown(
            Answer(
                screens=(Screen(speech("errors.ours", reference=reference)),),
                toast=speech.plain("errors.ours", reference=reference),
                alert=True,
            )
        )

    async def set_aside(self, update: Update, error: Exception) -> None:
        """A fault outside `run`, which no second try would mend: kept for replay, and seen.

        Nobody is answered: it may not even say whose chat it is of. What had taken effect is only logged.
        """
        log.error("update_failed", error=type(error).__name__, exc_info=error)
        now = self.deps.clock()
        try:
            async with self.deps.database.writing() as session:
                if await updates.remember(session, self.bot.id, update.update_id, now=now):
                    name = type(error).__name__
                    await updates.keep_failed(session, update.to_dict(), error=name, now=now)
        except Exception as failure:
            self.must_come_again(update, failure)

    async def note(self, update: Update, event: Event | None = None) -> None:
        """An update nobody is answered for: seen, so that it does not come again.

        Kept are who blocks us, and `event`: what a group tells of itself; a group we come into is greeted.
        """
        try:
            welcome = await self._noted(update, event)
        except Exception as error:
            self.must_come_again(update, error)
            return
        if welcome is None or event is None:
            return
        self.committed(update.update_id)
        user = update.effective_user
        speech = self.deps.texts.speech(user.language_code if user else None)
        screen = welcome_screen(speech, welcome)
        await presenter.insist(lambda: presenter.send(self.bot, event.chat_id, screen))

    async def _noted(self, update: Update, event: Event | None) -> Welcome | None:
        changed = update.my_chat_member
        now = self.deps.clock()
        async with self.deps.database.writing() as session:
            first = await updates.remember(session, self.bot.id, update.update_id, now=now)
            if changed is not None and changed.chat.type == ChatType.PRIVATE:
                if changed.new_chat_member.status == ChatMemberStatus.BANNED:
                    await mark_unreachable(session, changed.from_user.id, now=now)
                else:
                    await mark_reachable(session, changed.from_user.id)
            welcome = await groups.take_note(session, event, now=now) if event and first else None
        self.deps.metrics.update("event", "handled" if first else "duplicate")
        return welcome
