"""What staff write from the page of a request: notes for the team, answers for the client."""

from datetime import datetime

from app.domain.casework import drafts
from app.domain.intake import opening
from app.domain.intake.returning import TEMPLATES
from app.domain.intake.sealed_log import has_receipt, receipt_hash
from app.domain.intake.wishes import STAFF
from app.domain.work import Reason, Refused, Work
from app.models import EntryKind, LogKind

LETTERS = 900


def write(work: Work, reference: str, text: str, *, idempotency_key: str | None, kept_at: datetime | None) -> None:
    """Write a note down, and erase the draft that was made by `kept_at`: it was in the box of the form."""
    case = opening.unlock(work, reference)
    receipt = receipt_hash(idempotency_key, LogKind.NOTE, text)
    if not has_receipt(case.log, receipt):
        opening.write(work, case, LogKind.NOTE, {"text": text}, receipt)
    if kept_at is not None:
        drafts.erase(work, case.intake.id, kept_at)


def reply(work: Work, reference: str, template: str, *, idempotency_key: str | None, entry: int | None) -> None:
    """Answer the client, who reads it on the return page, from a template.

    `Refused` when the thread has more than `entry` entries, which the answer may not fit, or when the client cannot
    come back.
    """
    if template not in TEMPLATES:
        raise ValueError("no such template")
    case = opening.unlock(work, reference)
    if not work.practice.return_code or case.intake.return_lookup is None:
        raise Refused(Reason.NO_RETURN)
    receipt = receipt_hash(idempotency_key, EntryKind.MESSAGE, template)
    if has_receipt(case.thread, receipt):
        return
    if entry is not None and entry != len(case.thread):
        raise Refused(Reason.THREAD_GREW)
    opening.write(work, case, EntryKind.MESSAGE, {"from": STAFF, "template": template}, receipt)
