"""By when the practice promises that a counselor has read a request and called. Pure, like `hours`."""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from app.practice import hours
from app.practice.facts import Practice
from app.practice.hours import Interval


def due_at(practice: Practice, now: dt.datetime, shifts: Sequence[Interval] | None = None) -> dt.datetime:
    """Return by when a counselor has read and called, in calling hours or at their very end.

    Counted from the next full quarter of an hour. With work_days, a request in calling hours has
    until the same time so many work days later; any other has until the end of the work day, the
    first one being the day on which calling begins again. A later request never has an earlier time.
    With `shifts`, a day on which nobody is on call does not count; but where that would be so for
    a whole week, supervisors stand in, and it does.
    """
    now = hours.next_quarter(hours.aware(now))
    work_days = _work_days(practice, now, shifts)
    if practice.promise.work_hours is not None:
        return _after_hours(work_days, now, practice.promise.work_hours)
    return _after_days(work_days, now, practice.promise.work_days or 1, ZoneInfo(practice.time_zone))


def _after_hours(work_days: Iterator[list[Interval]], now: dt.datetime, count: int) -> dt.datetime:
    left = dt.timedelta(hours=count)
    intervals = (interval for day in work_days for interval in day if interval.ends_at > now)
    starts_at, ends_at = next(intervals)
    while left > ends_at - max(starts_at, now):
        left -= ends_at - max(starts_at, now)
        starts_at, ends_at = next(intervals)
    return max(starts_at, now) + left


def _after_days(work_days: Iterator[list[Interval]], now: dt.datetime, count: int, zone: ZoneInfo) -> dt.datetime:
    first = next(work_days)
    if now < first[0].starts_at:
        last = first if count == 1 else next(itertools.islice(work_days, count - 2, None))
        return last[-1].ends_at
    day = next(itertools.islice(work_days, count - 1, None))
    date = day[0].starts_at.astimezone(zone).date()
    return _clamped(hours.instant(date, now.astimezone(zone).time(), zone, fold=0), day)


def _work_days(practice: Practice, now: dt.datetime, shifts: Sequence[Interval] | None) -> Iterator[list[Interval]]:
    """Yield the calling hours of each work day that counts, from the first one that ends after now."""
    since = now
    for day in hours.calling_days(practice, now):
        if shifts is None or _served(day, now, shifts) or not _served_soon(practice, since, now, shifts):
            yield day
            since = day[-1].ends_at


def _served_soon(practice: Practice, since: dt.datetime, now: dt.datetime, shifts: Sequence[Interval]) -> bool:
    """Return whether somebody is on call in the calling hours of the week after a moment."""
    days = hours.calling_days(practice, since)
    week = itertools.takewhile(lambda day: day[0].starts_at < since + hours.AHEAD, days)
    return any(_served(day, now, shifts) for day in week)


def _served(day: Sequence[Interval], now: dt.datetime, shifts: Sequence[Interval]) -> bool:
    """Return whether somebody is on call in what is left of a day's calling hours."""
    left = [Interval(max(starts_at, now), ends_at) for starts_at, ends_at in day if now < ends_at]
    return any(calling.overlaps(shift) for calling in left for shift in shifts)


def _clamped(at: dt.datetime, day: Sequence[Interval]) -> dt.datetime:
    """Return this time of a work day, or the next one at which somebody is there, or its end."""
    for starts_at, ends_at in day:
        if at <= ends_at:
            return max(at, starts_at)
    return day[-1].ends_at
