"""Days and times as clocks of the practice show them, in a form and in words."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask_babel import get_locale, gettext
from wtforms import DateTimeLocalField

from app import current

_FORMAT = "%Y-%m-%dT%H:%M"
_FARTHEST = timedelta(days=731)


class MomentField(DateTimeLocalField):
    """A day and a time; `moment` is when that is. `missing` is said where nothing was typed; without it one may."""

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
        if self.data is None or abs(self.data.replace(tzinfo=UTC) - current.now()) > _FARTHEST:
            raise ValueError(gettext("Enter a day within the next two years."))

    @property
    def moment(self) -> datetime:
        assert self.data is not None
        return self.data.replace(tzinfo=ZoneInfo(current.practice().time_zone)).astimezone(UTC)

    def show(self, at: datetime) -> None:
        """Fill the field in with a moment."""
        self.data = at.astimezone(ZoneInfo(current.practice().time_zone)).replace(tzinfo=None)

    @property
    def maybe(self) -> datetime | None:
        """The moment; None where nothing was typed."""
        return None if self.data is None else self.moment


def written(at: datetime) -> str:
    """Return a moment as such a field holds it."""
    return f"{at.astimezone(ZoneInfo(current.practice().time_zone)):{_FORMAT}}"


def moment(at: datetime) -> str:
    """Return a day and a time, such as "Sat 21 Nov, 1:19 am"."""
    return f"{day(at)}, {clock(at)}"


def clock(at: datetime) -> str:
    """Return a time, such as "1:19 am"."""
    return _words(at, "h:mm a").lower()


def day(at: datetime) -> str:
    """Return a day, such as "Sat 21 Nov"."""
    return _words(at, "EEE d MMM")


def date(at: datetime) -> str:
    """Return a day without its name, such as "21 Nov"."""
    return _words(at, "d MMM")


def _words(at: datetime, pattern: str) -> str:
    return format_datetime(at, pattern, tzinfo=ZoneInfo(current.practice().time_zone), locale=get_locale())
