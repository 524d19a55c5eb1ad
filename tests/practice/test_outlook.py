"""Whether a client may be called now, by nothing but the times they checked, and when that changes (S-52)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.intake import safe_times
from app.domain.intake.safe_times import Outlook
from app.practice import hours
from tests.practice.clocks import MOMENTS

ALL = safe_times.WINDOWS


def at(text: str, zone: str = "America/New_York", fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("when", "now", "safe", "changes"),
    [
        pytest.param(["mon-am"], "2026-11-23 09:00", True, "2026-11-23 12:00", id="from its first minute"),
        pytest.param(["mon-am"], "2026-11-23 11:59:59", True, "2026-11-23 12:00", id="to its last second"),
        pytest.param(["mon-am"], "2026-11-23 12:00", False, "2026-11-30 09:00", id="not at its end: in a week"),
        pytest.param(["mon-am"], "2026-11-23 08:59", False, "2026-11-23 09:00", id="a minute too early"),
        pytest.param(["mon-am", "mon-pm"], "2026-11-23 10:00", True, "2026-11-23 17:00", id="parts that touch are one"),
        pytest.param(["mon-am", "mon-eve"], "2026-11-23 10:00", True, "2026-11-23 12:00", id="a gap"),
        pytest.param(["mon-eve", "tue-am"], "2026-11-23 13:00", False, "2026-11-23 17:00", id="later today"),
        pytest.param(["tue-am"], "2026-11-23 23:59", False, "2026-11-24 09:00", id="before midnight"),
        pytest.param(["mon-eve"], "2026-11-24 00:01", False, "2026-11-30 17:00", id="after midnight"),
        pytest.param(ALL, "2026-11-23 19:59", True, "2026-11-23 20:00", id="nobody is called at night"),
        pytest.param(ALL, "2026-11-23 20:00", False, "2026-11-24 09:00", id="whatever was checked"),
    ],
)
def test_the_checked_times_decide_and_nothing_else(when: list[str], now: str, safe: bool, changes: str) -> None:
    """S-52."""
    assert safe_times.outlook(when, "America/New_York", at(now)) == Outlook(safe, at(changes))


@pytest.mark.parametrize(
    ("zone", "day", "opens"),
    [
        ("America/New_York", "2026-03-07", "14:00"),
        ("America/New_York", "2026-03-08", "13:00"),
        ("America/New_York", "2026-10-31", "13:00"),
        ("America/New_York", "2026-11-01", "14:00"),
        ("America/Phoenix", "2026-03-08", "16:00"),
        ("America/Phoenix", "2026-11-01", "16:00"),
        ("Europe/London", "2026-03-29", "08:00"),
        ("Europe/London", "2026-10-25", "09:00"),
    ],
    ids=[
        "the day before spring", "the day of spring", "the day before fall", "the day of fall",
        "Arizona in spring", "Arizona in fall", "London in spring", "London in fall",
    ],
)  # fmt: skip
def test_nine_in_the_morning_is_nine_on_their_clock_on_both_sides_of_its_changes(
    zone: str, day: str, opens: str
) -> None:
    """S-52: times are kept as their clock shows them, and are never converted before they are needed."""
    first = dt.datetime.fromisoformat(f"{day} {opens}").replace(tzinfo=dt.UTC)
    when = ["sat-am", "sun-am"]

    assert safe_times.outlook(when, zone, first - dt.timedelta(seconds=1)) == Outlook(False, first)
    assert safe_times.outlook(when, zone, first) == Outlook(True, first + dt.timedelta(hours=3))
    assert safe_times.outlook(when, zone, first + dt.timedelta(hours=3)) != Outlook(True, first + dt.timedelta(hours=3))


def test_the_same_evening_is_another_moment_in_arizona_in_summer_than_in_texas() -> None:
    now = at("2026-07-06 15:00", "America/Phoenix")

    assert safe_times.outlook(["mon-eve"], "America/Chicago", now) == Outlook(
        True, at("2026-07-06 20:00", "America/Chicago")
    )
    assert safe_times.outlook(["mon-eve"], "America/Phoenix", now) == Outlook(
        False, at("2026-07-06 17:00", "America/Phoenix")
    )


def test_without_a_checked_time_nothing_is_safe() -> None:
    """S-50."""
    assert safe_times.outlook([], "America/Phoenix", at("2026-11-23 10:00")) is None


@given(st.sets(st.sampled_from(ALL), min_size=1), MOMENTS, st.sampled_from(["Asia/Tokyo", "America/Denver", "UTC"]))
def test_what_it_says_holds_until_it_changes(when: set[str], now: dt.datetime, zone: str) -> None:
    found = safe_times.outlook(when, zone, now)

    assert found is not None
    assert now < found.changes_at <= now + dt.timedelta(days=7, hours=4)
    for moment in (now, found.changes_at - dt.timedelta(seconds=1)):
        assert _checked(when, zone, moment) is found.safe
    assert _checked(when, zone, found.changes_at) is not found.safe


def _checked(when: set[str], zone: str, moment: dt.datetime) -> bool:
    there = moment.astimezone(ZoneInfo(zone))
    day = hours.WEEKDAYS[there.weekday()]
    return any(
        f"{day}-{part}" in when and span.opens <= there.time() < span.closes for part, span in safe_times.PARTS.items()
    )
