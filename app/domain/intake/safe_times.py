"""The windows in which a client said that a call is safe: when each is, and where one meets calling hours.

Pure functions; a window is a value such as "mon-am" in the client's own time zone.
"""

import datetime as dt
import itertools
from collections.abc import Collection, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.practice import Practice, Span, hours
from app.practice.hours import AHEAD, WEEKDAYS, Interval

PARTS = {
    "am": Span(dt.time(9), dt.time(12)),
    "pm": Span(dt.time(12), dt.time(17)),
    "eve": Span(dt.time(17), dt.time(20)),
}
WINDOWS = tuple(f"{day}-{part}" for day in WEEKDAYS for part in PARTS)


class Window(NamedTuple):
    """A stretch within a window the client checked in which the practice calls."""

    value: str
    starts_at: dt.datetime
    ends_at: dt.datetime


class Outlook(NamedTuple):
    """Whether the windows a client checked allow a call at some moment, and when that changes next."""

    safe: bool
    changes_at: dt.datetime


def callable_windows(practice: Practice, when: Collection[str], tz: str, now: dt.datetime) -> list[Window]:
    """Return where the checked windows meet calling hours in the next 7 days."""
    now = hours.aware(now)
    end = now + AHEAD
    today = now.astimezone(ZoneInfo(tz)).date()
    checked = list(_whole(when, ZoneInfo(tz), today, today + AHEAD))
    calling = itertools.takewhile(lambda interval: interval.starts_at < end, hours.calling_times(practice, now))
    met = (
        Window(value, max(now, starts_at, window.starts_at), min(end, ends_at, window.ends_at))
        for starts_at, ends_at in calling
        for value, window in checked
    )
    return sorted((window for window in met if window.starts_at < window.ends_at), key=lambda window: window.starts_at)


def outlook(when: Collection[str], tz: str, now: dt.datetime) -> Outlook | None:
    """Return whether the checked windows allow a call now, on call or not; None when the client checked none."""
    now = hours.aware(now)
    today = now.astimezone(ZoneInfo(tz)).date()
    for starts_at, ends_at in hours.joined(window for _, window in _whole(when, ZoneInfo(tz), today, today + AHEAD)):
        if now < starts_at:
            return Outlook(safe=False, changes_at=starts_at)
        if now < ends_at:
            return Outlook(safe=True, changes_at=ends_at)
    return None


def lying_within(when: Collection[str], tz: str, other: Collection[str], other_tz: str, now: dt.datetime) -> list[str]:
    """Return which checked windows lie wholly within other ones, of another zone, in all of the coming week."""
    today = hours.aware(now).date()
    margin = dt.timedelta(days=2)
    others = _whole(other, ZoneInfo(other_tz), today - margin, today + AHEAD + margin)
    there = hours.joined(window for _, window in others)
    outside = {
        value
        for value, window in _whole(when, ZoneInfo(tz), today, today + AHEAD)
        if not any(starts_at <= window.starts_at and window.ends_at <= ends_at for starts_at, ends_at in there)
    }
    return [value for value in WINDOWS if value in when and value not in outside]


def _whole(when: Collection[str], zone: ZoneInfo, first: dt.date, last: dt.date) -> Iterator[tuple[str, Interval]]:
    """Yield the checked windows of some days, both ends included."""
    if unknown := set(when).difference(WINDOWS):
        raise ValueError(f"No such windows: {len(unknown)} of {len(when)}.")
    for day in (first + dt.timedelta(days=count) for count in range((last - first).days + 1)):
        for part, span in PARTS.items():
            value = f"{WEEKDAYS[day.weekday()]}-{part}"
            if value in when:
                yield value, hours.interval(day, span, zone)
