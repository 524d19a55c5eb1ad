"""The door through which answers leave: opening a request writes its audit line. Rules act on an opened `Case`."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.crypto import codes
from app.crypto.hpke import PrivateKey
from app.domain import audit, exclusions, permissions
from app.domain.intake import case_log, client_updates, history, outcome_check, sealed, thread, tombstones, wishes
from app.domain.intake.answers import Answers, Wishes
from app.domain.intake.call_rules import MayCall
from app.domain.intake.case_log import Logged
from app.domain.intake.client_updates import ClientUpdates
from app.domain.intake.thread import Entry
from app.domain.intake.wishes import InForce
from app.domain.rota import oncall
from app.domain.vault import epochs
from app.domain.work import Altered, Missing, Reason, Refused, Work
from app.models import (
    Account,
    EntryKind,
    Grant,
    Intake,
    LogKind,
    Outcome,
    Status,
)

Log = list[case_log.Entry]


@dataclass(frozen=True)
class Opened:
    """A request, opened for one member in one request. What the client wrote never shows in `repr`."""

    reference: str
    status: Status
    received_at: datetime
    language: str
    claimed_by: str | None
    claimed_by_me: bool
    claimed_at: datetime | None
    #: What the member is called.
    me: str
    #: Number and email are masked unless they were revealed; the words are empty while they are burnt; the state is
    #: where they said they are.
    answers: Answers = field(repr=False)
    #: The strictest of all that nobody has settled by voice.
    wishes: Wishes = field(repr=False)
    #: When they were last said, in writing or by voice.
    wished_at: datetime
    may_call: MayCall
    news: ClientUpdates = field(repr=False)
    #: Whether the client can come back and read answers.
    returns: bool
    #: What staff answered from templates, each with its moment.
    replies: tuple[tuple[str, datetime], ...] = field(repr=False)
    #: How long the thread is: what came after it was not seen yet.
    entry: int
    history: tuple[Logged, ...] = field(repr=False)
    words_burnt: bool
    forgotten: bool
    follow_up_at: datetime | None
    outcome: Outcome | None
    closed_at: datetime | None
    held: bool


@dataclass(frozen=True)
class Tombstone:
    """A request that was taken back or erased: do not call."""

    reference: str
    status: Status
    received_at: datetime
    #: Until when the client can undo it; None once everything is gone.
    erased_at: datetime | None = None
    held: bool = False


class Gone(Refused):
    """A request was taken back or erased: what is left of it is all there is to show."""

    def __init__(self, tombstone: Tombstone) -> None:
        super().__init__(Reason.GONE)
        self.tombstone = tombstone


@dataclass(frozen=True)
class Case:
    """A request, unlocked for one member in one transaction, its row locked: what rules read and write it with."""

    intake: Intake = field(repr=False)
    claimed_by: str | None
    me: str
    answers_key: bytes = field(repr=False)
    thread_key: bytes = field(repr=False)
    #: As they were sealed; the number and the words in force may be others.
    answers: Answers = field(repr=False)
    thread: list[Entry] = field(repr=False)
    #: Grows as a rule writes to it.
    log: Log = field(repr=False)
    holds: InForce = field(repr=False)

    @property
    def subject(self) -> str:
        """How audit lines name it."""
        return f"intake/{self.intake.reference}"

    @property
    def held(self) -> bool:
        """Whether the law asks to keep it; the stricter of row and log counts."""
        return self.intake.held or case_log.is_held(self.log)


def open(work: Work, reference: str) -> Opened:
    """Open a request and record that it was; `Missing`, `Gone`, `Refused` without a grant, or `Altered`."""
    found = _found(work, reference)
    if found.gone:
        raise Gone(_tombstone(work, found))
    opened = view(work, _case(work, found))
    found.intake.opened_at = found.intake.opened_at or work.now
    oncall.note_seen(work, found.intake)
    # What the client writes after this entry is news.
    audit.record(work, "intake.opened", f"intake/{opened.reference}", entry=opened.entry)
    return mask(opened)


def unlock(work: Work, reference: str) -> Case:
    """Unlock a request for a rule; `Missing`, `Refused` without a grant or once it was taken back, or `Altered`.

    Nothing is recorded: the rule records what it does.
    """
    found = _found(work, reference)
    if found.gone:
        raise Refused(Reason.GONE)
    return _case(work, found)


def unlock_unless_erased(work: Work, reference: str) -> Case:
    """Unlock a request as `case` does, also one that was taken back, as long as it is not erased."""
    found = _found(work, reference)
    if found.gone and not found.kept:
        raise Refused(Reason.ERASED)
    return _case(work, found)


def view(work: Work, case: Case) -> Opened:
    """Return all of a request that a member may see, its number whole."""
    intake, me = case.intake, work.member.account_id
    words = case_log.words_in_force(case.answers, case.log)
    answers = client_updates.with_number_in_force(work, case.answers, case.holds)
    said = (entry for entry in case.thread if entry.kind is EntryKind.MESSAGE and "template" in entry.value)
    return Opened(
        reference=intake.reference,
        status=intake.status,
        received_at=intake.received_at,
        language=intake.language,
        claimed_by=case.claimed_by,
        claimed_by_me=intake.claimed_by == me,
        me=case.me,
        claimed_at=intake.claimed_at,
        answers=replace(answers, words=words or ("", ""), state=case_log.state_in_force(case.answers, case.log)),
        wishes=case.holds.wishes,
        wished_at=[entry.at for entry in case.thread if entry.kind is EntryKind.WISHES][-1],
        may_call=may_call(work, case),
        news=client_updates.read(work, case.thread, case.holds),
        returns=work.practice.return_code and intake.return_lookup is not None,
        replies=tuple((entry.value["template"], entry.at) for entry in said),
        entry=len(case.thread),
        history=history.read(work, case.subject, case.thread, case.log),
        words_burnt=words is None,
        forgotten=oncall.forgotten(work, intake),
        follow_up_at=intake.follow_up_at,
        outcome=intake.outcome,
        closed_at=intake.closed_at,
        held=case.held,
    )


def may_call(work: Work, case: Case) -> MayCall:
    """Return whether the client may be called now."""
    return case.holds.may_call(case_log.calls(case.log), tries=work.practice.tries, now=work.now)


def mask(opened: Opened) -> Opened:
    """Return the same request without a number that could be dialled, or an address that could be written to."""
    answers = opened.answers
    return replace(
        opened,
        answers=replace(answers, phone=_masked(answers.phone), email=answers.email and "•••@•••"),
        news=opened.news.with_numbers(lambda phone: _masked(phone) or ""),
    )


def write(
    work: Work, case: Case, kind: LogKind, value: dict[str, object], receipt: bytes | None = None, line: str = ""
) -> None:
    """Append to the request's log in the member's name, and record it, as `line` where the kind says too little."""
    case_log.LOG.append(
        work,
        case.log,
        intake=case.intake,
        key=case.answers_key,
        kind=kind,
        value={"by": str(work.member.account_id), **value},
        line=line or f"log.{kind}",
        receipt_hash=receipt,
    )


def append(work: Work, case: Case, kind: EntryKind, value: dict[str, object], **beside: object) -> None:
    """Append to the request's thread, which the client's seven words open, and record it."""
    line = "intake.withdrawn" if kind is EntryKind.WITHDRAWAL else "thread.written"
    thread.THREAD.append(
        work, case.thread, intake=case.intake, key=case.thread_key, kind=kind, value=value, line=line, **beside
    )


def canonical(reference: str) -> str:
    """Return a reference as it is stored; `Missing` for what is none."""
    try:
        return codes.parse_reference(reference)
    except codes.BadCode as error:
        raise Missing from error


@dataclass(frozen=True)
class _Found:
    intake: Intake
    sealed_grant: bytes | None
    claimed_by: str | None
    #: When the trail last says that it was erased; None while it never was.
    erased_at: datetime | None
    #: The member's own name.
    me: str

    @property
    def gone(self) -> bool:
        """Return whether only a tombstone is left; `Altered` where the row says one thing and its keys another."""
        gone = self.intake.status in (Status.WITHDRAWN, Status.ERASED)
        withdrawn = self.intake.status is Status.WITHDRAWN and self.intake.withdrawn_at is not None
        if (gone == self.kept and not withdrawn) or (self.erased_at is not None and self.kept):
            raise Altered(f"intake/{self.intake.reference}")
        return gone

    @property
    def kept(self) -> bool:
        """Return whether anything of what the client wrote is still there, as for a day after a withdrawal."""
        return bool(self.intake.sealed_answers_key or self.intake.sealed_thread_key or self.intake.sealed_answers)


def _found(work: Work, reference: str) -> _Found:
    reference = canonical(reference)
    permissions.require_active(work)
    me = work.member
    member = aliased(Account)
    own = select(member.name).where(member.id == me.account_id).scalar_subquery()
    row = work.session.execute(
        select(
            Intake,
            Grant.sealed_key,
            Account.name,
            audit.last_at(f"intake/{reference}", tombstones.ERASED).label("erased_at"),
            own.label("me"),
        )
        .outerjoin(Grant, (Grant.epoch_id == Intake.epoch_id) & (Grant.holder_id == me.holder_id))
        .outerjoin(Account, Account.id == Intake.claimed_by)
        .where(Intake.reference == reference, ~exclusions.hidden_from(me.account_id))
        # A client may be withdrawing it on the return page at this moment, a colleague may be claiming it.
        .with_for_update(of=Intake, key_share=True),
        execution_options={"populate_existing": True},
    ).first()
    if row is None:
        raise Missing
    return _Found(row.Intake, row.sealed_key, row.name, row.erased_at, row.me)


def _case(work: Work, found: _Found) -> Case:
    """Open answers, thread and log, and check everything that shows an altered record."""
    intake = found.intake
    epoch_key, thread_key, entries = _thread(work, found)
    answers, answers_key = sealed.answers(work, intake, epoch_key)
    holds = wishes.in_force(entries, work.now)
    if holds is None or thread.is_withdrawn(entries) != found.gone:
        raise Altered(f"intake/{intake.reference}")
    stored = case_log.LOG.rows(work, intake_id=intake.id, reference=intake.reference)
    logged = case_log.LOG.opened(intake.id, answers_key, stored)
    if case_log.is_excluded(logged, work.member.account_id):
        raise Missing
    if not outcome_check.as_logged(intake.outcome, logged, entries):
        raise Altered(f"intake/{intake.reference}")
    return Case(intake, found.claimed_by, found.me, answers_key, thread_key, answers, entries, logged, holds)


def _thread(work: Work, found: _Found) -> tuple[PrivateKey, bytes, list[Entry]]:
    """Return the key of the request's epoch, the thread's key, and the opened thread."""
    intake = found.intake
    if found.sealed_grant is None:
        raise Refused(Reason.NO_GRANT)
    epoch_key = epochs.open_grant(work, intake.epoch_id, found.sealed_grant)
    key = sealed.thread_key(work, intake, epoch_key)
    rows = thread.rows(work, intake_id=intake.id, reference=intake.reference)
    return epoch_key, key, thread.opened(intake.id, key, rows)


def _tombstone(work: Work, found: _Found) -> Tombstone:
    """Return what is left; `Altered` where the column says withdrawn and the thread does not."""
    intake = found.intake
    if found.kept and not thread.is_withdrawn(_thread(work, found)[2]):
        raise Altered(f"intake/{intake.reference}")
    erased_at = intake.withdrawn_at + tombstones.ERASED_AFTER if found.kept and intake.withdrawn_at else None
    return Tombstone(intake.reference, intake.status, intake.received_at, erased_at, intake.held)


def _masked(phone: str | None) -> str | None:
    return None if phone is None else f"•••\N{NO-BREAK SPACE}•••\N{NO-BREAK SPACE}••{phone[-2:]}"
