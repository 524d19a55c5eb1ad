"""What the running application carries, and its work on the database, for pages, commands and letters."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app, g, has_request_context
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.crypto.secretkey import SecretKey
from app.crypto.vault import Vault
from app.db import Database
from app.domain.accounts import accounts
from app.domain.work import Actor, Member, Party, Work
from app.practice import Practice
from app.settings import Settings

Clock = Callable[[], datetime]

#: The database is down, full, or locked for too long. Any other error is a mistake of ours.
_NOT_DONE = (OperationalError, InterfaceError, PoolTimeout)


class Unavailable(Exception):
    """The database is down, full, or too slow. Nothing was changed."""


@dataclass
class Running:
    settings: Settings
    practice: Practice
    vault: Vault
    database: Database
    clock: Clock
    schema: str
    started_at: datetime
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
    """Return who makes this request: a client, until the guard has checked a member's cookie."""
    found = g.get("actor", Party.CLIENT) if has_request_context() else Party.OPERATOR
    assert isinstance(found, Party | Member)
    return found


@contextmanager
def work(actor_: Actor | None = None) -> Iterator[Work]:
    """Yield work that is committed when the block is left; a member's account is read again first.

    Raises `Unavailable`.
    """
    who = actor_ or actor()
    try:
        with running().database.write() as session:
            opened = Work(session, running().vault, practice(), who, now())
            if isinstance(who, Member):
                opened.actor = accounts.recheck(opened, who)
            yield opened
        if opened.destroys or running().remembers_erased:
            # A reader may still need the old pages; then the next writer tries again.
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
