"""Many requests opened at once for one member: a statement for each table, and each epoch's key only once.

What is opened here never leaves the domain: rules look for something in it, tell what they found, and record that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from app.crypto.hpke import PrivateKey
from app.domain import exclusions
from app.domain.intake import case_log, numbers, sealed, thread, wishes
from app.domain.intake.answers import Answers
from app.domain.vault import epochs
from app.domain.work import Altered, Work
from app.models import Intake, LogEntry, Status, ThreadEntry

_ROWS_AT_ONCE = 250

Keys = Mapping[UUID, PrivateKey]
Logs = Mapping[UUID, Sequence[LogEntry] | None]
Threads = Mapping[UUID, Sequence[ThreadEntry] | None]


@dataclass(frozen=True)
class OpenedAnswers:
    """One request of a stack, opened."""

    reference: str
    status: Status
    received_at: datetime
    #: As they were sealed; words and number may have been changed since.
    answers: Answers = field(repr=False)
    #: The two words that count now; None while they are burnt.
    words: tuple[str, str] | None = field(repr=False)
    #: The number they gave, and the one that was confirmed by voice since. Empty where nobody asked for numbers.
    numbers: frozenset[str] = field(repr=False, default=frozenset())


@dataclass(frozen=True)
class NotOpened:
    """One request that did not open: altered, or sealed to an epoch the member has no key of."""

    reference: str


def newest(work: Work, statuses: tuple[Status, ...], most: int) -> Select[UUID, str]:
    """Select the requests of a stack: those that exist for the member, and came last."""
    return (
        select(Intake.id, Intake.reference)
        .where(Intake.status.in_(statuses), ~exclusions.hidden_from(work.member.account_id))
        .order_by(Intake.received_at.desc(), Intake.reference)
        .limit(most)
    )


def more(work: Work, statuses: tuple[Status, ...], most: int) -> bool:
    """Return whether the stack has more requests than that."""
    counted = select(func.count()).select_from(newest(work, statuses, most + 1).subquery())
    return work.session.scalars(counted).one() > most


def open_answers(work: Work, wanted: Select[UUID, str]) -> Iterator[OpenedAnswers | NotOpened]:
    """Open the answers of selected requests, in no order. One that the log keeps from the member does not exist."""
    return _read(work, wanted, None)


def open_answers_with_numbers(work: Work, wanted: Select[UUID, str]) -> Iterator[OpenedAnswers | NotOpened]:
    """Open the answers of selected requests, and look for numbers that were confirmed since."""
    return _read(work, wanted, thread.THREAD.many(work, wanted, beyond=1))


def _read(work: Work, wanted: Select[UUID, str], threads: Threads | None) -> Iterator[OpenedAnswers | NotOpened]:
    keys, logs = epochs.granted(work), case_log.LOG.many(work, wanted)
    asked = wanted.subquery()
    rows = select(*sealed.COLUMNS, Intake.status).join(asked, asked.c.id == Intake.id)
    for row in work.session.execute(rows, execution_options={"yield_per": _ROWS_AT_ONCE}):
        try:
            sheet = _sheet(work, row, keys, logs.get(row.id, ()))
            if sheet is not None and threads is not None:
                sheet = replace(sheet, numbers=_numbers(work, row, keys, sheet, threads.get(row.id, ())))
        except Altered:
            yield NotOpened(row.reference)
        else:
            if sheet is not None:
                yield sheet


def _sheet(
    work: Work, row: Row[*tuple[Any, ...]], keys: Keys, logged: Sequence[LogEntry] | None
) -> OpenedAnswers | None:
    """Open answers and log; None where the log says that the client does not want this member to have it."""
    key = keys.get(row.epoch_id)
    if key is None or logged is None:
        raise Altered(f"intake/{row.reference}")
    answers, answers_key = sealed.answers(work, row, key)
    entries = case_log.LOG.opened(row.id, answers_key, logged)
    if case_log.is_excluded(entries, work.member.account_id):
        return None
    return OpenedAnswers(row.reference, row.status, row.received_at, answers, case_log.words_in_force(answers, entries))


def _numbers(
    work: Work, row: Row[*tuple[Any, ...]], keys: Keys, sheet: OpenedAnswers, stored: Sequence[ThreadEntry] | None
) -> frozenset[str]:
    """Return the number they gave, and the one that was confirmed by voice since."""
    known = {sheet.answers.phone} if sheet.answers.phone else set()
    if stored is None:
        raise Altered(f"intake/{row.reference}")
    if stored:
        entries = thread.opened(row.id, sealed.thread_key(work, row, keys[row.epoch_id]), stored)
        holds = wishes.in_force(entries, work.now)
        confirmed = holds.confirmed_number if holds else None
        key = keys.get(confirmed.row.epoch_id or row.epoch_id) if confirmed else None
        if confirmed is not None and key is not None:
            known.add(numbers.open(key, confirmed).phone)
    return frozenset(known)
