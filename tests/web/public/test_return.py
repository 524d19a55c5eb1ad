"""The return page: what it shows, what can be written on it, and how contact is stopped."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app import current
from app.domain.intake import returning
from app.domain.work import Party
from app.models import Intake, Status
from app.web.questions import choices
from tests.support.clock import Clock
from tests.web.public.conftest import WithPractice
from tests.web.public.returning_client import MESSAGE, WISHES, asked, entries, news, the_intake, ticket, typed_text
from tests.web.public.visitor import look, send

PARTS = ["message", "wishes", "withdraw", "undo"]


def change(app: Flask, **columns: object) -> None:
    with app.app_context(), current.work(Party.OPERATOR) as work:
        work.session.execute(update(Intake).values(**columns))


def test_the_words_show_how_the_request_stands_and_nothing_that_was_told(client: FlaskClient, clock: Clock) -> None:
    """S-09."""
    told = {"name": "Markername", "note": "Markernote", "phone": "602 555 0123"}

    page = asked(client, clock, **told).enter()

    assert page.status == 200
    assert "We have your request. It is waiting for a counselor." in page.text
    assert not [word for word in ("Markername", "Markernote", "5550123", "555 0123", "trust") if word in page.html]
    assert not [box for box in page.find("input") + page.find("option") if "checked" in box or "selected" in box]
    assert page.find("input", id="phone")[0]["value"] == ""


def test_no_address_ever_holds_the_words_or_the_ticket(plain_client: FlaskClient, clock: Clock) -> None:
    """S-09: the code only in a form body."""
    page = asked(plain_client, clock).enter()

    addresses = [
        str(value) for _, found in page.elements for name, value in found.items() if name in ("href", "action", "src")
    ]
    assert not [address for address in addresses if urlsplit(address).query or "gAAAA" in address]


@pytest.mark.parametrize("part", ["", *(f"/{part}" for part in PARTS)])
def test_a_practice_without_return_codes_has_no_such_page(with_practice: WithPractice, part: str) -> None:
    client = with_practice("return_code = true", "return_code = false")

    assert client.post(f"/return{part}").status_code == 404
    assert client.get("/return").status_code == 404
    assert client.get("/es/return").status_code == 404
    assert not look(client).find("a", href="/return")


@pytest.mark.parametrize("part", PARTS)
def test_v42_looking_changes_nothing(plain_client: FlaskClient, part: str) -> None:
    assert plain_client.get(f"/return/{part}").status_code == 405


def test_s35_help_lines_and_the_promise_stand_above_the_message(plain_client: FlaskClient, clock: Clock) -> None:
    html = asked(plain_client, clock).enter().html

    order = [html.index(sign) for sign in ("988", "A counselor will read this by Monday, November 23", 'name="say"')]

    assert order == sorted(order)


def test_a_message_is_taken_told_and_thanked_for(app: Flask, client: FlaskClient, clock: Clock) -> None:
    comer = asked(client, clock)

    page = comer.page("message", **MESSAGE)

    assert page.status == 200
    assert "Thank you. We have your message. A counselor will read it by Monday, November 23, 6 pm" in page.text
    assert "After five." not in page.html
    assert entries(app) == 2
    assert (the_intake(app).heard_at, news(app)) != (None, 0)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"say": "", "text": "x"}, "Choose what you want to tell us."),
        ({"say": "made up", "text": "x"}, "Choose what you want to tell us."),
        ({"say": "still", "text": "ñ" * 201}, "Make it shorter. It can be up to 200 letters, or about 35 words."),
    ],
)
def test_f24_a_message_with_a_mistake_is_kept(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock, said: dict[str, str], error: str
) -> None:
    page = asked(plain_client, clock).page("message", **said)

    assert page.status == 422
    assert error in page.text
    assert typed_text(page) == said["text"]
    assert entries(plain_app) == 1


def test_200_letters_of_any_language_are_taken(plain_app: Flask, plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)

    for text in ("ñ" * 200, "😀" * 200, '"\\' * 100, "<b>&amp;" * 25):
        assert comer.page("message", say="still", text=text).status == 200

    assert entries(plain_app) == 5


def test_wishes_are_taken_and_never_shown_again(app: Flask, client: FlaskClient, clock: Clock) -> None:
    page = asked(client, clock).page("wishes", **WISHES)

    assert page.status == 200
    assert "What you left out stops now. We ask you before we do anything new." in page.text
    assert page.chosen("when") == page.chosen("way") == page.chosen("ok") == []
    assert entries(app) == 2


def test_f24_wishes_with_a_mistake_are_kept(plain_app: Flask, plain_client: FlaskClient, clock: Clock) -> None:
    page = asked(plain_client, clock).page("wishes", way="call", ok=["sms", "ask"], when=["tue-pm"], tz="")

    assert page.status == 422
    assert "Choose your time zone from the list." in page.text
    assert (page.chosen("ok"), page.chosen("when")) == (["sms", "ask"], ["tue-pm"])
    assert entries(plain_app) == 1


def test_who_will_call_needs_no_times(plain_app: Flask, plain_client: FlaskClient, clock: Clock) -> None:
    assert asked(plain_client, clock).page("wishes", way="icall", tz="").status == 200
    assert entries(plain_app) == 2


def test_a_new_number_is_taken_and_never_shown_again(app: Flask, client: FlaskClient, clock: Clock) -> None:
    page = asked(client, clock).page("wishes", phone="480 555 0188")

    assert "We have the new number. We will first check that it is yours." in page.text
    assert not re.search(r"555.?0188", page.html)
    assert entries(app) == 2


@pytest.mark.parametrize(
    ("phone", "error"),
    [
        ("", "Enter the new phone number."),
        ("12", "Check the phone number. It should have 10 digits, like 602 555 0199."),
        ("900 555 1234", "We can't call that number. Enter a home or cell phone number."),
    ],
)
def test_f04_a_number_with_a_mistake_is_kept(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock, phone: str, error: str
) -> None:
    page = asked(plain_client, clock).page("wishes", phone=phone)

    assert (page.status, page.value("phone")) == (422, phone)
    assert error in page.text
    assert entries(plain_app) == 1


def test_wishes_and_a_number_in_one_post_are_two_entries_or_none(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    comer = asked(plain_client, clock)

    wrong = comer.page("wishes", **WISHES, phone="12")
    right = comer.page("wishes", **WISHES, phone="480 555 0188")

    assert (wrong.status, wrong.value("phone"), wrong.chosen("when")) == (422, "12", ["mon-am"])
    assert (right.status, entries(plain_app)) == (200, 3)


def test_s14_a_page_that_is_sent_twice_writes_once(app: Flask, client: FlaskClient, clock: Clock) -> None:
    """A reload, a double tap, Back and send again."""
    comer = asked(client, clock)
    code = comer.ticket()
    parts = [("message", MESSAGE), ("wishes", WISHES), ("wishes", {"phone": "480 555 0188"}), ("withdraw", {})]

    answers = [comer.post(part, code, **said).status_code for _ in range(3) for part, said in parts]

    assert answers == [200] * 12
    assert entries(app) == 5


def test_s47_contact_is_stopped_and_can_be_taken_up_again(app: Flask, client: FlaskClient, clock: Clock) -> None:
    comer = asked(client, clock)

    stopped = comer.page("withdraw")
    status = the_intake(app).status
    again = comer.page("undo", ticket(stopped))

    assert "We have stopped contact. We will not call you." in stopped.text
    assert "Until Tuesday, November 24, 8 am, Arizona time you can change your mind." in stopped.text
    assert not stopped.find("form", action="/return/message")
    assert status is Status.WITHDRAWN
    assert "Your request is back. We can call you again." in again.text
    assert the_intake(app).status is Status.WAITING


def test_s47_under_a_hold_the_page_says_what_the_law_asks(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    comer = asked(plain_client, clock)
    change(plain_app, held=True)

    page = comer.page("withdraw")

    assert "We have stopped contact. The law asks us to keep the record for now." in page.text
    assert "We delete" not in page.text


def test_s47_too_late_to_undo_leads_to_the_phone(plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)
    comer.page("withdraw")
    clock.forward(hours=24)

    page = comer.page("undo")

    assert page.status == 409
    assert "That is not possible any more. Please call us at 480-555-0142." in page.text


def test_a_call_that_may_be_starting_is_told(plain_app: Flask, plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)
    quiet = comer.enter()
    change(plain_app, calling_until=clock() + timedelta(minutes=2))

    assert "A call may be starting right now." not in quiet.text
    assert "A call may be starting right now." in comer.enter().text
    assert "A call may be starting right now." in comer.page("withdraw").text


def test_what_is_sent_to_a_withdrawn_request_is_kept(plain_app: Flask, plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)
    code = comer.ticket()
    comer.page("withdraw")

    page = comer.page("message", code, **MESSAGE)

    assert page.status == 409
    assert "You took your request back. Undo that first, and then send this again." in page.text
    assert typed_text(page) == "After five."
    assert entries(plain_app) == 2


def test_staff_answers_are_shown_in_fixed_words(plain_app: Flask, plain_client: FlaskClient) -> None:
    with plain_app.test_request_context("/return"):
        practice = current.practice()
        texts = [choices.reply(template, practice) for template in returning.TEMPLATES]
        unknown = choices.reply("of another version", practice)

    assert len(set(texts)) == len(texts)
    assert "480-555-0142" in unknown


def test_the_confirmation_says_where_to_use_the_words(plain_client: FlaskClient, clock: Clock) -> None:
    confirmation = look(plain_client, send(plain_client, clock).location)

    assert "Enter them at localhost/return to read our answers" in confirmation.text
    assert "After that, use your return words, or call us" in confirmation.text
    assert look(plain_client).find("a", href="/return")
