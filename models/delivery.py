"""What makes a chat exact: seen updates, the dialogue of each chat, living cards, and the outbox."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, by_value


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
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    stale_at: Mapped[datetime | None]
    """From this instant on it comes too late; None: it is good whenever it comes."""
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    message_id: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_outbox_state_not_before", "state", "not_before"),
    )
