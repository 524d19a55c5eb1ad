"""The thread of an intake: wishes and their changes, messages, a withdrawal; and which wishes are in force.

It is sealed under the thread key, which the return code opens; answers never are. Anybody with the return code may be
the person the client fears. So what they forbid is in force at once; what they allow is a question for the next call.
The strictest wishes count of all since staff last confirmed them with the client by voice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.crypto import contexts
from app.domain.intake import safe_times, sealed_log
from app.domain.intake.answers import Wishes
from app.domain.intake.call_rules import Settlement
from app.domain.intake.sealed_log import Chain, NewEntry
from app.models import EntryKind, ThreadEntry

Entry = sealed_log.Entry[ThreadEntry]

#: Who wrote an entry, inside its seal. What came with the request has no mark.
CLIENT, STAFF = "client", "staff"

_PERMISSIONS = ("voicemail", "text", "ask", "say_practice")


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


@dataclass(frozen=True)
class Asked:
    """A change that allows more than what is in force: ask by voice before obeying it."""

    entry: int
    at: datetime
    wishes: Wishes = field(repr=False)


@dataclass(frozen=True)
class InForce:
    """What the desk obeys, and what it has to ask."""

    wishes: Wishes = field(repr=False)
    asked: tuple[Asked, ...]
    #: Entries with a new number that nobody has confirmed by voice, oldest first.
    numbers: tuple[Entry, ...]
    #: The entry whose number was confirmed; None for the number of the request.
    confirmed_number: Entry | None
    #: Which number was in force from when on.
    settlements: tuple[Settlement, ...]
    #: When the client last wrote on the return page; None if never.
    wrote_at: datetime | None


def confirmed_form(wishes: Wishes, number: int | None = None, *, is_right: bool = False) -> dict[str, Any]:
    """Return the value of an entry with which staff confirm wishes, and the number that the entry `number` brought.

    `is_right`: the client confirmed a number that was marked wrong.
    """
    confirmed = {"number_is_right": True} if is_right else {}
    return {**wishes.sealed_form(), "from": STAFF, "settled_number": number, **confirmed}


def read_wishes(entry: Entry) -> Wishes:
    return Wishes.from_sealed(entry.value, contexts.wishes(entry.row.intake_id, entry.number).path)


def in_force(entries: Sequence[Entry], now: datetime) -> InForce | None:
    """Return what is in force after all entries of a thread; None when it has no wishes at all."""
    wishes = [entry for entry in entries if entry.kind is EntryKind.WISHES]
    confirmed = [entry for entry in wishes if entry.value.get("from") != CLIENT]
    if not confirmed:
        return None
    base = confirmed[-1]
    since = [entry for entry in wishes if entry.number > base.number]
    changes = [entry for entry in since if "number" not in entry.value]
    strict = read_wishes(base)
    for change in changes:
        strict = strictest(strict, read_wishes(change), now)
    asked = [Asked(change.number, change.at, read_wishes(change)) for change in changes]
    return InForce(
        wishes=strict,
        asked=tuple(one for one in asked if allows_more(one.wishes, than=strict, now=now)),
        numbers=tuple(entry for entry in since if "number" in entry.value),
        confirmed_number=next((one for one in wishes if one.number == base.value.get("settled_number")), None),
        settlements=tuple(
            Settlement(one.at, one.value.get("settled_number"), one.value.get("number_is_right", False))
            for one in confirmed
        ),
        wrote_at=max((entry.at for entry in entries if by_client(entry)), default=None),
    )


def by_client(entry: Entry) -> bool:
    """Return whether a client wrote it on the return page, a withdrawal included."""
    return entry.kind is EntryKind.WITHDRAWAL or bool(entry.value.get("from") == CLIENT)


def has_tightened(entries: Sequence[Entry], since: int, now: datetime) -> bool:
    """Return whether the entries after the first `since` forbid anything that was allowed before."""
    before, after = in_force(entries[:since], now), in_force(entries, now)
    return before is not None and after is not None and allows_more(before.wishes, than=after.wishes, now=now)


def strictest(one: Wishes, other: Wishes, now: datetime) -> Wishes:
    """Return wishes that forbid what either of them forbids."""
    return Wishes(
        way="call" if one.way == other.way == "call" else "icall",
        when=_common(one, other, now),
        zone=other.zone or one.zone,
        **{name: getattr(one, name) and getattr(other, name) for name in _PERMISSIONS},
    )


def allows_more(wishes: Wishes, *, than: Wishes, now: datetime) -> bool:
    return replace(strictest(than, wishes, now), zone=None) != replace(wishes, zone=None)


def _common(one: Wishes, other: Wishes, now: datetime) -> tuple[str, ...]:
    """Return the times of `other`, in its own zone, at which `one` allows a call throughout."""
    if one.zone == other.zone:
        return tuple(window for window in other.when if window in one.when)
    if one.zone is None or other.zone is None:
        # Times without a zone mean nothing.
        return ()
    return tuple(safe_times.lying_within(other.when, other.zone, one.when, one.zone, now))
