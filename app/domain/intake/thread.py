"""The thread of an intake: wishes and their changes, messages, a withdrawal.

Wishes and messages lie under the thread key, which the return code may open; answers never do.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.crypto import contexts
from app.domain.intake import sealed_log
from app.domain.intake.sealed_log import Chain
from app.models import EntryKind, ThreadEntry

Entry = sealed_log.Entry[ThreadEntry]

#: Audit lines of these kinds carry a thread entry's number.
KINDS = ("intake.received", "thread.written", "intake.withdrawn", "intake.restored")

THREAD = Chain(
    name="thread",
    table=ThreadEntry,
    places={
        EntryKind.WISHES: contexts.wishes,
        EntryKind.MESSAGE: contexts.message,
        EntryKind.WITHDRAWAL: contexts.withdrawal,
    },
    audited=KINDS,
    never_empty=True,
)

write = THREAD.write
rows = THREAD.rows
opened = THREAD.opened


def is_withdrawn(entries: Sequence[Entry]) -> bool:
    """Return whether the client took the request back, and not that back again."""
    last = last_withdrawal(entries)
    return last is not None and bool(last.get("withdrawn", True))


def last_withdrawal(entries: Sequence[Entry]) -> Mapping[str, Any] | None:
    return next((entry.value for entry in reversed(entries) if entry.kind is EntryKind.WITHDRAWAL), None)
