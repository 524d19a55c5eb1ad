"""The thread of an intake: wishes and their changes, messages, a withdrawal.

They are sealed under the thread key, which the return code opens; answers never are.
"""

from collections.abc import Sequence
from datetime import datetime

from app.crypto import contexts
from app.domain.intake import sealed_log
from app.domain.intake.sealed_log import Chain, NewEntry
from app.models import EntryKind, ThreadEntry

Entry = sealed_log.Entry[ThreadEntry]


def _line(new: NewEntry) -> str:
    if new.kind is not EntryKind.WITHDRAWAL:
        return "thread.written"
    return "intake.withdrawn" if new.value["withdrawn"] else "intake.restored"


THREAD = Chain(
    name="thread",
    table=ThreadEntry,
    places={
        EntryKind.WISHES: contexts.wishes,
        EntryKind.MESSAGE: contexts.message,
        EntryKind.WITHDRAWAL: contexts.withdrawal,
    },
    audited=("intake.received", "thread.written", "intake.withdrawn", "intake.restored"),
    line=_line,
    never_empty=True,
)


def is_withdrawn(entries: Sequence[Entry]) -> bool:
    """Return whether the client took the request back, and did not undo that."""
    last = sealed_log.last_of(entries, EntryKind.WITHDRAWAL)
    return last is not None and bool(last.value.get("withdrawn", True))


def replies(entries: Sequence[Entry]) -> tuple[tuple[str, datetime], ...]:
    said = (entry for entry in entries if entry.kind is EntryKind.MESSAGE and "template" in entry.value)
    return tuple((entry.value["template"], entry.at) for entry in said)
