"""The state of the service as pages and alarms need it, read from the database at most every five seconds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.exc import ProgrammingError

from app import current
from app.crypto.vault import EpochFacts
from app.current import Unavailable
from app.domain.health import readiness
from app.domain.health.readiness import Health
from app.domain.rota import oncall
from app.practice import hours

_LASTS = timedelta(seconds=5)


@dataclass
class _Memory:
    """The last state and the last promise, each with the moment it was read; and the newest epoch ever seen."""

    health: tuple[datetime, Health] | None = field(default=None, repr=False)
    promised: tuple[datetime, datetime] | None = None
    epoch: int = 0


def read() -> Health:
    """Return the state of the service, read by one statement. Raises `Unavailable`."""
    memory, now = _memory(), current.now()
    if memory.health is not None and now - memory.health[0] < _LASTS:
        return memory.health[1]
    try:
        with current.read() as work:
            seen = readiness.health(work, memory.epoch)
    except ProgrammingError as error:
        # PostgreSQL's word for tables that are not there yet.
        raise Unavailable("not migrated") from error
    if seen.epoch is not None:
        memory.epoch = max(memory.epoch, seen.epoch.number)
    memory.health = current.now(), seen
    return seen


def epoch() -> EpochFacts:
    """Return the epoch that new requests are sealed to; raise `Unavailable` while there is none."""
    found = read().epoch
    if found is None:
        raise Unavailable("no epoch")
    return found


def promised_at() -> datetime:
    """Return by when we call a client who asks now; from the hours alone while the rota cannot be read."""
    memory = _memory()
    if memory.promised is None or current.now() - memory.promised[0] >= _LASTS:
        try:
            with current.read() as work:
                memory.promised = current.now(), oncall.promise(work)
        except Unavailable:
            return hours.due_at(current.practice(), current.now())
    return memory.promised[1]


def forget() -> None:
    """Read the state anew next time: something that decides it has just changed here."""
    _memory().health = None


def obstacle() -> str | None:
    """Return what keeps the form closed right now ("database" when nothing can be read), or None."""
    running = current.running()
    try:
        return read().obstacle(current.now(), schema=running.schema, started_at=running.started_at)
    except Unavailable:
        return "database"


def unchecked() -> bool:
    """Return whether the daily check does not come through; False where nothing can be read."""
    try:
        return read().unchecked(current.now(), started_at=current.running().started_at)
    except Unavailable:
        return False


def mail_waits_since() -> datetime | None:
    """Return since when letters wait to be sent, where staff have to know; None when all is well, or unknown."""
    try:
        return read().mail_waits_since(current.now())
    except Unavailable:
        return None


def _memory() -> _Memory:
    memory = current_app.extensions.setdefault("quietword.health", _Memory())
    assert isinstance(memory, _Memory)
    return memory
