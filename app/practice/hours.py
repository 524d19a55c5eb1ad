"""When the practice answers the phone, when its counselors call, and by when it promises a call.

Pure functions of a practice and of aware times given to them; no clock and no words for people here.
What is returned is in UTC, except parts of a week, which are wall-clock times of the zone asked for.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from app.practice.facts import Practice
from app.practice.values import Span

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AHEAD = dt.timedelta(days=7)
STEP = dt.timedelta(minutes=15)
_DAY = dt.timedelta(days=1)

T = TypeVar("T", int, dt.datetime)


class Interval(NamedTuple):
    """A stretch of time, up to but without its end."""

    starts_at: dt.datetime
    ends_at: dt.datetime

    def overlaps(self, other: "Interval") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class DayGroup(NamedTuple):
    """Neighboring weekdays with the same hours; 0 is Monday, `last` is included."""

    first: int
    last: int
    spans: tuple[Span, ...]


def next_opening(practice: Practice, at: dt.datetime) -> dt.datetime:
    """Return when the practice answers the phone next: `at` itself while it does."""
    return next_calling(replace(practice, calling_hours=practice.hours), at)


def is_calling(practice: Practice, at: dt.datetime) -> bool:
    return next_calling(practice, at) == at


def next_calling(practice: Practice, at: dt.datetime) -> dt.datetime:
    """Return when counselors call next: `at` itself while they do."""
    return max(aware(at), next(calling_times(practice, at)).starts_at)


def calling_times(practice: Practice, since: dt.datetime) -> Iterator[Interval]:
    """Yield the calling hours that end after `since`, in order and without end."""
    return (times for day in calling_days(practice, since) for times in day if times.ends_at > since)


def calling_between(practice: Practice, since: dt.datetime, until: dt.datetime) -> dt.timedelta:
    """Return how much of a span of time lies in calling hours; none of one that ends before it begins."""
    intervals = itertools.takewhile(lambda interval: interval.starts_at < until, calling_times(practice, since))
    parts = (min(ends_at, until) - max(starts_at, since) for starts_at, ends_at in intervals)
    return sum(parts, dt.timedelta()) if since < until else dt.timedelta()


def calling_days(practice: Practice, since: dt.datetime) -> Iterator[list[Interval]]:
    """Yield the calling hours of each day that has some, from the first day on which they end after `since`."""
    since = aware(since)
    zone = ZoneInfo(practice.time_zone)
    # From the day before: its last hours may reach into this one.
    first = since.astimezone(zone).date() - _DAY
    for day in (first + dt.timedelta(days=count) for count in itertools.count()):
        spans = () if day in practice.holidays else practice.calling_hours.days[day.weekday()]
        intervals = [interval(day, span, zone) for span in spans]
        if intervals and intervals[-1].ends_at > since:
            yield intervals


def next_quarter(at: dt.datetime) -> dt.datetime:
    """Return the full quarter of an hour at or after this: a promise of 10:03 would look odd."""
    late = dt.timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at - late + STEP if late else at


def calling_hours_in(practice: Practice, tz: str, now: dt.datetime) -> list[DayGroup]:
    """Return the calling hours as clocks in `tz` show them in the week from `now`, holidays aside."""
    there, home = ZoneInfo(tz), ZoneInfo(practice.time_zone)
    today = aware(now).astimezone(home).date()
    days: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for day in (today + dt.timedelta(days=count) for count in range(7)):
        for span in practice.calling_hours.days[day.weekday()]:
            for weekday, minutes in _by_midnight(*(at.astimezone(there) for at in interval(day, span, home))):
                days[weekday].append(minutes)
    return grouped([tuple(_span(*minutes) for minutes in joined(parts)) for parts in days])


def grouped(days: Sequence[tuple[Span, ...]]) -> list[DayGroup]:
    """Return the open days of a week, neighbors with the same hours together."""
    groups = [
        (spans, [weekday for weekday, _ in neighbors])
        for spans, neighbors in itertools.groupby(enumerate(days), key=lambda day: day[1])
        if spans
    ]
    return [DayGroup(weekdays[0], weekdays[-1], spans) for spans, weekdays in groups]


def aware(at: dt.datetime) -> dt.datetime:
    """Return the moment in UTC; raise ValueError for one without a time zone."""
    if at.tzinfo is None:
        raise ValueError("A time without its zone says nothing about hours.")
    return at.astimezone(dt.UTC)


def instant(day: dt.date, clock: dt.time, zone: ZoneInfo, *, fold: int) -> dt.datetime:
    """Return the moment a clock in the zone shows this; `fold` 1 takes the later of two."""
    local = dt.datetime.combine(day, clock, zone).replace(fold=fold)
    if fold and local.astimezone(dt.UTC).astimezone(zone).time() != clock:
        # In the hour that spring skips, the later reading lies before the jump.
        local = local.replace(fold=0)
    return local.astimezone(dt.UTC)


def interval(day: dt.date, span: Span, zone: ZoneInfo) -> Interval:
    """Return when a span of the day begins and ends in the zone."""
    last_day = day + _DAY if span.until_midnight else day
    # Of a time the clock shows twice, the first opens and the second closes.
    return Interval(instant(day, span.opens, zone, fold=0), instant(last_day, span.closes, zone, fold=1))


def joined(parts: Iterable[tuple[T, T]]) -> list[tuple[T, T]]:
    """Return the parts in order, those that touch as one."""
    found: list[tuple[T, T]] = []
    for first, last in sorted(parts):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def _by_midnight(opens: dt.datetime, closes: dt.datetime) -> Iterator[tuple[int, tuple[int, int]]]:
    """Cut a stretch of local time into weekdays and the minutes of each."""
    while opens.date() < closes.date():
        yield opens.weekday(), (opens.hour * 60 + opens.minute, 24 * 60)
        opens = dt.datetime.combine(opens.date() + _DAY, dt.time(0), opens.tzinfo)
    if opens < closes:
        yield opens.weekday(), (opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute)


def _span(first: int, last: int) -> Span:
    return Span(dt.time(*divmod(first, 60)), dt.time(*divmod(last % (24 * 60), 60)))


def due_at(practice: Practice, now: dt.datetime, shifts: Sequence[Interval] | None = None) -> dt.datetime:
    """Return by when a counselor has read and called, in calling hours or at their very end.

    Counted from the next full quarter of an hour. With work_days, a request in calling hours has
    until the same time so many work days later; any other has until the end of the work day, the
    first one being the day on which calling begins again. A later request never has an earlier time.
    With `shifts`, a day on which nobody is on call does not count; but where that would be so for
    a whole week, supervisors stand in, and it does.
    """
    now = next_quarter(aware(now))
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
    return _clamped(instant(date, now.astimezone(zone).time(), zone, fold=0), day)


def _work_days(practice: Practice, now: dt.datetime, shifts: Sequence[Interval] | None) -> Iterator[list[Interval]]:
    """Yield the calling hours of each work day that counts, from the first one that ends after now."""
    since = now
    for day in calling_days(practice, now):
        if shifts is None or _served(day, now, shifts) or not _served_soon(practice, since, now, shifts):
            yield day
            since = day[-1].ends_at


def _served_soon(practice: Practice, since: dt.datetime, now: dt.datetime, shifts: Sequence[Interval]) -> bool:
    """Return whether somebody is on call in the calling hours of the week after a moment."""
    days = calling_days(practice, since)
    week = itertools.takewhile(lambda day: day[0].starts_at < since + AHEAD, days)
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
