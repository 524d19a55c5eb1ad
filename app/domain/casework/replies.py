"""Answers that the client reads on the return page: chosen from templates, never typed."""

from app.domain.intake import opening, receipts
from app.domain.intake.returning import TEMPLATES
from app.domain.intake.wishes import STAFF
from app.domain.work import Reason, Refused, Work
from app.models import EntryKind


def send(work: Work, reference: str, template: str, *, nonce: str | None, entry: int | None) -> None:
    """Answer once from a showing of the page that knew `entry` entries of the thread.

    `Refused` when something came meanwhile that the answer may not fit, or when the client cannot come back.
    """
    if template not in TEMPLATES:
        raise ValueError("no such template")
    case = opening.unlock(work, reference)
    if not work.practice.return_code or case.intake.return_lookup is None:
        raise Refused(Reason.NO_RETURN)
    receipt = receipts.of(nonce, EntryKind.MESSAGE, template)
    if receipts.has(case.thread, receipt):
        return
    if entry is not None and entry != len(case.thread):
        raise Refused(Reason.THREAD_GREW)
    value: dict[str, object] = {"from": STAFF, "template": template}
    opening.append(work, case, EntryKind.MESSAGE, value, receipt_hash=receipt)
