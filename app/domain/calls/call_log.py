"""What became of calls, in either direction: written down by whoever made or took them.

Somebody else may have answered. Then the two words are burnt (`log.words`) and nothing further is proposed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain import audit, exclusions
from app.domain.calls import follow_ups
from app.domain.casework import claims
from app.domain.intake import case_log, opening, receipts
from app.domain.intake.opening import Case
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
    """How a call went, as whoever made or took it tells."""

    outcome: str
    direction: str = OUT
    #: For the team; empty where there is nothing to add.
    note: str = field(default="", repr=False)
    #: None: just now.
    happened_at: datetime | None = None
    #: What a client who called us said, in one word; None for any other call.
    said: str | None = None


def record(
    work: Work,
    reference: str,
    call: CallReport,
    *,
    follow_up_at: datetime | None = None,
    confirmed: bool = False,
    nonce: str | None = None,
) -> None:
    """Write a call down, and the next one where it is planned. A call sent twice from one page is one.

    `Refused` when the request is closed, gone or a colleague's (unless they called us), and for a voicemail that they
    do not allow until that is `confirmed`: then it is an incident.
    """
    case = opening.unlock(work, reference)
    receipt = receipts.of(nonce, call.outcome, call.direction, call.note, follow_up_at)
    if receipts.has(case.log, receipt):
        return
    (claims.ensure_mine if call.direction == OUT else claims.ensure_claimed)(work, case)
    forbidden = call.outcome == "voicemail" and call.direction == OUT and not case.holds.wishes.voicemail
    if forbidden and not confirmed:
        raise Refused(Reason.VOICEMAIL)
    write(work, case, call, incident=forbidden, receipt=receipt)
    if follow_up_at is not None:
        follow_ups.plan_for(work, case, follow_up_at)


def write(work: Work, case: Case, call: CallReport, *, incident: bool = False, receipt: bytes | None = None) -> None:
    """Append a call and its note to the log. What was due is done; a client who called at a bad time is called yet."""
    intake, at = case.intake, call.happened_at or work.now
    value: dict[str, Any] = {
        "outcome": call.outcome,
        "direction": call.direction,
        "happened_at": case_log.encode_minute(at),
    }
    if call.said is not None:
        value["said"] = call.said
    if incident:
        value["incident"] = True
    opening.write(work, case, LogKind.ATTEMPT, value, receipt)
    if call.note:
        opening.write(work, case, LogKind.NOTE, {"text": call.note})
    if incident:
        _tell_of_incident(work, case)
    if intake.calling_by == work.member.account_id and intake.calling_until is not None:
        # The call is over, so none is starting any more.
        intake.calling_until = min(intake.calling_until, work.now)
    intake.opened_at = intake.opened_at or work.now
    intake.attempted_at = min(intake.attempted_at or at, at)
    planned = intake.follow_up_at if call.direction == IN and call.outcome == "bad_time" else None
    intake.due_at = intake.follow_up_at = planned


def _tell_of_incident(work: Work, case: Case) -> None:
    audit.record(work, "incident.voicemail", case.subject)
    team = oncall.read(work, exclusions.may_know(case.intake.id))
    outbox.write(work, LetterKind.INCIDENT, oncall.supervisors(work, team), case.intake.id)
