"""Dialing: shows the number for two minutes where a call is allowed, and remembers that one may be starting."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from app.domain import audit, exclusions, permissions
from app.domain.casework import claims
from app.domain.intake import opening, thread
from app.domain.intake.opening import Opened
from app.domain.work import Missing, Reason, Refused, Work
from app.models import Intake, LogEntry, LogKind, Status, ThreadEntry

CALLING_FOR = timedelta(minutes=2)
#: Why a member calls outside the safe times, or a client who wants to call themselves.
REASONS = ("now", "agreed", "danger", "noted")


@dataclass(frozen=True)
class Dialing:
    """What is shown while a call may be starting."""

    #: With the whole number; masked once the call must not start any more.
    opened: Opened
    until: datetime
    #: How many entries the thread had when the number was shown.
    since: int
    #: The client has meanwhile forbidden something.
    tightened: bool
    version: str = field(repr=False)


def reveal(work: Work, reference: str, reason: str | None = None) -> None:
    """Start dialing; the member is responsible from then on.

    `Refused` when a colleague has it, it was taken back, must not be called any more, or a reason is missing.
    """
    case = opening.unlock(work, reference)
    intake = case.intake
    if intake.status is Status.CLAIMED and intake.claimed_by != work.member.account_id:
        raise Refused(Reason.CLAIMED, who=case.claimed_by, at=intake.claimed_at)
    opened = opening.view(work, case)
    if (found := obstacle(opened)) is not None:
        raise Refused(found)
    if reason not in REASONS and needs_reason(opened):
        raise Refused(Reason.REASON_NEEDED)
    if opened.status is Status.WAITING:
        claims.claim(work, opened.reference)
    if reason in REASONS:
        opening.write(work, case, LogKind.REASON, {"reason": reason})
    intake.calling_until, intake.calling_by = work.now + CALLING_FOR, work.member.account_id
    intake.calling_entry = len(case.thread)
    audit.record(work, "intake.revealed", case.subject)


def dialing(work: Work, reference: str) -> Dialing | None:
    """Return what the member sees while they are dialing, None otherwise; `Refused` once it was taken back."""
    case = opening.unlock(work, reference)
    intake, me = case.intake, work.member.account_id
    since, until = intake.calling_entry, intake.calling_until
    mine = intake.status is Status.CLAIMED and intake.claimed_by == intake.calling_by == me
    if not mine or since is None or until is None or work.now >= until:
        return None
    tightened = thread.has_tightened(case.thread, since, work.now)
    opened = opening.view(work, case)
    if tightened:
        opened = opening.mask(opened)
    elif obstacle(opened) is not None:
        return None
    return Dialing(opened, until, since, tightened, version(work, opened.reference))


def end(work: Work, reference: str) -> None:
    """End the member's dialing, if they are; `Missing` for no request of theirs."""
    version(work, reference)
    reference = opening.canonical(reference)
    mine = (
        update(Intake)
        .where(
            Intake.reference == reference,
            Intake.calling_by == work.member.account_id,
            Intake.calling_until > work.now,
        )
        .values(calling_until=work.now)
        .returning(Intake.id)
    )
    if work.session.scalar(mine) is not None:
        audit.record(work, "intake.not_called", f"intake/{reference}")


def version(work: Work, reference: str) -> str:
    """Return a fingerprint that changes whenever the request does, without opening it; `Missing`."""
    reference = opening.canonical(reference)
    permissions.require_active(work)
    lengths = [
        select(func.max(table.number)).where(table.intake_id == Intake.id).scalar_subquery()
        for table in (ThreadEntry, LogEntry)
    ]
    row = work.session.execute(
        select(Intake.status, Intake.claimed_by, Intake.calling_by, Intake.calling_until, *lengths).where(
            Intake.reference == reference, ~exclusions.hidden_from(work.member.account_id)
        )
    ).first()
    if row is None:
        raise Missing
    facts = "\n".join(str(fact) for fact in row)
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def obstacle(opened: Opened) -> Reason | None:
    """Return why nobody may call now, even with a reason; None when somebody may."""
    if opened.status is Status.CLOSED:
        return Reason.CLOSED
    if opened.answers.phone is None and opened.answers.email is None:
        return Reason.NO_NUMBER
    if opened.may_call.number_is_wrong:
        return Reason.WRONG_NUMBER
    if not opened.may_call.left:
        return Reason.ENOUGH_TRIES
    return None


def needs_reason(opened: Opened) -> bool:
    """Return whether a call now needs a reason: it is no safe time. Writing to the client needs none."""
    return opened.answers.phone is not None and not opened.may_call.safe
