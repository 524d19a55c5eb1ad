"""Opens many requests at once for one member, with a statement for each table.

What is opened here never leaves the domain: rules look for something in it, return references, and record that.
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
from app.domain.intake.wishes import InForce
from app.domain.vault import epochs
from app.domain.work import Altered, Work
from app.models import Intake, LogEntry, Status, ThreadEntry

_ROWS_AT_ONCE = 250

Keys = Mapping[UUID, PrivateKey]
Found = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class OpenedAnswers:
    """The answers of one request."""

    reference: str
    status: Status
    received_at: datetime
    #: As they were sealed; code words and number may have changed since.
    answers: Answers = field(repr=False)
    #: The code words in force; None while they are burnt.
    words: tuple[str, str] | None = field(repr=False)
    #: The number of the request and the one in force; empty where numbers were not asked for.
    numbers: frozenset[str] = field(repr=False, default=frozenset())


@dataclass(frozen=True)
class NotOpened:
    """A request that was altered, or is sealed to an epoch that the member has no key of."""

    reference: str


def newest(work: Work, statuses: tuple[Status, ...], most: int) -> Select[UUID, str]:
    """Select the newest requests that exist for the member."""
    return (
        select(Intake.id, Intake.reference)
        .where(Intake.status.in_(statuses), ~exclusions.hidden_from(work.member.account_id))
        .order_by(Intake.received_at.desc(), Intake.reference)
        .limit(most)
    )


def more(work: Work, statuses: tuple[Status, ...], most: int) -> bool:
    """Return whether there are more requests than that."""
    counted = select(func.count()).select_from(newest(work, statuses, most + 1).subquery())
    return work.session.scalars(counted).one() > most


def open_answers(
    work: Work, wanted: Select[UUID, str], *, with_numbers: bool = False
) -> Iterator[OpenedAnswers | NotOpened]:
    """Open the answers of selected requests, in no order, without those whose log excludes the member."""
    threads = thread.THREAD.read_many(work, wanted, beyond=1) if with_numbers else None
    keys, logs = epochs.granted(work), case_log.LOG.read_many(work, wanted)
    asked = wanted.subquery()
    rows = select(*sealed.COLUMNS, Intake.status).join(asked, asked.c.id == Intake.id)
    for row in work.session.execute(rows, execution_options={"yield_per": _ROWS_AT_ONCE}):
        try:
            opened = _open(work, row, keys, logs.get(row.id, ()))
            if opened is not None and threads is not None:
                opened = replace(opened, numbers=_numbers(work, row, keys, opened.answers, threads.get(row.id, ())))
        except Altered:
            yield NotOpened(row.reference)
        else:
            if opened is not None:
                yield opened


def _open(work: Work, row: Found, keys: Keys, logged: Sequence[LogEntry] | None) -> OpenedAnswers | None:
    """Open answers and log; None where the log excludes the member."""
    key = keys.get(row.epoch_id)
    if key is None or logged is None:
        raise Altered(f"intake/{row.reference}")
    answers, answers_key = sealed.answers(work, row, key)
    entries = case_log.LOG.open(row.id, answers_key, logged)
    if case_log.is_excluded(entries, work.member.account_id):
        return None
    return OpenedAnswers(row.reference, row.status, row.received_at, answers, case_log.words_in_force(answers, entries))


def open_thread(
    work: Work, row: Found, keys: Keys, stored: Sequence[ThreadEntry] | None
) -> tuple[list[thread.Entry], InForce | None]:
    """Return the entries of a thread, and the wishes in force; `Altered` where the audit trail counts others."""
    if stored is None:
        raise Altered(f"intake/{row.reference}")
    entries = thread.THREAD.open(row.id, sealed.thread_key(work, row, keys[row.epoch_id]), stored)
    return entries, wishes.in_force(entries, work.now)


def _numbers(
    work: Work, row: Found, keys: Keys, answers: Answers, stored: Sequence[ThreadEntry] | None
) -> frozenset[str]:
    known = {answers.phone} if answers.phone else set()
    if stored is None or stored:
        holds = open_thread(work, row, keys, stored)[1]
        confirmed = holds.confirmed_number if holds else None
        key = keys.get(confirmed.row.epoch_id or row.epoch_id) if confirmed else None
        if confirmed is not None and key is not None:
            known.add(numbers.open(key, confirmed).phone)
    return frozenset(known)
