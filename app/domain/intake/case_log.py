"""What staff write down about an intake: notes, calls, what was checked and decided.

A chain under the answers key: the return code never opens it. Each entry says who wrote it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from app.crypto import contexts
from app.domain.intake import sealed_log
from app.domain.intake.answers import Answers
from app.domain.intake.call_rules import Call
from app.domain.intake.sealed_log import Chain
from app.models import LogEntry, LogKind

Entry = sealed_log.Entry[LogEntry]

#: What the trail calls an entry whose kind alone does not say what was done.
CLOSED, REOPENED, HELD, RELEASED = "intake.closed", "intake.reopened", "hold.begun", "hold.ended"
#: Audit lines of these kinds carry a log entry's number.
KINDS = (*(f"log.{kind}" for kind in LogKind), CLOSED, REOPENED, HELD, RELEASED)


LOG = Chain(
    name="log",
    table=LogEntry,
    places={kind: partial(contexts.log_entry, kind) for kind in LogKind},
    audited=KINDS,
    never_empty=False,
)


class Deed(StrEnum):
    """What was done to an intake and stands elsewhere than in the log: in the thread, or in the trail."""

    CLAIMED = "claimed"
    RELEASED = "released"
    #: Its value holds `to`, a colleague's name.
    HANDED_OVER = "handed_over"
    #: The number was shown.
    REVEALED = "revealed"
    #: Its value holds the `template`.
    ANSWERED = "answered"
    #: Staff asked by voice what is safe. Its value holds `wishes`, `number`: whether another one holds, and `is_right`:
    #: whether the client said so of a number that was marked wrong.
    SETTLED = "settled"
    #: Somebody with the seven words wished something else. Its value holds `wishes`; None with a new number.
    WISHED = "wished"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


@dataclass(frozen=True)
class Logged:
    """One entry as the desk shows it. What it says never shows in `repr`."""

    number: int
    kind: LogKind | Deed
    at: datetime
    #: A colleague's name; None once their account is gone, and for the client.
    by: str | None
    by_me: bool
    value: Any = field(repr=False)


def encode_minute(at: datetime) -> str:
    """Return a moment as entries hold it: in UTC, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}"


def decode_minute(text: str) -> datetime:
    """Return the moment an entry holds."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def last_of(entries: Sequence[Entry], kind: LogKind) -> Entry | None:
    """Return the newest entry of a kind."""
    return next((entry for entry in reversed(entries) if entry.kind is kind), None)


def calls(entries: Sequence[Entry]) -> tuple[Call, ...]:
    """Return the calls that were written down."""
    values = (entry.value for entry in entries if entry.kind is LogKind.ATTEMPT)
    return tuple(Call(decode_minute(value["happened_at"]), value["outcome"], value["direction"]) for value in values)


def words_in_force(answers: Answers, entries: Sequence[Entry]) -> tuple[str, str] | None:
    """Return the two words that count now; None while they are burnt, because somebody else answered a call."""
    pair: tuple[str, str] | None = answers.words
    for entry in entries:
        if entry.kind is LogKind.WORDS:
            first, second = entry.value["words"]
            pair = (first, second)
        elif entry.kind is LogKind.ATTEMPT and entry.value["outcome"] == "other_person":
            pair = None
    return pair


def state_in_force(answers: Answers, entries: Sequence[Entry]) -> str:
    """Return where they are: as they said by voice last, or else as they asked."""
    told = last_of(entries, LogKind.LOCATION)
    return str(told.value["state"]) if told else answers.state


def is_excluded(entries: Sequence[Entry], account_id: UUID) -> bool:
    """Return whether the client does not want this member of the team, as the log says last."""
    said = [e.value for e in entries if e.kind is LogKind.EXCLUSION and e.value["account"] == str(account_id)]
    return bool(said) and bool(said[-1]["excluded"])


def is_held(entries: Sequence[Entry]) -> bool:
    """Return whether the law asks to keep it, as the log says last."""
    said = last_of(entries, LogKind.HOLD)
    return said is not None and bool(said.value["held"])
