"""Lays out one week of the rota as values for a picture and a list: days down, the hours of a day across."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import get_locale

from app.domain.rota.rota import Planned
from app.practice import Practice, hours
from app.practice.hours import Interval

_MINUTES = 24 * 60
#: Heights in pixels: the head above a day's hours, one line of people, the space between two days.
_HEAD, _LINE, _SPACE = 24, 30, 12
_CLOSED = 10
_AXIS = 20


@dataclass(frozen=True)
class Strip:
    """A stretch of a day, in percent of its width."""

    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A shift on one day, on a line of its own where shifts overlap."""

    name: str
    mine: bool
    strip: Strip
    y: int


@dataclass(frozen=True)
class RotaEntry:
    """One line of the list of a day; without a shift it is a gap."""

    starts_at: datetime
    ends_at: datetime
    shift: Planned | None
    #: Whether it began before this day or with it, and whether it lasts to the end of the day or longer.
    begun: bool
    goes_on: bool
    now: bool


@dataclass(frozen=True)
class Day:
    date: date
    holiday: str | None
    y: int
    height: int
    calling: tuple[Strip, ...]
    gaps: tuple[Strip, ...]
    bars: tuple[Bar, ...]
    #: Where the present moment is, in percent; None if this is not today.
    now: float | None
    entries: tuple[RotaEntry, ...]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def span(practice: Practice, first: date) -> Interval:
    """Return from when to when a week lasts on the practice's clock."""
    zone = ZoneInfo(practice.time_zone)
    return Interval(*(datetime.combine(day, time(), zone) for day in (first, first + timedelta(days=7))))


def lay_out(
    practice: Practice, first: date, shifts: Sequence[Planned], gaps: Sequence[Interval], me: UUID, now: datetime
) -> tuple[list[Day], int]:
    """Lay out a week that begins on a Monday; return its days, and the height of the picture."""
    days: list[Day] = []
    y = _AXIS
    for day in (first + timedelta(days=count) for count in range(7)):
        days.append(_DayClock(practice, day, now).lay_out(y, shifts, gaps, me))
        y += _HEAD + days[-1].height + _SPACE
    return days, y


class _DayClock:
    def __init__(self, practice: Practice, day: date, now: datetime) -> None:
        self._practice = practice
        self._zone = ZoneInfo(practice.time_zone)
        self._day = day
        self._now = now

    def lay_out(self, y: int, shifts: Sequence[Planned], gaps: Sequence[Interval], me: UUID) -> Day:
        bars, lines = self._bars(shifts, me, y + _HEAD)
        calling = self._strips(self._calling())
        name = self._practice.holidays.get(self._day)
        is_today = self._now.astimezone(self._zone).date() == self._day
        return Day(
            date=self._day,
            holiday=name[str(get_locale() or "en")] if name else None,
            y=y,
            height=max(lines, 1) * _LINE if bars or calling else _CLOSED,
            calling=calling,
            gaps=self._strips(gaps),
            bars=bars,
            now=self._minute(self._now) * 100 / _MINUTES if is_today else None,
            entries=self._entries(shifts, gaps),
        )

    def _calling(self) -> Iterator[Interval]:
        """Return the calling hours that begin on this day, or before and last into it."""
        openings = hours.calling_times(self._practice, datetime.combine(self._day, time(), self._zone))
        return takewhile(lambda opening: opening.starts_at.astimezone(self._zone).date() <= self._day, openings)

    def _bars(self, shifts: Iterable[Planned], me: UUID, top: int) -> tuple[tuple[Bar, ...], int]:
        """Put each shift on the first line that is free; return also how many lines that takes."""
        ends: list[float] = []
        bars = []
        for shift in shifts:
            if strip := self._strip(shift):
                line = next((index for index, end in enumerate(ends) if end <= strip.x), len(ends))
                ends[line : line + 1] = [strip.x + strip.width]
                bars.append(Bar(shift.name, shift.account_id == me, strip, top + line * _LINE))
        return tuple(bars), len(ends)

    def _strips(self, spans: Iterable[Interval]) -> tuple[Strip, ...]:
        return tuple(strip for span in spans if (strip := self._strip(span)))

    def _strip(self, span: Interval | Planned) -> Strip | None:
        """Return the part of a span that lies on this day; None where no part does."""
        first, last = self._minute(span.starts_at), self._minute(span.ends_at)
        if last <= first:
            return None
        return Strip(round(first * 100 / _MINUTES, 3), round((last - first) * 100 / _MINUTES, 3))

    def _minute(self, at: datetime) -> int:
        """Return the minute of the day at which a moment is; the first or the last for one on another day."""
        there = at.astimezone(self._zone)
        if there.date() != self._day:
            return 0 if there.date() < self._day else _MINUTES
        return there.hour * 60 + there.minute

    def _entries(self, shifts: Iterable[Planned], gaps: Iterable[Interval]) -> tuple[RotaEntry, ...]:
        """Return what the picture of this day shows, in order."""
        spans: list[Planned | Interval] = [*shifts, *gaps]
        return tuple(
            RotaEntry(
                starts_at=span.starts_at,
                ends_at=span.ends_at,
                shift=span if isinstance(span, Planned) else None,
                begun=self._minute(span.starts_at) == 0,
                goes_on=self._minute(span.ends_at) == _MINUTES,
                now=span.starts_at <= self._now < span.ends_at,
            )
            for span in sorted(spans, key=lambda one: (one.starts_at, one.ends_at))
            if self._strip(span)
        )
