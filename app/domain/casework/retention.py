"""Legal holds, erasing for good, and the certificate of it. Supervisors only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain import audit, exclusions, permissions
from app.domain.accounts import accounts
from app.domain.intake import history, opening, tombstones
from app.domain.intake.opening import Case, RequestFacts
from app.domain.intake.tombstones import Cause
from app.domain.letters import outbox
from app.domain.work import Altered, Missing, Reason, Refused, Work
from app.models import AuditLine, Intake, LetterKind, LogKind, Status


@dataclass(frozen=True)
class Certificate:
    """What the audit trail has about an erased request; nothing that a client said."""

    reference: str
    #: To the minute; None where the audit trail does not go back so far.
    received_at: datetime | None
    erased_at: datetime
    #: One of `tombstones.ERASED`.
    kind: str
    #: A colleague's name; None when the client or the service did it, or the account is gone.
    by: str | None
    #: From then on no backup opens it either.
    unreadable_at: datetime
    #: Its line in the audit trail and that line's code; None until the worker has chained it, within a minute.
    line: int | None
    code: bytes | None = field(repr=False)


def retained(work: Work, reference: str) -> RequestFacts:
    case = _case(work, reference)
    return RequestFacts(case.intake.reference, case.intake.status, case.intake.received_at, case.held)


def hold(work: Work, reference: str, *, held: bool) -> None:
    """Begin or end a legal hold: while it lasts, nothing is erased. Needs a fresh second factor."""
    case = _case(work, reference)
    permissions.require_fresh(work)
    if case.held is case.intake.held is held:
        return
    opening.write(work, case, LogKind.HOLD, {"held": held})
    case.intake.held = held


def erase(work: Work, reference: str, cause: Cause) -> None:
    """Erase a request for good and notify all supervisors. Needs a fresh second factor; `Refused` under a hold.

    The audit trail says when, by whom, and which kind of reason; no more (S-43).
    """
    case = _case(work, reference)
    permissions.require_fresh(work)
    if case.held:
        raise Refused(Reason.HELD)
    tombstones.erase(work, case.intake, Status.ERASED)
    audit.record(work, tombstones.BY_SUPERVISOR[cause], case.subject)
    recipients = [(supervisor.id, work.now) for supervisor in accounts.supervisors(work)]
    outbox.write(work, LetterKind.ERASED, recipients, case.intake.id)


def certificate(work: Work, reference: str) -> Certificate:
    """Return the proof that a request was erased, from the audit trail alone; `Missing` if it was not."""
    permissions.require_supervisor(work)
    reference = opening.canonical(reference)
    known = ~exclusions.line_hidden_from(work.member.account_id)
    lines = select(AuditLine).where(AuditLine.subject == f"intake/{reference}", known)
    erased = work.session.scalar(lines.where(AuditLine.kind.in_(tombstones.ERASED)).order_by(AuditLine.at.desc()))
    if erased is None:
        raise Missing
    left = select(Intake.id).where(Intake.reference == reference, Intake.sealed_answers.is_not(None))
    if work.session.scalar(left) is not None:
        # Somebody put an old copy of the row back.
        raise Altered(f"intake/{reference}")
    received = work.session.scalar(lines.where(AuditLine.kind == "intake.received"))
    return Certificate(
        reference=reference,
        received_at=received.at if received else None,
        erased_at=erased.at,
        kind=erased.kind,
        by=history.names(work).get(erased.actor),
        unreadable_at=erased.at + timedelta(days=work.practice.retention.backup_days),
        line=erased.number,
        code=erased.mac,
    )


def _case(work: Work, reference: str) -> Case:
    permissions.require_supervisor(work)
    return opening.unlock(work, reference, also_withdrawn=True)
