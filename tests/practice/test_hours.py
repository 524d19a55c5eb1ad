"""When the practice is there, on both sides of every clock change."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given

from app.practice import Practice, Span, hours
from app.practice.hours import DayGroup, Interval
from tests.practice.clocks import ALL_DAY, ALWAYS, MOMENTS, NINE_TO_FIVE, OFFICE, chicago, on, phoenix, shows_open


def is_open(practice: Practice, at: dt.datetime) -> bool:
    return hours.next_opening(practice, at) == at


@pytest.mark.parametrize(
    ("at", "there"),
    [
        ("2026-11-23 08:59:59", False),
        ("2026-11-23 09:00", True),
        ("2026-11-23 16:59:59", True),
        ("2026-11-23 17:00", False),
        ("2026-11-22 12:00", False),
        ("2026-11-26 12:00", False),
    ],
    ids=["before", "at opening", "the last second", "at closing", "Sunday", "Thanksgiving"],
)
def test_the_practice_is_open_from_its_first_to_before_its_last_minute(office: Practice, at: str, there: bool) -> None:
    assert (hours.next_opening(office, phoenix(at)) == phoenix(at)) is there
    assert hours.is_calling(office, phoenix(at)) is there


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23 10:30", "2026-11-23 10:30"),
        ("2026-11-23 06:00", "2026-11-23 09:00"),
        ("2026-11-23 17:00", "2026-11-24 09:00"),
        ("2026-11-20 17:01", "2026-11-23 09:00"),
        ("2026-11-25 18:00", "2026-11-27 09:00"),
        ("2026-12-24 17:00", "2026-12-28 09:00"),
    ],
    ids=["now", "this morning", "tomorrow", "over the weekend", "over a holiday", "over a long weekend"],
)
def test_the_next_opening_skips_nights_weekends_and_holidays(office: Practice, at: str, opens: str) -> None:
    assert hours.next_opening(office, phoenix(at)) == phoenix(opens)
    assert hours.next_calling(office, phoenix(at)) == phoenix(opens)


def test_the_phone_is_answered_and_clients_are_called_at_times_of_their_own(texas: Practice) -> None:
    noon, evening = chicago("2026-11-23 12:30"), chicago("2026-11-23 18:30")

    assert (is_open(texas, noon), hours.is_calling(texas, noon)) == (False, True)
    assert (is_open(texas, evening), hours.is_calling(texas, evening)) == (False, True)
    assert hours.next_opening(texas, noon) == chicago("2026-11-23 13:00")


@pytest.mark.parametrize(
    ("day", "hour"),
    [("2026-03-06", 15), ("2026-03-09", 14), ("2026-10-30", 14), ("2026-11-02", 15)],
    ids=["before spring", "after spring", "before fall", "after fall"],
)
def test_nine_in_texas_moves_with_the_clocks(office_in_texas: Practice, day: str, hour: int) -> None:
    opens = hours.next_opening(office_in_texas, dt.datetime.fromisoformat(f"{day} 07:00+00:00"))

    assert opens == dt.datetime.fromisoformat(f"{day} {hour}:00+00:00")


@pytest.mark.parametrize("day", ["2026-03-06", "2026-03-09", "2026-10-30", "2026-11-02"])
def test_nine_in_arizona_stays_where_it_is(office: Practice, day: str) -> None:
    opens = hours.next_opening(office, dt.datetime.fromisoformat(f"{day} 08:00+00:00"))

    assert opens == dt.datetime.fromisoformat(f"{day} 16:00+00:00")


def test_a_night_with_a_clock_change_is_covered_once_and_wholly(office_in_texas: Practice) -> None:
    around = on(office_in_texas, "sunday", Span(dt.time(1), dt.time(5)))

    spring = next(hours.calling_times(around, chicago("2026-03-08 00:00")))
    fall = next(hours.calling_times(around, chicago("2026-11-01 00:00")))

    assert spring.ends_at - spring.starts_at == dt.timedelta(hours=3)
    assert fall.ends_at - fall.starts_at == dt.timedelta(hours=5)


def test_hours_that_end_when_the_clock_shows_it_twice_end_the_second_time(office_in_texas: Practice) -> None:
    late = on(office_in_texas, "sunday", Span(dt.time(0), dt.time(1, 30)))

    opening = next(hours.calling_times(late, chicago("2026-11-01 00:00")))

    assert opening.ends_at == chicago("2026-11-01 01:30", fold=1)


def test_hours_within_the_skipped_hour_keep_their_length(office_in_texas: Practice) -> None:
    skipped = on(office_in_texas, "sunday", Span(dt.time(2, 15), dt.time(2, 45)))

    opening = next(hours.calling_times(skipped, chicago("2026-03-08 00:00")))

    assert opening == Interval(chicago("2026-03-08 03:15"), chicago("2026-03-08 03:45"))


def test_hours_that_end_at_the_second_of_two_midnights_count_as_the_day_before(office: Practice) -> None:
    evenings = on(replace(office, time_zone="America/Havana"), "saturday", Span(dt.time(20), dt.time(0)))
    between = dt.datetime(2026, 11, 1, 4, 30, tzinfo=dt.UTC)

    assert next(hours.calling_days(evenings, between)) == [next(hours.calling_times(evenings, between))]
    assert hours.is_calling(evenings, between)


def test_a_day_may_last_until_midnight(office: Practice) -> None:
    late = on(office, "monday", Span(dt.time(20), dt.time(0)))

    assert is_open(late, phoenix("2026-11-23 23:59"))
    assert not is_open(late, phoenix("2026-11-24 00:00"))


def test_a_time_without_a_zone_is_refused(office: Practice) -> None:
    naive = dt.datetime(2026, 11, 23, 12)  # noqa: DTZ001

    with pytest.raises(ValueError, match="without its zone"):
        hours.next_opening(office, naive)
    with pytest.raises(ValueError, match="without its zone"):
        hours.due_at(office, naive)


@given(MOMENTS)
def test_the_next_opening_is_open_and_nothing_before_it_is(texas: Practice, at: dt.datetime) -> None:
    opens = hours.next_opening(texas, at)

    assert shows_open(texas, opens)
    assert opens == at or not shows_open(texas, at)
    assert opens == at or not shows_open(texas, opens - dt.timedelta(seconds=1))


def test_neighboring_days_with_the_same_hours_are_told_together(texas: Practice) -> None:
    day = (Span(dt.time(9), dt.time(19)),)

    assert hours.grouped(OFFICE.days) == [DayGroup(0, 4, NINE_TO_FIVE)]
    assert hours.grouped(texas.calling_hours.days) == [
        DayGroup(0, 3, day),
        DayGroup(4, 4, (Span(dt.time(9), dt.time(15)),)),
        DayGroup(5, 5, (Span(dt.time(10), dt.time(13)),)),
    ]
    assert hours.grouped(replace(OFFICE, wednesday=()).days) == [
        DayGroup(0, 1, NINE_TO_FIVE),
        DayGroup(3, 4, NINE_TO_FIVE),
    ]
    assert hours.grouped(ALWAYS.days) == [DayGroup(0, 6, ALL_DAY)]
