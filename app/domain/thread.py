"""The thread of an intake: wishes and their changes, messages, a withdrawal. A chain that shows a lost link.

Wishes and messages lie under the thread key, which the return code may open; answers never do.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.crypto import places, tokens
from app.crypto.places import Place
from app.crypto.tokens import Unreadable
from app.domain import audit
from app.domain.work import Altered, Work
from app.models import EntryKind, ThreadEntry

#: Audit lines of these kinds carry a thread entry's number.
KINDS = ("intake.received", "thread.written", "intake.withdrawn", "intake.restored")

_MINUTE = "%Y-%m-%dT%H:%M"
_PLACES = {
    EntryKind.WISHES: places.wishes,
    EntryKind.MESSAGE: places.message,
    EntryKind.WITHDRAWAL: places.withdrawal,
}


@dataclass(frozen=True)
class Entry:
    """One opened entry."""

    number: int
    kind: EntryKind
    #: When it was written, to the minute.
    at: datetime
    value: Any = field(repr=False)
    row: ThreadEntry = field(repr=False)


def write(
    work: Work,
    *,
    intake_id: UUID,
    key: bytes,
    number: int,
    before: bytes | None,
    kind: EntryKind,
    value: Any,
    **beside: Any,
) -> None:
    """Seal one entry after the token `before` (None: it is the first). The caller records its number.

    `beside` are columns that stand next to the seal, such as a receipt.
    """
    facts = {"number": number, "after": _link(before), "at": f"{work.now.astimezone(UTC):{_MINUTE}}", "value": value}
    sealed = tokens.seal_text(key, _place(kind, intake_id, number), facts)
    work.session.execute(
        work.insert(ThreadEntry).values(intake_id=intake_id, number=number, kind=kind, sealed_entry=sealed, **beside)
    )


def read(work: Work, *, intake_id: UUID, reference: str, key: bytes) -> list[Entry]:
    """Open all entries in order; `Altered` when one is moved, replayed, or missing."""
    return opened(intake_id, key, rows(work, intake_id=intake_id, reference=reference))


def rows(work: Work, *, intake_id: UUID, reference: str) -> list[ThreadEntry]:
    """Return what is stored of a thread; `Altered` unless the trail tells of just as many entries."""
    # One statement sees one moment: read apart, an entry written in between would look like a forged one.
    recorded = audit.last_entry(f"intake/{reference}", KINDS).label("recorded")
    found = work.session.execute(
        select(ThreadEntry, recorded).where(ThreadEntry.intake_id == intake_id).order_by(ThreadEntry.number),
        execution_options={"populate_existing": True},
    ).all()
    if any(row.recorded != len(found) for row in found):
        raise Altered(f"intake/{intake_id}/thread")
    return [row.ThreadEntry for row in found]


def opened(intake_id: UUID, key: bytes, rows: Sequence[ThreadEntry]) -> list[Entry]:
    """Open stored entries; `Altered` names the one that is not what was written there."""
    entries: list[Entry] = []
    before: bytes | None = None
    for expected, row in enumerate(rows, start=1):
        try:
            sealed = tokens.open_text(key, _place(row.kind, intake_id, row.number), row.sealed_entry)
        except Unreadable as error:
            raise Altered(error.place.path) from error
        if row.number != expected or sealed["number"] != expected or sealed["after"] != _link(before):
            raise Altered(f"intake/{intake_id}/thread")
        at = datetime.strptime(sealed["at"], _MINUTE).replace(tzinfo=UTC)
        entries.append(Entry(row.number, row.kind, at, sealed["value"], row))
        before = row.sealed_entry
    if not entries:
        raise Altered(f"intake/{intake_id}/thread")
    return entries


def withdrawn(entries: Sequence[Entry]) -> bool:
    """Return whether the client took the request back, and not that back again."""
    last = last_withdrawal(entries)
    return last is not None and bool(last.get("withdrawn", True))


def last_withdrawal(entries: Sequence[Entry]) -> Mapping[str, Any] | None:
    return next((entry.value for entry in reversed(entries) if entry.kind is EntryKind.WITHDRAWAL), None)


def _place(kind: EntryKind, intake_id: UUID, number: int) -> Place:
    return _PLACES[kind](intake_id, number)


def _link(token: bytes | None) -> str:
    return "" if token is None else hashlib.sha256(token).hexdigest()
