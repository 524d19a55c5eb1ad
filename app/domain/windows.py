"""When a client may be called: the times they checked, as clocks show them where they are."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app import hours
from app.domain.answers import Wishes
from app.practice import Practice

#: A next try is proposed this far ahead at least, never right after the last one.
PAUSE = timedelta(hours=2)
#: A time near the end of a window is no time for a call.
_ROOM = timedelta(minutes=15)
_QUARTER = timedelta(minutes=15)


def safe(wishes: Wishes, at: datetime) -> bool:
    """Return whether they want to be called, and their clock then stands in a window they checked."""
    if wishes.way != "call" or wishes.zone is None:
        return False
    there = at.astimezone(ZoneInfo(wishes.zone))
    day = hours.DAYS[there.weekday()]
    return any(
        f"{day}-{part}" in wishes.when and span.opens <= there.time() < span.closes
        for part, span in hours.PARTS.items()
    )


def next_safe(practice: Practice, wishes: Wishes, now: datetime) -> datetime | None:
    """Return the next time for another try: they checked it, the practice calls then; None within a week."""
    if wishes.way != "call" or wishes.zone is None:
        return None
    earliest = _quarter(now + PAUSE)
    windows = hours.callable_windows(practice, wishes.when, wishes.zone, now)
    starts = ((max(window.opens_at, earliest), window.closes_at) for window in windows)
    return next((start for start, closes_at in starts if closes_at - start >= _ROOM), None)


def _quarter(at: datetime) -> datetime:
    """Return the full quarter of an hour at or after this."""
    late = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at - late + _QUARTER if late else at
