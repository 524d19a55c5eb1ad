"""Calling the client: the number is shown for a call that may start now, and the client is told so."""

from datetime import timedelta

from app.domain import audit, intakes
from app.domain.intakes import Opened
from app.domain.work import Work

CALLING_FOR = timedelta(minutes=2)


def reveal(work: Work, reference: str) -> Opened:
    """Open a request with its whole number, and record that it was shown; `Refused` once it was taken back.

    For two minutes a call may be starting, and the client is told so.
    """
    case = intakes.case(work, reference)
    case.intake.calling_until = work.now + CALLING_FOR
    case.intake.calling_by = work.member.account_id
    case.intake.calling_entry = len(case.thread)
    audit.record(work, "intake.revealed", case.subject)
    return intakes.shown(work, case)
