"""Proposes and plans the next try: inside the safe times, and none after the last."""

from datetime import datetime, timedelta

from app.domain.casework import claims
from app.domain.intake import call_rules, opening, safe_times
from app.domain.intake.opening import Case, Opened
from app.domain.intake.sealed_log import encode_minute
from app.domain.work import Reason, Refused, Work
from app.models import LogKind
from app.practice import Practice, hours, promise

#: A mistyped year would hide a request for good.
FARTHEST = timedelta(days=90)
#: Another try is proposed after these outcomes only.
_AGAIN = ("no_answer", "bad_time", "voicemail")

#: The next try is at least this far ahead.
_PAUSE = timedelta(hours=2)
#: A time near the end of a window is no time for a call.
_ROOM = timedelta(minutes=15)


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


def plan(work: Work, reference: str, at: datetime) -> None:
    """Plan the next try, or another time for it; `Refused` unless the client wants it and checked this time."""
    case = opening.unlock(work, reference)
    claims.ensure_mine(work, case)
    plan_for(work, case, at)


def plan_for(work: Work, case: Case, at: datetime) -> None:
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


def drop(work: Work, reference: str) -> None:
    case = opening.unlock(work, reference)
    intake = case.intake
    if intake.follow_up_at is None:
        return
    claims.ensure_mine(work, case)
    opening.write(work, case, LogKind.FOLLOW_UP, {"at": None})
    last, since = opening.may_call(work, case).last, intake.heard_at or intake.received_at
    # A client who was not called since they asked or wrote still waits for what was promised.
    waits = last is None or last.happened_at < since
    promised_at = (intake.promised_at if last is None else None) or promise.due_at(work.practice, since)
    intake.follow_up_at, intake.due_at = None, promised_at if waits else None
