"""Signing in with a passkey: alone, with the password after it, and every way to be refused."""

import logging
from pathlib import Path
from typing import Any

import pytest

from app.models import SignInDelay, SpentChallenge
from tests.domain import builders
from tests.support.authenticator import Authenticator
from tests.support.clock import Clock
from tests.support.office import PASSWORD, Office, Person, make_app
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.touching import ADD, FINISH, SIGN_IN, TOUCH, add, fresh, secret, touch

UNKNOWN = "This passkey is not known here."


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def owner(supervisor: Person, sit: Sit, clock: Clock, device: Authenticator) -> Person:
    """A supervisor whose passkey signs in alone."""
    clock.forward(minutes=6)
    assert add(sit(supervisor), supervisor, clock, device).status == 303
    return supervisor


@pytest.fixture
def halfway(supervisor: Person, sit: Sit, seat: Seat, clock: Clock, device: Authenticator) -> Page:
    """The page that asks for the password, after a passkey that gave no secret."""
    clock.forward(minutes=6)
    add(sit(supervisor), supervisor, clock, device, secret="")
    return touch(seat, device, secret="")


def test_one_touch_opens_the_request_that_the_letter_is_about(
    office: Office, owner: Person, seat: Seat, device: Authenticator, stretched: list[str]
) -> None:
    """Link, button, request; no password is stretched."""
    reference = office.ask(name="Sam")
    before = list(stretched)
    asked = seat.look(f"/desk/{reference}")

    answer = touch(seat, device, at=asked.leads_to or "")

    assert (answer.status, answer.leads_to) == (303, f"/desk/{reference}")
    assert "Sam" in seat.look(f"/desk/{reference}").text
    assert stretched == before
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.split("; ")[1:] == ["HttpOnly", "Path=/", "SameSite=Lax"]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "/desk//evil"])
def test_a_touch_leads_nowhere_else(owner: Person, seat: Seat, device: Authenticator, elsewhere: str) -> None:
    """V-45."""
    assert touch(seat, device, next=elsewhere).leads_to == "/desk/"


def test_without_a_secret_the_password_is_asked_and_then_lets_in(
    halfway: Page, supervisor: Person, seat: Seat, clock: Clock
) -> None:
    """A-07: the address is there for the password manager, and nothing else has to be typed."""
    assert halfway.status == 200
    assert halfway.find("input", autocomplete="username", value=supervisor.email)
    assert halfway.find("input", name="password", type="password", autocomplete="current-password")
    assert seat.cookies == {}

    answer = seat.send(FINISH, halfway, password=PASSWORD)

    assert (answer.status, answer.leads_to) == (303, "/desk/")
    assert seat.look("/desk/").status == 200


def test_a_wrong_password_after_the_passkey_can_be_typed_again(halfway: Page, seat: Seat, clock: Clock) -> None:
    answer = seat.send(FINISH, halfway, password="not the right one at all")

    assert (answer.status, answer.title) == (422, "Error: Now your password")
    assert seat.send(FINISH, answer, password=PASSWORD).status == 429
    clock.forward(seconds=5)
    assert seat.send(FINISH, answer, password=PASSWORD).status == 303
    assert "not the right one" not in answer.html


def test_typing_wrong_passwords_gives_no_more_time(halfway: Page, seat: Seat, clock: Clock) -> None:
    clock.forward(minutes=4)
    answer = seat.send(FINISH, halfway, password="not the right one at all")
    clock.forward(minutes=1, seconds=1)

    late = seat.send(FINISH, answer, password=PASSWORD)

    assert late.status == 422
    assert "open for too long" in late.text
    assert late.form(TOUCH).fields["challenge"]


def test_the_password_page_works_once(halfway: Page, seat: Seat) -> None:
    assert seat.send(FINISH, halfway, password=PASSWORD).status == 303

    assert seat.send(FINISH, halfway, password=PASSWORD).status == 422


@pytest.mark.parametrize("ticket", ["", "forged", None])
def test_the_password_alone_is_nothing(supervisor: Person, seat: Seat, halfway: Page, ticket: str | None) -> None:
    """V-36."""
    assert seat.send(FINISH, halfway, password=PASSWORD, token=ticket).status == 422
    assert seat.cookies == {}


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"verifies": False}, id="nobody was verified"),
        pytest.param({"credential": b"another"}, id="unknown passkey"),
    ],
)
def test_whatever_is_wrong_gets_the_same_answer(
    owner: Person, seat: Seat, device: Authenticator, lie: dict[str, Any]
) -> None:
    """V-11."""
    for name, value in lie.items():
        setattr(device, name, value)

    answer = touch(seat, device)

    assert answer.status == 422
    assert UNKNOWN in answer.text
    assert seat.cookies == {}


def test_an_answer_sent_again_is_refused(owner: Person, seat: Seat, device: Authenticator) -> None:
    page = seat.look(SIGN_IN)
    sent = {"passkey": device.use(page.form(TOUCH).fields["challenge"]), "secret": secret(device)}
    assert seat.send(TOUCH, page, **sent).status == 303

    again = seat.send(TOUCH, page, **sent)

    assert again.status == 422
    assert UNKNOWN in again.text


def test_a_copy_of_a_passkey_is_refused(owner: Person, seat: Seat, device: Authenticator, office: Office) -> None:
    touch(seat, device)
    assert device.count is not None
    device.count -= 1

    answer = touch(seat, device)

    assert UNKNOWN in answer.text
    assert "passkey.copied" in builders.kinds(office)


def test_a_challenge_lasts_five_minutes_and_the_page_gets_another(
    owner: Person, seat: Seat, device: Authenticator, clock: Clock
) -> None:
    page = seat.look(SIGN_IN)
    clock.forward(minutes=5, seconds=1)

    late = touch(seat, device, page)

    assert late.status == 422
    assert "open for too long" in late.text
    assert touch(seat, device, late).status == 303


def test_a_page_that_was_open_for_long_can_ask_for_a_new_challenge(
    owner: Person, seat: Seat, device: Authenticator, clock: Clock
) -> None:
    page = seat.look(SIGN_IN)
    clock.forward(hours=8)
    [button] = page.find("button", **{"data-passkey": "sign-in"})
    given = seat.client.get(button["data-fresh"] or "")

    answer = seat.send(TOUCH, page, challenge=given.text, passkey=device.use(given.text), secret=secret(device))

    assert given.mimetype == "text/plain"
    assert answer.status == 303


@pytest.mark.parametrize("challenge", ["", "forged", None])
def test_a_challenge_that_is_not_ours_is_refused_before_anything_is_read(
    office: Office, owner: Person, seat: Seat, device: Authenticator, challenge: str | None
) -> None:
    """V-36, V-42."""
    before = builders.count(office, SpentChallenge)

    answer = seat.send(TOUCH, SIGN_IN, challenge=challenge, passkey=device.use(challenge or ""))

    assert answer.status == 422
    assert builders.count(office, SpentChallenge) == before
    assert builders.count(office, SignInDelay) == 0


def test_the_challenge_of_a_session_signs_nobody_in(
    owner: Person, sit: Sit, seat: Seat, device: Authenticator, clock: Clock
) -> None:
    asked = sit(owner).look("/desk/team")
    challenge = asked.find("input", name="challenge")[0]["value"] or ""

    assert seat.send(TOUCH, SIGN_IN, challenge=challenge, passkey=device.use(challenge)).status == 422


def test_a_challenge_of_the_sign_in_page_adds_and_proves_nothing(
    owner: Person, sit: Sit, seat: Seat, device: Authenticator, clock: Clock
) -> None:
    """It is bound to the session it was made for."""
    here, other = sit(owner), Authenticator()
    strange = [seat.look(SIGN_IN).form(TOUCH).fields["challenge"] for _ in range(2)]

    added = add(here, owner, clock, other, challenge=strange[0], passkey=other.make(strange[0], device.user))
    assert added.status == 422
    clock.forward(minutes=6)
    action = "/desk/account/passkeys/new"
    assert here.send(action, challenge=strange[1], passkey=device.use(strange[1])).status == 422


@pytest.mark.parametrize("passkey", ["", "[" * 10_000, '{"id": 1}'])
def test_what_is_no_answer_is_refused_like_any_other(owner: Person, seat: Seat, passkey: str) -> None:
    """V-37."""
    answer = seat.send(TOUCH, SIGN_IN, passkey=passkey)

    assert answer.status == 422
    assert UNKNOWN in answer.text


@pytest.mark.parametrize("given", ["", "é", "A" * 10_000])
def test_what_is_no_secret_counts_as_none(owner: Person, seat: Seat, device: Authenticator, given: str) -> None:
    answer = touch(seat, device, secret=given)

    assert answer.status == 200
    assert "Now your password" in answer.title


def test_after_a_failure_the_next_touch_waits(owner: Person, seat: Seat, device: Authenticator, clock: Clock) -> None:
    """V-09."""
    device.verifies = False
    touch(seat, device)
    device.verifies = True

    answer = touch(seat, device)

    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    clock.forward(seconds=2)
    assert touch(seat, device).status == 303


@pytest.mark.parametrize("path", [TOUCH, FINISH])
def test_a_network_that_tries_too_often_is_stopped(office: Office, seat: Seat, path: str) -> None:
    """V-09: 20 in a minute."""
    answers = [seat.post(path, {"challenge": "old"} if path == TOUCH else {"token": "old"}) for _ in range(21)]

    assert [answer.status for answer in answers] == [422] * 20 + [429]


@pytest.mark.parametrize("path", [TOUCH, FINISH])
def test_a_field_the_form_does_not_have_is_refused(owner: Person, seat: Seat, path: str) -> None:
    """V-37."""
    assert seat.post(path, {"role": "supervisor"}).status == 400


def test_the_secret_is_in_no_page_no_log_and_no_address(
    owner: Person, seat: Seat, device: Authenticator, caplog: pytest.LogCaptureFixture
) -> None:
    """Must hold 7: only in the body of the post."""
    caplog.set_level(logging.DEBUG)
    device.verifies = False
    refused = touch(seat, device)
    late = touch(seat, device, challenge="forged")

    said = " ".join([refused.html, late.html, *(record.getMessage() for record in caplog.records)])
    assert secret(device) not in said


def test_the_script_is_ours_and_whole(owner: Person, seat: Seat) -> None:
    """+5 of the observatory, and the content policy allows nothing else."""
    page = seat.look(SIGN_IN)

    [script] = page.find("script")
    assert script["type"] == "module"
    assert (script["integrity"] or "").startswith("sha384-")
    assert seat.client.get(script["src"] or "").mimetype == "text/javascript"


def test_without_script_nothing_of_it_is_seen(owner: Person, seat: Seat) -> None:
    page = seat.look(SIGN_IN)

    [form] = page.find("form", action=TOUCH)
    assert "hidden" in form


def test_password_and_code_go_on_working(owner: Person, seat: Seat, clock: Clock) -> None:
    typed = {"email": owner.email, "password": PASSWORD, "code": fresh(owner, clock)}

    assert seat.send(SIGN_IN, **typed).status == 303


def test_under_https_a_passkey_belongs_to_the_desks_host(sqlite_url: str, tmp_path: Path, clock: Clock) -> None:
    names = {"PUBLIC_URL": "https://private.example.org", "DESK_URL": "https://desk.example.org:8443"}
    app = make_app(sqlite_url, tmp_path, clock, **names)
    person = Office(app, clock).found()
    client = app.test_client()
    client.set_cookie("__Host-s", person.cookie, domain="desk.example.org")
    base = {"base_url": "https://desk.example.org:8443"}
    page = Page(client.get("/desk/account/passkeys/new", **base))
    [button] = page.find("button", **{"data-passkey": "new"})
    form = page.form(ADD).fields

    def added(origin: str) -> int:
        device = Authenticator(host="desk.example.org", origin=origin)
        sent = {**form, "passkey": device.make(form["challenge"], bytes(16))}
        return client.post(ADD, data=sent, **base).status_code

    assert button["data-host"] == "desk.example.org"
    assert added("https://desk.example.org") == 422
    assert added("https://desk.example.org:8443") == 303
    app.extensions["quietword"].database.engine.dispose()
