"""The audit trail: hash-chained lines of what happened, without a word of a client.

The chain alone does not show that its end was cut off. So its length and head are mailed to supervisors every week.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ScalarSelect, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.work import Party, Work
from app.models import AuditLine

_GENESIS = bytes(32)
# Any constant does, as long as nothing else in the database takes the same advisory lock.
_CHAIN_LOCK = 7_841_669


@dataclass(frozen=True)
class Verification:
    """The chain's length and head, and the number of the first line that does not fit; None when all do."""

    length: int
    head: bytes
    first_broken: int | None


def record(work: Work, kind: str, *subjects: str, entry: int | None = None) -> None:
    """Write a line for each subject in the same transaction. A client's line waits for the worker to chain it.

    Arrivals must not queue for the end of the chain, and the public process has no key for it.
    """
    client = work.actor is Party.CLIENT
    at = work.now.replace(second=0, microsecond=0) if client else work.now
    lines = [
        AuditLine(id=uuid4(), at=at, actor=str(work.actor), kind=kind, subject=subject, entry=entry)
        for subject in subjects
    ]
    if not client:
        _chain(work, lines)
    work.session.add_all(lines)
    work.session.flush()


def chain_waiting(work: Work, limit: int = 500) -> int:
    """Chain the waiting lines of the public process; return how many there were."""
    # Only a client's: who can write to the database must not get lines chained in a member's name.
    waiting = work.session.scalars(
        select(AuditLine)
        .where(AuditLine.number.is_(None), AuditLine.actor == Party.CLIENT)
        .order_by(AuditLine.at, AuditLine.id)
        .limit(limit)
    ).all()
    if waiting:
        _chain(work, list(waiting))
        work.session.flush()
    return len(waiting)


def verify(work: Work) -> Verification:
    """Compare every line of the chain with its code, in order."""
    head, length = _GENESIS, 0
    chained = select(AuditLine).where(AuditLine.number.is_not(None)).order_by(AuditLine.number)
    # Without the block, PostgreSQL's cursor would stay open after an early return.
    with work.session.scalars(chained.execution_options(yield_per=500)) as lines:
        for line in lines:
            expected = work.vault.audit_key.link(head, _fields(line, length + 1))
            if line.number != length + 1 or line.mac != expected:
                return Verification(length, head, length + 1)
            head, length = expected, length + 1
    return Verification(length, head, None)


def head(work: Work) -> tuple[int, bytes]:
    """Return the chain's length and the code of its last line."""
    last = work.session.execute(
        select(AuditLine.number, AuditLine.mac)
        .where(AuditLine.number.is_not(None))
        .order_by(AuditLine.number.desc())
        .limit(1)
    ).first()
    return (last.number or 0, last.mac or _GENESIS) if last else (0, _GENESIS)


def last_entry(subject: str | ColumnElement[str], kinds: tuple[str, ...]) -> ScalarSelect[int]:
    """Return a scalar subquery: the highest entry number recorded for a subject."""
    # With the kinds in WHERE, SQLite would use their index and read the lines of all subjects.
    highest = func.max(AuditLine.entry).filter(AuditLine.kind.in_(kinds))
    return select(highest).where(AuditLine.subject == subject).scalar_subquery()


def last_at(subject: str, kinds: tuple[str, ...]) -> ScalarSelect[datetime]:
    """Return a scalar subquery: when something of these kinds last happened to a subject."""
    latest = func.max(AuditLine.at).filter(AuditLine.kind.in_(kinds))
    return select(latest).where(AuditLine.subject == subject).scalar_subquery()


def _chain(work: Work, lines: list[AuditLine]) -> None:
    if work.on_postgresql:
        # Two writers that read the same last line would fork the chain.
        work.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    number, before = head(work)
    for line in lines:
        number += 1
        line.number = number
        line.mac = before = work.vault.audit_key.link(before, _fields(line, number))


def _fields(line: AuditLine, number: int) -> list[bytes]:
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    entry = "" if line.entry is None else str(line.entry)
    return [part.encode() for part in (str(number), str(line.id), at, line.actor, line.kind, line.subject, entry)]


def receiver(subject: str, account_id: UUID) -> str:
    """Return the subject of a line about a request and the colleague who received it."""
    return f"{subject}/account/{account_id}"


def request(subject: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return the part of a subject that names a request."""
    return func.substr(subject, 1, len("intake/K7QF-3MDX"))
