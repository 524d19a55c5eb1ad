"""What happens when nobody acts: the next person is told, then all supervisors; and whoever forgot is reminded.

The clock of a request runs in calling hours, from when somebody was told. Opening it stops the clock once, for a
while; claiming it stops it for good, unless nobody has tried to reach the client by the time that was promised.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.domain import audit, exclusions
from app.domain.intake import opening
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.rota.oncall import Recipient, Responder
from app.domain.work import Reason, Refused, Work
from app.models import Intake, Letter, LetterKind, Reader, Status
from app.practice import hours, promise

#: How far a request was told beyond whoever heard of it first.
NEXT, SUPERVISORS = 1, 2

_OPEN = (Status.WAITING, Status.CLAIMED)
_AT_ONCE = 500
#: After so long everybody is told once more of what nobody acts on.
_AGAIN = timedelta(days=1)


def escalate(work: Work) -> int:
    """Tell each request further whose clock has run out; return how many. Does nothing outside calling hours."""
    if not hours.is_calling(work.practice, work.now):
        return 0
    unheeded = select(Intake).where(
        _clock_runs(work),
        Intake.escalated < SUPERVISORS,
        Intake.clock_at <= work.now - timedelta(minutes=work.practice.escalation.minutes),
    )
    ran_out = [intake for intake in _mine(work, unheeded, Intake.clock_at) if _has_run_out(work, intake)]
    for intake in ran_out:
        _tell_further(work, intake)
    return len(ran_out)


def remind_of_follow_ups(work: Work) -> int:
    """Tell whoever has a request that its planned follow-up is due, once for each; return how many."""
    due = select(Intake).where(
        Intake.status.in_(_OPEN),
        Intake.follow_up_at <= work.now,
        Intake.follow_up_at.is_distinct_from(Intake.reminded_for),
    )
    found = _mine(work, due, Intake.follow_up_at)
    for intake in found:
        team = oncall.read(work, exclusions.may_know(intake.id))
        # At once even outside calling hours: they chose the time.
        told = _owner(work, team, intake) or oncall.recipients(work, team)
        outbox.write(work, LetterKind.FOLLOW_UP, told, intake.id)
        intake.reminded_for = intake.follow_up_at
    return len(found)


def remind_of_overdue(work: Work) -> int:
    """Tell whoever has a request, and all supervisors, that its time has passed; return how many were told.

    Its clock starts again, whoever has it; and when everybody was told and a day later nobody has acted, all over.
    Does nothing outside calling hours.
    """
    if not hours.is_calling(work.practice, work.now):
        return 0
    still = and_(Intake.escalated >= SUPERVISORS, Intake.clock_at <= work.now - _AGAIN)
    late = select(Intake).where(
        Intake.status.in_(_OPEN),
        Intake.due_at <= work.now,
        or_(Intake.due_at.is_distinct_from(Intake.overdue_for), still),
    )
    overdue = [intake for intake in _mine(work, late, Intake.due_at) if _is_overdue(work, intake)]
    for intake in overdue:
        team = oncall.read(work, exclusions.may_know(intake.id))
        owner = _owner(work, team, intake)
        told = [*owner, *(one for one in oncall.supervisors(work, team) if one.account_id != intake.claimed_by)]
        outbox.write(work, LetterKind.OVERDUE, told, intake.id)
        _start_again(work, team, intake, told)
        intake.overdue_for = intake.due_at
    return len(overdue)


def pass_on(work: Work, reference: str) -> None:
    """Send a waiting request to the next person now, because the member cannot take it.

    `Refused` when somebody has it, it has ended, or nobody is left to tell.
    """
    case = opening.unlock(work, reference)
    intake = case.intake
    if intake.status is Status.CLAIMED:
        raise Refused(Reason.CLAIMED, who=case.claimed_by, at=intake.claimed_at)
    if intake.status is not Status.WAITING:
        raise Refused(Reason.NOT_WAITING_ANY_MORE)
    team = [one for one in oncall.read(work, exclusions.may_know(intake.id)) if one.id != work.member.account_id]
    reached = NEXT
    told = oncall.next_on_rota(work, team, _told(work, intake))
    if not told and intake.escalated < SUPERVISORS:
        reached, told = SUPERVISORS, oncall.supervisors(work, team)
    if not told:
        raise Refused(Reason.NOBODY_LEFT_TO_NOTIFY)
    reached = max(reached, intake.escalated)
    oncall.start_clock(intake, told)
    intake.escalated = reached
    outbox.write(work, LetterKind.PASSED_ON, told, intake.id)
    audit.record(work, "intake.passed_on", case.subject)


def _mine(work: Work, some: Select[Intake], order: InstrumentedAttribute[datetime | None]) -> Sequence[Intake]:
    """Return rows that this worker holds until it is done; what another one holds is left to it."""
    locked = some.order_by(order).limit(_AT_ONCE).with_for_update(skip_locked=True)
    return work.session.scalars(locked, execution_options={"populate_existing": True}).all()


def _clock_runs(work: Work) -> ColumnElement[bool]:
    """Return the condition that nobody has a request, or that it is overdue and its clock has started again."""
    forgotten = and_(Intake.status == Status.CLAIMED, Intake.due_at <= work.now, Intake.due_at == Intake.overdue_for)
    return or_(Intake.status == Status.WAITING, forgotten)


def _has_run_out(work: Work, intake: Intake) -> bool:
    since, rules = intake.clock_at, work.practice.escalation
    assert since is not None
    ran = hours.calling_between(work.practice, since, work.now)
    if paused_at := _paused_at(intake, since):
        until = min(paused_at + timedelta(minutes=rules.pause_minutes), work.now)
        ran -= hours.calling_between(work.practice, max(paused_at, since), until)
    return ran >= timedelta(minutes=rules.minutes)


def _paused_at(intake: Intake, since: datetime) -> datetime | None:
    """Return when the clock stopped for a while: somebody opened it first, or took over one that was overdue."""
    taken_at = intake.claimed_at if intake.claimed_at and intake.claimed_at > since else None
    return min((at for at in (intake.seen_at, taken_at) if at), default=None)


def _tell_further(work: Work, intake: Intake) -> None:
    """Tell whoever comes next; where nobody does, or they were told, all supervisors."""
    team = oncall.read(work, exclusions.may_know(intake.id))
    told = oncall.next_on_rota(work, team, _told(work, intake)) if intake.escalated < NEXT else []
    intake.escalated = NEXT if told else SUPERVISORS
    told = told or oncall.supervisors(work, team)
    intake.clock_at = work.now
    outbox.write(work, LetterKind.ESCALATED, told, intake.id)
    audit.record(work, "intake.escalated", f"intake/{intake.reference}")


def _told(work: Work, intake: Intake) -> set[UUID]:
    """Return who has it, and whom letters told since it arrived, the client wrote, or it became overdue."""
    moments = (intake.received_at, intake.heard_at, intake.overdue_for)
    since = max(at for at in moments if at is not None and at <= work.now)
    letters = select(Letter.account_id).where(Letter.intake_id == intake.id, Letter.wanted_at >= since)
    return {*work.session.scalars(letters), *([intake.claimed_by] if intake.claimed_by else [])}


def _is_overdue(work: Work, intake: Intake) -> bool:
    """Return whether a promise is broken. A planned follow-up is one's own until as much time again has passed."""
    due_at = intake.due_at
    assert due_at is not None
    return due_at != intake.follow_up_at or promise.due_at(work.practice, due_at) <= work.now


def _owner(work: Work, team: Sequence[Responder], intake: Intake) -> list[Recipient]:
    return [Recipient(one.id, work.now, Reader.OWNER) for one in team if one.id == intake.claimed_by]


def _start_again(work: Work, team: Sequence[Responder], intake: Intake, told: Sequence[Recipient]) -> None:
    """Let the clock of a request run again, and tell whoever is on call, beside who has it."""
    known = {one.account_id for one in told}
    serving = [one for one in team if one.on_call(work.now) and not one.busy and one.id not in known]
    again = [Recipient(one.id, work.now, Reader.ON_CALL) for one in serving]
    oncall.start_clock(intake, again or told)
    outbox.write(work, LetterKind.ESCALATED, again, intake.id)
    audit.record(work, "intake.escalated", f"intake/{intake.reference}")
