"""Summarizes many threads at once: when a call is safe, and whether the client wrote something new.

Answers stay sealed, and nothing else of the wishes is returned.
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
from app.domain.lists import bulk_open
from app.domain.vault import epochs
from app.domain.work import Altered, Work
from app.models import AuditLine, Intake, ThreadEntry

#: What `read` needs of a request.
COLUMNS = (*sealed.COLUMNS, Intake.claimed_by)


@dataclass(frozen=True)
class Contact:
    """Whether the client calls us, or when a call to them is safe."""

    they_call: bool
    #: None where the client calls us, or allows no time.
    safe: Outlook | None = None


@dataclass(frozen=True)
class ThreadSummary:
    """One thread, as far as a list needs it. `contact` is None where it was not opened."""

    contact: Contact | None = field(default=None, repr=False)
    #: When the client wrote something that the owner has not seen.
    news_at: datetime | None = None
    altered: bool = False
    #: The member has no key to it.
    locked: bool = False


def read(work: Work, rows: Sequence[Row[Any]]) -> dict[str, ThreadSummary]:
    """Return a summary of each request's thread, by reference; three statements, however many there are."""
    wanted = select(Intake.id, Intake.reference).where(Intake.id.in_([row.id for row in rows]))
    keys, threads = epochs.granted(work), thread.THREAD.read_many(work, wanted)
    seen = _seen(work, [row.reference for row in rows])
    return {row.reference: _summary(work, row, keys, threads.get(row.id), seen.get(row.reference, {})) for row in rows}


def _summary(
    work: Work,
    row: Row[Any],
    keys: Mapping[UUID, PrivateKey],
    stored: Sequence[ThreadEntry] | None,
    seen: Mapping[str, int],
) -> ThreadSummary:
    if row.epoch_id not in keys:
        return ThreadSummary(locked=True)
    try:
        entries, holds = bulk_open.open_thread(work, row, keys, stored)
    except Altered:
        return ThreadSummary(altered=True)
    if holds is None or thread.is_withdrawn(entries):
        return ThreadSummary(altered=True)
    safe = call_rules.outlook(holds.wishes, work.now)
    last_seen = seen.get(str(row.claimed_by), 0) if row.claimed_by else max(seen.values(), default=0)
    news = [entry.at for entry in entries if wishes.by_client(entry) and entry.number > last_seen]
    return ThreadSummary(Contact(holds.wishes.way != "call", safe), news[-1] if news else None)


def _seen(work: Work, references: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return how many entries each thread had when each member last opened the request."""
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
