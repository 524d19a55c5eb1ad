"""The weekly letter: the length and the head of the audit trail, so that a cut end is noticed."""

import datetime as dt
import itertools
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
    """Return when the calling hours of the last week began that has begun; a week of holidays has none."""
    zone = ZoneInfo(work.practice.time_zone)
    today = work.now.astimezone(zone).date()
    mondays = (today - dt.timedelta(days=today.weekday() + back) for back in itertools.count(step=7))
    begins = (hours.next_calling(work.practice, dt.datetime.combine(day, dt.time(0), zone)) for day in mondays)
    return next(begin for begin in begins if begin <= work.now)
