"""Questions before a call: is it safe now, how often was it tried, is the number right."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain import calls
from app.domain.log import Logged
from app.models import LogKind
from tests.domain import hands

#: Monday, 9:30 in Phoenix.
NINE_THIRTY = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)


def logged(happened_at: str, outcome: str, direction: str = "out") -> Logged:
    value = {"outcome": outcome, "direction": direction, "happened_at": f"2026-11-23T{happened_at}"}
    return Logged(1, LogKind.ATTEMPT, NINE_THIRTY, "Ada", True, value)


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(f"2026-11-23T{text}").replace(tzinfo=UTC) if text else None


@pytest.mark.parametrize(
    ("history", "heard_at", "tries"),
    [
        pytest.param([], None, 0, id="nothing happened"),
        pytest.param([("10:00", "no_answer")], None, 1, id="nobody answered"),
        pytest.param([("10:00", "voicemail"), ("11:00", "bad_time")], None, 2, id="twice"),
        pytest.param([("10:00", "other_person"), ("11:00", "wrong_number")], None, 2, id="somebody else"),
        pytest.param([("10:00", "no_answer"), ("11:00", "reached")], None, 0, id="then we spoke"),
        pytest.param([("10:00", "no_answer"), ("11:00", "reached", "in")], None, 0, id="then they called"),
        pytest.param([("10:00", "reached"), ("11:00", "no_answer")], None, 1, id="since we spoke"),
        pytest.param([("11:00", "no_answer"), ("10:00", "reached")], None, 1, id="written down later"),
        pytest.param([("10:00", "voicemail"), ("11:00", "bad_time", "in")], None, 0, id="they called, and had no time"),
        pytest.param([("10:00", "no_answer")], "10:01", 0, id="they wrote since"),
        pytest.param([("10:00", "no_answer")], "10:00", 0, id="they wrote in that minute"),
        pytest.param([("10:00", "no_answer"), ("11:00", "no_answer")], "10:30", 1, id="they wrote in between"),
    ],
)
def test_s54_tries_in_vain_are_counted_since_we_last_heard_from_them(
    history: list[tuple[str, ...]], heard_at: str | None, tries: int
) -> None:
    assert calls.tried([logged(*one) for one in history], moment(heard_at)) == tries


def test_what_is_no_call_is_no_try() -> None:
    """S-54."""
    note = Logged(1, LogKind.NOTE, NINE_THIRTY, "Ada", True, {"text": "no_answer"})

    assert calls.tried([note], None) == 0
    assert not calls.wrong_number([note], None)


@pytest.mark.parametrize(
    ("history", "number_at", "wrong"),
    [
        pytest.param([("10:00", "no_answer")], None, False, id="nobody answered"),
        pytest.param([("10:00", "wrong_number")], None, True, id="the first number"),
        pytest.param([("10:00", "wrong_number")], "09:00", True, id="the number that was settled before"),
        pytest.param([("10:00", "wrong_number")], "11:00", False, id="another was settled since"),
        pytest.param([("10:00", "wrong_number"), ("12:00", "wrong_number")], "11:00", True, id="that one, too"),
        pytest.param([("12:00", "wrong_number"), ("10:00", "wrong_number")], "11:00", True, id="written down later"),
    ],
)
def test_a_wrong_number_is_wrong_until_another_is_settled(
    history: list[tuple[str, ...]], number_at: str | None, wrong: bool
) -> None:
    """S-54."""
    assert calls.wrong_number([logged(*one) for one in history], moment(number_at)) is wrong


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
    assert calls.safe(replace(hands.WISHED, **change), NINE_THIRTY) is safe
