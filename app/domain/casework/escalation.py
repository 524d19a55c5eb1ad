"""Notifies more people when nobody acts: the next person, then all supervisors; and reminds owners.

The clock of a request runs in calling hours, from when somebody was notified. Opening the request stops the clock
once, for a while; claiming it stops the clock for good, unless nobody tried to reach the client by the promised time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.domain import audit, exclusions
from app.domain.intake import opening
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.rota.oncall import Recipient, Responder
from app.domain.work import Reason, Refused, Work
from app.models import Intake, Letter, LetterKind, Reader, Status
from app.practice import hours

#: How far a request was escalated.
NEXT, SUPERVISORS = 1, 2

_OPEN = (Status.WAITING, Status.CLAIMED)
_AT_ONCE = 500
#: After so long everybody is notified again of a request on which nobody acts.
_AGAIN = timedelta(days=1)


def escalate(work: Work) -> int:
    """Escalate each request whose clock has run out; return how many. Does nothing outside calling hours."""
    if not hours.is_calling(work.practice, work.now):
        return 0
    forgotten = and_(Intake.status == Status.CLAIMED, Intake.due_at <= work.now, Intake.due_at == Intake.overdue_for)
    unheeded = select(Intake).where(
        or_(Intake.status == Status.WAITING, forgotten),
        Intake.escalated < SUPERVISORS,
        Intake.clock_at <= work.now - timedelta(minutes=work.practice.escalation.minutes),
    )
    ran_out = [intake for intake in _locked(work, unheeded, Intake.clock_at) if _has_run_out(work, intake)]
    for intake in ran_out:
        reached, recipients = _next(work, intake, oncall.read(work, exclusions.may_know(intake.id)))
        intake.escalated, intake.clock_at = reached, work.now
        outbox.write(work, LetterKind.ESCALATED, recipients, intake.id)
        audit.record(work, "intake.escalated", f"intake/{intake.reference}")
    return len(ran_out)


def remind_of_follow_ups(work: Work) -> int:
    """Notify the owner of each request whose follow-up is due, once; return how many."""
    due = select(Intake).where(
        Intake.status.in_(_OPEN),
        Intake.follow_up_at <= work.now,
        Intake.follow_up_at.is_distinct_from(Intake.reminded_for),
    )
    found = _locked(work, due, Intake.follow_up_at)
    for intake in found:
        team = oncall.read(work, exclusions.may_know(intake.id))
        # Also outside calling hours: they chose the time.
        recipients = _owner(work, team, intake) or oncall.recipients(work, team)
        outbox.write(work, LetterKind.FOLLOW_UP, recipients, intake.id)
        intake.reminded_for = intake.follow_up_at
    return len(found)


def remind_of_overdue(work: Work) -> int:
    """Notify the owner and all supervisors of each overdue request; return how many requests that were.

    The clock starts again, and those on call are notified, too. A day after everybody was notified in vain, all of it
    happens again. Does nothing outside calling hours.
    """
    if not hours.is_calling(work.practice, work.now):
        return 0
    still = and_(Intake.escalated >= SUPERVISORS, Intake.clock_at <= work.now - _AGAIN)
    late = select(Intake).where(
        Intake.status.in_(_OPEN),
        Intake.due_at <= work.now,
        or_(Intake.due_at.is_distinct_from(Intake.overdue_for), still),
    )
    overdue = [intake for intake in _locked(work, late, Intake.due_at) if _is_overdue(work, intake)]
    for intake in overdue:
        team = oncall.read(work, exclusions.may_know(intake.id))
        supervisors = [one for one in oncall.supervisors(work, team) if one.account_id != intake.claimed_by]
        recipients = [*_owner(work, team, intake), *supervisors]
        outbox.write(work, LetterKind.OVERDUE, recipients, intake.id)
        # Those on call, unless they were notified just now.
        known = {one.account_id for one in recipients}
        serving = [one for one in team if one.on_call(work.now) and not one.busy and one.id not in known]
        again = [Recipient(one.id, work.now, Reader.ON_CALL) for one in serving]
        oncall.start_clock(intake, again or recipients)
        outbox.write(work, LetterKind.ESCALATED, again, intake.id)
        audit.record(work, "intake.escalated", f"intake/{intake.reference}")
        intake.overdue_for = intake.due_at
    return len(overdue)


def pass_on(work: Work, reference: str) -> None:
    """Notify the next person of a waiting request now, because the member cannot take it.

    `Refused` when somebody has it, it is closed, or nobody is left to notify.
    """
    case = opening.unlock(work, reference)
    intake = case.intake
    if intake.status is Status.CLAIMED:
        raise Refused(Reason.CLAIMED, who=case.claimed_by, at=intake.claimed_at)
    if intake.status is not Status.WAITING:
        raise Refused(Reason.NOT_WAITING_ANY_MORE)
    team = [one for one in oncall.read(work, exclusions.may_know(intake.id)) if one.id != work.member.account_id]
    reached, recipients = NEXT, oncall.next_on_rota(work, team, _notified(work, intake))
    if not recipients and intake.escalated < SUPERVISORS:
        reached, recipients = SUPERVISORS, oncall.supervisors(work, team)
    if not recipients:
        raise Refused(Reason.NOBODY_LEFT_TO_NOTIFY)
    reached = max(reached, intake.escalated)
    oncall.start_clock(intake, recipients)
    intake.escalated = reached
    outbox.write(work, LetterKind.PASSED_ON, recipients, intake.id)
    audit.record(work, "intake.passed_on", case.subject)


def _locked(work: Work, some: Select[Intake], order: InstrumentedAttribute[datetime | None]) -> Sequence[Intake]:
    """Return rows and lock them; leave out those that another worker has locked."""
    locked = some.order_by(order).limit(_AT_ONCE).with_for_update(skip_locked=True)
    return work.session.scalars(locked, execution_options={"populate_existing": True}).all()


def _has_run_out(work: Work, intake: Intake) -> bool:
    since, rules = intake.clock_at, work.practice.escalation
    assert since is not None
    ran = hours.calling_between(work.practice, since, work.now)
    # The clock pauses when somebody opened it first, or took over one that was overdue.
    taken_at = intake.claimed_at if intake.claimed_at and intake.claimed_at > since else None
    if paused_at := min((at for at in (intake.seen_at, taken_at) if at), default=None):
        until = min(paused_at + timedelta(minutes=rules.pause_minutes), work.now)
        ran -= hours.calling_between(work.practice, max(paused_at, since), until)
    return ran >= timedelta(minutes=rules.minutes)


def _next(work: Work, intake: Intake, team: Sequence[Responder]) -> tuple[int, list[Recipient]]:
    """Return the next person, or all supervisors where there is none or they were notified before."""
    following = oncall.next_on_rota(work, team, _notified(work, intake)) if intake.escalated < NEXT else []
    return (NEXT, following) if following else (SUPERVISORS, oncall.supervisors(work, team))


def _notified(work: Work, intake: Intake) -> set[UUID]:
    """Return the owner, and who got letters since it arrived, the client wrote, or it became overdue."""
    moments = (intake.received_at, intake.heard_at, intake.overdue_for)
    since = max(at for at in moments if at is not None and at <= work.now)
    letters = select(Letter.account_id).where(Letter.intake_id == intake.id, Letter.wanted_at >= since)
    return {*work.session.scalars(letters), *([intake.claimed_by] if intake.claimed_by else [])}


def _is_overdue(work: Work, intake: Intake) -> bool:
    """Return whether a promise is broken. A planned follow-up has as much time again."""
    due_at = intake.due_at
    assert due_at is not None
    return due_at != intake.follow_up_at or hours.due_at(work.practice, due_at) <= work.now


def _owner(work: Work, team: Sequence[Responder], intake: Intake) -> list[Recipient]:
    return [Recipient(one.id, work.now, Reader.OWNER) for one in team if one.id == intake.claimed_by]
