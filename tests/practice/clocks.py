"""Wall clocks of two places, and two weeks to hang beside them."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.practice import Practice, Span, WeekHours

PHOENIX = ZoneInfo("America/Phoenix")
CHICAGO = ZoneInfo("America/Chicago")
NINE_TO_FIVE = (Span(dt.time(9), dt.time(17)),)
OFFICE = WeekHours(
    monday=NINE_TO_FIVE,
    tuesday=NINE_TO_FIVE,
    wednesday=NINE_TO_FIVE,
    thursday=NINE_TO_FIVE,
    friday=NINE_TO_FIVE,
)
ALL_DAY = (Span(dt.time(0), dt.time(0)),)
ALWAYS = WeekHours(
    monday=ALL_DAY,
    tuesday=ALL_DAY,
    wednesday=ALL_DAY,
    thursday=ALL_DAY,
    friday=ALL_DAY,
    saturday=ALL_DAY,
    sunday=ALL_DAY,
)


def phoenix(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=PHOENIX).astimezone(dt.UTC)


def chicago(text: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=CHICAGO, fold=fold).astimezone(dt.UTC)


def on(practice: Practice, weekday: str, *spans: Span) -> Practice:
    week = WeekHours(**{weekday: spans})
    return replace(practice, hours=week, calling_hours=week)


MOMENTS = st.datetimes(
    dt.datetime(2026, 1, 1),  # noqa: DTZ001
    dt.datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)


def shows_open(practice: Practice, at: dt.datetime) -> bool:
    """Return whether the clock on the practice's wall shows a time of its hours; no day of theirs ends at midnight."""
    local = at.astimezone(ZoneInfo(practice.time_zone))
    spans = () if local.date() in practice.holidays else practice.hours.days[local.weekday()]
    return any(span.opens <= local.time() < span.closes for span in spans)
