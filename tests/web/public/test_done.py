"""The confirmation: two words for a short time, and a way back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import current
from app.domain.work import Party
from app.models import Intake, Status
from tests.support.clock import Clock
from tests.web.public.conftest import WithPractice
from tests.web.public.visitor import look, send


def statuses(app: Flask) -> list[Status]:
    with app.app_context(), current.read(Party.OPERATOR) as work:
        return list(work.session.scalars(select(Intake.status)))


def test_s13_the_confirmation_is_there_for_three_minutes_and_then_the_form(client: FlaskClient, clock: Clock) -> None:
    path = send(client, clock).location

    at_once = client.get(path)
    clock.forward(seconds=179)
    late = client.get(path)
    clock.forward(seconds=2)
    gone = client.get(path)

    assert (at_once.status_code, late.status_code) == (200, 200)
    assert at_once.data == late.data
    assert (gone.status_code, gone.location) == (303, "/")


def test_s13_looking_changes_nothing(plain_client: FlaskClient, clock: Clock) -> None:
    path = send(plain_client, clock).location

    assert plain_client.head(path).status_code == 200
    assert plain_client.get(path).data == plain_client.get(path).data


def test_s13_it_repeats_nothing_that_was_answered(plain_client: FlaskClient, clock: Clock) -> None:
    answer = send(plain_client, clock, name="Markername", note="Markernote", phone="602 555 0123")
    page = look(plain_client, answer.location)

    assert not [told for told in ("Markername", "Markernote", "555 0123", "5550123", "trust") if told in page.html]


@pytest.mark.parametrize("token", ["unknown", "x" * 22, "é", "%00"])
def test_s13_an_address_that_was_never_given_out_leads_to_the_form(one_client: FlaskClient, token: str) -> None:
    assert one_client.get(f"/done/{token}").status_code == 303


def test_s44_it_says_by_when_and_what_to_do_if_nobody_calls(plain_client: FlaskClient, clock: Clock) -> None:
    page = look(plain_client, send(plain_client, clock).location)

    assert "Most people hear from us by Monday, November 23, 6 pm, Arizona time." in page.text
    assert "If nobody calls you by then, call us at 480-555-0142." in page.text


def test_who_will_call_is_told_when_and_what_to_say(plain_client: FlaskClient, clock: Clock) -> None:
    page = look(plain_client, send(plain_client, clock, way="icall", phone=None, when=None, tz=None).location)

    assert "You say:" in page.text
    assert "Call us at 480-555-0142 when it is safe, Monday to Friday, 9 am to 5 pm, Arizona time." in page.text
    assert "We will call" not in page.text


def test_s33_how_to_clear_the_visit_stands_on_the_page(plain_client: FlaskClient, clock: Clock) -> None:
    assert "Delete only this visit." in look(plain_client, send(plain_client, clock).location).text


def test_the_return_code_is_folded_away(plain_client: FlaskClient, clock: Clock) -> None:
    page = look(plain_client, send(plain_client, clock).location)

    folded = page.html[page.html.index("Words to come back with") :]

    assert folded.index("</details>") > folded.index("<ol")
    assert folded[: folded.index("</ol>")].count("<li>") == 7


def test_a_practice_without_return_codes_shows_none(with_practice: WithPractice, clock: Clock) -> None:
    client = with_practice("return_code = true", "return_code = false")

    assert "Words to come back with" not in look(client, send(client, clock).location).text


def test_s47_for_fifteen_minutes_the_request_can_be_deleted(app: Flask, client: FlaskClient, clock: Clock) -> None:
    """A-04: what was sent can be taken back."""
    path = send(client, clock).location
    clock.forward(minutes=14, seconds=59)

    answer = client.post(f"{path}/undo")

    assert (answer.status_code, answer.location) == (303, "/undone")
    assert "Your request is deleted" in look(client, "/undone").text
    assert statuses(app) == [Status.WITHDRAWN]


def test_s47_after_fifteen_minutes_the_page_says_whom_to_call(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    path = send(plain_client, clock).location
    clock.forward(minutes=15)

    answer = plain_client.post(f"{path}/undo")

    assert answer.status_code == 410
    assert "call us at 480-555-0142 and say your two words" in answer.get_data(as_text=True)
    assert statuses(plain_app) == [Status.WAITING]


def test_a_deleted_request_has_no_confirmation_and_can_not_be_deleted_again(
    plain_client: FlaskClient, clock: Clock
) -> None:
    path = send(plain_client, clock).location
    plain_client.post(f"{path}/undo")

    assert plain_client.get(path).status_code == 303
    assert plain_client.post(f"{path}/undo").status_code == 410


def test_v42_looking_at_the_address_that_deletes_does_not_delete(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    path = send(plain_client, clock).location

    assert plain_client.get(f"{path}/undo").status_code == 405
    assert statuses(plain_app) == [Status.WAITING]


def test_the_confirmation_speaks_spanish(plain_client: FlaskClient, clock: Clock) -> None:
    page = look(plain_client, send(plain_client, clock, "/es/").location)

    assert "Gracias. Recibimos su solicitud." in page.text
    assert "antes del lunes 23 de noviembre, 6 p. m., hora de Arizona" in page.text


@pytest.mark.parametrize("language", ["", "/es"])
def test_s47_undoing_what_the_law_keeps_stops_contact_and_says_so(
    app: Flask, client: FlaskClient, clock: Clock, language: str
) -> None:
    """Pressed twice, it says the same."""
    path = f"{language}{send(client, clock).location}"
    with app.app_context(), current.work(Party.OPERATOR) as work:
        work.session.execute(update(Intake).values(held=True))

    answers = [client.post(f"{path}/undo") for _ in range(2)]

    said = {
        "": "We have stopped contact. The law asks us to keep the record for now.",
        "/es": "Hemos detenido el contacto. La ley nos pide guardar el registro por ahora.",
    }
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all(said[language] in answer.text for answer in answers)
    assert statuses(app) == [Status.WITHDRAWN]
