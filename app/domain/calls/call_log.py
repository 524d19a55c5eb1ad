"""Writes call reports to the case log. When somebody else answered, the code words are burnt from then on."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain import audit, exclusions
from app.domain.calls import follow_ups
from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.intake.opening import Case
from app.domain.intake.sealed_log import encode_minute, has_receipt, receipt_hash
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Reason, Refused, Work
from app.models import LetterKind, LogKind

OUTCOMES = ("reached", "no_answer", "voicemail", "bad_time", "other_person", "wrong_number")
#: We called them, or they called us.
OUT, IN = "out", "in"
DIRECTIONS = (OUT, IN)


@dataclass(frozen=True)
class CallReport:
    """How a call went, in the words of the member who made or took it."""

    outcome: str
    direction: str = OUT
    note: str = field(default="", repr=False)
    #: None: just now.
    happened_at: datetime | None = None
    #: What a verified caller wanted, one of `incoming_calls.SAID`.
    said: str | None = None


def record(
    work: Work,
    reference: str,
    call: CallReport,
    *,
    follow_up_at: datetime | None = None,
    confirmed: bool = False,
    idempotency_key: str | None = None,
) -> None:
    """Write a call down, and plan the next one.

    `Refused` when the request is closed, gone or a colleague's (unless the client called), and for a voicemail that
    the client does not allow, unless that is `confirmed`: then it is an incident.
    """
    case = opening.unlock(work, reference)
    receipt = receipt_hash(idempotency_key, call.outcome, call.direction, call.note, follow_up_at)
    if has_receipt(case.log, receipt):
        return
    (claims.ensure_mine if call.direction == OUT else claims.ensure_claimed)(work, case)
    forbidden = call.outcome == "voicemail" and call.direction == OUT and not case.in_force.wishes.voicemail
    if forbidden and not confirmed:
        raise Refused(Reason.VOICEMAIL)
    write(work, case, call, incident=forbidden, receipt=receipt)
    if follow_up_at is not None:
        follow_ups.plan_for(work, case, follow_up_at)


def write(work: Work, case: Case, call: CallReport, *, incident: bool = False, receipt: bytes | None = None) -> None:
    """Append a call and its note to the log. What was due is done, unless the client called at a bad time."""
    intake, at = case.intake, call.happened_at or work.now
    value: dict[str, Any] = {
        "outcome": call.outcome,
        "direction": call.direction,
        "happened_at": encode_minute(at),
    }
    if call.said is not None:
        value["said"] = call.said
    if incident:
        value["incident"] = True
    opening.write(work, case, LogKind.ATTEMPT, value, receipt)
    if call.note:
        opening.write(work, case, LogKind.NOTE, {"text": call.note})
    if incident:
        audit.record(work, "incident.voicemail", case.subject)
        supervisors = oncall.supervisors(work, oncall.read(work, exclusions.may_know(intake.id)))
        outbox.write(work, LetterKind.INCIDENT, supervisors, intake.id)
    if intake.calling_by == work.member.account_id and intake.calling_until is not None:
        # The call is over.
        intake.calling_until = min(intake.calling_until, work.now)
    intake.opened_at = intake.opened_at or work.now
    intake.attempted_at = min(intake.attempted_at or at, at)
    planned = intake.follow_up_at if call.direction == IN and call.outcome == "bad_time" else None
    intake.due_at = intake.follow_up_at = planned
