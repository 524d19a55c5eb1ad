"""Questions before a call: is it safe now, how many tries are left, is the number right."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.intake import call_rules
from app.domain.intake.call_rules import Call, Settlement
from tests.domain import builders

#: Monday, 9:30 in Phoenix.
NINE_THIRTY = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
OUTCOMES = ("reached", "no_answer", "voicemail", "bad_time", "other_person", "wrong_number")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{text}").replace(tzinfo=UTC)


def call(happened_at: str, outcome: str, direction: str = "out") -> Call:
    return Call(moment(happened_at), outcome, direction)


def settled(at: str, number: int | None = None, *, is_right: bool = False) -> Settlement:
    return Settlement(moment(at), number, is_right)


@pytest.mark.parametrize(
    ("history", "wrote_at", "tries"),
    [
        pytest.param([], None, 0, id="nothing happened"),
        pytest.param([("10:00", "no_answer")], None, 1, id="nobody answered"),
        pytest.param([("10:00", "voicemail"), ("11:00", "bad_time")], None, 2, id="twice"),
        pytest.param([("10:00", "other_person"), ("11:00", "wrong_number")], None, 2, id="somebody else"),
        pytest.param([("10:00", "no_answer"), ("11:00", "reached")], None, 0, id="then we spoke"),
        pytest.param([("10:00", "no_answer"), ("11:00", "reached", "in")], None, 0, id="then they called"),
        pytest.param([("10:00", "reached"), ("11:00", "no_answer")], None, 1, id="since we spoke"),
        pytest.param([("11:00", "no_answer"), ("10:00", "reached")], None, 1, id="written down later"),
        pytest.param([("11:00", "no_answer"), ("10:00", "reached", "in")], None, 1, id="theirs written down later"),
        pytest.param([("10:00", "no_answer"), ("10:00", "reached")], None, 0, id="then we spoke in that minute"),
        pytest.param([("10:00", "reached"), ("10:00", "no_answer")], None, 1, id="since we spoke in that minute"),
        pytest.param([("10:00", "voicemail"), ("11:00", "bad_time", "in")], None, 0, id="they called, and had no time"),
        pytest.param([("10:00", "no_answer")], "10:01", 0, id="they wrote since"),
        pytest.param([("10:00", "no_answer")], "10:00", 0, id="they wrote in that minute"),
        pytest.param([("10:00", "no_answer"), ("11:00", "no_answer")], "10:30", 1, id="they wrote in between"),
    ],
)
def test_s54_tries_in_vain_are_counted_since_we_last_heard_from_them(
    history: list[tuple[str, ...]], wrote_at: str | None, tries: int
) -> None:
    left = call_rules.tries_left([call(*one) for one in history], moment(wrote_at) if wrote_at else None, 9)

    assert 9 - left == tries


def test_s54_never_less_than_no_try_is_left() -> None:
    assert call_rules.tries_left([call("10:00", "no_answer")] * 3, None, 2) == 0


@pytest.mark.parametrize(
    ("history", "settlements", "wrong"),
    [
        pytest.param([("10:00", "no_answer")], [], False, id="nobody answered"),
        pytest.param([("10:00", "wrong_number")], [], True, id="the first number"),
        pytest.param([("10:00", "wrong_number", "in")], [], True, id="in whatever direction"),
        pytest.param([("10:00", "wrong_number"), ("11:00", "reached")], [], True, id="whatever was logged since"),
        pytest.param([("10:00", "wrong_number")], [("09:00", 2)], True, id="the number that was settled before"),
        pytest.param([("10:00", "wrong_number")], [("11:00", 2)], False, id="another was settled since"),
        pytest.param([("10:00", "wrong_number")], [("10:00", 2)], False, id="another was settled in that minute"),
        pytest.param([("10:00", "wrong_number")], [("11:00", None)], True, id="the same was settled since"),
        pytest.param([("10:00", "wrong_number"), ("12:00", "wrong_number")], [("11:00", 2)], True, id="that one, too"),
        pytest.param(
            [("12:00", "wrong_number"), ("10:00", "wrong_number")], [("11:00", 2)], True, id="written down later"
        ),
        pytest.param(
            [("10:00", "wrong_number")], [("11:00", 2), ("12:00", None)], True, id="back to the one that was wrong"
        ),
        pytest.param([("10:00", "wrong_number")], [("11:00", 2), ("12:00", 3)], False, id="a third one"),
    ],
)
def test_s54_a_wrong_number_is_wrong_until_another_is_settled(
    history: list[tuple[str, ...]], settlements: list[tuple[str, int | None]], wrong: bool
) -> None:
    found = call_rules.number_is_wrong([call(*one) for one in history], [settled(*one) for one in settlements])

    assert found is wrong


@pytest.mark.parametrize(
    ("settlements", "wrong"),
    [
        pytest.param([settled("11:00", is_right=True)], False, id="right after all"),
        pytest.param([settled("09:00", is_right=True)], True, id="that was said before"),
        pytest.param([settled("11:00", is_right=True), settled("12:00")], False, id="and kept since"),
        pytest.param([settled("09:00", 2), settled("11:00", is_right=True)], False, id="one that was right before"),
        pytest.param([settled("09:00", 2), settled("11:00", 2, is_right=True)], False, id="the second number"),
        pytest.param([settled("11:00", 2, is_right=True), settled("12:00")], True, id="said of another"),
    ],
)
def test_s54_the_same_number_may_be_called_again_only_where_they_said_that_it_is_right(
    settlements: list[Settlement], wrong: bool
) -> None:
    assert call_rules.number_is_wrong([call("10:00", "wrong_number")], settlements) is wrong


def test_s54_a_number_that_was_right_after_all_can_turn_out_wrong_again() -> None:
    calls = [call("10:00", "wrong_number"), call("12:00", "wrong_number")]

    assert call_rules.number_is_wrong(calls, [settled("11:00", is_right=True)])


@pytest.mark.parametrize(
    ("change", "safe"),
    [
        pytest.param({}, True, id="in a checked time"),
        pytest.param({"when": ("mon-pm",)}, False, id="at another time"),
        pytest.param({"zone": "America/New_York"}, True, id="on another clock"),
        pytest.param({"zone": "Europe/London"}, False, id="where it is evening"),
        pytest.param({"way": "icall"}, False, id="they want to call"),
        pytest.param({"when": ()}, False, id="no time"),
        pytest.param({"zone": None}, False, id="no zone"),
    ],
)
def test_s52_a_call_is_safe_only_when_they_want_one_at_this_moment(change: dict[str, Any], safe: bool) -> None:
    assert call_rules.safe_now(replace(builders.WISHED, **change), NINE_THIRTY) is safe


MINUTES = st.integers(0, 59).map(lambda minute: moment(f"10:{minute:02}"))
CALLS = st.lists(
    st.builds(Call, MINUTES, st.sampled_from(OUTCOMES), st.sampled_from(["out", "in"])),
    max_size=8,
    unique_by=lambda call: call.happened_at,
)


@given(st.data(), CALLS, st.none() | MINUTES)
def test_the_order_in_which_calls_are_written_down_changes_no_answer(
    data: st.DataObject, calls: list[Call], wrote_at: datetime | None
) -> None:
    later = data.draw(st.permutations(calls))
    settlements = [settled("10:20"), settled("10:40", 2)]

    answers = [
        call_rules.may_call(builders.WISHED, written, settlements, wrote_at, tries=2, now=NINE_THIRTY)
        for written in (calls, later)
    ]

    assert answers[0] == answers[1]


@given(CALLS, st.none() | MINUTES)
def test_s54_another_call_in_vain_never_gives_a_try_back(calls: list[Call], wrote_at: datetime | None) -> None:
    in_vain = Call(moment("11:00"), "no_answer")

    before, after = (call_rules.tries_left(made, wrote_at, 2) for made in (calls, [*calls, in_vain]))

    assert after == max(0, before - 1)
