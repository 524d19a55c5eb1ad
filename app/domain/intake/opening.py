"""Opening a request: for a member who reads it, which is recorded, or as an unlocked `Case` for a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.crypto import codes
from app.crypto.hpke import PrivateKey
from app.domain import audit, exclusions, permissions
from app.domain.intake import call_rules, case_log, client_updates, history, numbers, sealed, thread, tombstones, wishes
from app.domain.intake.answers import Answers, Wishes
from app.domain.intake.call_rules import MayCall
from app.domain.intake.case_log import Logged
from app.domain.intake.client_updates import ClientUpdates
from app.domain.intake.sealed_log import NewEntry, SealedNumber
from app.domain.intake.thread import Entry
from app.domain.intake.wishes import InForce
from app.domain.rota import oncall
from app.domain.vault import epochs
from app.domain.work import Altered, Missing, Reason, Refused, Work
from app.models import Account, EntryKind, Grant, Intake, LogKind, Outcome, Status


@dataclass(frozen=True)
class RequestFacts:
    """A request without anything that its client wrote."""

    reference: str
    status: Status
    received_at: datetime
    #: There is a legal hold.
    held: bool


@dataclass(frozen=True)
class Opened(RequestFacts):
    """A request as a member sees it."""

    language: str
    claimed_by: str | None
    claimed_by_me: bool
    claimed_at: datetime | None
    #: The member's own name.
    me: str
    #: Number and email are masked unless they were revealed; code words are empty while they are burnt.
    answers: Answers = field(repr=False)
    #: In force, as `wishes.in_force` decides.
    wishes: Wishes = field(repr=False)
    wished_at: datetime
    may_call: MayCall
    news: ClientUpdates = field(repr=False)
    #: Whether the client can come back and read answers.
    returns: bool
    #: The templates that staff answered with, and when.
    replies: tuple[tuple[str, datetime], ...] = field(repr=False)
    #: How many entries the thread has: later ones were not seen yet.
    entry: int
    history: tuple[Logged, ...] = field(repr=False)
    words_burnt: bool
    forgotten: bool
    follow_up_at: datetime | None
    outcome: Outcome | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Tombstone(RequestFacts):
    """What is left of a request that was taken back or erased."""

    #: Until when the client can undo it; None once everything is gone.
    erased_at: datetime | None


class Gone(Refused):
    def __init__(self, tombstone: Tombstone) -> None:
        super().__init__(Reason.GONE)
        self.tombstone = tombstone


@dataclass(frozen=True)
class Case:
    """A request that is unlocked for one member in one transaction. Its row is locked for update."""

    intake: Intake = field(repr=False)
    claimed_by: str | None
    me: str
    answers_key: bytes = field(repr=False)
    thread_key: bytes = field(repr=False)
    #: As they were sealed; number and code words may have changed since.
    answers: Answers = field(repr=False)
    thread: list[Entry] = field(repr=False)
    log: list[case_log.Entry] = field(repr=False)
    in_force: InForce = field(repr=False)

    @property
    def subject(self) -> str:
        """The subject of its audit lines."""
        return f"intake/{self.intake.reference}"

    @property
    def held(self) -> bool:
        """Whether there is a legal hold; the stricter of row and log counts."""
        return self.intake.held or case_log.is_held(self.log)


def open(work: Work, reference: str) -> Opened:
    """Open a request for the member and record that; `Missing`, `Gone`, `Refused` without a grant, or `Altered`."""
    found = _found(work, reference)
    if found.gone:
        raise Gone(_tombstone(work, found))
    opened = view(work, _case(work, found))
    found.intake.opened_at = found.intake.opened_at or work.now
    oncall.note_seen(work, found.intake)
    # Later entries are news.
    audit.record(work, "intake.opened", f"intake/{opened.reference}", entry=opened.entry)
    return mask(opened)


def unlock(work: Work, reference: str) -> Case:
    """Unlock a request for a rule; `Missing`, `Refused` without a grant or once it was taken back, or `Altered`.

    The rule records what it does.
    """
    found = _found(work, reference)
    if found.gone:
        raise Refused(Reason.GONE)
    return _case(work, found)


def unlock_unless_erased(work: Work, reference: str) -> Case:
    """Unlock a request as `unlock` does, also one that was taken back and is not erased yet."""
    found = _found(work, reference)
    if found.gone and not found.is_stored:
        raise Refused(Reason.ERASED)
    return _case(work, found)


def view(work: Work, case: Case) -> Opened:
    """Return a request as a member sees it, with the whole number."""
    intake, me = case.intake, work.member.account_id
    words = case_log.words_in_force(case.answers, case.log)
    answers = numbers.with_number_in_force(work, case.answers, case.in_force)
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
        wishes=case.in_force.wishes,
        wished_at=[entry.at for entry in case.thread if entry.kind is EntryKind.WISHES][-1],
        may_call=may_call(work, case),
        news=client_updates.read(work, case.thread, case.in_force),
        returns=work.practice.return_code and intake.return_lookup is not None,
        replies=thread.replies(case.thread),
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
    in_force, calls = case.in_force, case_log.calls(case.log)
    return call_rules.may_call(
        in_force.wishes, calls, in_force.settlements, in_force.wrote_at, tries=work.practice.tries, now=work.now
    )


def mask(opened: Opened) -> Opened:
    """Return the same request without a number to dial or an address to write to."""
    answers = opened.answers
    return replace(
        opened,
        answers=replace(answers, phone=_mask(answers.phone), email=answers.email and "•••@•••"),
        news=opened.news.with_numbers(lambda phone: _mask(phone) or ""),
    )


def write(
    work: Work,
    case: Case,
    kind: LogKind | EntryKind,
    value: Mapping[str, object],
    receipt: bytes | None = None,
    *,
    number: SealedNumber | None = None,
) -> None:
    """Append to the log, in the member's name, or to the thread, which the return code opens; and record it."""
    if isinstance(kind, LogKind):
        new = NewEntry(kind, {"by": str(work.member.account_id), **value}, receipt)
        case_log.LOG.append(work, case.log, case.intake, case.answers_key, new)
    else:
        thread.THREAD.append(work, case.thread, case.intake, case.thread_key, NewEntry(kind, value, receipt, number))


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
    #: When it was erased last, by the audit trail.
    erased_at: datetime | None
    me: str

    @property
    def gone(self) -> bool:
        """Whether it was taken back or erased; `Altered` where status, keys and audit trail contradict each other."""
        gone = self.intake.status in (Status.WITHDRAWN, Status.ERASED)
        withdrawn = self.intake.status is Status.WITHDRAWN and self.intake.withdrawn_at is not None
        if (gone == self.is_stored and not withdrawn) or (self.erased_at is not None and self.is_stored):
            raise Altered(f"intake/{self.intake.reference}")
        return gone

    @property
    def is_stored(self) -> bool:
        """Whether anything of what the client wrote is still there, as for a day after a withdrawal."""
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
    """Open answers, thread and log; `Altered` where one of them or their order is not what was written."""
    intake = found.intake
    epoch_key, thread_key, entries = _thread(work, found)
    answers, answers_key = sealed.answers(work, intake, epoch_key)
    in_force = wishes.in_force(entries, work.now)
    if in_force is None or thread.is_withdrawn(entries) != found.gone:
        raise Altered(f"intake/{intake.reference}")
    logged = case_log.LOG.open(intake.id, answers_key, case_log.LOG.read(work, intake.id))
    if case_log.is_excluded(logged, work.member.account_id):
        raise Missing
    if not case_log.tells_outcome(intake.outcome, logged, entries):
        raise Altered(f"intake/{intake.reference}")
    return Case(intake, found.claimed_by, found.me, answers_key, thread_key, answers, entries, logged, in_force)


def _thread(work: Work, found: _Found) -> tuple[PrivateKey, bytes, list[Entry]]:
    """Return the key of the request's epoch, the thread's key, and the opened thread."""
    intake = found.intake
    if found.sealed_grant is None:
        raise Refused(Reason.NO_GRANT)
    epoch_key = epochs.open_grant(work, intake.epoch_id, found.sealed_grant)
    key = sealed.thread_key(work, intake, epoch_key)
    return epoch_key, key, thread.THREAD.open(intake.id, key, thread.THREAD.read(work, intake.id))


def _tombstone(work: Work, found: _Found) -> Tombstone:
    intake = found.intake
    if found.is_stored and not thread.is_withdrawn(_thread(work, found)[2]):
        raise Altered(f"intake/{intake.reference}")
    erased_at = intake.withdrawn_at + tombstones.ERASED_AFTER if found.is_stored and intake.withdrawn_at else None
    return Tombstone(intake.reference, intake.status, intake.received_at, intake.held, erased_at)


def _mask(phone: str | None) -> str | None:
    return None if phone is None else f"•••\N{NO-BREAK SPACE}•••\N{NO-BREAK SPACE}••{phone[-2:]}"
