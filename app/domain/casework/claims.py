"""Decides who has a request and who never may, and when it is done: claim, hand over, exclude, close, reopen."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.domain import audit, exclusions, permissions
from app.domain.accounts import accounts
from app.domain.casework import notes
from app.domain.intake import case_log, opening
from app.domain.intake.opening import Case, Opened
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Reason, Refused, Work
from app.models import Account, AccountState, Grant, Intake, Letter, LetterKind, LogKind, Outcome, Role, Status


@dataclass(frozen=True)
class Candidate:
    """A member of the team who may get a request, or be excluded from it."""

    id: UUID
    name: str
    #: May open requests; somebody who waits for approval may do so later.
    active: bool
    has_it: bool
    excluded: bool


def claim(work: Work, reference: str) -> None:
    """Make the member responsible; `Refused`, with who and when, if a colleague has it, unless they forgot it."""
    case = opening.unlock(work, reference)
    require_open(case)
    if case.intake.claimed_by == work.member.account_id:
        return
    if case.intake.status is not Status.WAITING and not oncall.forgotten(work, case.intake):
        raise Refused(Reason.CLAIMED, who=case.claimed_by, at=case.intake.claimed_at)
    _give(work, case, work.member.account_id)
    audit.record(work, "intake.claimed", case.subject)


def release(work: Work, reference: str) -> None:
    """Give a request back: it waits again, and the same people are notified as about a new one."""
    case = opening.unlock(work, reference)
    if case.intake.status is Status.WAITING:
        return
    require_responsible(work, case)
    require_open(case)
    oncall.give_back(work, case.intake, work.member.account_id)
    audit.record(work, "intake.released", case.subject)


def hand_over(work: Work, reference: str, to: UUID) -> None:
    """Make a colleague responsible who can open the request, and notify them."""
    case = opening.unlock(work, reference)
    require_open(case)
    if case.intake.claimed_by == to:
        return
    require_responsible(work, case)
    if to not in _able(work, case):
        raise Refused(Reason.CANNOT_HAVE_IT)
    _give(work, case, to)
    if to != work.member.account_id:
        outbox.write(work, LetterKind.HANDED_OVER, oncall.recipients_about(work, case.intake), case.intake.id)
    audit.record(work, "intake.handed_over", audit.receiver(case.subject, to))


def exclude(work: Work, reference: str, account_id: UUID) -> None:
    """Exclude a member of the team by the client's wish; `Refused` when nobody would be left who can open it.

    They lose claim, unsent letters and draft.
    """
    case = opening.unlock(work, reference)
    require_responsible(work, case)
    if work.session.get(Account, account_id) is None:
        raise Refused(Reason.NO_SUCH_ACCOUNT)
    if not _able(work, case) - {account_id}:
        raise Refused(Reason.LAST_WHO_COULD_OPEN)
    exclusions.add(work, case.intake.id, account_id)
    if not case_log.is_excluded(case.log, account_id):
        opening.write(work, case, LogKind.EXCLUSION, {"account": str(account_id), "excluded": True})
    intake = case.intake
    outbox.cancel(work, Letter.account_id == account_id, Letter.intake_id == intake.id)
    notes.drop_draft(work, intake.id, account_id)
    if intake.claimed_by == account_id and intake.status is Status.CLAIMED:
        oncall.give_back(work, case.intake, account_id)
    elif intake.claimed_by == account_id:
        intake.claimed_by = intake.claimed_at = None


def include(work: Work, reference: str, account_id: UUID) -> None:
    """End an exclusion. For supervisors; for one who is excluded themselves, the request is `Missing`."""
    permissions.require_supervisor(work)
    case = opening.unlock(work, reference)
    exclusions.remove(work, case.intake.id, account_id)
    if case_log.is_excluded(case.log, account_id):
        opening.write(work, case, LogKind.EXCLUSION, {"account": str(account_id), "excluded": False})


def close(work: Work, reference: str, outcome: Outcome) -> None:
    """Close a request; nothing is due any more. `Refused` when it is closed with another outcome."""
    case = opening.unlock(work, reference)
    require_responsible(work, case)
    intake = case.intake
    if intake.status is Status.CLOSED and intake.outcome is outcome:
        return
    require_open(case)
    opening.write(work, case, LogKind.OUTCOME, {"outcome": outcome})
    outbox.cancel(work, Letter.intake_id == intake.id, Letter.wanted_at > work.now)
    intake.status, intake.outcome, intake.closed_at = Status.CLOSED, outcome, work.now
    intake.due_at = intake.follow_up_at = None
    intake.calling_until = intake.calling_by = intake.calling_entry = None


def closable(work: Work, reference: str) -> str:
    """Return the reference of a request that the member may close now; `Refused` as in `close`."""
    case = opening.unlock(work, reference)
    require_responsible(work, case)
    require_open(case)
    return case.intake.reference


def reopen(work: Work, reference: str) -> None:
    """Give a closed request to the member who opens it again; its clock starts anew."""
    case = opening.unlock(work, reference)
    require_responsible(work, case)
    intake = case.intake
    if intake.status is not Status.CLOSED:
        raise Refused(Reason.NOT_CLOSED)
    opening.write(work, case, LogKind.OUTCOME, {"outcome": None})
    intake.outcome = intake.closed_at = None
    intake.status, intake.claimed_by, intake.claimed_at = Status.CLAIMED, work.member.account_id, work.now
    intake.due_at = oncall.promise(work)


def candidates(work: Work, opened: Opened) -> tuple[Candidate, ...]:
    """Return the team by name, as far as the member may hand over the request or exclude them; else nobody."""
    if not opened.claimed_by_me and work.member.role is not Role.SUPERVISOR:
        return ()
    owner = select(Intake.claimed_by).where(Intake.reference == opened.reference).scalar_subquery()
    people = select(Account, owner.label("owner")).where(Account.state.in_((AccountState.ACTIVE, AccountState.PENDING)))
    said = [entry.value for entry in opened.history if entry.kind is LogKind.EXCLUSION]
    excluded = {value["account"]: value["excluded"] for value in said}
    return tuple(
        Candidate(
            id=account.id,
            name=account.name,
            active=account.state is AccountState.ACTIVE,
            has_it=account.id == owner_id,
            excluded=excluded.get(str(account.id), False),
        )
        for account, owner_id in work.session.execute(people.order_by(Account.name))
    )


def require_open(case: Case) -> None:
    if case.intake.status is Status.CLOSED:
        raise Refused(Reason.CLOSED)


def require_responsible(work: Work, case: Case) -> None:
    """Let the member pass who has the request, and supervisors."""
    if case.intake.claimed_by == work.member.account_id or work.member.role is Role.SUPERVISOR:
        return
    owner = {"who": case.claimed_by, "at": case.intake.claimed_at} if case.claimed_by else {}
    raise Refused(Reason.NOT_YOURS, **owner)


def ensure_mine(work: Work, case: Case) -> None:
    """Give an open request to the member if nobody has it, or nobody acts; `Refused` where a colleague has it."""
    require_open(case)
    if case.intake.claimed_by != work.member.account_id:
        claim(work, case.intake.reference)


def ensure_claimed(work: Work, case: Case) -> None:
    """Give an open request, whose client called, to the member; where a colleague has it, notify them instead."""
    require_open(case)
    if case.intake.status is Status.WAITING:
        claim(work, case.intake.reference)
    else:
        notify_owner(work, case)


def notify_owner(work: Work, case: Case) -> None:
    """Notify the colleague who has the request, if somebody else does."""
    if case.intake.claimed_by not in (None, work.member.account_id):
        outbox.write(work, LetterKind.NEWS, oncall.recipients_about(work, case.intake), case.intake.id)


def _give(work: Work, case: Case, account_id: UUID) -> None:
    intake = case.intake
    outbox.cancel(work, Letter.intake_id == intake.id, Letter.wanted_at > work.now)
    intake.status, intake.claimed_by, intake.claimed_at = Status.CLAIMED, account_id, work.now
    if intake.due_at is not None and intake.due_at == intake.overdue_for:
        # It is overdue and letters went out: the new owner has a while before others are notified.
        intake.clock_at, intake.escalated, intake.seen_at = work.now, 0, work.now


def _able(work: Work, case: Case) -> set[UUID]:
    """Return who can open it now: active, with a grant, excluded neither by row nor by log."""
    granted = set(work.session.scalars(select(Grant.holder_id).where(Grant.epoch_id == case.intake.epoch_id)))
    able = set()
    for account in work.session.scalars(select(Account).where(exclusions.may_know(case.intake.id))):
        record = accounts.read(work, account)
        opens = record.holder is not None and record.holder in granted
        if opens and record.state is AccountState.ACTIVE and not case_log.is_excluded(case.log, account.id):
            able.add(account.id)
    return able
