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
from app.domain.intake import call_rules, case_log, numbers, sealed, thread
from app.domain.intake.answers import Answers
from app.domain.intake.safe_times import Outlook
from app.domain.intake.thread import InForce
from app.domain.vault import epochs
from app.domain.work import Altered, Work
from app.models import AuditLine, Intake, LogEntry, Status, ThreadEntry

_ROWS_AT_ONCE = 250

Keys = Mapping[UUID, PrivateKey]
Found = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class OpenedAnswers:
    reference: str
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
    counted = select(func.count()).select_from(newest(work, statuses, most + 1).subquery())
    return work.session.scalars(counted).one() > most


def open_answers(
    work: Work, wanted: Select[UUID, str], *, with_numbers: bool = False
) -> Iterator[OpenedAnswers | NotOpened]:
    """Open the answers of selected requests, in no order, without those whose log excludes the member."""
    threads = thread.THREAD.read_many(work, wanted, beyond=1) if with_numbers else None
    keys, logs = epochs.granted(work), case_log.LOG.read_many(work, wanted)
    asked = wanted.subquery()
    rows = select(*sealed.COLUMNS).join(asked, asked.c.id == Intake.id)
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
    return OpenedAnswers(row.reference, row.received_at, answers, case_log.words_in_force(answers, entries))


def open_thread(
    work: Work, row: Found, keys: Keys, stored: Sequence[ThreadEntry] | None
) -> tuple[list[thread.Entry], InForce | None]:
    """Return the entries of a thread, and the wishes in force; `Altered` where the audit trail counts others."""
    if stored is None:
        raise Altered(f"intake/{row.reference}")
    entries = thread.THREAD.open(row.id, sealed.thread_key(work, row, keys[row.epoch_id]), stored)
    return entries, thread.in_force(entries, work.now)


def _numbers(
    work: Work, row: Found, keys: Keys, answers: Answers, stored: Sequence[ThreadEntry] | None
) -> frozenset[str]:
    known = {answers.phone} if answers.phone else set()
    if stored is None or stored:
        in_force = open_thread(work, row, keys, stored)[1]
        confirmed = in_force.confirmed_number if in_force else None
        key = keys.get(confirmed.row.epoch_id or row.epoch_id) if confirmed else None
        if confirmed is not None and key is not None:
            known.add(numbers.open(key, confirmed).phone)
    return frozenset(known)


@dataclass(frozen=True)
class Contact:
    """Whether the client calls us, or when a call to them is safe."""

    they_call: bool
    #: None where the client calls us, or allows no time.
    safe: Outlook | None = None


@dataclass(frozen=True)
class ThreadSummary:
    """One thread, as far as a list needs it. `contact` is None where it was not opened."""

    contact: Contact | None = field(default=None, repr=False)
    #: When the client wrote something that the owner has not seen.
    news_at: datetime | None = None
    altered: bool = False
    #: The member has no key to it.
    locked: bool = False


def summarize_threads(work: Work, rows: Sequence[Found]) -> dict[str, ThreadSummary]:
    """Return a summary of each request's thread, by reference; three statements, however many there are.

    A row has `sealed.COLUMNS` and `claimed_by`.
    """
    wanted = select(Intake.id, Intake.reference).where(Intake.id.in_([row.id for row in rows]))
    keys, threads = epochs.granted(work), thread.THREAD.read_many(work, wanted)
    seen = _seen(work, [row.reference for row in rows])
    return {row.reference: _summary(work, row, keys, threads.get(row.id), seen.get(row.reference, {})) for row in rows}


def _summary(
    work: Work,
    row: Found,
    keys: Keys,
    stored: Sequence[ThreadEntry] | None,
    seen: Mapping[str, int],
) -> ThreadSummary:
    if row.epoch_id not in keys:
        return ThreadSummary(locked=True)
    try:
        entries, in_force = open_thread(work, row, keys, stored)
    except Altered:
        return ThreadSummary(altered=True)
    if in_force is None or thread.is_withdrawn(entries):
        return ThreadSummary(altered=True)
    safe = call_rules.outlook(in_force.wishes, work.now)
    last_seen = seen.get(str(row.claimed_by), 0) if row.claimed_by else max(seen.values(), default=0)
    news = [entry.at for entry in entries if thread.by_client(entry) and entry.number > last_seen]
    return ThreadSummary(Contact(in_force.wishes.way != "call", safe), news[-1] if news else None)


def _seen(work: Work, references: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return how many entries each thread had when each member last opened the request."""
    subjects = [f"intake/{reference}" for reference in references]
    highest = func.max(AuditLine.entry).filter(AuditLine.kind == "intake.opened")
    opened = (
        select(AuditLine.subject, AuditLine.actor, highest.label("entry"))
        .where(AuditLine.subject.in_(subjects))
        .group_by(AuditLine.subject, AuditLine.actor)
    )
    seen: dict[str, dict[str, int]] = {}
    for line in work.session.execute(opened):
        seen.setdefault(line.subject.removeprefix("intake/"), {})[line.actor] = line.entry or 0
    return seen
