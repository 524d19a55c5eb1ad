"""The next try: proposed and planned only inside the safe times, and none after the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import hours
from app.domain import intakes, log, responsible, windows, wishes
from app.domain.intakes import Case, Opened
from app.domain.log import Logged
from app.domain.work import Refused, Work
from app.models import EntryKind, LogKind
from app.practice import Practice

#: A year that was mistyped would hide a request for good.
FARTHEST = timedelta(days=90)
#: After these another try is proposed; somebody else, a wrong number or a good talk ask for a thought first.
_AGAIN = ("no_answer", "bad_time", "voicemail")

Tries = Sequence[log.Entry] | Sequence[Logged]


@dataclass(frozen=True)
class Outlook:
    """What may come next: how many tries were made and are left, and when the next one would be safe."""

    tried: int
    left: int
    number_is_wrong: bool
    may_plan: bool
    #: None: nothing is proposed.
    proposed_at: datetime | None


def outlook(practice: Practice, opened: Opened, now: datetime) -> Outlook:
    """Return what the page of a request says about the next try."""
    heard_at = max([opened.wished_at, *(message.at for message in opened.news.messages)])
    left = _left(practice, opened.history, heard_at)
    wrong = _number_is_wrong(opened.history, opened.settled_at)
    may_plan = opened.wishes.way == "call" and left > 0 and not wrong
    last = next((entry for entry in reversed(opened.history) if entry.kind is LogKind.ATTEMPT), None)
    propose = may_plan and opened.follow_up_at is None and last is not None and last.value["outcome"] in _AGAIN
    return Outlook(
        tried=practice.tries - left,
        left=left,
        number_is_wrong=wrong,
        may_plan=may_plan,
        proposed_at=windows.next_safe(practice, opened.wishes, now) if propose else None,
    )


def plan(work: Work, reference: str, at: datetime) -> None:
    """Plan the next try, or another time for it; `Refused` unless they want it and checked this time."""
    case = intakes.case(work, reference)
    responsible.mine(work, case)
    plan_for(work, case, at)


def plan_for(work: Work, case: Case, at: datetime) -> None:
    """Plan the next try of an unlocked request."""
    intake, wished = case.intake, case.holds.wishes
    if wished.way != "call":
        raise Refused("refused.they_call")
    if _number_is_wrong(case.log, wishes.settled_at(case.thread)):
        raise Refused("refused.plan_wrong_number")
    if _left(work.practice, case.log, _heard_at(case)) == 0:
        raise Refused("refused.tries")
    if at <= work.now:
        raise Refused("refused.follow_up_past")
    if at - work.now > FARTHEST:
        raise Refused("refused.follow_up_far")
    if not windows.safe(wished, at):
        raise Refused("refused.follow_up_unsafe")
    if intake.follow_up_at != at:
        intakes.write(work, case, LogKind.FOLLOW_UP, {"at": log.minute(at)})
    intake.follow_up_at = intake.due_at = at


def drop(work: Work, reference: str) -> None:
    """Take back what was planned."""
    case = intakes.case(work, reference)
    intake = case.intake
    if intake.follow_up_at is None:
        return
    responsible.mine(work, case)
    intakes.write(work, case, LogKind.FOLLOW_UP, {"at": None})
    last, since = log.last(case.log, LogKind.ATTEMPT), intake.heard_at or intake.received_at
    # Whoever has not been called since they asked or wrote still waits for what was promised.
    waits = last is None or last.at < since
    promised_at = (intake.promised_at if last is None else None) or hours.promise(work.practice, since)
    intake.follow_up_at, intake.due_at = None, promised_at if waits else None


def _number_is_wrong(entries: Tries, settled_at: datetime | None) -> bool:
    """Return whether the last number we called was a wrong one, and nobody has settled another by voice since."""
    calls = [entry for entry in entries if entry.kind is LogKind.ATTEMPT and entry.value["direction"] == "out"]
    if not calls or calls[-1].value["outcome"] != "wrong_number":
        return False
    return settled_at is None or settled_at < calls[-1].at


def _left(practice: Practice, entries: Tries, heard_at: datetime) -> int:
    """Return how often they may still be called. It counts anew once they talked with us, called or wrote."""
    tried = 0
    for entry in entries:
        if entry.kind is not LogKind.ATTEMPT or entry.at < heard_at:
            continue
        if entry.value["direction"] == "in" or entry.value["outcome"] == "reached":
            tried = 0
        else:
            tried += 1
    return max(0, practice.tries - tried)


def _heard_at(case: Case) -> datetime:
    """Return when they last said something, in writing or by voice; answers of ours from a template do not count."""
    said = (EntryKind.WISHES, EntryKind.MESSAGE)
    return max(entry.at for entry in case.thread if entry.kind in said and "template" not in entry.value)
