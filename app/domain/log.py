"""What staff write down about an intake: notes, calls, what was checked and decided.

A chain under the answers key: the return code never opens it. Each entry says who wrote it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.crypto import places
from app.domain import chain
from app.domain.answers import Answers
from app.domain.chain import Chain
from app.models import LogEntry, LogKind

Entry = chain.Entry[LogEntry]

#: Audit lines of these kinds carry a log entry's number.
KINDS = tuple(f"log.{kind}" for kind in LogKind)


LOG = Chain(
    name="log",
    table=LogEntry,
    places={
        LogKind.NOTE: places.note,
        LogKind.ATTEMPT: places.attempt,
        LogKind.REASON: places.reason,
        LogKind.WORDS: places.new_words,
        LogKind.FOLLOW_UP: places.follow_up,
        LogKind.LOCATION: places.location,
        LogKind.EMERGENCY: places.emergency,
        LogKind.EXCLUSION: places.exclusion,
        LogKind.OUTCOME: places.outcome,
        LogKind.HOLD: places.hold,
    },
    audited=KINDS,
    never_empty=False,
)


@dataclass(frozen=True)
class Logged:
    """One entry as the desk shows it. What it says never shows in `repr`."""

    number: int
    kind: LogKind
    at: datetime
    #: A colleague's name; None once their account is gone.
    by: str | None
    by_me: bool
    value: Any = field(repr=False)


def last(entries: Sequence[Entry], kind: LogKind) -> Entry | None:
    """Return the newest entry of a kind."""
    return next((entry for entry in reversed(entries) if entry.kind is kind), None)


def words(answers: Answers, entries: Sequence[Entry]) -> tuple[str, str] | None:
    """Return the two words that count now; None while they are burnt, because somebody else answered a call."""
    pair: tuple[str, str] | None = answers.words
    for entry in entries:
        if entry.kind is LogKind.WORDS:
            first, second = entry.value["words"]
            pair = (first, second)
        elif entry.kind is LogKind.ATTEMPT and entry.value["outcome"] == "other_person":
            pair = None
    return pair


def excluded(entries: Sequence[Entry], account_id: UUID) -> bool:
    """Return whether the client does not want this member of the team, as the log says last."""
    said = [e.value for e in entries if e.kind is LogKind.EXCLUSION and e.value["account"] == str(account_id)]
    return bool(said) and bool(said[-1]["excluded"])
