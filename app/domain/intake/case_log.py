"""The case log: what staff write down about an intake. Its key is that of the answers: no return code opens it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from app.crypto import contexts
from app.domain.intake import sealed_log, thread
from app.domain.intake.answers import Answers
from app.domain.intake.call_rules import Call
from app.domain.intake.sealed_log import Chain, NewEntry, decode_minute, last_of
from app.models import LogEntry, LogKind, Outcome

Entry = sealed_log.Entry[LogEntry]

#: Kinds of audit lines, where the kind of the entry says too little.
CLOSED, REOPENED, HELD, RELEASED = "intake.closed", "intake.reopened", "hold.begun", "hold.ended"


def _line(new: NewEntry) -> str:
    if new.kind is LogKind.OUTCOME:
        return CLOSED if new.value.get("outcome") else REOPENED
    if new.kind is LogKind.HOLD:
        return HELD if new.value["held"] else RELEASED
    return f"log.{new.kind}"


LOG = Chain(
    name="log",
    table=LogEntry,
    places={kind: partial(contexts.log_entry, kind) for kind in LogKind},
    audited=(*(f"log.{kind}" for kind in LogKind), CLOSED, REOPENED, HELD, RELEASED),
    line=_line,
    never_empty=False,
)


class Deed(StrEnum):
    """What was done to an intake and is recorded in the thread or the audit trail, not in the log."""

    CLAIMED = "claimed"
    RELEASED = "released"
    #: Its value holds `to`, a colleague's name.
    HANDED_OVER = "handed_over"
    #: The number was shown.
    REVEALED = "revealed"
    #: Its value holds the `template`.
    ANSWERED = "answered"
    #: Staff asked by voice what is safe. Its value has `wishes`, `number` (there is another one now) and `is_right`
    #: (the client confirmed a number that was marked wrong).
    SETTLED = "settled"
    #: Somebody with the return code wished something else. Its value has `wishes`; None with a new number.
    WISHED = "wished"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


@dataclass(frozen=True)
class Logged:
    number: int
    kind: LogKind | Deed
    at: datetime
    #: A colleague's name; None once their account is gone, and for the client.
    by: str | None
    value: Any = field(repr=False)


def calls(entries: Sequence[Entry]) -> tuple[Call, ...]:
    values = (entry.value for entry in entries if entry.kind is LogKind.ATTEMPT)
    return tuple(Call(decode_minute(value["happened_at"]), value["outcome"], value["direction"]) for value in values)


def words_in_force(answers: Answers, entries: Sequence[Entry]) -> tuple[str, str] | None:
    """Return the code words in force; None while they are burnt, because somebody else answered a call."""
    pair: tuple[str, str] | None = answers.words
    for entry in entries:
        if entry.kind is LogKind.WORDS:
            first, second = entry.value["words"]
            pair = (first, second)
        elif entry.kind is LogKind.ATTEMPT and entry.value["outcome"] == "other_person":
            pair = None
    return pair


def state_in_force(answers: Answers, entries: Sequence[Entry]) -> str:
    """Return where the client is: what they said by voice last, or else in the form."""
    said = last_of(entries, LogKind.LOCATION)
    return str(said.value["state"]) if said else answers.state


def is_excluded(entries: Sequence[Entry], account_id: UUID) -> bool:
    said = [e.value for e in entries if e.kind is LogKind.EXCLUSION and e.value["account"] == str(account_id)]
    return bool(said) and bool(said[-1]["excluded"])


def is_held(entries: Sequence[Entry]) -> bool:
    said = last_of(entries, LogKind.HOLD)
    return said is not None and bool(said.value["held"])


def tells_outcome(outcome: Outcome | None, entries: Sequence[Entry], of_thread: Sequence[thread.Entry]) -> bool:
    """Return whether a row has the outcome that the log has, or news of the client reopened it since."""
    last = last_of(entries, LogKind.OUTCOME)
    if last is None or last.value["outcome"] is None:
        return outcome is None
    heard_at = max((entry.at for entry in of_thread if thread.by_client(entry)), default=None)
    if outcome is None:
        # Both moments are to the minute, so within one minute nobody knows which came first.
        return heard_at is not None and heard_at >= last.at
    return outcome == last.value["outcome"] and (heard_at is None or heard_at <= last.at)
