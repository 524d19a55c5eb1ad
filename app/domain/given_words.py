"""The two words that clients of open requests go by now: read for thousands of requests in a handful of statements.

Nothing else of a request leaves this module. Whoever asks for words records that they did.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.crypto import boxes, places, tokens
from app.crypto.boxes import PrivateKey
from app.crypto.tokens import Unreadable
from app.domain import audit, epochs, intakes, log
from app.domain.answers import Answers
from app.domain.pairs import Pair
from app.domain.work import Altered, Work
from app.models import Exclusion, Grant, Intake, LogEntry, LogKind, Status

_AT_A_TIME = 500


@dataclass(frozen=True)
class Given:
    """The words of one request; None while they are burnt."""

    reference: str
    received_at: datetime
    pair: Pair | None = field(repr=False)


@dataclass(frozen=True)
class Read:
    """Words of the newest open requests, newest first."""

    given: tuple[Given, ...] = field(repr=False)
    #: There are older open requests, and nobody looked at their words.
    more: bool
    #: Records that are not what this service wrote.
    altered: tuple[str, ...]


@dataclass(frozen=True)
class _Candidate:
    """A request whose answers were opened and whose words are wanted; its log was not checked yet."""

    id: UUID
    reference: str
    received_at: datetime
    key: bytes = field(repr=False)
    #: As it was sealed. Thousands are opened for one that is wanted, so nothing more is made of them.
    said: Mapping[str, Any] = field(repr=False)

    @property
    def pair(self) -> Pair:
        first, second = self.said["words"]
        return first, second


def read(work: Work, most: int, wanted: Callable[[Pair], bool]) -> Read:
    """Return the wanted words among those in force, of the newest open requests that the member may open."""
    intakes.require_active(work)
    newer = _newer(work)
    candidates: list[_Candidate] = []
    altered: list[str] = []
    count = 0
    for row, epoch_key in _rows(work, most + 1):
        count += 1
        if count > most:
            continue
        try:
            candidate = _opened(row, epoch_key)
            pairs = [candidate.pair, *_newer_pairs(candidate, newer.get(candidate.id, ()))]
        except Unreadable:
            altered.append(row.reference)
            continue
        if any(wanted(pair) for pair in pairs):
            candidates.append(candidate)
    found = _in_force(work, candidates, altered)
    given = tuple(one for one in found if one.pair is None or wanted(one.pair))
    return Read(given, more=count > most, altered=tuple(altered))


def _open_to(work: Work) -> tuple[ColumnElement[bool], ...]:
    """Return what an open request is that the client does not keep from the member."""
    mine = (Exclusion.intake_id == Intake.id, Exclusion.account_id == work.member.account_id)
    return (Intake.status.in_((Status.WAITING, Status.CLAIMED)), ~select(Exclusion.account_id).where(*mine).exists())


def _rows(work: Work, most: int) -> Iterator[tuple[Any, PrivateKey]]:
    """Yield sealed answers, newest first, with the key of their epoch; what the member has no grant for is left out."""
    granted = select(Grant.epoch_id, Grant.sealed_key).where(Grant.holder_id == work.member.holder_id)
    keys = {
        row.epoch_id: epochs.open_grant(work, row.epoch_id, row.sealed_key) for row in work.session.execute(granted)
    }
    sealed = (
        select(
            Intake.id, Intake.reference, Intake.received_at, Intake.epoch_id,
            Intake.sealed_answers_key, Intake.sealed_answers,
        )
        .where(*_open_to(work), Intake.epoch_id.in_(list(keys)))
        .order_by(Intake.received_at.desc(), Intake.reference)
        .limit(most)
    )  # fmt: skip
    for row in work.session.execute(sealed, execution_options={"yield_per": _AT_A_TIME}):
        yield row, keys[row.epoch_id]


def _opened(row: Any, epoch_key: PrivateKey) -> _Candidate:
    key = boxes.open(epoch_key, places.answers_key(row.id, row.epoch_id), row.sealed_answers_key)
    said = tokens.open_text(key, places.answers(row.id), row.sealed_answers)
    return _Candidate(row.id, row.reference, row.received_at, key, said)


def _newer(work: Work) -> dict[UUID, list[LogEntry]]:
    """Return the entries that gave a new pair, of all open requests; most have none."""
    given: dict[UUID, list[LogEntry]] = defaultdict(list)
    for entry in work.session.scalars(
        select(LogEntry)
        .join(Intake, Intake.id == LogEntry.intake_id)
        .where(*_open_to(work), LogEntry.kind == LogKind.WORDS)
    ):
        given[entry.intake_id].append(entry)
    return given


def _newer_pairs(candidate: _Candidate, entries: Sequence[LogEntry]) -> Iterator[Pair]:
    for entry in entries:
        place = places.new_words(candidate.id, entry.number)
        first, second = tokens.open_text(candidate.key, place, entry.sealed_entry)["value"]["words"]
        yield first, second


def _in_force(work: Work, candidates: Sequence[_Candidate], altered: list[str]) -> Iterator[Given]:
    """Yield the words that count now, as each whole log says; requests the log keeps from the member are left out."""
    if not candidates:
        return
    ids = [candidate.id for candidate in candidates]
    logs: dict[UUID, list[LogEntry]] = defaultdict(list)
    for row in work.session.scalars(
        select(LogEntry).where(LogEntry.intake_id.in_(ids)).order_by(LogEntry.intake_id, LogEntry.number)
    ):
        logs[row.intake_id].append(row)
    recorded = audit.last_entries(work, [f"intake/{one.reference}" for one in candidates], log.KINDS)
    for one in candidates:
        try:
            entries = log.LOG.opened(one.id, one.key, logs[one.id])
            answers = Answers.from_sealed(one.said, f"intake/{one.reference}")
        except Altered:
            altered.append(one.reference)
            continue
        if recorded.get(f"intake/{one.reference}", 0) != len(entries):
            altered.append(one.reference)
        elif not log.excluded(entries, work.member.account_id):
            yield Given(one.reference, one.received_at, log.words(answers, entries))
