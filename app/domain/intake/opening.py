"""Opening a request: for a member who reads it, which is recorded, or as an unlocked `Case` for a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select

from app.crypto import codes
from app.crypto.hpke import PrivateKey
from app.domain import audit, exclusions, permissions
from app.domain.intake import call_rules, case_log, history, numbers, sealed, thread, tombstones
from app.domain.intake.answers import Answers, Wishes
from app.domain.intake.call_rules import MayCall
from app.domain.intake.case_log import Logged
from app.domain.intake.history import ClientUpdates
from app.domain.intake.sealed_log import NewEntry, SealedNumber
from app.domain.intake.thread import Entry, InForce
from app.domain.rota import oncall
from app.domain.work import Altered, Missing, Reason, Refused, Work
from app.models import EntryKind, Intake, LogKind, Outcome, Status

_GONE = (Status.WITHDRAWN, Status.ERASED)


@dataclass(frozen=True)
class RequestFacts:
    """A request without anything that its client wrote."""

    reference: str
    status: Status
    received_at: datetime
    held: bool


@dataclass(frozen=True)
class Opened(RequestFacts):
    language: str
    claimed_by: str | None
    claimed_by_me: bool
    claimed_at: datetime | None
    #: The member's own name.
    me: str
    #: Number and email are masked unless they were revealed; code words are empty while they are burnt.
    answers: Answers = field(repr=False)
    #: In force, as `thread.in_force` decides.
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
    #: The names of the team, as `history.names` returns them.
    names: Mapping[str, str]
    answers_key: bytes = field(repr=False)
    thread_key: bytes = field(repr=False)
    #: As they were sealed; number and code words may have changed since.
    answers: Answers = field(repr=False)
    thread: list[Entry] = field(repr=False)
    log: list[case_log.Entry] = field(repr=False)
    in_force: InForce = field(repr=False)

    @property
    def claimed_by(self) -> str | None:
        return self.names.get(str(self.intake.claimed_by))

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
    intake = _found(work, reference)
    if intake.status in _GONE:
        raise Gone(_tombstone(work, intake))
    opened = view(work, _case(work, intake))
    intake.opened_at = intake.opened_at or work.now
    oncall.note_seen(work, intake)
    # Later entries are news.
    audit.record(work, "intake.opened", f"intake/{opened.reference}", entry=opened.entry)
    return mask(opened)


def unlock(work: Work, reference: str, *, also_withdrawn: bool = False) -> Case:
    """Unlock a request for a rule; `Missing`, `Refused` without a grant or once it was taken back, or `Altered`.

    `also_withdrawn`: one that was taken back and is not erased yet is unlocked too. The rule records what it does.
    """
    intake = _found(work, reference)
    if intake.status in _GONE and not (also_withdrawn and _is_stored(intake)):
        raise Refused(Reason.ERASED if also_withdrawn else Reason.GONE)
    return _case(work, intake)


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
        me=case.names[str(me)],
        claimed_at=intake.claimed_at,
        answers=replace(answers, words=words or ("", ""), state=case_log.state_in_force(case.answers, case.log)),
        wishes=case.in_force.wishes,
        wished_at=[entry.at for entry in case.thread if entry.kind is EntryKind.WISHES][-1],
        may_call=may_call(work, case),
        news=history.client_updates(work, case.thread, case.in_force),
        returns=work.practice.return_code and intake.return_lookup is not None,
        replies=thread.replies(case.thread),
        entry=len(case.thread),
        history=history.read(work, case.names, case.subject, case.thread, case.log),
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
    answers, news = opened.answers, opened.news
    given = (replace(one, number=replace(one.number, phone=_mask(one.number.phone))) for one in news.given)
    return replace(
        opened,
        answers=replace(answers, phone=answers.phone and _mask(answers.phone), email=answers.email and "•••@•••"),
        news=replace(news, given=tuple(given)),
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


def _found(work: Work, reference: str) -> Intake:
    """Return a request for a change; `Altered` where status, keys and audit trail contradict each other."""
    reference = canonical(reference)
    permissions.require_active(work)
    row = work.session.execute(
        select(Intake, audit.last_at(f"intake/{reference}", tombstones.ERASED).label("erased_at"))
        .where(Intake.reference == reference, ~exclusions.hidden_from(work.member.account_id))
        # A client may be withdrawing it on the return page at this moment, a colleague may be claiming it.
        .with_for_update(of=Intake, key_share=True),
        execution_options={"populate_existing": True},
    ).first()
    if row is None:
        raise Missing
    intake: Intake = row.Intake
    withdrawn = intake.status is Status.WITHDRAWN and intake.withdrawn_at is not None
    stored = _is_stored(intake)
    if ((intake.status in _GONE) == stored and not withdrawn) or (row.erased_at is not None and stored):
        raise Altered(f"intake/{reference}")
    return intake


def _is_stored(intake: Intake) -> bool:
    """Return whether anything of what the client wrote is still there, as for a day after a withdrawal."""
    return bool(intake.sealed_answers_key or intake.sealed_thread_key or intake.sealed_answers)


def _case(work: Work, intake: Intake) -> Case:
    """Open answers, thread and log; `Altered` where one of them or their order is not what was written."""
    epoch_key, thread_key, entries = _thread(work, intake)
    answers, answers_key = sealed.answers(work, intake, epoch_key)
    in_force = thread.in_force(entries, work.now)
    if in_force is None or thread.is_withdrawn(entries) != (intake.status in _GONE):
        raise Altered(f"intake/{intake.reference}")
    logged = case_log.LOG.open(intake.id, answers_key, case_log.LOG.read(work, intake.id))
    if case_log.is_excluded(logged, work.member.account_id):
        raise Missing
    if not case_log.tells_outcome(intake.outcome, logged, entries):
        raise Altered(f"intake/{intake.reference}")
    return Case(intake, history.names(work), answers_key, thread_key, answers, entries, logged, in_force)


def _thread(work: Work, intake: Intake) -> tuple[PrivateKey, bytes, list[Entry]]:
    """Return the key of the request's epoch, the thread's key, and the opened thread."""
    epoch_key = sealed.epoch_key(work, intake.epoch_id)
    key = sealed.thread_key(work, intake, epoch_key)
    return epoch_key, key, thread.THREAD.open(intake.id, key, thread.THREAD.read(work, intake.id))


def _tombstone(work: Work, intake: Intake) -> Tombstone:
    stored = _is_stored(intake)
    if stored and not thread.is_withdrawn(_thread(work, intake)[2]):
        raise Altered(f"intake/{intake.reference}")
    erased_at = intake.withdrawn_at + tombstones.ERASED_AFTER if stored and intake.withdrawn_at else None
    return Tombstone(intake.reference, intake.status, intake.received_at, intake.held, erased_at)


def _mask(phone: str) -> str:
    return f"•••\N{NO-BREAK SPACE}•••\N{NO-BREAK SPACE}••{phone[-2:]}"
