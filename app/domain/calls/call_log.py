"""Writes call reports to the case log, and plans the next try: inside the safe times, and none after the last.

When somebody else answered, the code words are burnt from then on.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.domain import audit, exclusions
from app.domain.casework import claims
from app.domain.intake import call_rules, opening, safe_times
from app.domain.intake.opening import Case, Opened
from app.domain.intake.sealed_log import encode_minute, has_receipt, receipt_hash
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Reason, Refused, Work
from app.models import LetterKind, LogKind
from app.practice import Practice, hours

OUTCOMES = ("reached", "no_answer", "voicemail", "bad_time", "other_person", "wrong_number")
#: We called them, or they called us.
OUT, IN = "out", "in"
DIRECTIONS = (OUT, IN)
#: A mistyped year would hide a request for good.
FARTHEST = timedelta(days=90)
#: Another try is proposed after these outcomes only.
_AGAIN = ("no_answer", "bad_time", "voicemail")
#: The next try is at least this far ahead.
_PAUSE = timedelta(hours=2)
#: A time near the end of a window is no time for a call.
_ROOM = timedelta(minutes=15)


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
        _plan(work, case, follow_up_at)


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


def proposal(practice: Practice, opened: Opened, now: datetime) -> datetime | None:
    """Return the next safe calling hours for another try; None without such a time in a week, or where none is due."""
    last, wishes = opened.may_call.last, opened.wishes
    if last is None or last.outcome not in _AGAIN or opened.follow_up_at is not None or not opened.may_call.may_plan:
        return None
    if wishes.way != "call" or wishes.zone is None:
        return None
    earliest = hours.next_quarter(now + _PAUSE)
    windows = safe_times.callable_windows(practice, wishes.when, wishes.zone, now)
    starts = ((max(window.starts_at, earliest), window.ends_at) for window in windows)
    return next((start for start, ends_at in starts if ends_at - start >= _ROOM), None)


def plan_follow_up(work: Work, reference: str, at: datetime) -> None:
    """Plan the next try, or another time for it; `Refused` unless the client wants it and checked this time."""
    case = opening.unlock(work, reference)
    claims.ensure_mine(work, case)
    _plan(work, case, at)


def _plan(work: Work, case: Case, at: datetime) -> None:
    intake, may_call = case.intake, opening.may_call(work, case)
    if not may_call.wanted:
        raise Refused(Reason.THEY_CALL)
    if may_call.number_is_wrong:
        raise Refused(Reason.PLAN_WRONG_NUMBER)
    if not may_call.left:
        raise Refused(Reason.TRIES)
    if at <= work.now:
        raise Refused(Reason.FOLLOW_UP_PAST)
    if at - work.now > FARTHEST:
        raise Refused(Reason.FOLLOW_UP_FAR)
    if not call_rules.safe_now(case.in_force.wishes, at):
        raise Refused(Reason.FOLLOW_UP_UNSAFE)
    if intake.follow_up_at != at:
        opening.write(work, case, LogKind.FOLLOW_UP, {"at": encode_minute(at)})
    intake.follow_up_at = intake.due_at = at


def drop_follow_up(work: Work, reference: str) -> None:
    case = opening.unlock(work, reference)
    intake = case.intake
    if intake.follow_up_at is None:
        return
    claims.ensure_mine(work, case)
    opening.write(work, case, LogKind.FOLLOW_UP, {"at": None})
    last, since = opening.may_call(work, case).last, intake.heard_at or intake.received_at
    # A client who was not called since they asked or wrote still waits for what was promised.
    waits = last is None or last.happened_at < since
    promised_at = (intake.promised_at if last is None else None) or hours.due_at(work.practice, since)
    intake.follow_up_at, intake.due_at = None, promised_at if waits else None
