"""The desk and its letters speak the language a member chose; before that, the browser's."""

from dataclasses import replace

import pytest
from flask import Flask

from app import mail
from app.practice import Program
from tests.support.office import Office, Person
from tests.support.smtp import SmtpTrap
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat

pytestmark = pytest.mark.both_databases


def choose(seat: Seat, language: str) -> Page:
    return seat.send("/desk/account/language", "/desk/account", language=language)


def test_the_desk_speaks_the_language_that_was_chosen(supervisor: Person, counselor: Person, sit: Sit) -> None:
    """A-19: for oneself alone, and every page says which language it is in."""
    seat = sit(supervisor)

    assert choose(seat, "es").status == 303

    page, other = seat.look("/desk/account"), sit(counselor).look("/desk/account")
    assert (page.find("html")[0]["lang"], other.find("html")[0]["lang"]) == ("es", "en")
    assert "Cerrar sesión" in page.text
    assert "Sign out" in other.text


def test_a_letter_speaks_the_language_of_its_reader(
    app: Flask, office: Office, supervisor: Person, sit: Sit, smtp: SmtpTrap
) -> None:
    choose(sit(supervisor), "es")
    office.on_call(supervisor)
    app.config.update(MAIL_PORT=smtp.port)
    app.extensions["mail"].port = smtp.port
    reference = office.ask("Marker")

    with app.app_context():
        while not smtp.letters:
            assert mail.deliver_next()

    letters = [letter.message for letter in smtp.letters]
    assert [letter["Subject"] for letter in letters if reference in letter["Subject"]] == [
        f"Hay una solicitud en espera: {reference}"
    ]
    assert not [letter for letter in letters if "Marker" in letter.as_string()]


def test_a_language_nobody_offered_is_refused_and_nothing_changes(supervisor: Person, sit: Sit) -> None:
    """V-37."""
    seat = sit(supervisor)
    token = seat.look("/desk/account").form("/desk/account/language").fields["csrf_token"]

    answer = seat.post("/desk/account/language", {"csrf_token": token, "language": "fr"})

    assert answer.status == 422
    assert seat.look("/desk/account").find("html")[0]["lang"] == "en"


def test_before_anybody_signs_in_the_browser_decides(seat: Seat) -> None:
    spanish = seat.look("/desk/sign-in", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
    strange = seat.look("/desk/sign-in", headers={"Accept-Language": "fr"})

    assert (spanish.find("html")[0]["lang"], strange.find("html")[0]["lang"]) == ("es", "en")


def test_a_practice_without_spanish_pages_is_worked_for_in_spanish(
    app: Flask, office: Office, supervisor: Person, sit: Sit
) -> None:
    """What the practice wrote in English alone is shown in English; a text of ours takes the place of its wording."""
    running = app.extensions["quietword"]
    running.practice = replace(
        running.practice,
        languages=("en",),
        programs={"sabr": Program(label={"en": "Program of men"})},
        labels={"name": {"en": "What do we call you?"}},
    )
    seat = sit(supervisor)
    choose(seat, "es")

    asked, request = seat.look("/desk/new"), seat.look(f"/desk/{office.ask(program='sabr')}")

    assert (asked.status, request.status) == (200, 200)
    assert "¿Qué nombre debemos usar?" in asked.text
    assert "What do we call you?" not in asked.text
    assert "Program of men" in asked.text
    assert "Program of men" in request.text
