"""Closing and opening again: the outcome first, a quiet page, and no way to a call."""

import pytest

from app.domain.intake import opening
from app.models import LogKind, Status
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat


@pytest.fixture
def client(office: Office, counselor: Person) -> Client:
    """Somebody whose request the counselor has."""
    return returning_clients.claimed(office, counselor)


@pytest.fixture
def seat(counselor: Person, sit: Sit) -> Seat:
    return sit(counselor)


def close(seat: Seat, client: Client, outcome: str = "unreachable") -> Page:
    address = f"/desk/{client.reference}"
    return seat.send(f"{address}/close", address, outcome=outcome)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("client", "Became a client"),
        ("referred", "Was sent to somebody who can help better"),
        ("declined", "Did not want to go on"),
        ("unreachable", "Could not be reached"),
        ("spam", "Was no real request"),
    ],
)
def test_a_closed_request_says_first_how_it_ended(seat: Seat, client: Client, outcome: str, words: str) -> None:
    answer = close(seat, client, outcome)

    page = seat.look(f"/desk/{client.reference}")
    assert (answer.status, answer.leads_to) == (303, f"/desk/{client.reference}")
    assert f"{client.reference} Closed Mon 23 Nov, 8:01 am, Ada {words}" in page.text
    assert client.intake().status is Status.CLOSED


def test_nothing_on_a_closed_page_leads_to_a_call(seat: Seat, client: Client) -> None:
    close(seat, client)

    page = seat.look(f"/desk/{client.reference}")

    for part in ("You say first", "••", "Show number", "safe time", "tel:", "This one is mine"):
        assert part not in page.html
    assert {form.action for form in page.forms} >= {f"/desk/{client.reference}/reopen"}
    assert not [form for form in page.forms if form.action.endswith(("/reveal", "/attempt", "/close"))]
    assert "call me Sammy" in page.text


def test_who_opens_it_again_has_it(seat: Seat, supervisor: Person, sit: Sit, client: Client) -> None:
    close(seat, client)
    other, address = sit(supervisor), f"/desk/{client.reference}"

    answer = other.send(f"{address}/reopen", address)

    assert (answer.status, answer.leads_to) == (303, address)
    page = other.look(address)
    assert "This request is yours." in page.text
    assert "You say first" in page.text


def test_without_an_outcome_nothing_is_closed_and_the_question_is_asked_again(seat: Seat, client: Client) -> None:
    """A-03."""
    address = f"/desk/{client.reference}"

    for outcome in (None, "", "won"):
        answer = seat.send(f"{address}/close", address, outcome=outcome)
        assert answer.status == 422
        assert answer.title.startswith("Error: ")
        assert answer.text.count("Choose how it ended.") == 2
        assert "#outcome" in answer.links()
    assert client.intake().status is Status.CLAIMED
    assert seat.send(f"{address}/close", answer, outcome="client").status == 303


def test_who_does_not_have_it_is_told_who_may(
    office: Office, supervisor: Person, sit: Sit, seat: Seat, client: Client
) -> None:
    other = sit(office.hire(supervisor, "ben@example.org"))
    address = f"/desk/{client.reference}"
    page = other.look(address)
    assert not [form for form in page.forms if form.action.endswith("/close")]
    token = page.form("/desk/sign-out").fields["csrf_token"]

    answers = [other.post(f"{address}/close", {"csrf_token": token, "outcome": "spam"})]
    answers.append(other.post(f"{address}/close", {"csrf_token": token}))
    close(seat, client)
    answers.append(other.post(f"{address}/reopen", {"csrf_token": token}))

    for answer in answers:
        assert answer.status == 409
        assert "Only whoever has this request, or a supervisor, can do that." in answer.text


def test_two_at_once_hear_that_it_is_closed(seat: Seat, supervisor: Person, sit: Sit, client: Client) -> None:
    address = f"/desk/{client.reference}"
    other = sit(supervisor)
    page = other.look(address)
    close(seat, client)

    answer = other.send(f"{address}/close", page, outcome="client")

    assert answer.status == 409
    assert "This request is closed. Open it again first." in answer.text
    assert other.send(f"{address}/close", page, outcome="unreachable").status == 303


def test_news_of_the_client_open_it_again(seat: Seat, client: Client) -> None:
    close(seat, client)
    client.say("after five")

    page = seat.look(f"/desk/{client.reference}")

    assert "This request is yours." in page.text
    assert "after five" in page.text


@pytest.mark.parametrize("deed", ["close", "reopen"])
@pytest.mark.parametrize("excluded", [False, True], ids=["unknown", "excluded"])
def test_what_is_not_theirs_is_not_there(
    office: Office, supervisor: Person, sit: Sit, client: Client, deed: str, *, excluded: bool
) -> None:
    """V-25: also for a supervisor whom the client does not want."""
    other = sit(supervisor)
    token = other.look("/desk/account").form("/desk/sign-out").fields["csrf_token"]
    reference = client.reference if excluded else "K7QF-3MDX"
    if excluded:
        me = str(office.member(supervisor).account_id)
        with office.work(supervisor) as work:
            case = opening.unlock(work, reference)
            opening.write(work, case, LogKind.EXCLUSION, {"account": me, "excluded": True})

    answer = other.post(f"/desk/{reference}/{deed}", {"csrf_token": token})

    assert answer.status == 404
    assert answer.html == other.look("/desk/a/b/c").html
