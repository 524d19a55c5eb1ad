"""The weekly letter: the length and the head of the audit trail, so that a cut end is noticed."""

import datetime as dt
import logging
from zoneinfo import ZoneInfo

from app.domain import audit, marks
from app.domain.accounts import accounts
from app.domain.letters import outbox
from app.domain.work import Work
from app.models import LetterKind
from app.practice import hours

MARK = "weekly"
_log = logging.getLogger(__name__)


def write(work: Work) -> None:
    """Write to all supervisors when the first calling hours of a week begin; a new installation waits for the next."""
    last_at = marks.marked_at(work, MARK)
    if last_at is not None and last_at >= _begins(work):
        return
    marks.remember(work, MARK)
    if last_at is None:
        return
    outbox.write_now(work, LetterKind.WEEKLY, accounts.supervisors(work))
    length, head = audit.head(work)
    _log.info("the record has %s lines, its head is %s", length, head.hex())


def _begins(work: Work) -> dt.datetime:
    """Return when the calling hours of this week began; before that, when those of the last week did."""
    zone = ZoneInfo(work.practice.time_zone)
    today = work.now.astimezone(zone).date()
    monday = today - dt.timedelta(days=today.weekday())
    first = [
        hours.next_calling(work.practice, dt.datetime.combine(monday - dt.timedelta(days=back), dt.time(0), zone))
        for back in (0, 7)
    ]
    return next((begin for begin in first if begin <= work.now), first[-1])
