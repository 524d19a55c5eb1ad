"""A day and a time in a form, as clocks of the practice show them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
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

    @property
    def maybe(self) -> datetime | None:
        """The moment; None where nothing was typed."""
        return None if self.data is None else self.moment


def written(at: datetime) -> str:
    """Return a moment as such a field holds it."""
    return f"{at.astimezone(ZoneInfo(current.practice().time_zone)):{_FORMAT}}"
