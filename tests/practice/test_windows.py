"""Times a client checked, against the hours in which the practice calls (F-06)."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.intake import safe_times
from app.practice import Practice, Span, hours
from app.practice.hours import DayGroup
from tests.practice.clocks import ALL_DAY, ALWAYS, MOMENTS, NINE_TO_FIVE, phoenix


def test_a_checked_time_counts_where_it_meets_calling_hours(office: Practice) -> None:
    """F-06."""
    now = phoenix("2026-11-23 10:00")

    windows = safe_times.callable_windows(office, ["mon-am", "tue-eve", "wed-pm"], "America/Phoenix", now)

    assert windows == [
        ("mon-am", phoenix("2026-11-23 10:00"), phoenix("2026-11-23 12:00")),
        ("wed-pm", phoenix("2026-11-25 12:00"), phoenix("2026-11-25 17:00")),
        ("mon-am", phoenix("2026-11-30 09:00"), phoenix("2026-11-30 10:00")),
    ]


@pytest.mark.parametrize(
    ("when", "now"),
    [
        ([], "2026-11-23 10:00"),
        (["sat-am", "sun-pm"], "2026-11-23 10:00"),
        (["mon-eve"], "2026-11-23 10:00"),
        (["thu-am"], "2026-11-23 10:00"),
    ],
    ids=["nothing", "weekend", "evening", "a holiday"],
)
def test_times_at_which_nobody_calls_give_nothing(office: Practice, when: list[str], now: str) -> None:
    """F-06: at least one checked time must meet calling hours within 7 days."""
    assert safe_times.callable_windows(office, when, "America/Phoenix", phoenix(now)) == []


def test_windows_are_read_on_the_clock_of_the_client(office: Practice) -> None:
    now = phoenix("2026-11-23 06:00")

    in_new_york = safe_times.callable_windows(office, ["tue-eve"], "America/New_York", now)
    in_tokyo = safe_times.callable_windows(office, ["wed-am"], "Asia/Tokyo", now)

    assert in_new_york == [("tue-eve", phoenix("2026-11-24 15:00"), phoenix("2026-11-24 17:00"))]
    assert in_tokyo == []


def test_an_arizona_evening_reaches_texas_an_hour_later_in_winter_than_in_summer(office: Practice) -> None:
    winter = safe_times.callable_windows(office, ["mon-eve"], "America/Chicago", phoenix("2026-11-30 00:00"))
    summer = safe_times.callable_windows(office, ["mon-eve"], "America/Chicago", phoenix("2026-06-01 00:00"))

    assert winter[0][1:] == (phoenix("2026-11-30 16:00"), phoenix("2026-11-30 17:00"))
    assert summer[0][1:] == (phoenix("2026-06-01 15:00"), phoenix("2026-06-01 17:00"))


@given(st.sets(st.sampled_from(safe_times.WINDOWS)), MOMENTS, st.sampled_from(["Asia/Tokyo", "America/Denver"]))
def test_no_time_that_was_not_checked_is_ever_callable(
    texas: Practice, when: set[str], now: dt.datetime, tz: str
) -> None:
    """F-06."""
    for value, starts_at, ends_at in safe_times.callable_windows(texas, when, tz, now):
        assert value in when
        assert now <= starts_at < ends_at <= now + hours.AHEAD
        assert hours.is_calling(texas, starts_at)
        local, last = (at.astimezone(ZoneInfo(tz)) for at in (starts_at, ends_at))
        day, part = value.split("-")
        assert hours.WEEKDAYS[local.weekday()] == day
        assert safe_times.PARTS[part].opens <= local.time()
        assert last.time() <= safe_times.PARTS[part].closes


def test_a_window_nobody_knows_is_refused(office: Practice) -> None:
    with pytest.raises(ValueError, match="No such windows"):
        safe_times.callable_windows(office, ["mon-night"], "America/Phoenix", phoenix("2026-11-23 10:00"))


@pytest.mark.parametrize(
    ("tz", "day", "days"),
    [
        ("America/Phoenix", "2026-11-23", [DayGroup(0, 4, NINE_TO_FIVE)]),
        ("America/New_York", "2026-11-30", [DayGroup(0, 4, (Span(dt.time(11), dt.time(19)),))]),
        ("America/New_York", "2026-06-01", [DayGroup(0, 4, (Span(dt.time(12), dt.time(20)),))]),
        ("Asia/Tokyo", "2026-11-30", [DayGroup(1, 5, (Span(dt.time(1), dt.time(9)),))]),
        (
            "Europe/Berlin",
            "2026-11-30",
            [
                DayGroup(0, 0, (Span(dt.time(17), dt.time(0)),)),
                DayGroup(1, 4, (Span(dt.time(0), dt.time(1)), Span(dt.time(17), dt.time(0)))),
                DayGroup(5, 5, (Span(dt.time(0), dt.time(1)),)),
            ],
        ),
    ],
    ids=["at home", "New York in winter", "New York in summer", "the next day", "over midnight"],
)
def test_calling_hours_are_told_as_the_clocks_of_the_client_show_them(
    office: Practice, tz: str, day: str, days: list[DayGroup]
) -> None:
    """F-06: holidays aside, because the sentence is about the usual week."""
    assert hours.calling_hours_in(office, tz, phoenix(f"{day} 12:00")) == days


def test_a_practice_that_never_closes_is_told_as_open_all_day_everywhere(office: Practice) -> None:
    always = replace(office, calling_hours=ALWAYS)

    assert hours.calling_hours_in(always, "Europe/Berlin", phoenix("2026-11-30 12:00")) == [DayGroup(0, 6, ALL_DAY)]
