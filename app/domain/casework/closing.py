"""Closes a request with an outcome, and reopens it: for the member who has it, and supervisors."""

from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Reason, Refused, Work
from app.models import Letter, LogKind, Outcome, Status


def close(work: Work, reference: str, outcome: Outcome) -> None:
    """Close a request; nothing is due any more. `Refused` when it is closed with another outcome."""
    case = opening.unlock(work, reference)
    claims.require_responsible(work, case)
    intake = case.intake
    if intake.status is Status.CLOSED and intake.outcome is outcome:
        return
    claims.require_open(case)
    opening.write(work, case, LogKind.OUTCOME, {"outcome": outcome})
    outbox.cancel(work, Letter.intake_id == intake.id, Letter.wanted_at > work.now)
    intake.status, intake.outcome, intake.closed_at = Status.CLOSED, outcome, work.now
    intake.due_at = intake.follow_up_at = None
    intake.calling_until = intake.calling_by = intake.calling_entry = None


def closable(work: Work, reference: str) -> str:
    """Return the reference of a request that the member may close now; `Refused` as in `close`."""
    case = opening.unlock(work, reference)
    claims.require_responsible(work, case)
    claims.require_open(case)
    return case.intake.reference


def reopen(work: Work, reference: str) -> None:
    """Give a closed request to the member who opens it again; its clock starts anew."""
    case = opening.unlock(work, reference)
    claims.require_responsible(work, case)
    intake = case.intake
    if intake.status is not Status.CLOSED:
        raise Refused(Reason.NOT_CLOSED)
    opening.write(work, case, LogKind.OUTCOME, {"outcome": None})
    intake.outcome = intake.closed_at = None
    intake.status, intake.claimed_by, intake.claimed_at = Status.CLAIMED, work.member.account_id, work.now
    intake.due_at = oncall.promise(work)
