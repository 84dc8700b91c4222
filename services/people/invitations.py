"""One-time links by which people join: 128 random bits, kept only as a hash, gone after 14 days.

A new invitation for somebody makes older unused ones void, so that of several links only the last works.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Invitation, Person, Role, RoleName
from services import audit
from services.errors import Invalid
from services.people.people_file import reference_key
from services.people.rows import clean

LIFETIME = timedelta(days=14)
ALIKE = 0.75
"""From how much two names have in common on one may be the other."""
LISTED = 8
TELEGRAM = "https://t.me"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh invitation: the only moment its token is known. `identifier`: NIP, else id_pegawai, else ""."""

    person_id: int
    name: str
    identifier: str
    token: str
    expires_at: datetime
    joined_before: bool

    def __repr__(self) -> str:
        return f"Issued(person_id={self.person_id})"


@dataclass(frozen=True, slots=True)
class Found:
    """Who the references mean, and the references nobody answers to or that are not active."""

    person_ids: tuple[int, ...]
    unknown: tuple[str, ...]
    inactive: tuple[str, ...]


def join_link(bot_username: str, token: str, *, root: str = TELEGRAM) -> str:
    """The address that opens the bot with the token. `root`: where t.me is; a demo has its own."""
    return f"{root.rstrip('/')}/{bot_username.removeprefix('@')}?start={token}"


def token_hash(token: str) -> str | None:
    """How a token is stored; None for what cannot be one."""
    return hashlib.sha256(token.encode()).hexdigest() if _TOKEN.fullmatch(token) else None


async def find_people(session: AsyncSession, references: Sequence[str]) -> Found:
    """Looks up NIP and id_pegawai as typed."""
    known: dict[str, Person] = {}
    for person in await session.scalars(select(Person)):
        for value in filter(None, (person.staff_number, person.nip)):
            known[reference_key(value)] = person
    found, unknown, inactive = [], [], []
    for reference in references:
        owner = known.get(reference_key(reference))
        if owner is None:
            unknown.append(reference)
        elif not owner.active:
            inactive.append(reference)
        else:
            found.append(owner.id)
    return Found(tuple(dict.fromkeys(found)), tuple(unknown), tuple(inactive))


async def not_joined(session: AsyncSession) -> list[int]:
    """Everybody active without a Telegram account, by unit and name."""
    statement = (
        select(Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.active, Account.user_id.is_(None))
        .order_by(Person.unit_id, Person.name, Person.id)
    )
    return list(await session.scalars(statement))


async def invite(
    session: AsyncSession, person_ids: Sequence[int], *, now: datetime, actor_id: int | None = None
) -> list[Issued]:
    """Issues one invitation each, in the order given; older unused ones become void."""
    wanted = set(person_ids)
    people = {person.id: person for person in await session.scalars(select(Person)) if person.id in wanted}
    joined = set(await session.scalars(select(Account.person_id)))
    await revoke_unused(session, person_ids, now=now)
    issued = []
    for person_id in dict.fromkeys(person_ids):
        person = people[person_id]
        token = secrets.token_urlsafe(16)
        hashed = token_hash(token)
        assert hashed is not None
        expires_at = now + LIFETIME
        session.add(Invitation(token_hash=hashed, person_id=person_id, created_at=now, expires_at=expires_at))
        audit.record(
            session, "person_invited", actor_id=actor_id, subject="person", subject_id=person_id, now=now
        )
        identifier = person.nip or person.staff_number or ""
        issued.append(Issued(person_id, person.name, identifier, token, expires_at, person_id in joined))
    await session.flush()
    return issued


async def invite_admin(session: AsyncSession, name: str, *, now: datetime, new: bool = False) -> Issued:
    """Invites the administrator of exactly this name.

    Where there is none, one is made: the first of an office, and with `new`. Raises Invalid: `name_empty`,
    `name_too_long`, `admin_ambiguous` (two administrators bear the name), `admin_unknown` (none does, and
    whoever was meant may be there under another spelling), `admin_here` and `admin_here_unnumbered` (`new`,
    and somebody bears the name already: an invitation would hand their account over).
    """
    name = clean(name)
    if not any(letter.isalpha() for letter in name):
        raise Invalid("name", "name_empty")
    if len(name) > 200:
        raise Invalid("name", "name_too_long", length=len(name), limit=200)
    found = await find_admins(session, name)
    if found and new:
        raise _nobody_new(name, found)
    if len(found) > 1:
        raise Invalid("name", "admin_ambiguous", name=name)
    if found:
        person = found[0]
    else:
        if not new:
            await _ensure_nobody_is_meant(session, name)
        person = Person(name=name, created_at=now)
        session.add(person)
        await session.flush()
        session.add(Role(person_id=person.id, role=RoleName.ADMIN))
        audit.record(session, "admin_created", actor_id=None, subject="person", subject_id=person.id, now=now)
    return (await invite(session, [person.id], now=now))[0]


async def find_admins(session: AsyncSession, name: str | None = None) -> list[Person]:
    """The active administrators, by name; those of exactly this name."""
    statement = (
        select(Person)
        .join(Role, Role.person_id == Person.id)
        .where(Person.active, Role.role == RoleName.ADMIN)
        .order_by(Person.name, Person.id)
    )
    if name is not None:
        statement = statement.where(Person.name == clean(name))
    return list(await session.scalars(statement))


async def admins_or_alike(session: AsyncSession, name: str) -> tuple[str, str]:
    """Who is there, for somebody who mistyped: the administrators, and colleagues of a similar name."""
    admins = await find_admins(session)
    ids = {one.id for one in admins}
    people = await session.scalars(select(Person).where(Person.active).order_by(Person.name, Person.id))
    alike = [one for one in people if one.id not in ids and _is_alike(one.name, clean(name))]
    return _listed(admins), _listed(alike)


async def _ensure_nobody_is_meant(session: AsyncSession, name: str) -> None:
    """The first administrator is made at once; later ones only when somebody says that they are new."""
    admins, alike = await admins_or_alike(session, name)
    if admins or alike:
        raise Invalid("name", "admin_unknown", name=name, admins=admins or "–", alike=alike or "–")


def _nobody_new(name: str, found: Sequence[Person]) -> Invalid:
    numbers = [one.nip or one.staff_number for one in found]
    if None in numbers:
        return Invalid("name", "admin_here_unnumbered", name=name)
    return Invalid("name", "admin_here", name=name, number=", ".join(map(str, numbers)))


def _listed(people: Sequence[Person]) -> str:
    """Names, with the number by which commands know them."""
    shown = [f"{one.name} ({one.nip or one.staff_number or '–'})" for one in people[:LISTED]]
    return ", ".join([*shown, *(["…"] if len(people) > LISTED else [])])


def _is_alike(name: str, other: str) -> bool:
    """Whether one may be the other, misspelt or with a part left out."""
    one, two = name.casefold(), other.casefold()
    words, others = set(one.split()), set(two.split())
    return words <= others or others <= words or SequenceMatcher(None, one, two).ratio() >= ALIKE


async def revoke_unused(session: AsyncSession, person_ids: Sequence[int], *, now: datetime) -> None:
    """Makes every unused invitation of these people void."""
    for start in range(0, len(person_ids), 500):
        await session.execute(
            update(Invitation)
            .where(
                Invitation.person_id.in_(person_ids[start : start + 500]),
                Invitation.used_at.is_(None),
                Invitation.revoked_at.is_(None),
            )
            .values(revoked_at=now)
            .execution_options(synchronize_session=False)
        )
