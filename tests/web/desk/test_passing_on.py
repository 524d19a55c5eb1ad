"""Giving a request back, handing it over, and keeping it from somebody, as pages show it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app import mail
from app.models import Exclusion, Letter
from tests.domain import builders
from tests.support.office import Office, Person, make_app
from tests.support.smtp import SmtpTrap
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Seat


@pytest.fixture
def address(office: Office, supervisor: Person) -> str:
    return f"/desk/{office.ask('Marker')}"


def account(office: Office, person: Person) -> str:
    return str(builders.account_id(office, person))


def test_who_has_it_gives_it_back(counselor: Person, sit: Sit, address: str) -> None:
    seat = sit(counselor)
    seat.send(f"{address}/claim", address)

    answer = seat.send(f"{address}/release", address)

    assert (answer.status, answer.leads_to) == (303, address)
    page = seat.look(address)
    assert "Nobody has this request yet." in page.text
    assert "Ada Gave it back" in page.text
    assert "Give it to somebody else" not in page.text, "it is nobody's to give"


def test_who_has_it_hands_it_over(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str
) -> None:
    seat = sit(counselor)
    seat.send(f"{address}/claim", address)
    assert [facts.get("value") for facts in seat.look(address).find("option")].count(account(office, supervisor)) == 2

    answer = seat.send(f"{address}/handover", address, to=account(office, supervisor))

    assert (answer.status, answer.leads_to) == (303, address)
    page = seat.look(address)
    assert "Grace has this request." in page.text
    assert "Ada Handed it to Grace" in page.text
    assert "This request is yours." in sit(supervisor).look(address).text


@pytest.mark.parametrize("action", ["handover", "exclude", "include"])
@pytest.mark.parametrize("who", ["", "nobody", "00000000-0000-0000-0000-000000000000"])
def test_a_choice_that_is_none_is_said_in_words(
    supervisor: Person, sit: Sit, address: str, action: str, who: str
) -> None:
    seat = sit(supervisor)
    token = seat.look(address).form(f"{address}/claim").fields["csrf_token"]
    field = "to" if action == "handover" else "who"

    page = seat.post(f"{address}/{action}", {"csrf_token": token, field: who})

    if who.startswith("0"):
        assert page.status == {"handover": 409, "exclude": 409, "include": 303}[action]
    else:
        assert page.status == 422
        assert "Choose a colleague." in page.text
        assert address in page.links()


def test_another_counselor_can_do_none_of_it(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str
) -> None:
    """V-25: who may open a request and does not have it."""
    sit(supervisor).send(f"{address}/claim", address)
    seat = sit(counselor)
    page = seat.look(address)
    token = page.form(f"{address}/note").fields["csrf_token"]
    eve = account(office, office.hire(supervisor, "eve@example.org"))

    answers = {
        "release": seat.post(f"{address}/release", {"csrf_token": token}),
        "handover": seat.post(f"{address}/handover", {"csrf_token": token, "to": eve}),
        "exclude": seat.post(f"{address}/exclude", {"csrf_token": token, "who": eve}),
    }

    for action, answer in answers.items():
        assert answer.status == 409, action
        assert "Only whoever has this request, or a supervisor, can do that. Grace" in answer.text
        assert f"{address}/{action}" not in page.html
    assert seat.post(f"{address}/include", {"csrf_token": token, "who": eve}).status == 404


def test_for_the_excluded_it_is_a_page_that_does_not_exist_everywhere(
    app: Flask, office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str
) -> None:
    """V-25: by the client's wish, every address below it answers as if the request had never been there."""
    seat = sit(counselor)
    token = seat.look(address).form(f"{address}/note").fields["csrf_token"]
    sit(supervisor).send(f"{address}/exclude", address, who=account(office, counselor))

    walked = 0
    for method, path in _below(app, address):
        never = path.replace(address, "/desk/0000-0000")
        there, nowhere = (
            seat.look(at) if method == "GET" else seat.post(at, _filled(at, token)) for at in (path, never)
        )
        assert (there.status, there.html) == (404, nowhere.html), path
        walked += 1
    assert walked >= 14
    assert address not in sit(supervisor).look("/desk/no-such-page").links()


def test_a_supervisor_sees_who_is_excluded_and_may_undo_it(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str
) -> None:
    seat = sit(supervisor)
    seat.send(f"{address}/exclude", address, who=account(office, counselor))
    page = seat.look(address)
    assert "By the client's wish, these do not see it: Ada" in page.text
    assert "Grace Not with Ada, by the client's wish" in page.text

    answer = seat.send(f"{address}/include", page)

    assert (answer.status, answer.leads_to) == (303, address)
    assert "Ada may see it again" in seat.look(address).text
    assert sit(counselor).look(address).status == 200


def test_who_excludes_themself_is_led_to_the_queue(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str
) -> None:
    """The client said so to the very counselor who has it."""
    seat = sit(counselor)
    seat.send(f"{address}/claim", address)

    answer = seat.send(f"{address}/exclude", address, who=account(office, counselor))

    assert (answer.status, answer.leads_to) == (303, "/desk/")
    assert seat.look(address).status == 404
    assert "Nobody has this request yet." in sit(supervisor).look(address).text


def test_the_last_who_could_open_it_stays(office: Office, supervisor: Person, sit: Sit, address: str) -> None:
    seat = sit(supervisor)

    page = seat.send(f"{address}/exclude", address, who=account(office, supervisor))

    assert page.status == 409
    assert "Nobody else could open this request. Let a colleague join first." in page.text
    assert builders.count(office, Exclusion) == 0
    assert seat.look(address).status == 200


def test_the_letter_that_hands_over_says_nothing_about_the_person(
    database_url: str, tmp_path: Any, clock: Any, smtp: SmtpTrap
) -> None:
    """S-56, and through a real mail server."""
    app = make_app(database_url, tmp_path, clock, MAIL_PORT=str(smtp.port))
    office = Office(app, clock)
    supervisor = office.found()
    ada = office.hire(supervisor, "ada@example.org")
    office.on_call(ada)
    reference = office.ask("Marker", note="Marker")
    with office.work() as work:
        work.session.execute(update(Letter).values(sent_at=work.now))
    seat = Seat(office.browser(supervisor))
    seat.send(f"/desk/{reference}/handover", f"/desk/{reference}", to=account(office, ada))

    with app.app_context():
        mail.deliver_next()

    [arrived] = smtp.letters
    assert arrived.recipients == ("ada@example.org",)
    assert arrived.message["Subject"] == f"A request is yours now: {reference}"
    assert "A colleague handed a request over to you." in arrived.message.get_content()
    assert f"http://localhost/desk/{reference}" in arrived.message.get_content()
    assert b"marker" not in arrived.raw.lower()
    assert b"grace" not in arrived.raw.lower()
    app.extensions["quietword"].database.close()


def _below(app: Flask, address: str) -> list[tuple[str, str]]:
    """Return method and path of everything below one request."""
    reference = address.rpartition("/")[2]
    with app.test_request_context():
        return [
            (method, app.url_for(rule.endpoint, reference=reference))
            for rule in app.url_map.iter_rules()
            if rule.arguments == {"reference"} and rule.rule.startswith("/desk")
            for method in sorted((rule.methods or set()) & {"GET", "POST"})
        ]


def _filled(path: str, token: str) -> dict[str, Any]:
    """Return a form that would be right, had they not been excluded."""
    nobody = "00000000-0000-0000-0000-000000000000"
    right: dict[str, dict[str, Any]] = {
        "handover": {"to": nobody},
        "exclude": {"who": nobody},
        "include": {"who": nobody},
        "note": {"text": "x"},
        "message": {"template": "read"},
        "location": {"state": "TX"},
        "emergency": {"kind": "danger"},
        "reported": {"kind": "danger", "happened_at": "2026-11-23T07:00"},
        "wishes": {"way": "icall", "which": "keep", "entry": "1"},
    }
    return {"csrf_token": token, **right.get(path.rpartition("/")[2], {})}
