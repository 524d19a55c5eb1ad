"""What the desk sees of many threads at once: when a call is safe, and whether the client wrote something new.

Threads only: answers stay sealed, and nothing else of the wishes leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from app.crypto.hpke import PrivateKey
from app.domain.intake import call_rules, sealed, thread, wishes
from app.domain.intake.safe_times import Outlook
from app.domain.vault import epochs
from app.domain.work import Altered, Work
from app.models import AuditLine, Intake, ThreadEntry

#: What `read` needs of a request.
COLUMNS = (*sealed.COLUMNS, Intake.claimed_by)


@dataclass(frozen=True)
class Contact:
    """Whether they call us, or when a call to them is safe."""

    they_call: bool
    #: None where they call us, or where no time is left that they allow.
    safe: Outlook | None = None


@dataclass(frozen=True)
class ThreadSummary:
    """What one thread tells."""

    #: None where it was not opened.
    contact: Contact | None = field(default=None, repr=False)
    #: When the client wrote what whoever has the request has not seen; None where there is nothing new.
    news_at: datetime | None = None
    #: It is not what this service wrote.
    altered: bool = False
    #: The member has no key to it.
    locked: bool = False


def read(work: Work, rows: Sequence[Row[Any]]) -> dict[str, ThreadSummary]:
    """Return what the threads of some requests tell, by reference; three statements, however many there are."""
    wanted = select(Intake.id, Intake.reference).where(Intake.id.in_([row.id for row in rows]))
    keys, threads = epochs.granted(work), thread.THREAD.many(work, wanted)
    seen = _seen(work, [row.reference for row in rows])
    return {row.reference: _glance(work, row, keys, threads.get(row.id), seen.get(row.reference, {})) for row in rows}


def _glance(
    work: Work,
    row: Row[Any],
    keys: Mapping[UUID, PrivateKey],
    stored: Sequence[ThreadEntry] | None,
    seen: Mapping[str, int],
) -> ThreadSummary:
    if row.epoch_id not in keys:
        return ThreadSummary(locked=True)
    if stored is None:
        return ThreadSummary(altered=True)
    try:
        entries = thread.opened(row.id, sealed.thread_key(work, row, keys[row.epoch_id]), stored)
        holds = wishes.in_force(entries, work.now)
    except Altered:
        return ThreadSummary(altered=True)
    if holds is None or thread.is_withdrawn(entries):
        return ThreadSummary(altered=True)
    safe = call_rules.outlook(holds.wishes, work.now)
    last_seen = seen.get(str(row.claimed_by), 0) if row.claimed_by else max(seen.values(), default=0)
    news = [entry.at for entry in entries if wishes.by_client(entry) and entry.number > last_seen]
    return ThreadSummary(Contact(holds.wishes.way != "call", safe), news[-1] if news else None)


def _seen(work: Work, references: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return how much of each thread there was when each member of the team last opened the request."""
    subjects = [f"intake/{reference}" for reference in references]
    highest = func.max(AuditLine.entry).filter(AuditLine.kind == "intake.opened")
    opened = (
        select(AuditLine.subject, AuditLine.actor, highest.label("entry"))
        .where(AuditLine.subject.in_(subjects))
        .group_by(AuditLine.subject, AuditLine.actor)
    )
    seen: dict[str, dict[str, int]] = {}
    for line in work.session.execute(opened):
        seen.setdefault(line.subject.removeprefix("intake/"), {})[line.actor] = line.entry or 0
    return seen
