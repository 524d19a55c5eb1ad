"""What the running application carries, for the side that speaks HTTP or the command line."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import current_app, g, has_request_context
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.crypto import locks
from app.crypto.locks import Stretched
from app.crypto.secretkey import SecretKey
from app.crypto.vault import Vault
from app.db import Database
from app.domain.accounts import accounts
from app.domain.health import readiness
from app.domain.health.readiness import Health
from app.domain.rota import oncall
from app.domain.work import Actor, Member, Party, Work
from app.practice import Practice
from app.settings import Settings

Clock = Callable[[], datetime]

#: Down, full, locked for too long, or not migrated. Anything else is a mistake of ours.
_NOT_DONE = (OperationalError, InterfaceError, PoolTimeout)

_STANDING_LASTS = timedelta(seconds=5)
# Two at a time is the most that 1 GB of memory should carry: each takes 64 MiB.
_STRETCHING = threading.BoundedSemaphore(2)
_LONGEST_QUEUE = 3.0


class Unavailable(Exception):
    """The database did not do it: down, full, or too slow. Nothing was changed."""


class Busy(Exception):
    """Too many sign-ins at this moment; try again."""


@dataclass
class Running:
    """The parts of one running application."""

    settings: Settings
    practice: Practice
    vault: Vault
    database: Database
    clock: Clock
    schema: str
    started_at: datetime
    epoch_seen: int = 0
    remembered: tuple[datetime, Health] | None = field(default=None, repr=False)
    promised: tuple[datetime, datetime] | None = None
    #: Something was erased, and SQLite's log could not be emptied yet.
    remembers_erased: bool = False


def system_clock() -> datetime:
    return datetime.now(UTC)


def running() -> Running:
    carried = current_app.extensions["quietword"]
    assert isinstance(carried, Running)
    return carried


def settings() -> Settings:
    return running().settings


def practice() -> Practice:
    return running().practice


def secret() -> SecretKey:
    return running().vault.secret


def now() -> datetime:
    return running().clock()


def actor() -> Actor:
    """Return who this request is from: a client, until the guard has seen a good cookie."""
    found = g.get("actor", Party.CLIENT) if has_request_context() else Party.OPERATOR
    assert isinstance(found, Party | Member)
    return found


@contextmanager
def work(actor_: Actor | None = None) -> Iterator[Work]:
    """Yield work whose changes are kept when the block is left; a member's account is read again first.

    Raises `Unavailable` when the database does not do it.
    """
    who = actor_ or actor()
    try:
        with running().database.write() as session:
            opened = Work(session, running().vault, practice(), who, now())
            if isinstance(who, Member):
                opened.actor = accounts.recheck(opened, who)
            yield opened
        if opened.destroys or running().remembers_erased:
            # Somebody may be reading what is to go; then whoever writes next tries again.
            running().remembers_erased = not running().database.forget()
    except _NOT_DONE as error:
        raise Unavailable(type(error).__name__) from error


@contextmanager
def read(actor_: Actor | None = None) -> Iterator[Work]:
    """Yield work on one snapshot that changes nothing. Raises `Unavailable`."""
    try:
        with running().database.read() as session:
            yield Work(session, running().vault, practice(), actor_ or actor(), now())
    except _NOT_DONE as error:
        raise Unavailable(type(error).__name__) from error


def health() -> Health:
    """Return the state of the service, read by one statement at most every five seconds. Raises `Unavailable`."""
    carried = running()
    if carried.remembered is not None and now() - carried.remembered[0] < _STANDING_LASTS:
        return carried.remembered[1]
    try:
        with read() as reading:
            seen = readiness.health(reading, carried.epoch_seen)
    except ProgrammingError as error:
        # PostgreSQL's word for tables that are not there yet.
        raise Unavailable("not migrated") from error
    if seen.epoch is not None:
        carried.epoch_seen = max(carried.epoch_seen, seen.epoch.number)
    carried.remembered = (now(), seen)
    return seen


def promised_at() -> datetime:
    """Return by when somebody who asks now hears from us, read at most every five seconds. Raises `Unavailable`."""
    carried = running()
    if carried.promised is None or now() - carried.promised[0] >= _STANDING_LASTS:
        with read() as reading:
            carried.promised = now(), oncall.promise(reading)
    return carried.promised[1]


def forget_health() -> None:
    """Read the state anew next time: something that decides it has just changed here."""
    running().remembered = None


def obstacle() -> str | None:
    """Return what keeps the form closed right now ("database" when nothing can be read), or None."""
    carried = running()
    try:
        return health().obstacle(now(), schema=carried.schema, started_at=carried.started_at)
    except Unavailable:
        return "database"


def unchecked() -> bool:
    """Return whether the daily check does not come through; False where nothing can be read."""
    carried = running()
    try:
        return health().unchecked(now(), started_at=carried.started_at)
    except Unavailable:
        return False


def mail_waits_since() -> datetime | None:
    """Return since when letters have not gone out, where staff have to know; None when all is well, or unknown."""
    try:
        return health().mail_waits_since(now())
    except Unavailable:
        return None


def stretch(password: str, salt: bytes) -> Stretched:
    """Run Argon2id when it is this request's turn; `Busy` after three seconds in line."""
    if not _STRETCHING.acquire(timeout=_LONGEST_QUEUE):
        raise Busy
    try:
        return locks.stretch(password, salt)
    finally:
        _STRETCHING.release()
