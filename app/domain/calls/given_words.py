"""The two words that clients of open requests go by now.

Nothing else of a request leaves this module. Whoever asks for words records that they did.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.domain import permissions
from app.domain.calls.code_words import Pair
from app.domain.lists import bulk_open
from app.domain.lists.bulk_open import NotOpened, OpenedAnswers
from app.domain.work import Work
from app.models import Grant, Intake, Status

_OPEN = (Status.WAITING, Status.CLAIMED)


@dataclass(frozen=True)
class CodeWords:
    """The words of one request."""

    reference: str
    received_at: datetime
    pair: Pair = field(repr=False)


@dataclass(frozen=True)
class OpenCodeWords:
    """Words of the newest open requests, newest first; burnt ones are left out."""

    given: tuple[CodeWords, ...] = field(repr=False)
    #: There are older open requests, and nobody looked at their words.
    more: bool
    #: Records that are not what this service wrote.
    altered: tuple[str, ...]


def of_open_requests(work: Work, most: int) -> OpenCodeWords:
    """Return the words of the newest open requests that the member has a key of."""
    permissions.require_active(work)
    granted = select(Grant.epoch_id).where(Grant.holder_id == work.member.holder_id)
    wanted = bulk_open.newest(work, _OPEN, most).where(Intake.epoch_id.in_(granted))
    sheets = list(bulk_open.opened(work, wanted))
    given = [
        CodeWords(sheet.reference, sheet.received_at, sheet.words)
        for sheet in sheets
        if isinstance(sheet, OpenedAnswers) and sheet.words is not None
    ]
    newest_first = sorted(sorted(given, key=lambda one: one.reference), key=lambda one: one.received_at, reverse=True)
    altered = sorted(sheet.reference for sheet in sheets if isinstance(sheet, NotOpened))
    return OpenCodeWords(tuple(newest_first), bulk_open.more(work, _OPEN, most), tuple(altered))
