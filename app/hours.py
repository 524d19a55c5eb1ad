"""When the practice is there: open, calling, closed for a holiday, and by when it keeps its promise.

Pure functions of a practice and of aware times given to them; no clock and no words for people here.
What is returned is in UTC, except parts of a week, which are wall-clock times of the zone asked for.
"""

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.practice import Practice, Span, WeekHours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS = {
    "am": Span(dt.time(9), dt.time(12)),
    "pm": Span(dt.time(12), dt.time(17)),
    "eve": Span(dt.time(17), dt.time(20)),
}
WINDOWS = tuple(f"{day}-{part}" for day in DAYS for part in PARTS)
AHEAD = dt.timedelta(days=7)
STEP = dt.timedelta(minutes=15)


class Opening(NamedTuple):
    """One stretch of time in which somebody is there, up to but without its end."""

    opens_at: dt.datetime
    closes_at: dt.datetime


class Window(NamedTuple):
    """A stretch within a time the client checked in which the practice calls."""

    value: str
    opens_at: dt.datetime
    closes_at: dt.datetime


class Outlook(NamedTuple):
    """Whether the times a client checked allow a call at some moment, and when that changes next."""

    safe: bool
    changes_at: dt.datetime


@dataclass(frozen=True)
class Days:
    """Neighboring weekdays with the same hours; 0 is Monday, `last` is included."""

    first: int
    last: int
    spans: tuple[Span, ...]


def is_open(practice: Practice, at: dt.datetime) -> bool:
    return _within(practice, practice.hours, at)


def next_opening(practice: Practice, at: dt.datetime) -> dt.datetime:
    """Return when the phone is answered next: `at` itself while it is."""
    return _next(practice, practice.hours, at)


def is_calling(practice: Practice, at: dt.datetime) -> bool:
    return _within(practice, practice.calling_hours, at)


def next_calling(practice: Practice, at: dt.datetime) -> dt.datetime:
    """Return when counselors call next: `at` itself while they do."""
    return _next(practice, practice.calling_hours, at)


def calling_times(practice: Practice, since: dt.datetime) -> Iterator[Opening]:
    """Yield the calling hours that end after `since`, in order and without end."""
    return _openings(practice, practice.calling_hours, since)


def calling_between(practice: Practice, since: dt.datetime, until: dt.datetime) -> dt.timedelta:
    """Return how much of a span of time lies in calling hours; none of one that ends before it begins."""
    openings = itertools.takewhile(lambda opening: opening.opens_at < until, calling_times(practice, since))
    parts = (min(closes_at, until) - max(opens_at, since) for opens_at, closes_at in openings)
    return sum(parts, dt.timedelta()) if since < until else dt.timedelta()


def promise(practice: Practice, now: dt.datetime, shifts: Sequence[Opening] | None = None) -> dt.datetime:
    """Return by when a counselor has read and called, in calling hours or at their very end.

    Counted from the next full quarter of an hour. With work_days, a request in calling hours has
    until the same time so many work days later; any other has until the end of the work day, the
    first one being the day on which calling begins again. A later request never has an earlier time.
    With `shifts`, a day on which nobody is on call does not count; but where that would be so for
    a whole week, supervisors stand in, and it does.
    """
    now = next_quarter(_aware(now))
    work_days = _work_days(practice, now, shifts)
    if practice.promise.work_hours is not None:
        return _after_hours(work_days, now, practice.promise.work_hours)
    return _after_days(work_days, now, practice.promise.work_days or 1, ZoneInfo(practice.time_zone))


def next_quarter(at: dt.datetime) -> dt.datetime:
    """Return the full quarter of an hour at or after this: nobody promises 10:03."""
    late = dt.timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at - late + STEP if late else at


def callable_windows(practice: Practice, when: Collection[str], tz: str, now: dt.datetime) -> list[Window]:
    """Return where the checked times ("mon-am", in the zone `tz`) meet calling hours in the next 7 days."""
    now = _aware(now)
    end = now + AHEAD
    checked = list(_checked(when, ZoneInfo(tz), now, end))
    openings = itertools.takewhile(lambda opening: opening.opens_at < end, calling_times(practice, now))
    met = [
        Window(window.value, max(window.opens_at, opens_at), min(window.closes_at, closes_at))
        for opens_at, closes_at in openings
        for window in checked
        if window.opens_at < closes_at and opens_at < window.closes_at
    ]
    return sorted(met, key=lambda window: window.opens_at)


def outlook(when: Collection[str], tz: str, now: dt.datetime) -> Outlook | None:
    """Return whether the checked times allow a call now, whoever is there to make it; None when none was checked."""
    now = _aware(now)
    zone = ZoneInfo(tz)
    today = now.astimezone(zone).date()
    for opens_at, closes_at in _joined(opening for _, opening in _whole(when, zone, today, today + AHEAD)):
        if now < opens_at:
            return Outlook(safe=False, changes_at=opens_at)
        if now < closes_at:
            return Outlook(safe=True, changes_at=closes_at)
    return None


def lying_within(when: Collection[str], tz: str, other: Collection[str], other_tz: str, now: dt.datetime) -> list[str]:
    """Return which checked times lie wholly within other checked times, of another zone, in all of the coming week."""
    today = _aware(now).date()
    margin = dt.timedelta(days=2)
    there = _joined(opening for _, opening in _whole(other, ZoneInfo(other_tz), today - margin, today + AHEAD + margin))
    outside = {
        value
        for value, window in _whole(when, ZoneInfo(tz), today, today + AHEAD)
        if not any(opens <= window.opens_at and window.closes_at <= closes for opens, closes in there)
    }
    return [value for value in WINDOWS if value in when and value not in outside]


def grouped(week: WeekHours) -> list[Days]:
    """Return the open days of a week, neighbors with the same hours together."""
    return _grouped(week.days)


def calling_hours_in(practice: Practice, tz: str, now: dt.datetime) -> list[Days]:
    """Return the calling hours as clocks in `tz` show them in the week from `now`, holidays aside."""
    there = ZoneInfo(tz)
    home = ZoneInfo(practice.time_zone)
    today = _aware(now).astimezone(home).date()
    days: list[list[Span]] = [[] for _ in DAYS]
    for day in (today + dt.timedelta(days=count) for count in range(7)):
        for span in practice.calling_hours.days[day.weekday()]:
            opening = _opening(day, span, home)
            for weekday, part in _by_midnight(*(moment.astimezone(there) for moment in opening)):
                days[weekday].append(part)
    return _grouped([_merged(spans) for spans in days])


def _aware(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError("A time without its zone says nothing about hours.")
    return at.astimezone(dt.UTC)


def _instant(day: dt.date, clock: dt.time, zone: ZoneInfo, *, fold: int) -> dt.datetime:
    """Return the moment a clock in the zone shows this; `fold` 1 takes the later of two."""
    local = dt.datetime.combine(day, clock, zone).replace(fold=fold)
    if fold and local.astimezone(dt.UTC).astimezone(zone).time() != clock:
        # In the hour that spring skips, the later reading lies before the jump.
        local = local.replace(fold=0)
    return local.astimezone(dt.UTC)


def _opening(day: dt.date, span: Span, zone: ZoneInfo) -> Opening:
    last_day = day + dt.timedelta(days=1) if span.until_midnight else day
    # Of a time the clock shows twice, the first opens and the second closes.
    return Opening(_instant(day, span.opens, zone, fold=0), _instant(last_day, span.closes, zone, fold=1))


def _openings(practice: Practice, week: WeekHours, since: dt.datetime) -> Iterator[Opening]:
    since = _aware(since)
    zone = ZoneInfo(practice.time_zone)
    # From the day before: its last hours may reach into this one.
    first = since.astimezone(zone).date() - dt.timedelta(days=1)
    for day in (first + dt.timedelta(days=count) for count in itertools.count()):
        for opening in _on(practice, week, day, zone):
            if opening.closes_at > since:
                yield opening


def _on(practice: Practice, week: WeekHours, day: dt.date, zone: ZoneInfo) -> list[Opening]:
    if day in practice.holidays:
        return []
    return [_opening(day, span, zone) for span in week.days[day.weekday()]]


def _within(practice: Practice, week: WeekHours, at: dt.datetime) -> bool:
    return next(_openings(practice, week, at)).opens_at <= at


def _next(practice: Practice, week: WeekHours, at: dt.datetime) -> dt.datetime:
    return max(_aware(at), next(_openings(practice, week, at)).opens_at)


def _after_hours(work_days: Iterator[list[Opening]], now: dt.datetime, hours: int) -> dt.datetime:
    left = dt.timedelta(hours=hours)
    openings = (opening for day in work_days for opening in day if opening.closes_at > now)
    opens_at, closes_at = next(openings)
    while left > closes_at - max(opens_at, now):
        left -= closes_at - max(opens_at, now)
        opens_at, closes_at = next(openings)
    return max(opens_at, now) + left


def _after_days(work_days: Iterator[list[Opening]], now: dt.datetime, count: int, zone: ZoneInfo) -> dt.datetime:
    clock = now.astimezone(zone)
    first = next(work_days)
    if now < first[0].opens_at:
        last = first if count == 1 else next(itertools.islice(work_days, count - 2, None))
        return last[-1].closes_at
    day = next(itertools.islice(work_days, count - 1, None))
    same_time = _instant(day[0].opens_at.astimezone(zone).date(), clock.time(), zone, fold=0)
    return _clamped(same_time, day)


def _work_days(practice: Practice, now: dt.datetime, shifts: Sequence[Opening] | None) -> Iterator[list[Opening]]:
    """Yield the calling hours of each work day that counts, from the first one that ends after now."""
    since = now
    for day in _days(practice, now):
        if shifts is None or _served(day, now, shifts) or not _served_soon(practice, since, now, shifts):
            yield day
            since = day[-1].closes_at


def _days(practice: Practice, since: dt.datetime) -> Iterator[list[Opening]]:
    """Yield the calling hours of each day that has some, from the first one that ends after a moment."""
    zone = ZoneInfo(practice.time_zone)
    today = since.astimezone(zone).date()
    for day in (today + dt.timedelta(days=count) for count in itertools.count()):
        openings = _on(practice, practice.calling_hours, day, zone)
        if openings and openings[-1].closes_at > since:
            yield openings


def _served_soon(practice: Practice, since: dt.datetime, now: dt.datetime, shifts: Sequence[Opening]) -> bool:
    """Return whether somebody is on call in the calling hours of the week after a moment."""
    week = itertools.takewhile(lambda day: day[0].opens_at < since + AHEAD, _days(practice, since))
    return any(_served(day, now, shifts) for day in week)


def _served(day: Sequence[Opening], now: dt.datetime, shifts: Sequence[Opening]) -> bool:
    """Return whether somebody is on call in what is left of a day's calling hours."""
    return any(
        begins_at < closes_at and max(opens_at, now) < ends_at
        for opens_at, closes_at in day
        if now < closes_at
        for begins_at, ends_at in shifts
    )


def _clamped(at: dt.datetime, day: Sequence[Opening]) -> dt.datetime:
    """Return this time of a work day, or the next one at which somebody is there, or its end."""
    for opens_at, closes_at in day:
        if at <= closes_at:
            return max(at, opens_at)
    return day[-1].closes_at


def _checked(when: Collection[str], zone: ZoneInfo, now: dt.datetime, end: dt.datetime) -> Iterator[Window]:
    """Yield the checked windows from now to the end, cut to both."""
    today = now.astimezone(zone).date()
    for value, (opens_at, closes_at) in _whole(when, zone, today, today + AHEAD):
        if now < closes_at and opens_at < end:
            yield Window(value, max(now, opens_at), min(end, closes_at))


def _whole(when: Collection[str], zone: ZoneInfo, first: dt.date, last: dt.date) -> Iterator[tuple[str, Opening]]:
    """Yield the checked windows of some days, both ends included."""
    if strange := set(when).difference(WINDOWS):
        raise ValueError(f"No such windows: {len(strange)} of {len(when)}.")
    for day in (first + dt.timedelta(days=count) for count in range((last - first).days + 1)):
        for part, span in PARTS.items():
            value = f"{DAYS[day.weekday()]}-{part}"
            if value in when:
                yield value, _opening(day, span, zone)


def _joined(openings: Iterable[Opening]) -> list[Opening]:
    """Return the stretches of time in order, those that touch as one."""
    joined: list[Opening] = []
    for opening in sorted(openings):
        if joined and opening.opens_at <= joined[-1].closes_at:
            joined[-1] = Opening(joined[-1].opens_at, max(joined[-1].closes_at, opening.closes_at))
        else:
            joined.append(opening)
    return joined


def _by_midnight(opens: dt.datetime, closes: dt.datetime) -> Iterator[tuple[int, Span]]:
    """Cut a stretch of local time into its days."""
    while opens.date() < closes.date():
        yield opens.weekday(), Span(opens.time(), dt.time(0))
        opens = dt.datetime.combine(opens.date() + dt.timedelta(days=1), dt.time(0), opens.tzinfo)
    if opens < closes:
        yield opens.weekday(), Span(opens.time(), closes.time())


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Join the spans of one day where one ends as the next begins."""
    joined: list[Span] = []
    for span in sorted(spans, key=_first_minute):
        if joined and _first_minute(span) <= _last_minute(joined[-1]):
            joined[-1] = Span(joined[-1].opens, max(joined[-1], span, key=_last_minute).closes)
        else:
            joined.append(span)
    return tuple(joined)


def _first_minute(span: Span) -> int:
    return span.opens.hour * 60 + span.opens.minute


def _last_minute(span: Span) -> int:
    return 24 * 60 if span.until_midnight else span.closes.hour * 60 + span.closes.minute


def _grouped(days: Sequence[tuple[Span, ...]]) -> list[Days]:
    groups = [
        (spans, [weekday for weekday, _ in neighbors])
        for spans, neighbors in itertools.groupby(enumerate(days), key=lambda day: day[1])
        if spans
    ]
    return [Days(weekdays[0], weekdays[-1], spans) for spans, weekdays in groups]
