"""Where they are when they talk, and dangers with the practice's own steps and clock (S-39)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.models import LogEntry
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat

pytestmark = pytest.mark.both_databases

STEPS = ("If the danger is now, call 911.", "Write down the time and who took the report.")
NOT_LICENSED = "nobody here is licensed there"


@pytest.fixture
def client(office: Office, supervisor: Person) -> Client:
    return returning_clients.client(office, said=replace(builders.SAID, state="NV"))


@pytest.fixture
def seat(supervisor: Person, sit: Sit) -> Seat:
    return sit(supervisor)


@pytest.fixture
def within(app: Flask) -> Callable[[int], None]:
    """Gives the practice so many hours to report that a child is being hurt."""

    def within(hours: int) -> None:
        running = app.extensions["quietword"]
        emergencies = running.practice.emergencies
        changed = replace(emergencies, child_harm=replace(emergencies.child_harm, report_within_hours=hours))
        running.practice = replace(running.practice, emergencies=changed)

    return within


def begin(seat: Seat, address: str, kind: str = "child_harm") -> Page:
    token = seat.look(address).form(f"{address}/note").fields["csrf_token"]
    return seat.post(f"{address}/emergency", {"csrf_token": token, "kind": kind})


def reported(seat: Seat, address: str, at: Page | None = None, **said: Any) -> Page:
    return seat.send(f"{address}/reported", at or address, **said)


def test_where_nobody_is_licensed_stays_a_warning_until_they_say_where_they_are(seat: Seat, address: str) -> None:
    before = seat.look(address)
    assert NOT_LICENSED in before.text
    assert "Nobody here is licensed there. Ask where they are before you talk about anything else." in before.text

    answer = seat.send(f"{address}/location", before, state="AZ")

    assert (answer.status, answer.leads_to) == (303, address)
    page = seat.look(address)
    assert NOT_LICENSED not in page.text.lower()
    assert "Grace They say they are in: Arizona" in page.text


def test_who_turns_out_to_be_elsewhere_is_warned_about(office: Office, supervisor: Person, seat: Seat) -> None:
    address = f"/desk/{office.ask(nonce=b'AZ')}"
    assert NOT_LICENSED not in seat.look(address).text

    for _ in range(2):
        seat.send(f"{address}/location", address, state="XX")

    page = seat.look(address)
    assert NOT_LICENSED in page.text
    assert "They say they are in: another country" in page.text
    assert builders.count(office, LogEntry) == 1


@pytest.mark.parametrize("state", ["", "ZZ", "Nevada"])
def test_only_a_state_of_the_list_is_one(office: Office, seat: Seat, address: str, state: str) -> None:
    page = seat.send(f"{address}/location", address, state=state)

    assert page.status == 422
    assert "Choose the state they are in." in page.text
    assert builders.count(office, LogEntry) == 0


def test_the_steps_are_there_at_once_and_ask_nothing(office: Office, seat: Seat, address: str) -> None:
    """S-39: in the practice's own words, in plain details that need no script."""
    page = seat.look(address)

    for text in ("A child is being hurt", "Somebody's life is in danger", *STEPS, "Call 911 from a second phone."):
        assert text in page.text
    assert page.text.count("Report it at once.") == 2
    assert builders.count(office, LogEntry) == 0


def test_the_clock_stands_above_everything_until_it_was_reported(
    office: Office,
    counselor: Person,
    sit: Sit,
    seat: Seat,
    address: str,
    clock: Clock,
    within: Callable[[int], None],
) -> None:
    """S-39: the clock says 8:01 in Phoenix."""
    within(24)
    assert "Report it within 24 hours." in seat.look(address).text

    assert begin(seat, address).leads_to == address
    begin(seat, address)
    clock.forward(minutes=10)
    page = seat.look(address)

    assert "Report it by Tue 24 Nov, 8:01 am, in 23 hours." in page.text
    assert page.text.index("Report it by") < page.text.index("Sam")
    assert STEPS[0] in page.text
    assert builders.count(office, LogEntry) == 1, "an unsteady thumb starts it once"
    assert "Report it by" in sit(counselor).look(address).text, "for every colleague"

    assert reported(seat, address, page, happened_at="2026-11-23T08:10").leads_to == address
    done = seat.look(address)
    assert "Report it by" not in done.text
    assert "A child is being hurt: reported at Mon 23 Nov, 8:10 am" in done.text
    assert "A child is being hurt: the clock was started" in done.text


@pytest.mark.parametrize(
    ("hours", "later", "told"),
    [
        (0, 1, "Report it at once."),
        (24, 23 * 60 + 1, "Report it by Tue 24 Nov, 8:00 am, in 59 minutes."),
        (24, 24 * 60, "It had to be reported by Tue 24 Nov, 8:00 am. Report it now."),
    ],
    ids=["at once", "soon", "late"],
)
def test_the_clock_says_how_long_there_is(
    office: Office, supervisor: Person, seat: Seat, address: str, clock: Clock, within: Callable[[int], None],
    hours: int, later: int, told: str,
) -> None:  # fmt: skip
    within(hours)
    begin(seat, address)
    clock.forward(minutes=later)

    assert told in _again(office, supervisor).look(address).text.partition("Sam")[0]


def test_it_may_have_been_reported_before_the_clock_was_started(seat: Seat, address: str, clock: Clock) -> None:
    """They called 911 first, and wrote it down after."""
    clock.forward(minutes=10)
    begin(seat, address, "danger")

    assert reported(seat, address, happened_at="2026-11-23T08:05").status == 303


@pytest.mark.parametrize(
    ("at", "status"), [("", 422), ("soon", 422), ("2026-11-23T09:15", 409), ("2026-11-22T09:15", 409)],
    ids=["nothing", "no time", "in the future", "before the request came"],
)  # fmt: skip
def test_another_time_is_refused_and_the_clock_runs_on(
    office: Office, seat: Seat, address: str, at: str, status: int
) -> None:
    begin(seat, address)

    page = reported(seat, address, happened_at=at)

    assert page.status == status
    assert "Enter" in page.text
    assert address in page.links()
    assert builders.count(office, LogEntry) == 1


def test_only_the_two_dangers_are_known(office: Office, seat: Seat, address: str) -> None:
    assert begin(seat, address, "boredom").status == 422
    assert builders.count(office, LogEntry) == 0


def test_a_supervisor_is_led_to_erasing_what_a_child_wrote(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, seat: Seat, address: str
) -> None:
    """S-43."""
    assert f"{address}/erase" in seat.look(address).links()
    assert f"{address}/erase" not in sit(counselor).look(address).links()


def _again(office: Office, person: Person) -> Seat:
    """Let somebody sign in again, whose browser was locked meanwhile."""
    cookie = builders.sign_in(office, person)
    assert cookie is not None
    return Seat(office.browser(replace(person, cookie=cookie)))
