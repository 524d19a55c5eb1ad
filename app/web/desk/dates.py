"""Puts days, times and durations into words on the practice's clock, and reads them from forms."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_time
from flask_babel import get_locale, gettext, ngettext
from wtforms import DateTimeLocalField

from app import current

_KEEP = "\N{NO-BREAK SPACE}"
_FORMAT = "%Y-%m-%dT%H:%M"
_AN_HOUR, _A_DAY = 60, 24 * 60


class MomentField(DateTimeLocalField):
    """A day and a time on the practice's clock. It may be empty, unless `missing` has the error for that."""

    def __init__(self, missing: str = "", **options: Any) -> None:
        super().__init__(format=_FORMAT, **options)
        self._missing = missing

    def process_formdata(self, valuelist: list[str]) -> None:
        if not self._missing and not "".join(valuelist).strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist or [""])
        except ValueError as error:
            raise ValueError(self._missing or gettext("Enter a day and a time.")) from error
        if self.data is None or abs(self.data.replace(tzinfo=UTC) - current.now()) > timedelta(days=731):
            raise ValueError(gettext("Enter a day within the next two years."))

    @property
    def moment(self) -> datetime:
        assert self.data is not None
        return self.data.replace(tzinfo=_zone()).astimezone(UTC)

    def show(self, at: datetime) -> None:
        self.data = at.astimezone(_zone()).replace(tzinfo=None)

    @property
    def maybe(self) -> datetime | None:
        return None if self.data is None else self.moment


def written(at: datetime) -> str:
    """Return a moment as a form field writes it."""
    return f"{at.astimezone(_zone()):{_FORMAT}}"


def moment(at: datetime) -> str:
    """Return a day and a time, such as "Sat 21 Nov, 1:19 am"."""
    return f"{day(at)}, {clock(at)}"


def dated(at: datetime) -> str:
    """Return a moment with its year, such as "Sat 21 Nov 2026, 1:19 am": paper is read much later."""
    return f"{_words(at, 'EEE d MMM y')}, {clock(at)}"


def clock(at: datetime) -> str:
    """Return a time, such as "1:19 am"."""
    return _words(at, "h:mm a").lower()


def day(at: datetime) -> str:
    """Return a day, such as "Sat 21 Nov"."""
    return _words(at, "EEE d MMM")


def date(at: datetime) -> str:
    """Return a day without its name, such as "21 Nov"."""
    return _words(at, "d MMM")


def there(at: datetime, zone: str) -> str:
    """Return a time on the clock of another zone, such as "Sat 1:19 am"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{format_datetime(local, 'EEE', locale=get_locale())} {_lower(local.time(), 'h:mm a')}"


def differs(at: datetime, zone: str | None) -> bool:
    """Return whether the clock of another zone is known and does not show the same as the practice's."""
    return zone is not None and at.astimezone(ZoneInfo(zone)).utcoffset() != at.astimezone(_zone()).utcoffset()


def hour(at: time) -> str:
    """Return a time of the day in as few letters as it takes: "10 am", "10:30 am", "noon"."""
    return gettext("noon") if at == time(12) else _lower(at, "h:mm a" if at.minute else "h a")


def near(at: datetime, now: datetime) -> str:
    """Return a time on the practice's clock, with as much of its day as it takes: "10 am", "Tue 10 am"."""
    local = at.astimezone(_zone())
    clock = hour(local.time().replace(second=0, microsecond=0)).replace(" ", _KEEP)
    if same_day(at, now):
        return clock
    far = abs(at - now) >= timedelta(days=7) or local.weekday() == now.astimezone(_zone()).weekday()
    return f"{_words(at, 'EEE d MMM' if far else 'EEE')}{_KEEP}{clock}"


def same_day(one: datetime, other: datetime) -> bool:
    return one.astimezone(_zone()).date() == other.astimezone(_zone()).date()


def span(since: datetime, until: datetime) -> str:
    """Return how long that is, in the largest unit that fits."""
    minutes = _minutes(until - since)
    if minutes < 1:
        return gettext("a moment")
    if minutes < _AN_HOUR:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)
    if minutes < 2 * _A_DAY:
        return ngettext("%(num)d hour", "%(num)d hours", minutes // _AN_HOUR)
    return ngettext("%(num)d day", "%(num)d days", minutes // _A_DAY)


def left(until: datetime, now: datetime) -> str:
    """Return how much time is left: in minutes for the last two hours, and never in days."""
    minutes = max(1, _minutes(until - now))
    if minutes < 2 * _AN_HOUR:
        return ngettext("in %(num)d minute", "in %(num)d minutes", minutes)
    return ngettext("in %(num)d hour", "in %(num)d hours", minutes // _AN_HOUR)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def _zone() -> ZoneInfo:
    return ZoneInfo(current.practice().time_zone)


def _lower(at: time, pattern: str) -> str:
    return format_time(at, pattern, locale=get_locale()).lower()


def _words(at: datetime, pattern: str) -> str:
    return format_datetime(at, pattern, tzinfo=_zone(), locale=get_locale())
