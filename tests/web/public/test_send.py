"""Sending the form: what is taken, what is asked again, and what is never lost."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import current
from app.domain.intake import arrivals
from app.domain.intake.answers import Answers, Wishes
from app.web.public.forms import Ticket
from tests.support.clock import Clock
from tests.web.public.conftest import WithPractice
from tests.web.public.stored import kept
from tests.web.public.visitor import Page, fill, look, send
from tests.web.skippable import ALL, ANSWERS, AS_IT_IS


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Answers, Wishes]]:
    """Collects what the form hands on, which is sealed from then on."""
    heard: list[tuple[Answers, Wishes]] = []
    submit = arrivals.submit

    def listen(*args: Any, answers: Answers, wishes: Wishes, **more: Any) -> str:
        heard.append((answers, wishes))
        return submit(*args, answers=answers, wishes=wishes, **more)

    monkeypatch.setattr(arrivals, "submit", listen)
    return heard


def test_s12_a_good_form_is_kept_and_leads_to_its_confirmation(app: Flask, client: FlaskClient, clock: Clock) -> None:
    answer = send(client, clock)

    assert answer.status_code == 303
    assert answer.location.startswith("/done/")
    assert kept(app) == 1


def test_s14_the_same_form_sent_twice_is_one_request(app: Flask, client: FlaskClient, clock: Clock) -> None:
    form = fill(token=look(client).ticket)
    clock.forward(minutes=1)

    answers = [client.post("/", data=form) for _ in range(2)]

    assert answers[0].location == answers[1].location
    assert kept(app) == 1


def test_other_answers_on_the_same_page_are_a_request_of_their_own(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    ticket = look(client).ticket
    clock.forward(minutes=1)

    for name in ("Sam", "Alex"):
        client.post("/", data=fill(token=ticket, name=name))

    assert kept(app) == 2


def test_s40_nothing_of_a_minor_is_kept(plain_app: Flask, plain_client: FlaskClient, clock: Clock) -> None:
    answer = send(plain_client, clock, age="minor")
    spanish = send(plain_client, clock, "/es/", age="minor")

    assert (answer.status_code, answer.location) == (303, "/teen")
    assert (spanish.status_code, spanish.location) == (303, "/es/teen")
    assert kept(plain_app) == 0


def test_s40_a_minor_is_believed_whatever_else_was_sent(plain_app: Flask, plain_client: FlaskClient) -> None:
    answer = plain_client.post("/", data={"age": ["adult", "minor"], "name": "Sam"})

    assert answer.location == "/teen"
    assert kept(plain_app) == 0


def test_what_was_said_is_handed_on_as_it_was_meant(
    plain_client: FlaskClient, clock: Clock, said: list[tuple[Answers, Wishes]]
) -> None:
    """F-01..F-11, in the values of the contract."""
    send(plain_client, clock, phone="(602) 555-0199 x12", when=["tue-pm", "mon-am", "mon-am"], program="sabr")

    [(answers, wishes)] = said
    assert (answers.name, answers.phone, answers.extension) == ("Sam", "+16025550199", "12")
    assert (answers.state, answers.about, answers.program, answers.language) == ("AZ", "betrayed", "sabr", "en")
    assert answers.note == "After work is best."
    assert not [name for name in ANSWERS if name not in ("about", "program") and getattr(answers, name) is not None]
    assert (wishes.way, wishes.when, wishes.zone) == ("call", ("mon-am", "tue-pm"), "America/Phoenix")


def test_f13_to_f16_what_may_be_skipped_is_handed_on_as_it_was_meant(
    with_practice: WithPractice, clock: Clock, said: list[tuple[Answers, Wishes]]
) -> None:
    client = with_practice(AS_IT_IS, ALL)

    send(client, clock, **ANSWERS)
    send(client, clock, about=None)

    full, empty = (answers for answers, _ in said)
    assert {name: getattr(full, name) for name in ANSWERS} == ANSWERS
    assert {getattr(empty, name) for name in ANSWERS} == {None}


def test_s50_a_permission_that_was_not_given_is_a_no(
    plain_client: FlaskClient, clock: Clock, said: list[tuple[Answers, Wishes]]
) -> None:
    """F-05: a box that is left empty."""
    send(plain_client, clock, ok=None)
    send(plain_client, clock, ok=["sms"])

    none, only_text = (wishes for _, wishes in said)
    assert (none.voicemail, none.text, none.ask, none.say_practice) == (False, False, False, False)
    assert (only_text.voicemail, only_text.text, only_text.ask, only_text.say_practice) == (False, True, False, False)


def test_f03_who_will_call_need_give_neither_number_nor_times(
    plain_client: FlaskClient, clock: Clock, said: list[tuple[Answers, Wishes]]
) -> None:
    answer = send(plain_client, clock, way="icall", phone=None, when=None, tz=None)

    assert answer.status_code == 303
    assert said[0][0].phone is None
    assert said[0][1].zone is None


def test_f08_a_state_without_a_license_is_taken(
    plain_client: FlaskClient, clock: Clock, said: list[tuple[Answers, Wishes]]
) -> None:
    assert send(plain_client, clock, state="XX").status_code == 303
    assert said[0][0].state == "XX"


def test_f14_a_request_about_a_teen_is_for_the_teen_program(
    plain_client: FlaskClient, clock: Clock, said: list[tuple[Answers, Wishes]]
) -> None:
    send(plain_client, clock, about="teen", program=None)

    assert said[0][0].program == "band-of-brothers"


def test_f10_the_call_is_in_the_language_of_the_page_unless_chosen(
    plain_client: FlaskClient, clock: Clock, said: list[tuple[Answers, Wishes]]
) -> None:
    send(plain_client, clock, "/es/", lang=None)

    assert said[0][0].language == "es"


def test_unknown_fields_are_ignored(plain_client: FlaskClient, clock: Clock) -> None:
    assert send(plain_client, clock, surprise="1", email="not asked for").status_code == 303


MISTAKES = [
    ("age", {"age": None}, "Choose your age. We ask because the law is different for people under 18."),
    ("name", {"name": " "}, "Enter a name we can use. It does not have to be your real name."),
    ("name", {"name": "x" * 61}, "Use a shorter name, up to 60 letters."),
    ("way", {"way": None}, "Choose if we should call you or if you will call us."),
    ("phone", {"phone": ""}, "Enter a phone number so we can call you, or choose “I will call you”."),
    ("phone", {"phone": "911"}, "Check the phone number. It should have 10 digits, like 602 555 0199."),
    ("phone", {"phone": "900 555 1234"}, "We can't call that number. Enter a home or cell phone number."),
    ("when", {"when": None}, "Check at least one time that is safe for you."),
    (
        "when",
        {"when": ["sun-eve"], "tz": "America/New_York"},
        (
            "We are not open then. Our hours are Monday to Thursday, 9 am to 6 pm; Friday, 9 am to 5 pm, "
            "Arizona time, which is Monday to Thursday, 11 am to 8 pm; Friday, 11 am to 7 pm for you."
        ),
    ),
    ("tz", {"tz": ""}, "Choose your time zone from the list."),
    ("state", {"state": ""}, "Choose the state you will be in, or “Outside the U.S.”"),
    ("lang", {"lang": "tlh"}, "Choose a language from the list."),
    ("note", {"note": "x" * 501}, "Make your note shorter. It can be up to 500 letters, or about 80 words."),
    ("consent", {"consent": None}, "Check the box so that we have your OK to contact you."),
]


@pytest.mark.parametrize(
    ("field", "changes", "sentence"), MISTAKES, ids=[f"{name}-{words[:24]}" for name, _, words in MISTAKES]
)
def test_a03_each_mistake_is_named_above_and_at_its_field(
    one_client: FlaskClient, one_clock: Clock, field: str, changes: dict[str, Any], sentence: str
) -> None:
    """F-01..F-08, F-10..F-12: in the words that were written for it."""
    page = Page(send(one_client, one_clock, **changes))

    assert page.status == 422
    assert page.text.count(sentence) == 2
    assert page.find("a", href=f"#{field}")
    assert [found for _, found in page.elements if found.get("id") == field]
    assert "<title>Error: Contact us</title>" in page.html


def test_f24_after_an_error_everything_typed_is_still_there(one_client: FlaskClient, one_clock: Clock) -> None:
    note = 'Line one\nLine <two> & "three"'
    page = Page(send(one_client, one_clock, consent=None, name="Zoë", note=note, program="tribe"))

    assert (page.value("name"), page.value("phone"), page.value("note")) == ("Zoë", "602 555 0199", note)
    assert page.chosen("age") == ["adult"]
    assert page.chosen("ok") == ["vm", "ask"]
    assert page.chosen("when") == ["mon-am", "tue-pm"]
    assert (page.chosen("tz"), page.chosen("state"), page.chosen("program")) == (["America/Phoenix"], ["AZ"], ["tribe"])
    assert "Nothing you typed is lost." in page.text


def test_a03_the_summary_is_above_the_heading_and_takes_the_focus_without_a_script(one_client: FlaskClient) -> None:
    page = Page(one_client.post("/"))

    [summary] = [found for _, found in page.elements if "autofocus" in found]
    assert summary["tabindex"] == "-1"
    assert page.html.index('role="alert"') < page.html.index("<h1>")


def test_f25_the_other_language_keeps_what_was_typed(plain_app: Flask, plain_client: FlaskClient, clock: Clock) -> None:
    english = look(plain_client)
    clock.forward(minutes=1)

    spanish = Page(plain_client.post("/es/", data=fill(token=english.ticket, switch="es", name="Zoë", consent=None)))

    assert spanish.status == 200
    assert "¿Qué nombre debemos usar?" in spanish.text
    assert "Hay un problema" not in spanish.text
    assert (spanish.value("name"), spanish.chosen("when")) == ("Zoë", ["mon-am", "tue-pm"])
    assert spanish.chosen("lang") == ["es"]
    sent = plain_client.post("/es/", data=fill(token=spanish.ticket))
    assert sent.location.startswith("/es/done/")
    assert kept(plain_app) == 1


def test_f25_the_button_leads_to_the_other_language_and_enter_still_sends(one_client: FlaskClient) -> None:
    page = look(one_client)

    first, *others = page.find("button")

    assert "hidden" in first
    assert "name" not in first
    [switch] = [button for button in others if button.get("name") == "switch"]
    assert (switch["formaction"], switch["value"]) == ("/es/", "es")
    assert "formnovalidate" in switch


def test_a_database_that_is_down_gives_phone_numbers_and_keeps_everything_typed(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = fill(token=look(plain_client).ticket)
    clock.forward(minutes=1)

    def down(*_args: object, **_kwargs: object) -> str:
        raise current.Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(arrivals, "submit", down)
        answer = plain_client.post("/", data=form)
    page = Page(answer)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Nothing is lost: what you typed is below. Please call us at 480-555-0142" in page.text
    assert (page.value("name"), page.chosen("when")) == ("Sam", ["mon-am", "tue-pm"])
    assert plain_client.post("/", data={**form, "token": page.ticket}).status_code == 303
    assert kept(plain_app) == 1


def test_before_anybody_could_open_a_request_none_is_taken(unfinished_app: Flask, clock: Clock) -> None:
    client = unfinished_app.test_client()
    with unfinished_app.app_context():
        ticket = Ticket.new(clock(), autofill=False).seasoned().issue(current.secret(), "en", clock())

    closed, answer = client.get("/"), client.post("/", data=fill(token=ticket))

    assert (closed.status_code, answer.status_code) == (503, 503)
    assert Page(answer).value("name") == "Sam"
    assert kept(unfinished_app) == 0


def test_while_nobody_would_be_told_the_form_is_closed_but_a_request_is_taken(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    form = fill(token=look(plain_client).ticket)
    clock.forward(minutes=11)

    closed = plain_client.get("/")
    sent = plain_client.post("/", data=form)

    assert closed.status_code == 503
    assert closed.headers["Retry-After"]
    assert "480-555-0142" in Page(closed).text
    assert "Crisis Text Line" in Page(closed).text
    assert not Page(closed).find("form")
    assert sent.status_code == 303
    assert "Our team may be told late today." in look(plain_client, sent.location).text
    assert kept(plain_app) == 1


def test_f13_an_address_is_kept_as_it_works(
    with_practice: WithPractice, clock: Clock, said: list[tuple[Answers, Wishes]]
) -> None:
    client = with_practice(AS_IT_IS, ALL)

    wrong = Page(send(client, clock, email="sam@", pronouns="x" * 31))
    send(client, clock, email=" Sam@Example.COM ", pronouns="she")

    assert "Check the email address. It should look like name@example.com." in wrong.text
    assert "Use up to 30 letters here." in wrong.text
    assert wrong.value("email") == "sam@"
    assert (said[0][0].email, said[0][0].pronouns) == ("Sam@example.com", "she")
