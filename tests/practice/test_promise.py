"""By when a counselor has called: weekends, holidays, clock changes (S-44)."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.practice import Practice, hours
from app.practice.facts import Promise
from tests.practice.clocks import MOMENTS, chicago, phoenix

PROMISES = st.one_of(
    st.builds(Promise, work_days=st.integers(1, 10)), st.builds(Promise, work_hours=st.integers(1, 80))
)


@pytest.mark.parametrize(
    ("now", "by"),
    [
        ("2026-11-23 10:00", "2026-11-24 10:00"),
        ("2026-11-23 10:03", "2026-11-24 10:15"),
        ("2026-11-23 09:00", "2026-11-24 09:00"),
        ("2026-11-23 06:00", "2026-11-23 17:00"),
        ("2026-11-20 16:59", "2026-11-23 17:00"),
        ("2026-11-20 17:01", "2026-11-23 17:00"),
        ("2026-11-21 12:00", "2026-11-23 17:00"),
        ("2026-11-25 15:00", "2026-11-27 15:00"),
        ("2026-11-26 12:00", "2026-11-27 17:00"),
        ("2026-12-24 17:30", "2026-12-28 17:00"),
        ("2026-12-31 11:00", "2027-01-04 11:00"),
    ],
    ids=[
        "Monday at ten",
        "three past ten",
        "at opening",
        "before opening",
        "Friday 16:59",
        "Friday 17:01",
        "Saturday",
        "before Thanksgiving",
        "on Thanksgiving",
        "Christmas Eve",
        "over New Year",
    ],
)
def test_one_work_day_is_counted_in_times_somebody_is_there(office: Practice, now: str, by: str) -> None:
    """S-44."""
    assert hours.due_at(office, phoenix(now)) == phoenix(by)


@pytest.mark.parametrize(
    ("now", "by"),
    [
        ("2026-11-20 17:01", "2026-11-24 17:00"),
        ("2026-11-20 12:00", "2026-11-24 12:00"),
        ("2026-11-24 18:00", "2026-11-27 17:00"),
    ],
)
def test_several_work_days_are_counted_alike(office: Practice, now: str, by: str) -> None:
    slower = replace(office, promise=Promise(work_days=2))

    assert hours.due_at(slower, phoenix(now)) == phoenix(by)


@pytest.mark.parametrize(
    ("now", "by"),
    [
        ("2026-11-23 10:00", "2026-11-23 14:00"),
        ("2026-11-23 13:00", "2026-11-23 17:00"),
        ("2026-11-20 16:00", "2026-11-23 12:00"),
        ("2026-11-20 17:01", "2026-11-23 13:00"),
        ("2026-11-25 16:00", "2026-11-27 12:00"),
    ],
    ids=["the same day", "just before closing", "over a weekend", "Friday 17:01", "over a holiday"],
)
def test_work_hours_pass_only_while_somebody_is_there(office: Practice, now: str, by: str) -> None:
    """S-44."""
    quick = replace(office, promise=Promise(work_hours=4))

    assert hours.due_at(quick, phoenix(now)) == phoenix(by)


@pytest.mark.parametrize(
    ("now", "by"),
    [
        ("2026-03-06 10:00", "2026-03-09 10:00"),
        ("2026-10-30 10:00", "2026-11-02 10:00"),
        ("2026-03-06 17:01", "2026-03-09 17:00"),
        ("2026-10-30 17:01", "2026-11-02 17:00"),
    ],
    ids=["spring", "fall", "spring, Friday 17:01", "fall, Friday 17:01"],
)
def test_the_promise_keeps_to_the_wall_clock_over_a_clock_change(office_in_texas: Practice, now: str, by: str) -> None:
    """S-44."""
    assert hours.due_at(office_in_texas, chicago(now)) == chicago(by)


def test_the_same_time_moves_into_the_hours_of_a_shorter_day(texas: Practice) -> None:
    daily = replace(texas, promise=Promise(work_days=1))

    assert hours.due_at(daily, chicago("2026-12-03 18:00")) == chicago("2026-12-04 15:00")
    assert hours.due_at(daily, chicago("2026-12-04 09:00")) == chicago("2026-12-05 10:00")


def test_a_request_in_the_lunch_break_has_until_after_the_next_one(texas: Practice) -> None:
    daily = replace(texas, calling_hours=texas.hours, promise=Promise(work_days=1))

    assert hours.due_at(daily, chicago("2026-12-01 12:30")) == chicago("2026-12-02 13:00")


@given(MOMENTS, MOMENTS, PROMISES, st.booleans())
def test_a_later_request_never_has_an_earlier_promise(
    arizona: Practice, texas: Practice, one: dt.datetime, other: dt.datetime, of_practice: Promise, far: bool
) -> None:
    practice = replace(texas if far else arizona, promise=of_practice)
    first, second = sorted([one, other])

    assert first <= hours.due_at(practice, first) <= hours.due_at(practice, second)


@given(MOMENTS, PROMISES)
def test_a_promise_falls_into_calling_hours_or_on_their_end(
    texas: Practice, now: dt.datetime, of_practice: Promise
) -> None:
    practice = replace(texas, promise=of_practice)

    by = hours.due_at(practice, now)

    assert hours.is_calling(practice, by) or hours.is_calling(practice, by - dt.timedelta(seconds=1))
