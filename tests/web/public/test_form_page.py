"""The empty form: what it shows, in which order, and how little it weighs."""

import gzip
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import current
from app.practice.facts import FORMATS, OPTIONAL_FIELDS
from app.practice.questions import QUESTIONS, Question
from app.web.questions.times import day_names
from tests.support.clock import Clock
from tests.web.public.conftest import WithPractice
from tests.web.public.visitor import Page, look, send
from tests.web.skippable import ALL, ANSWERS, AS_IT_IS, NONE

ORDER = ["age", "name", "way", "phone", "ok", "when", "state", "tz", "about", "lang", "note", "consent"]
LARGEST = 10 * 1024


def test_f22_the_page_asks_in_the_order_of_need(one_client: FlaskClient) -> None:
    page = look(one_client)

    marks = ["Need help right now?", "Could someone see you here?", *(f'name="{name}"' for name in ORDER)]
    places = [page.html.index(mark) for mark in [*marks, "</form>"]]

    assert places == sorted(places)


def test_f20_there_is_one_page_with_one_button_that_sends(one_client: FlaskClient) -> None:
    page = look(one_client)

    seen = [button for button in page.find("button") if "hidden" not in button and button.get("name") != "switch"]

    assert len(seen) == 1


def test_f20_what_can_be_skipped_is_under_one_fold_that_opens_for_what_was_said_there(one_client: FlaskClient) -> None:
    folded = ["about", "program", "lang", "note"]
    page = look(one_client)
    fold = page.html[page.html.index('<details class="field"') : page.html.index('name="box"')]

    assert [name for name in ORDER if f'name="{name}"' in fold] == [name for name in folded if name in ORDER]
    assert "(you can skip this)" in fold[: fold.index("</summary>")]
    assert _opens(one_client) == [False]
    for said in ({"lang": "es"}, {"note": "x"}, {"note": "x" * 501}):
        assert _opens(one_client, **said) == [True], said


@pytest.mark.parametrize("name", ANSWERS)
def test_f20_the_fold_opens_for_an_answer_to_each_question_there(with_practice: WithPractice, name: str) -> None:
    client = with_practice(AS_IT_IS, ALL)

    assert _opens(client) == [False]
    assert _opens(client, **{name: ANSWERS[name]}) == [True]


def _opens(client: FlaskClient, **said: str) -> list[bool]:
    page = Page(client.post("/", data={"lang": "en", **said}))
    return ["open" in fold for fold in page.find("details", **{"class": "field"})]


def test_a24_how_long_a_text_may_be_stands_in_its_hint(one_client: FlaskClient) -> None:
    """Before it is too long, and in words; nothing is cut off."""
    page = look(one_client)
    [note] = page.find("textarea", name="note")

    assert note["aria-describedby"] == "note-notes"
    assert "Up to 500 letters." in page.html[page.html.index('id="note-notes"') :].partition("<textarea")[0]


def test_f23_nothing_is_chosen_but_the_language_of_the_page(one_client: FlaskClient) -> None:
    for path, language in (("/", "en"), ("/es/", "es")):
        page = look(one_client, path)

        assert {name: page.chosen(name) for name in ORDER if page.chosen(name)} == {"lang": [language]}
        assert not page.value("name")
        assert not page.value("note")


def test_f26_the_trap_for_machines_says_that_it_stays_empty(one_client: FlaskClient) -> None:
    assert "Leave this box empty" in look(one_client).text


def test_f29_no_field_speaks_in_the_browsers_words(one_client: FlaskClient) -> None:
    page = look(one_client)

    assert "novalidate" in page.find("form")[0]
    for control in page.find("input") + page.find("textarea") + page.find("select"):
        assert not {"placeholder", "pattern", "required", "maxlength"} & control.keys()


def test_s15_the_browser_neither_keeps_nor_checks_what_is_typed(one_client: FlaskClient) -> None:
    page = look(one_client)

    assert page.find("form")[0]["autocomplete"] == "off"
    written = [field for field in page.find("input") if field["type"] in ("text", "tel", "email")]
    for control in written + page.find("textarea") + page.find("select"):
        assert control["autocomplete"] == "off"
    for control in [*page.find("input", name="name"), *page.find("input", name="phone"), *page.find("textarea")]:
        assert control["spellcheck"] == "false"
    assert page.find("textarea")[0]["writingsuggestions"] == "false"


def test_s16_a_link_before_the_first_field_leads_to_a_form_that_the_browser_may_fill_in(
    one_client: FlaskClient,
) -> None:
    """A-02: the purpose of name and number can be read by a machine there."""
    plain, filling = look(one_client), look(one_client, "/autofill")

    assert plain.html.index('href="/autofill"') < plain.html.index('name="age"')
    assert filling.find("input", name="name")[0]["autocomplete"] == "nickname"
    assert filling.find("input", name="phone")[0]["autocomplete"] == "tel"


def test_s16_a_form_that_the_browser_may_fill_in_stays_one_after_an_error(one_client: FlaskClient) -> None:
    ticket = look(one_client, "/autofill").ticket
    answer = one_client.post("/", data={"token": ticket})

    assert 'autocomplete="nickname"' in answer.get_data(as_text=True)


def test_s34_next_to_the_number_stands_who_may_see_the_call(one_client: FlaskClient) -> None:
    page = look(one_client)

    between = page.html[page.html.index('name="phone"') : page.html.index('name="ok"')]

    assert "Whoever pays the phone bill may see our call." in between


def test_s45_the_limits_of_privacy_stand_before_the_note(one_client: FlaskClient) -> None:
    page = look(one_client)

    assert page.html.index("There are a few limits.") < page.html.index("<textarea")


def test_s44_the_page_says_when_the_practice_answers_and_how_soon(one_client: FlaskClient) -> None:
    hours = "We answer Monday to Friday, 9 am to 5 pm, Arizona time."

    assert f"{hours} Most people hear from us within one work day." in look(one_client).text


def test_s07_title_and_addresses_say_nothing_of_the_matter(one_client: FlaskClient) -> None:
    telling = re.compile("betray|affair|porn|sex|addict|trauma|abuse|counsel", re.IGNORECASE)
    page = look(one_client)

    addresses = [found.get(key) or "" for _, found in page.elements for key in ("href", "src", "action", "formaction")]

    assert re.findall("<title>(.*?)</title>", page.html) == ["Contact us"]
    assert not [address for address in addresses if telling.search(address)]
    assert not [meta for meta in page.find("meta") if meta.get("name") not in (None, "viewport")]


def test_s40_age_is_the_first_question_and_takes_no_date(one_client: FlaskClient) -> None:
    page = look(one_client)

    names = [field["name"] for field in page.find("input") if field["name"] != "token"]

    assert names[0] == "age"
    assert not page.find("input", type="date")


def test_a01_each_field_has_a_label_and_each_description_exists(one_client: FlaskClient) -> None:
    page = look(one_client)
    ids = [str(found["id"]) for _, found in page.elements if found.get("id")]
    labelled = {label.get("for") for label in page.find("label")}

    described = [found["aria-describedby"] for _, found in page.elements if found.get("aria-describedby")]

    assert len(ids) == len(set(ids))
    assert set(described) <= set(ids)
    for name in ("name", "phone", "state", "tz", "lang", "note", "box"):
        assert name in labelled


def test_f06_each_box_of_the_week_says_its_day_and_its_part(one_client: FlaskClient) -> None:
    page = look(one_client)

    assert len(page.find("input", name="when")) == 21
    assert "Monday, Morning" in page.text
    assert "Sunday, Evening" in page.text


def test_f08_states_of_the_practice_come_first_and_abroad_last(one_client: FlaskClient) -> None:
    state = re.search(r'<select id="state".*?</select>', look(one_client).html, re.DOTALL)
    assert state

    codes = re.findall(r'value="([^"]*)"', state[0])

    assert codes[:2] == ["", "AZ"]
    assert codes[-1] == "XX"


def test_f13_to_f16_stand_there_only_when_the_practice_wants_them(with_practice: WithPractice) -> None:
    """F-13..F-16."""
    none = look(with_practice(AS_IT_IS, NONE))

    assert not [name for name in OPTIONAL_FIELDS if asks(none, name)]
    assert asks(none, "about")


def test_f13_to_f16_all_of_them_stand_under_the_fold_in_their_order(with_practice: WithPractice) -> None:
    page = look(with_practice(AS_IT_IS, ALL))

    assert all(asks(page, question.name) for question in QUESTIONS)
    places = [page.html.index(f'name="{name}"') for name in ("tz", *ANSWERS, "lang")]
    assert places == sorted(places)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_each_question_that_may_be_skipped_says_so_and_offers_its_answers(
    with_practice: WithPractice, question: Question
) -> None:
    page = look(with_practice(AS_IT_IS, ALL))

    assert f"{question.label} (you can skip this)" in page.text
    assert question.help in page.text
    for value, option in question.options.items():
        assert option.label in page.text
        assert f'value="{value}"' in page.html


def asks(page: Page, name: str) -> bool:
    return bool(page.find("input", name=name) or page.find("select", name=name))


@pytest.mark.parametrize("name", ANSWERS)
def test_f27_every_question_can_be_worded_by_the_practice(with_practice: WithPractice, name: str) -> None:
    own = f'[labels]\n{name} = {{ en = "Asked our way", es = "A nuestro modo" }}\n\n[hours]\n'
    client = with_practice("[hours]\n", f"{own}")
    running = client.application.extensions["quietword"]
    running.practice = replace(running.practice, optional_fields=OPTIONAL_FIELDS, meet=FORMATS)

    assert "Asked our way (you can skip this)" in look(client).text


def test_f27_a_practice_words_a_question_in_its_own_way(with_practice: WithPractice) -> None:
    own = '[labels]\nname = { en = "What do we call you?", es = "¿Cómo le llamamos?" }\n\n[hours]\n'
    client = with_practice("[hours]\n", own)

    assert "What do we call you?" in look(client).text
    assert "¿Cómo le llamamos?" in look(client, "/es/").text


def test_a_practice_with_one_language_shows_no_other(with_practice: WithPractice) -> None:
    client = with_practice('\nlanguages = ["en", "es"]', '\nlanguages = ["en"]')

    assert client.get("/es/").status_code == 404
    assert "Español" not in look(client).text


def test_s01_looking_leaves_no_cookie(one_client: FlaskClient) -> None:
    assert "Set-Cookie" not in one_client.get("/").headers


def test_each_showing_has_a_ticket_of_its_own(one_client: FlaskClient) -> None:
    assert len({look(one_client).ticket for _ in range(3)}) == 3


def test_a_warm_process_shows_the_form_without_asking_the_database(plain_app: Flask) -> None:
    client, statements = plain_app.test_client(), []
    look(client)
    with plain_app.app_context():
        event.listen(
            current.running().database.engine, "before_cursor_execute", lambda *said: statements.append(said[2])
        )

    look(client)
    look(client, "/es/")

    assert statements == []


@pytest.mark.parametrize("path", ["/", "/es/", "/autofill"])
def test_d13_form_stylesheet_and_script_weigh_ten_kilobytes_at_most(one_client: FlaskClient, path: str) -> None:
    page = look(one_client, path)
    loaded = [link["href"] for link in page.find("link")] + [script["src"] for script in page.find("script")]

    weight = sum(len(gzip.compress(one_client.get(str(part)).data, 9)) for part in [path, *loaded])

    assert len(loaded) == 2
    assert weight <= LARGEST


def test_d13_an_error_page_weighs_no_more(one_client: FlaskClient) -> None:
    parts = [
        one_client.post("/es/").data,
        *(one_client.get(f"/static/{name}").data for name in ("base.css", "leave.js")),
    ]

    assert sum(len(gzip.compress(part, 9)) for part in parts) <= LARGEST


def test_the_form_and_its_stylesheet_are_sent_compressed(one_client: FlaskClient) -> None:
    for path in ("/", "/static/base.css", "/help-lines"):
        answer = one_client.get(path, headers={"Accept-Encoding": "gzip, br"})

        assert answer.headers["Content-Encoding"] == "br"


def test_pages_that_mix_a_secret_with_typed_text_are_never_compressed(plain_client: FlaskClient, clock: Clock) -> None:
    compressing = {"Accept-Encoding": "gzip, br"}

    again = plain_client.post("/", data={"name": "Sam"}, headers=compressing)
    confirmation = plain_client.get(send(plain_client, clock).location, headers=compressing)

    assert (again.status_code, confirmation.status_code) == (422, 200)
    assert "Content-Encoding" not in again.headers
    assert "Content-Encoding" not in confirmation.headers


def test_days_have_their_names_in_both_languages(plain_app: Flask) -> None:
    with plain_app.test_request_context("/"):
        assert day_names()[0] == ("Mon", "Monday")
    with plain_app.test_request_context("/es/"):
        assert day_names()[6] == ("dom", "domingo")
