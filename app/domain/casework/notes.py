"""Notes for the team. Anybody who may open a request may write one, whoever has it."""

from datetime import datetime

from app.domain.casework import drafts
from app.domain.intake import opening, receipts
from app.domain.work import Work
from app.models import LogKind

LETTERS = 900


def write(work: Work, reference: str, text: str, *, nonce: str | None, kept_at: datetime | None) -> None:
    """Write a note down; the same one from one showing of the page is one note. What was kept unsaved until
    `kept_at` is erased, for it was shown in the box. `Refused` once the request was taken back.
    """
    case = opening.unlock(work, reference)
    receipt = receipts.of(nonce, LogKind.NOTE, text)
    if not receipts.has(case.log, receipt):
        opening.write(work, case, LogKind.NOTE, {"text": text}, receipt)
    if kept_at is not None:
        drafts.erase(work, case.intake.id, kept_at)
