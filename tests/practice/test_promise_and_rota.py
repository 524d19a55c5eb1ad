"""The promise counts the days on which somebody is on call, and how much of a time lies in calling hours."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.practice import Practice, hours
from app.practice.facts import Promise
from app.practice.hours import Interval
from tests.practice.clocks import MOMENTS, chicago, phoenix

#: Mondays to Fridays, 9 to 17; Thursday 26 November is a holiday.
MONDAY = "2026-11-23 10:00"


def shift(begins: str, ends: str) -> Interval:
    return Interval(phoenix(begins), phoenix(ends))


TODAY = shift("2026-11-23 09:00", "2026-11-23 17:00")
WEDNESDAY = shift("2026-11-25 13:00", "2026-11-25 17:00")
NIGHT = shift("2026-11-24 18:00", "2026-11-25 08:00")
NEXT_MONDAY = shift("2026-11-30 09:00", "2026-11-30 12:00")
IN_TWO_WEEKS = shift("2026-12-07 09:00", "2026-12-07 17:00")


@pytest.mark.parametrize(
    ("now", "shifts", "by"),
    [
        pytest.param(MONDAY, [TODAY, shift("2026-11-24 12:00", "2026-11-24 13:00")], "2026-11-24 10:00", id="served"),
        pytest.param(MONDAY, [TODAY, WEDNESDAY], "2026-11-25 10:00", id="nobody tomorrow"),
        pytest.param(MONDAY, [TODAY, NIGHT, NEXT_MONDAY], "2026-11-30 10:00", id="a night is no calling time"),
        pytest.param("2026-11-23 18:00", [TODAY, WEDNESDAY], "2026-11-25 17:00", id="after hours"),
        pytest.param("2026-11-23 13:00", [shift("2026-11-23 09:00", "2026-11-23 12:00"), WEDNESDAY], "2026-11-25 17:00",
                     id="today's shift is over"),
        pytest.param(MONDAY, [], "2026-11-24 10:00", id="no rota: supervisors stand in"),
        pytest.param(MONDAY, [IN_TWO_WEEKS], "2026-11-24 10:00", id="nobody for a week: supervisors stand in"),
        pytest.param(MONDAY, [TODAY], "2026-11-24 10:00", id="the last shift planned: supervisors stand in after it"),
    ],
)  # fmt: skip
def test_a_day_with_nobody_on_call_does_not_count(
    office: Practice, now: str, shifts: Sequence[Interval], by: str
) -> None:
    """S-44."""
    assert hours.due_at(office, phoenix(now), shifts) == phoenix(by)


def test_work_hours_pass_only_on_days_on_which_somebody_is_on_call(office: Practice) -> None:
    """S-44."""
    quick = replace(office, promise=Promise(work_hours=10))

    assert hours.due_at(quick, phoenix(MONDAY), [TODAY, WEDNESDAY]) == phoenix("2026-11-25 12:00")


@given(
    MOMENTS,
    st.integers(0, 14 * 24 * 4),
    st.lists(st.tuples(st.integers(-24, 20 * 24), st.integers(1, 72)), max_size=4),
    st.one_of(st.builds(Promise, work_days=st.integers(1, 3)), st.builds(Promise, work_hours=st.integers(1, 20))),
)
def test_with_a_rota_the_promise_is_never_earlier_and_a_later_request_never_has_an_earlier_one(
    texas: Practice, first: dt.datetime, quarters: int, spans: list[tuple[int, int]], of_practice: Promise
) -> None:
    practice = replace(texas, promise=of_practice)
    begins = [(first + dt.timedelta(hours=ahead), long) for ahead, long in spans]
    shifts = [Interval(begins_at, begins_at + dt.timedelta(hours=long)) for begins_at, long in begins]
    second = first + quarters * hours.STEP

    by = hours.due_at(practice, first, shifts)

    assert hours.due_at(practice, first) <= by <= hours.due_at(practice, second, shifts)


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        ("2026-11-23 10:00", "2026-11-23 10:25", 25),
        ("2026-11-23 16:50", "2026-11-24 09:05", 15),
        ("2026-11-23 03:00", "2026-11-23 08:00", 0),
        ("2026-11-25 16:00", "2026-11-27 09:00", 60),
        ("2026-11-23 12:00", "2026-11-23 10:00", 0),
    ],
    ids=["by day", "over a night", "in the night", "over a holiday", "backwards"],
)
def test_only_calling_time_is_counted(office: Practice, since: str, until: str, minutes: int) -> None:
    assert hours.calling_between(office, phoenix(since), phoenix(until)) == dt.timedelta(minutes=minutes)


def test_calling_time_is_what_passes_and_not_what_clocks_show(office_in_texas: Practice) -> None:
    """On the night of the change there is no calling time: a day has its eight hours all the same."""
    passed = hours.calling_between(office_in_texas, chicago("2026-03-06 00:00"), chicago("2026-03-10 00:00"))

    assert passed == dt.timedelta(hours=16)
