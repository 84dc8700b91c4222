"""What makes a chat exact: seen updates, the dialogue of each chat, living cards, and the outbox."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, by_value

WAITING = "state = 'waiting'"
OPEN = "state IN ('waiting', 'sending')"
STOPPED = "stopped"
"""The mode of a process that took its leave; its row still says when it ticked last."""
WORDS_GIVEN_BACK = "words_given_back"
"""The outbox kind that shows somebody their own words again: nothing that waits for an answer. The row is the
only place that still has them; twice does no harm."""


class SeenUpdate(Base):
    """An update whose effect is committed. `card_kind`, `card_id`: the screen it ended on."""

    __tablename__ = "seen_updates"
    bot_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime] = mapped_column(index=True)
    card_kind: Mapped[str | None] = mapped_column(String(20))
    card_id: Mapped[int | None]


class FailedUpdate(Base):
    """An update on which a fault of ours was met: kept for replay, found by its reference."""

    __tablename__ = "failed_updates"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    at: Mapped[datetime]
    error: Mapped[str] = mapped_column(String(200))
    body: Mapped[dict[str, Any]]
    replayed_at: Mapped[datetime | None]


class DialogueRow(Base):
    """What a chat is being asked. The row is the lock of its chat."""

    __tablename__ = "dialogues"
    chat_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    step: Mapped[str | None] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_at: Mapped[datetime | None]


class Card(Base):
    """Where a living message stands in a chat, so that it is edited or sent anew below."""

    __tablename__ = "cards"
    chat_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    message_id: Mapped[int]
    shown_at: Mapped[datetime]

    __table_args__ = (Index("ix_cards_message", "chat_id", "message_id"),)


class OutboxState(enum.StrEnum):
    """waiting → sending → sent | failed | uncertain; sending → waiting when refused for the moment."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Lane(enum.IntEnum):
    """Which of those that are due go first. Order within one chat is kept whatever the lane."""

    TOLD = 0
    """What somebody's act tells somebody else."""
    ROUND = 1
    """What the clock tells many: prompts, reminders, briefs."""
    DRAWN = 2
    """The same with a picture that takes a while to draw: sent by a drain of its own."""


class OutboxMessage(Base):
    """Something to tell somebody who is not the one acting, written in the acting transaction.

    It goes to a person's private chat, or to a linked group: exactly one of the two is set.
    """

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key: Mapped[str | None] = mapped_column(String(120))
    """Same key, same message: a second one is not written."""
    state: Mapped[OutboxState] = mapped_column(by_value(OutboxState), default=OutboxState.WAITING)
    lane: Mapped[int] = mapped_column(SmallInteger, default=Lane.TOLD)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    stale_at: Mapped[datetime | None]
    """From this instant on it comes too late; None: it is good whenever it comes."""
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    message_id: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None]
    """When an admin decided on an uncertain one: sent again, or let be."""

    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_outbox_state_not_before", "state", "not_before"),
        Index(
            "ix_outbox_waiting",
            "lane",
            "not_before",
            "id",
            postgresql_where=text(WAITING),
            sqlite_where=text(WAITING),
        ),
        Index(
            "ix_outbox_open_person", "person_id", "id", postgresql_where=text(OPEN), sqlite_where=text(OPEN)
        ),
        Index("ix_outbox_open_group", "group_id", "id", postgresql_where=text(OPEN), sqlite_where=text(OPEN)),
    )


class Pace(Base):
    """How far the sends of the whole bot (`chat_id` 0) or of one chat have used up their rate.

    Both are seconds since 1970 by the database's own clock, so that processes whose clocks differ agree.
    Losing these rows does no harm but a burst: the table is unlogged on PostgreSQL.
    """

    __tablename__ = "paces"
    chat_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    free_at: Mapped[float] = mapped_column(Double)
    held_until: Mapped[float | None] = mapped_column(Double)
    """Telegram said 429: nothing leaves before."""


class Heartbeat(Base):
    """A process that runs, or did: whoever asks after the bot's health reads who is there."""

    __tablename__ = "heartbeats"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Machine and process number."""
    mode: Mapped[str] = mapped_column(String(10))
    """run, web or clock."""
    version: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ticked_at: Mapped[datetime | None]
    """The end of its last tick that went well."""
    clock_ahead: Mapped[float | None] = mapped_column(Double)
    """Seconds its machine's clock is ahead of the database's; null on SQLite: one machine, one clock."""
