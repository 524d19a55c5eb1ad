"""May we call? The card, the number, the box for the next call and the list give one answer."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.calls import call_log
from app.domain.casework import confirmed_wishes
from app.domain.intake import returning
from app.domain.intake.numbers import Number
from app.domain.work import Reason, Refused
from tests.domain import builders
from tests.domain.helpers import call_logs, returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Seat

#: Monday, 9:30 in Phoenix: the time they checked.
NINE_THIRTY = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
#: As the form would send it.
SAFE: dict[str, Any] = {"way": "call", "which": "keep", "ok": ["vm"], "when": ["mon-am"], "tz": "America/Phoenix"}


@pytest.fixture(autouse=True)
def _in_a_safe_time(clock: Clock) -> None:
    clock.set(NINE_THIRTY)


@pytest.fixture
def client(office: Office, supervisor: Person) -> Client:
    return returning_clients.client(office)


@pytest.fixture
def address(client: Client) -> str:
    return f"/desk/{client.reference}"


@pytest.fixture
def seat(supervisor: Person, sit: Sit) -> Seat:
    return sit(supervisor)


def test_s54_a_call_of_yesterday_that_is_written_down_late_gives_no_try_back(
    office: Office, supervisor: Person, client: Client, seat: Seat, address: str
) -> None:
    yesterday = NINE_THIRTY - timedelta(days=1)
    call_logs.call(office, supervisor, client.reference, "no_answer")

    call_logs.call(office, supervisor, client.reference, "reached", "in", happened_at=yesterday)

    page = seat.look(address)
    assert "Try 2 of 2." in page.text
    assert "1 try is left." in page.text
    assert "Last: No answer" in page.text


def test_s54_a_wrong_number_that_is_settled_once_more_is_neither_called_nor_planned(
    office: Office, supervisor: Person, client: Client, seat: Seat, address: str, clock: Clock
) -> None:
    call_logs.call(office, supervisor, client.reference, "wrong_number")
    clock.forward(minutes=5)

    assert seat.send(f"{address}/wishes", **SAFE).status == 303

    page = seat.look(address)
    assert "Somebody else has this number. Do not call it again." in page.text
    assert "Wrong number: do not call it again." in page.text
    assert "Plan a call" not in page.text
    with office.work(supervisor) as work, pytest.raises(Refused, match="wrong_number"):
        call_log.plan_follow_up(work, client.reference, NINE_THIRTY + timedelta(days=7))


def test_s54_a_request_that_came_back_is_called_anew(
    office: Office, supervisor: Person, client: Client, seat: Seat, address: str, clock: Clock
) -> None:
    """Who takes a withdrawal back waits for a call, as somebody does who writes."""
    for _ in range(2):
        call_logs.call(office, supervisor, client.reference, "no_answer")
    assert "2 tries were made, and none is left." in seat.look(address).text
    clock.forward(minutes=5)
    client.withdraw()
    client.undo()

    page = seat.look(address)

    assert "Try 1 of 2." in page.text
    assert "none is left" not in page.text


def test_s54_what_is_settled_by_voice_gives_no_try_back_but_the_call_does(
    office: Office, supervisor: Person, client: Client, seat: Seat, address: str, clock: Clock
) -> None:
    for _ in range(2):
        call_logs.call(office, supervisor, client.reference, "no_answer")
    clock.forward(minutes=5)

    seat.send(f"{address}/wishes", **SAFE)
    settled = seat.look(address)
    call_logs.call(office, supervisor, client.reference, "reached", "in")
    called = seat.look(address)

    assert "That is enough tries" in settled.text
    assert "2 tries were made, and none is left." in settled.text
    assert "Try 1 of 2." in called.text


def give(office: Office, client: Client, number: str) -> None:
    """Write a number on the return page."""
    with office.work() as work:
        epoch = builders.epoch(work)
    client.do(returning.give_number, epoch=epoch, idempotency_key=number.encode(), number=Number(number))


THE_NUMBER, ANOTHER = "+16025550123", "+16025550188"
ASKED = "The number was marked wrong. Is it right after all?"
WRONG = "Somebody else has this number. Do not call it again."


@pytest.mark.parametrize(
    ("said", "may_be_called"),
    [
        pytest.param({}, False, id="kept"),
        pytest.param({"is_right": "yes"}, True, id="right after all"),
        pytest.param({"which": "told", "phone": "602 555 0123"}, False, id="the same one told"),
        pytest.param({"which": "told", "phone": "602 555 0123", "is_right": "yes"}, True, id="told, and right"),
        pytest.param({"which": "told", "phone": "602 555 0199"}, True, id="another one told"),
        pytest.param({"which": "2"}, False, id="the same one, written anew"),
        pytest.param({"which": "2", "is_right": "yes"}, True, id="written anew, and right"),
        pytest.param({"which": "3"}, True, id="another one, written"),
    ],
)
def test_s54_a_wrong_number_is_called_again_only_where_they_say_by_voice_that_it_is_right(
    office: Office,
    supervisor: Person,
    client: Client,
    seat: Seat,
    address: str,
    clock: Clock,
    said: dict[str, Any],
    may_be_called: bool,
) -> None:
    """Whoever found the seven words can write the number anew; a stranger would answer. Another number is their own."""
    call_logs.call(office, supervisor, client.reference, "wrong_number")
    clock.forward(minutes=5)
    give(office, client, THE_NUMBER)
    give(office, client, ANOTHER)
    assert WRONG in seat.look(address).text

    questions = seat.look(f"{address}/wishes")
    answer = seat.send(f"{address}/wishes", questions, **{**SAFE, **said})

    assert ASKED in questions.text
    assert answer.status == 303
    page = seat.look(address)
    assert (WRONG not in page.text) is may_be_called
    assert ("Wrong number: do not call it again." not in page.text) is may_be_called
    token = page.form(f"{address}/attempt").fields["csrf_token"]
    assert seat.post(f"{address}/reveal", {"csrf_token": token}).status == (303 if may_be_called else 409)
    right = "the number that was marked wrong is right after all" in page.text
    assert right is ("is_right" in said)
    assert (ASKED in seat.look(f"{address}/wishes").text) is not may_be_called


def test_only_a_number_that_was_marked_wrong_is_said_to_be_right(
    office: Office, supervisor: Person, client: Client, seat: Seat, address: str, clock: Clock
) -> None:
    assert ASKED not in seat.look(f"{address}/wishes").text
    seat.send(f"{address}/wishes", **SAFE, is_right="yes")
    clock.forward(minutes=5)
    call_logs.call(office, supervisor, client.reference, "wrong_number")
    clock.forward(minutes=5)

    seat.send(f"{address}/wishes", **{**SAFE, "is_right": "yes", "which": "told", "phone": "602 555 0199"})

    page = seat.look(address)
    assert WRONG not in page.text
    assert "is right after all" not in page.text
    assert "Asked by voice what is safe, and which number holds" in page.text


def test_s54_a_number_that_was_wrong_before_another_stays_wrong(
    office: Office, supervisor: Person, client: Client, seat: Seat, address: str, clock: Clock
) -> None:
    call_logs.call(office, supervisor, client.reference, "wrong_number")
    for phone, wrong in (("602 555 0199", False), ("602 555 0123", True), ("602 555 0199", False)):
        clock.forward(minutes=5)
        seat.send(f"{address}/wishes", **{**SAFE, "which": "told", "phone": phone})

        assert (WRONG in seat.look(address).text) is wrong


def test_what_was_said_about_a_wrong_number_is_kept_after_a_mistake(
    office: Office, supervisor: Person, client: Client, seat: Seat, address: str
) -> None:
    call_logs.call(office, supervisor, client.reference, "wrong_number")

    page = seat.send(f"{address}/wishes", **{**SAFE, "is_right": "yes", "when": []})

    assert page.status == 422
    [box] = page.find("input", name="is_right")
    assert "checked" in box
    assert WRONG in seat.look(address).text


#: What may happen to a request, as the name of a step and what it takes.
STEPS = st.one_of(
    st.tuples(
        st.just("call"),
        st.sampled_from([*call_log.OUTCOMES, "wrong_number", "wrong_number", "no_answer"]),
        st.sampled_from(call_log.DIRECTIONS),
        st.sampled_from([0, 3, 90]),
    ),
    st.tuples(st.just("give"), st.sampled_from([THE_NUMBER, ANOTHER])),
    st.tuples(st.just("settle"), st.sampled_from(["kept", "newest", THE_NUMBER, ANOTHER]), st.booleans()),
    st.tuples(st.just("say")),
    st.tuples(st.just("wait"), st.sampled_from([1, 60])),
)
_NONCES = count()


def do(office: Office, person: Person, client: Client, step: tuple[Any, ...]) -> None:
    """Let one thing happen; a minute later it is over."""
    name, *how = step
    if name == "call":
        outcome, direction, minutes_ago = how
        ago = timedelta(minutes=minutes_ago)
        call_logs.call(
            office, person, client.reference, outcome, direction, happened_at=office.clock() - ago, confirmed=True
        )
    elif name == "give":
        give(office, client, how[0])
    elif name == "settle":
        settle(office, person, client, *how)
    elif name == "say":
        client.say(nonce=str(next(_NONCES)).encode())
    else:
        call_logs.at(office, person, office.clock() + timedelta(minutes=how[0]))
    call_logs.at(office, person, office.clock() + timedelta(minutes=1))


def settle(office: Office, person: Person, client: Client, which: str, is_right: bool) -> None:
    opened = returning_clients.opened(office, person, client.reference)
    newest = opened.news.given[-1].entry if opened.news.given and which == "newest" else None
    with office.work(person) as work:
        confirmed_wishes.confirm(
            work, client.reference, builders.WISHED,
            Number(which) if which in (THE_NUMBER, ANOTHER) else newest,
            epoch=builders.epoch(work), entry=opened.entry, idempotency_key=None, is_right=is_right,
        )  # fmt: skip


def planned(office: Office, person: Person, client: Client) -> str:
    """Return why the next call cannot be planned; empty where it can."""
    try:
        with office.work(person) as work:
            call_log.plan_follow_up(work, client.reference, NINE_THIRTY + timedelta(days=7))
    except Refused as refused:
        return refused.reason
    return ""


@given(st.lists(STEPS, min_size=3, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
def test_s54_card_number_plan_and_list_give_one_answer_whatever_happened(
    office: Office, supervisor: Person, seat: Seat, steps: list[tuple[Any, ...]]
) -> None:
    call_logs.at(office, supervisor, NINE_THIRTY)
    client = returning_clients.client(office, nonce=str(next(_NONCES)).encode())
    for step in steps:
        do(office, supervisor, client, step)
    address = f"/desk/{client.reference}"
    page, lists = seat.look(address), seat.look("/desk/?view=open")

    wrong, none_left = WRONG in page.text, "That is enough tries" in page.text
    assert ("Wrong number: do not call it again." in page.text) is wrong
    assert (ASKED in seat.look(f"{address}/wishes").text) is wrong
    assert not none_left or "none is left" in page.text
    assert "1 try is left." not in page.text or "Try 2 of 2." in page.text
    assert "2 tries are left." not in page.text or "Try 1 of 2." in page.text
    line = lists.text.partition(client.reference)[2][:120]
    assert ("Safe now" in line) is ("Safe now until" in page.text)
    token = page.form(f"{address}/attempt").fields["csrf_token"]
    outside = "They did not ask for a call now." in page.text
    answer = seat.post(f"{address}/reveal", {"csrf_token": token, "reason": "agreed" if outside else ""})
    assert answer.status == (409 if wrong or none_left else 303)
    assert seat.look(f"{address}/number").status == (303 if wrong or none_left else 200)
    reason = planned(office, supervisor, client)
    assert ("wrong_number" in reason) is wrong
    assert (reason == Reason.TRIES) is none_left
