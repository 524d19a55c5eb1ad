"""Whatever is sent to the form: it is asked again with everything kept, or kept as it was meant. Never 500."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.practice.facts import OPTIONAL_FIELDS
from tests.support.clock import Clock
from tests.web.public.conftest import WithPractice
from tests.web.public.visitor import GOOD, Page, fill, look
from tests.web.skippable import ALL, ANSWERS, AS_IT_IS

FIELDS = [*GOOD, *OPTIONAL_FIELDS, "token", "box", "switch"]

WAYS: dict[str, Callable[[str], list[str]]] = {
    "missing": lambda _good: [],
    "too long": lambda good: [good + "x" * 600],
    "of a wrong type": lambda _good: ['{"a": [1, null]}'],
    "with control characters": lambda good: [f"\x00{good}\x07\x1b[31m\x7f\r\n\t\x85\u2028"],
    "with emoji": lambda good: [f"{good} 😀👩‍👩‍👧🏳️‍🌈"],
    "from right to left": lambda good: [f"\u202e{good}\u2069 שלום مرحبا\u200f"],
    "of ten thousand characters": lambda _good: ["ñ" * 10_000],
    "twice": lambda good: [good, f"{good} again"],
    "twice the same": lambda good: [good, good],
}


@pytest.fixture(scope="module")
def many(one_client: FlaskClient, one_clock: Clock) -> tuple[FlaskClient, Clock]:
    return one_client, one_clock


@pytest.fixture(autouse=True)
def _soon(many: tuple[FlaskClient, Clock]) -> None:
    """Keep the clock where the service has just started: it is to be the form that answers."""
    client, clock = many
    clock.set(client.application.extensions["quietword"].started_at)


def _good(name: str) -> str:
    value = GOOD.get(name, ANSWERS.get(name, "x"))
    return value[0] if isinstance(value, list) else str(value)


def _sent(client: FlaskClient, clock: Clock, name: str, values: list[str]) -> TestResponse:
    ticket = look(client).ticket
    clock.forward(seconds=2)
    form = MultiDict(fill(token=ticket))
    form.setlist(name, values)
    return client.post("/", data=form)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FIELDS)
def test_v44_a_strange_field_is_asked_again_or_taken(many: tuple[FlaskClient, Clock], name: str, way: str) -> None:
    client, clock = many

    answer = _sent(client, clock, name, WAYS[way](_good(name)))

    assert answer.status_code in {200, 303, 422}
    if answer.status_code == 422:
        kept = Page(answer)
        assert name == "name" or kept.value("name") == "Sam"
        assert name == "note" or kept.value("note") == "After work is best."
        assert name == "when" or kept.chosen("when") == ["mon-am", "tue-pm"]


@pytest.mark.parametrize("name", FIELDS)
def test_v44_bytes_that_are_no_text_never_break_the_form(many: tuple[FlaskClient, Clock], name: str) -> None:
    client, clock = many
    ticket = look(client).ticket
    clock.forward(seconds=2)

    for raw in (b"\xff\xfe", b"%FF%FE"):
        parts = [
            f"{quote_plus(key)}={quote_plus(value)}".encode()
            for key, value in MultiDict(fill(token=ticket)).items(multi=True)
            if key != name
        ]
        body = b"&".join([*parts, name.encode() + b"=Sam" + raw])
        answer = client.post("/", data=body, content_type="application/x-www-form-urlencoded")

        assert answer.status_code in {200, 303, 422}
        assert answer.status_code != 422 or name == "note" or Page(answer).value("note") == "After work is best."


def test_letters_that_could_not_be_read_are_asked_for_again(many: tuple[FlaskClient, Clock]) -> None:
    client, _ = many
    raw = b"name=S\xffm&note=Call+late"

    page = Page(client.post("/", data=raw, content_type="application/x-www-form-urlencoded"))

    assert page.status == 422
    assert "We could not read some letters here. Please type them again." in page.text
    assert (page.value("name"), page.value("note")) == ("S\ufffdm", "Call late")


def test_an_answer_that_came_twice_is_shown_whole_and_asked_about(many: tuple[FlaskClient, Clock]) -> None:
    client, clock = many

    page = Page(_sent(client, clock, "name", ["Sam", "Alex"]))

    assert page.value("name") == "Sam Alex"
    assert "This answer came twice. Keep one and send it again." in page.text


@pytest.mark.parametrize("name", ["way", "state", "tz", "lang", "about"])
def test_two_choices_where_one_is_meant_are_no_choice(many: tuple[FlaskClient, Clock], name: str) -> None:
    other = {"way": "icall", "state": "TX", "tz": "Europe/London", "lang": "es", "about": "couple"}[name]
    client, clock = many

    page = Page(_sent(client, clock, name, [_good(name), other]))

    assert page.status == 422
    assert page.chosen(name) == []


@pytest.mark.parametrize("name", ["name", "note"])
def test_ten_thousand_letters_come_back_without_a_cut(many: tuple[FlaskClient, Clock], name: str) -> None:
    client, clock = many

    page = Page(_sent(client, clock, name, ["ñ" * 10_000]))

    assert page.status == 422
    assert page.value(name) == "ñ" * 10_000


def test_text_in_a_form_is_never_part_of_the_page(many: tuple[FlaskClient, Clock]) -> None:
    client, _ = many
    attack = '"><script>alert(1)</script></textarea><img src=x onerror=alert(1)>{{ 7*7 }}%(phone)s'

    for name in ("name", "phone", "note", "box", "token", "state", "lang"):
        page = Page(client.post("/", data={**fill(consent=None), name: attack}))

        assert page.status == 422
        assert len(page.find("script")) == 1
        assert not page.find("img")


def test_a_body_over_64_kilobytes_gets_a_plain_page(many: tuple[FlaskClient, Clock]) -> None:
    client, _ = many

    answer = client.post("/", data={"note": "x" * 66_000})

    assert answer.status_code == 413
    assert "480-555-0142" in Page(answer).text


def test_what_is_no_form_gets_a_plain_page(many: tuple[FlaskClient, Clock]) -> None:
    client, _ = many

    assert client.post("/", json={"name": "Sam"}).status_code == 415
    assert client.put("/", data={"name": "Sam"}).status_code == 405


def test_s19_a_post_that_another_site_made_is_refused(many: tuple[FlaskClient, Clock]) -> None:
    client, clock = many
    ticket = look(client).ticket
    clock.forward(seconds=2)

    answer = client.post("/", data=fill(token=ticket), headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


def test_optional_fields_meet_the_same_input(with_practice: WithPractice, clock: Clock) -> None:
    client = with_practice(AS_IT_IS, ALL)
    app: Flask = client.application

    for name in OPTIONAL_FIELDS:
        for way, make in WAYS.items():
            clock.set(app.extensions["quietword"].started_at)
            values: Any = make(_good(name))
            answer = _sent(client, clock, name, values)
            assert answer.status_code in {303, 422}, (name, way)
