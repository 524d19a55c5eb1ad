"""Signing in: one answer to whatever is wrong, slow for who guesses, and one cookie."""

import logging
from pathlib import Path
from typing import Any

import pytest

from app.crypto import totp
from app.models import SignInDelay
from tests.support.clock import Clock
from tests.support.office import PASSWORD, Office, Person, make_app
from tests.web.desk.reading import Page, Seat

HERE = "/desk/sign-in"
SAME_ANSWER = "That did not match. Check email, password and code."


def sign_in(seat: Seat, person: Person, clock: Clock, at: str = HERE, **typed: Any) -> Page:
    """Sign in as the person would, after the code they used last has passed."""
    clock.forward(seconds=60)
    right = {"email": person.email, "password": PASSWORD, "code": totp.code(person.totp_secret, clock())}
    return seat.send(HERE, at, **{**right, **typed})


def test_the_right_password_and_code_open_the_desk(seat: Seat, supervisor: Person, clock: Clock) -> None:
    answer = sign_in(seat, supervisor, clock)

    assert (answer.status, answer.leads_to) == (303, "/desk/")
    assert seat.look("/desk/").status == 200


def test_the_name_is_found_however_it_is_written(seat: Seat, supervisor: Person, clock: Clock) -> None:
    assert sign_in(seat, supervisor, clock, email="  Grace@Example.ORG ").status == 303


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"password": "not the right one at all"}, id="password"),
        pytest.param({"password": ""}, id="no password"),
        pytest.param({"code": "000000"}, id="code"),
        pytest.param({"code": ""}, id="no code"),
        pytest.param({"code": "١٢٣٤٥٦"}, id="other digits"),
        pytest.param({"email": "nobody@example.org"}, id="unknown name"),
        pytest.param({"email": ""}, id="no name"),
        pytest.param({"email": "grace\0@example.org"}, id="a character no database keeps"),
    ],
)
def test_whatever_is_wrong_gets_the_same_answer(
    seat: Seat, supervisor: Person, clock: Clock, stretched: list[str], wrong: dict[str, str]
) -> None:
    """V-11."""
    answer = sign_in(seat, supervisor, clock, **wrong)

    assert answer.status == 422
    assert SAME_ANSWER in answer.text
    assert answer.title == "Error: Sign in"
    assert len(stretched) == 1, "the work is the same, too"
    assert seat.cookies == {}


def test_a_failure_keeps_the_email_and_echoes_no_secret(seat: Seat, supervisor: Person, clock: Clock) -> None:
    """V-04, A-05."""
    answer = sign_in(seat, supervisor, clock, password="my-secret <b>password</b>", code="991827")

    assert answer.find("input", name="email", value=supervisor.email)
    assert "my-secret" not in answer.html
    assert "991827" not in answer.html


def test_the_fields_are_made_for_password_managers(seat: Seat, supervisor: Person) -> None:
    """V-04, A-07: names for what is asked, and nothing that stops pasting."""
    page = seat.look(HERE)

    assert page.find("input", name="email", autocomplete="username")
    assert page.find("input", name="password", type="password", autocomplete="current-password")
    assert page.find("input", name="code", autocomplete="one-time-code")
    assert "onpaste" not in page.html


def test_a_code_works_only_once(seat: Seat, supervisor: Person, clock: Clock) -> None:
    """V-07."""
    clock.forward(seconds=60)
    code = totp.code(supervisor.totp_secret, clock())
    right = {"email": supervisor.email, "password": PASSWORD, "code": code}

    assert seat.send(HERE, **right).status == 303
    assert seat.send(HERE, **right).status == 422


def test_a_printed_code_works_only_once(seat: Seat, supervisor: Person, clock: Clock) -> None:
    """V-08."""
    printed = supervisor.backup_codes[3].lower().replace("-", " ")

    assert sign_in(seat, supervisor, clock, code=printed).status == 303
    assert sign_in(seat, supervisor, clock, code=printed).status == 422
    assert sign_in(seat, supervisor, clock, code=supervisor.backup_codes[4]).status == 303


def test_after_a_failure_the_next_try_waits_without_costing_anything(
    seat: Seat, supervisor: Person, clock: Clock, stretched: list[str]
) -> None:
    """V-09."""
    sign_in(seat, supervisor, clock, password="wrong wrong wrong")
    right = {"email": supervisor.email, "password": PASSWORD, "code": totp.code(supervisor.totp_secret, clock())}

    answer = seat.send(HERE, **right)

    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert "Please wait a moment" in answer.text
    assert answer.find("input", name="email", value=supervisor.email)
    assert len(stretched) == 1
    clock.forward(seconds=60)
    assert sign_in(seat, supervisor, clock).status == 303


def test_waits_double_up_to_half_a_minute_and_nobody_is_locked_out(
    seat: Seat, supervisor: Person, clock: Clock
) -> None:
    """V-09."""
    waits = []
    for _ in range(7):
        sign_in(seat, supervisor, clock, code="000000")
        waits.append(int(seat.send(HERE, email=supervisor.email).headers["Retry-After"]))

    assert waits == [1, 2, 4, 8, 16, 30, 30]
    assert sign_in(seat, supervisor, clock).status == 303


def test_a_network_that_tries_too_often_is_stopped_before_any_account_is_read(
    seat: Seat, stretched: list[str], office: Office
) -> None:
    """V-09: 20 in a minute; this does not even ask whose name it is."""
    answers = [seat.post(HERE, {"email": "grace@example.org", "token": "old"}) for _ in range(21)]

    assert [answer.status for answer in answers] == [422] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert stretched == []
    with office.work() as work:
        assert work.session.query(SignInDelay).count() == 0


def test_signing_in_leads_on_to_the_page_that_was_asked_for(seat: Seat, supervisor: Person, clock: Clock) -> None:
    asked = seat.look("/desk/K7QF-3MDX")

    assert (asked.status, asked.leads_to) == (303, "/desk/sign-in?next=/desk/K7QF-3MDX")
    assert sign_in(seat, supervisor, clock, at=asked.leads_to or "").leads_to == "/desk/K7QF-3MDX"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/desk/",
        "//evil.example/desk/",
        "/desk//evil.example",
        "/desk//evil",
        "/\\evil.example",
        "/desk/../",
        "/desk/\\evil",
        "/desk/\r\nSet-Cookie: a=b",
        "/desk/?next=x",
        "/",
        "desk",
        "javascript:alert(1)",
        "/desk/" + "a" * 200,
    ],
)
def test_signing_in_leads_nowhere_else(seat: Seat, supervisor: Person, clock: Clock, elsewhere: str) -> None:
    """V-45."""
    page = Page(seat.client.get(HERE, query_string={"next": elsewhere}))

    assert page.form(HERE).fields["next"] == "/desk/"
    assert sign_in(seat, supervisor, clock, next=elsewhere).leads_to == "/desk/"


@pytest.mark.parametrize("token", ["", "forged", None])
def test_a_form_without_our_ticket_is_shown_again(
    seat: Seat, supervisor: Person, clock: Clock, stretched: list[str], token: str | None
) -> None:
    """V-36, V-42."""
    answer = sign_in(seat, supervisor, clock, token=token)

    assert answer.status == 422
    assert "open for too long" in answer.text
    assert answer.find("input", name="email", value=supervisor.email)
    assert stretched == []


def test_a_form_that_was_open_for_a_day_is_shown_again(seat: Seat, supervisor: Person, clock: Clock) -> None:
    page = seat.look(HERE)
    clock.forward(hours=24, seconds=1)
    right = {"email": supervisor.email, "password": PASSWORD, "code": totp.code(supervisor.totp_secret, clock())}

    answer = seat.send(HERE, page, **right)

    assert answer.status == 422
    assert seat.send(HERE, answer, **right).status == 303


def test_a_field_the_form_does_not_have_is_refused(seat: Seat, supervisor: Person, clock: Clock) -> None:
    """V-37."""
    assert sign_in(seat, supervisor, clock, role="supervisor").status == 400


def test_there_is_exactly_one_cookie_and_only_after_signing_in(seat: Seat, supervisor: Person, clock: Clock) -> None:
    """V-21: on a machine of one's own it is named s, because browsers refuse __Host- there."""
    assert "Set-Cookie" not in seat.look(HERE).headers
    assert "Set-Cookie" not in sign_in(seat, supervisor, clock, code="1").headers
    clock.forward(seconds=60)

    [cookie] = sign_in(seat, supervisor, clock).headers.getlist("Set-Cookie")

    name, _, rest = cookie.partition("=")
    assert name == "s"
    assert rest.split("; ")[1:] == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_under_https_the_cookie_is_bound_to_this_host(sqlite_url: str, tmp_path: Path, clock: Clock) -> None:
    """V-21."""
    app = make_app(sqlite_url, tmp_path, clock, PUBLIC_URL="https://private.example.org")
    person = Office(app, clock).found()
    client = app.test_client()
    base = {"base_url": "https://private.example.org"}
    clock.forward(seconds=60)
    data = Page(client.get(HERE, **base)).form(HERE).fields | {
        "email": person.email,
        "password": PASSWORD,
        "code": totp.code(person.totp_secret, clock()),
    }

    answer = client.post(HERE, data=data, **base)

    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-s=")
    assert cookie.split("; ")[1:] == ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"]
    assert client.get("/desk/", **base).status_code == 200
    app.extensions["quietword"].database.engine.dispose()


def test_no_secret_of_a_sign_in_reaches_a_log(
    seat: Seat, supervisor: Person, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    sign_in(seat, supervisor, clock, password="my-secret password")
    sign_in(seat, supervisor, clock)

    said = " ".join(record.getMessage() for record in caplog.records)
    assert "my-secret" not in said
    assert PASSWORD not in said
    assert supervisor.email not in said
    assert seat.cookies["s"] not in said
