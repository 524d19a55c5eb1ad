"""May we call? The card, the number, the box for the next call and the list give one answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain import follow_ups
from app.domain.work import Refused
from tests.bed.clock import Clock
from tests.bed.office import Office, Person
from tests.domain import calling, returned
from tests.domain.returned import Client
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
    return returned.client(office)


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
    calling.call(office, supervisor, client.reference, "no_answer")

    calling.call(office, supervisor, client.reference, "reached", "in", happened_at=yesterday)

    page = seat.look(address)
    assert "Try 2 of 2." in page.text
    assert "1 try is left." in page.text
    assert "Last: No answer" in page.text


def test_s54_a_wrong_number_that_is_settled_once_more_is_neither_called_nor_planned(
    office: Office, supervisor: Person, client: Client, seat: Seat, address: str, clock: Clock
) -> None:
    calling.call(office, supervisor, client.reference, "wrong_number")
    clock.forward(minutes=5)

    assert seat.send(f"{address}/wishes", **SAFE).status == 303

    page = seat.look(address)
    assert "Somebody else has this number. Do not call it again." in page.text
    assert "Wrong number: do not call it again." in page.text
    assert "Plan a call" not in page.text
    with office.work(supervisor) as work, pytest.raises(Refused, match="wrong_number"):
        follow_ups.plan(work, client.reference, NINE_THIRTY + timedelta(days=7))


def test_s54_a_request_that_came_back_is_called_anew(
    office: Office, supervisor: Person, client: Client, seat: Seat, address: str, clock: Clock
) -> None:
    """Who takes a withdrawal back waits for a call, as somebody does who writes."""
    for _ in range(2):
        calling.call(office, supervisor, client.reference, "no_answer")
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
        calling.call(office, supervisor, client.reference, "no_answer")
    clock.forward(minutes=5)

    seat.send(f"{address}/wishes", **SAFE)
    settled = seat.look(address)
    calling.call(office, supervisor, client.reference, "reached", "in")
    called = seat.look(address)

    assert "That is enough tries" in settled.text
    assert "2 tries were made, and none is left." in settled.text
    assert "Try 1 of 2." in called.text
