"""Erases requests. Reference and times stay, and so do exclusions."""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, select

from app.domain import audit
from app.domain.letters import outbox
from app.domain.work import Work
from app.models import Confirmation, Draft, Intake, Letter, LogEntry, Status, ThreadEntry


class Cause(StrEnum):
    ASKED = "asked"
    UNDER_13 = "under_13"
    MISTAKE = "mistake"


ERASED_AFTER = timedelta(hours=24)
#: Kinds of audit lines: a client undid it, a withdrawal was a day old, a supervisor erased it.
UNDONE, WITHDRAWN = "intake.undone", "intake.erased"
BY_SUPERVISOR = {cause: f"erased.{cause}" for cause in Cause}
ERASED = (UNDONE, WITHDRAWN, *BY_SUPERVISOR.values())
_AT_ONCE = 500


def erase_withdrawn(work: Work) -> int:
    """Erase requests that were withdrawn a day ago and are not held; return how many."""
    due = (
        select(Intake)
        .where(
            Intake.withdrawn_at <= work.now - ERASED_AFTER,
            Intake.sealed_answers.is_not(None),
            Intake.held.is_(False),
        )
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = work.session.scalars(due).all()
    for intake in found:
        erase(work, intake, Status.WITHDRAWN)
        audit.record(work, WITHDRAWN, f"intake/{intake.reference}")
    return len(found)


def erase(work: Work, intake: Intake, status: Status) -> None:
    """Destroy keys, sealed columns, thread, log and unsent letters, and every way to find it but its reference."""
    work.destroys = True
    intake.status = status
    intake.claimed_by = intake.claimed_at = intake.heard_at = intake.due_at = intake.follow_up_at = None
    intake.calling_until = intake.calling_by = intake.calling_entry = None
    intake.outcome = intake.closed_at = None
    intake.escalated, intake.promised_at = 0, None
    intake.clock_at = intake.seen_at = intake.overdue_for = intake.reminded_for = None
    intake.receipt_hash = intake.return_lookup = intake.sealed_return_key = None
    intake.sealed_answers_key = intake.sealed_thread_key = intake.sealed_answers = None
    for table in (ThreadEntry, LogEntry, Draft, Confirmation):
        work.session.execute(delete(table).where(table.intake_id == intake.id))
    outbox.cancel(work, Letter.intake_id == intake.id)
