"""The thread of an intake: wishes and their changes, messages, a withdrawal. A chain that shows a lost link.

Wishes and messages lie under the thread key, which the return code may open; answers never do.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.crypto import places, tokens
from app.crypto.places import Place
from app.crypto.tokens import Unreadable
from app.domain.work import Altered, Work
from app.models import EntryKind, ThreadEntry

#: Audit lines of these kinds carry a thread entry's number.
KINDS = ("intake.received", "thread.written")

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
    value: Any = field(repr=False)


def write(
    work: Work, *, intake_id: UUID, key: bytes, number: int, before: bytes | None, kind: EntryKind, value: Any
) -> None:
    """Seal one entry after the token `before` (None: it is the first). The caller records its number."""
    sealed = tokens.seal_text(
        key, _place(kind, intake_id, number), {"number": number, "after": _link(before), "value": value}
    )
    work.session.execute(
        work.insert(ThreadEntry).values(intake_id=intake_id, number=number, kind=kind, sealed_entry=sealed)
    )


def read(work: Work, *, intake_id: UUID, key: bytes, recorded: int | None) -> list[Entry]:
    """Open all entries in order; `Altered` when one is moved, replayed, or missing (`recorded` says how many)."""
    rows = work.session.scalars(
        select(ThreadEntry).where(ThreadEntry.intake_id == intake_id).order_by(ThreadEntry.number)
    ).all()
    if len(rows) != (recorded or 0):
        raise Altered(f"intake/{intake_id}/thread")
    return _opened(intake_id, key, rows)


def _opened(intake_id: UUID, key: bytes, rows: Sequence[ThreadEntry]) -> list[Entry]:
    entries: list[Entry] = []
    before: bytes | None = None
    for expected, row in enumerate(rows, start=1):
        try:
            sealed = tokens.open_text(key, _place(row.kind, intake_id, row.number), row.sealed_entry)
        except Unreadable as error:
            raise Altered(error.place.path) from error
        if row.number != expected or sealed["number"] != expected or sealed["after"] != _link(before):
            raise Altered(f"intake/{intake_id}/thread")
        entries.append(Entry(row.number, row.kind, sealed["value"]))
        before = row.sealed_entry
    return entries


def _place(kind: EntryKind, intake_id: UUID, number: int) -> Place:
    return _PLACES[kind](intake_id, number)


def _link(token: bytes | None) -> str:
    return "" if token is None else hashlib.sha256(token).hexdigest()
