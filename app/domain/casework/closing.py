"""The end of a request: closed with an outcome, and opened again. Whoever has it decides, or a supervisor."""

from app.domain.intake import case_log, opening
from app.domain.intake.opening import Case
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Reason, Refused, Work
from app.models import LogKind, Outcome, Role, Status


def close(work: Work, reference: str, outcome: Outcome) -> None:
    """End a request; nothing is due any more. `Refused` when it has ended already, another way."""
    case = opening.unlock(work, reference)
    require_responsible(work, case)
    intake = case.intake
    if intake.status is Status.CLOSED and intake.outcome is outcome:
        return
    require_open(case)
    opening.write(work, case, LogKind.OUTCOME, {"outcome": outcome}, line=case_log.CLOSED)
    outbox.cancel_later(work, intake.id)
    intake.status, intake.outcome, intake.closed_at = Status.CLOSED, outcome, work.now
    intake.due_at = intake.follow_up_at = None
    intake.calling_until = intake.calling_by = intake.calling_entry = None


def closable(work: Work, reference: str) -> str:
    """Return how a request is named that the member may close now; raise what `close` would."""
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
    opening.write(work, case, LogKind.OUTCOME, {"outcome": None}, line=case_log.REOPENED)
    intake.outcome = intake.closed_at = None
    intake.status, intake.claimed_by, intake.claimed_at = Status.CLAIMED, work.member.account_id, work.now
    intake.due_at = oncall.promise(work)


def require_open(case: Case) -> None:
    """Let requests pass that have not ended."""
    if case.intake.status is Status.CLOSED:
        raise Refused(Reason.CLOSED)


def require_responsible(work: Work, case: Case) -> None:
    """Let those pass who have the request, and supervisors."""
    if case.intake.claimed_by != work.member.account_id and work.member.role is not Role.SUPERVISOR:
        raise Refused(Reason.NOT_YOURS)
