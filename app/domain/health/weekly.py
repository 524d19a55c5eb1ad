"""The weekly letter: how long the record is and what its head is, so that a cut end would show."""

import datetime as dt
import logging
from zoneinfo import ZoneInfo

from app.domain import audit, marks
from app.domain.accounts import accounts
from app.domain.letters import outbox
from app.domain.work import Work
from app.models import LetterKind, Mark
from app.practice import hours

MARK = "weekly"
_log = logging.getLogger(__name__)


def write(work: Work) -> None:
    """Write to all supervisors when the first calling hours of a week begin; a new installation waits for its first."""
    told = work.session.get(Mark, MARK)
    if told is None:
        marks.remember(work, MARK)
        return
    if told.at >= _begins(work):
        return
    marks.remember(work, MARK)
    outbox.write(work, LetterKind.WEEKLY, [(account.id, work.now) for account in accounts.supervisors(work)])
    length, head = audit.head(work)
    _log.info("the record has %s lines, its head is %s", length, head.hex())


def _begins(work: Work) -> dt.datetime:
    """Return when the calling hours of this week began; those of the last one while they have not yet."""
    zone = ZoneInfo(work.practice.time_zone)
    today = work.now.astimezone(zone).date()
    monday = today - dt.timedelta(days=today.weekday())
    first = [
        hours.next_calling(work.practice, dt.datetime.combine(monday - dt.timedelta(days=back), dt.time(0), zone))
        for back in (0, 7)
    ]
    return next((begin for begin in first if begin <= work.now), first[-1])
