"""The seven words: however they are typed, for how long they last, and what too many wrong ones cost."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.crypto import words
from app.crypto.secretkey import Stale
from app.web.public import return_forms
from app.web.public.return_forms import ReturnTicket
from tests.support.clock import Clock
from tests.web.public.returning_client import (
    MESSAGE,
    WISHES,
    Comer,
    asked,
    asks_for_words,
    entries,
    ticket,
    typed_text,
    typed_words,
)
from tests.web.public.visitor import Page, look

NOTHING = "We found nothing for these words."


def unknown() -> str:
    return " ".join(words.return_code("en").words)


@pytest.mark.parametrize(
    "written",
    [
        str.upper,
        str.title,
        lambda code: code.replace(" ", "\n"),
        lambda code: code.replace(" ", ", ") + ".",
        lambda code: " ".join(f"{index}. {word}" for index, word in enumerate(code.split(), 1)),
        lambda code: f"  {code.replace(' ', '   ')} ",
        words.plain,
    ],
    ids=["capitals", "titles", "lines", "commas", "numbered", "spaces", "without accents"],
)
@pytest.mark.parametrize("path", ["/", "/es/"])
def test_words_are_taken_however_they_are_typed(
    plain_client: FlaskClient, clock: Clock, path: str, written: Callable[[str], str]
) -> None:
    """Case, accents and separators are ignored; either language's page takes both."""
    comer = asked(plain_client, clock, path)

    assert not asks_for_words(comer.enter(written(comer.words), "/return"))
    assert not asks_for_words(comer.enter(written(comer.words), "/es/return"))


def test_f24_a_word_that_is_in_no_list_is_named_and_nothing_is_lost(plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)
    typed = " ".join(["kingdum", "xxxxxxxx", *comer.words.split()[2:]])

    page = comer.enter(typed)

    assert page.status == 422
    assert "We do not know the word “kingdum”. Did you mean kingdom" in page.text
    assert "We do not know the word “xxxxxxxx”. Please check it." in page.text
    assert typed_words(page) == typed
    assert page.find("a", href="#code")


@pytest.mark.parametrize("typed", ["", "one", "a b c d e f g h", "x" * 5_000, "1 2 3 4 5 6 7", "\ud800"])
def test_f24_a_wrong_number_of_words_says_so(one_client: FlaskClient, typed: str) -> None:
    page = Page(one_client.post("/return", data={"code": typed.encode("utf-8", "replace")}))

    assert page.status == 422
    assert "Please enter all seven words, with a space between them." in page.text


def test_words_that_open_nothing_are_kept_and_said_to_open_nothing(one_client: FlaskClient) -> None:
    typed = unknown()

    page = Page(one_client.post("/return", data={"code": typed}))

    assert page.status == 422
    assert NOTHING in page.text
    assert typed_words(page) == typed


@pytest.mark.parametrize("part", ["message", "wishes", "withdraw", "undo"])
def test_unknown_words_answer_the_same_everywhere(one_client: FlaskClient, part: str) -> None:
    said = {"message": MESSAGE, "wishes": WISHES}.get(part, {})

    answer = one_client.post(f"/return/{part}", data={"code": unknown(), **said})

    assert answer.status_code == 422
    assert NOTHING in answer.get_data(as_text=True)


@pytest.mark.parametrize("part", ["message", "wishes", "withdraw"])
def test_every_part_takes_the_words_as_well_as_the_ticket(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock, part: str
) -> None:
    comer = asked(plain_client, clock)
    said = {"message": MESSAGE, "wishes": WISHES}.get(part, {})

    assert comer.page(part, comer.words, **said).status == 200
    assert entries(plain_app) == 2


def test_after_ten_minutes_the_words_are_asked_for_again_and_what_was_typed_is_sent_with_them(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    comer = asked(client, clock)
    code = comer.ticket()
    clock.forward(minutes=10, seconds=1)

    again = comer.page("message", code, **MESSAGE)

    assert again.status == 422
    assert "Ten minutes are over. Please enter your words again. Nothing is lost." in again.text
    assert asks_for_words(again)
    assert typed_words(again) == ""
    assert (again.chosen("say"), typed_text(again), entries(app)) == (["question"], "After five.", 1)
    for _ in range(2):
        sent = comer.page("message", comer.words, token=again.value("token"), **MESSAGE)
        assert sent.status == 200
    assert entries(app) == 2


def test_after_ten_minutes_wishes_and_a_number_are_kept(plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)
    code = comer.ticket()
    clock.forward(minutes=11)

    wished = comer.page("wishes", code, **{**WISHES, "ok": ["vm", "sms"]})
    number = comer.page("wishes", code, phone="480 555 0188")

    assert (wished.chosen("way"), wished.chosen("when"), wished.chosen("ok")) == (["call"], ["mon-am"], ["vm", "sms"])
    assert wished.chosen("tz") == ["America/Phoenix"]
    assert number.value("phone") == "480 555 0188"
    assert asks_for_words(wished)
    assert asks_for_words(number)


def test_ten_minutes_count_from_the_words_and_not_from_the_last_page(plain_client: FlaskClient, clock: Clock) -> None:
    """A page left open on a shared phone ends, however it was used."""
    comer = asked(plain_client, clock)
    page = comer.enter()
    clock.forward(minutes=9)
    page = comer.page("message", ticket(page), **MESSAGE)
    assert page.status == 200
    clock.forward(minutes=2)

    assert comer.page("message", ticket(page), **MESSAGE).status == 422


def test_v36_a_ticket_tells_nothing_and_cannot_be_changed(plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)
    code = comer.ticket()
    middle = len(code) // 2
    changed = code[:middle] + ("A" if code[middle] != "A" else "B") + code[middle + 1 :]

    assert not [word for word in comer.words.split() if word in code]
    for wrong in (changed, code[:-4], code + "AAAA", "gAAAAA", f"{code} {code}"):
        page = comer.page("withdraw", wrong)
        assert page.status == 422
        assert asks_for_words(page)
    assert not asks_for_words(comer.enter())


def test_v36_a_ticket_of_another_form_opens_nothing(plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)

    for other in (look(plain_client).ticket, str(look(plain_client, "/return").value("token"))):
        assert comer.page("withdraw", other).status == 422


def test_v36_a_ticket_of_another_installation_opens_nothing(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    code = asked(plain_client, clock).ticket()
    secret = type(plain_app.extensions["quietword"].vault.secret)([b"another installation's secret key"])

    with pytest.raises(Stale):
        ReturnTicket.read(secret, code, "", clock())


@given(st.text(max_size=500))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_v37_whatever_is_typed_is_answered_and_kept(one_client: FlaskClient, typed: str) -> None:
    sendable = typed.encode("utf-8", "ignore").decode()

    answer = one_client.post("/return", data={"code": sendable})

    assert answer.status_code in (422, 429)


def test_s10_s18_too_many_wrong_codes_wait_seconds_and_right_ones_never(
    plain_client: FlaskClient, clock: Clock
) -> None:
    """A shared exit: a school, a clinic, a phone company."""
    comer = asked(plain_client, clock)
    flood = [plain_client.post("/return", data={"code": unknown()}) for _ in range(60)]
    typed = unknown()

    waiting = plain_client.post("/return/message", data={"code": typed, **MESSAGE})
    page = Page(waiting)

    assert {answer.status_code for answer in flood[:10]} == {422}
    assert flood[-1].status_code == waiting.status_code == 429
    assert 0 < int(waiting.headers["Retry-After"]) <= 5
    assert "Please wait a few seconds and try again. Nothing is lost." in page.text
    assert (typed_words(page), typed_text(page)) == (typed, "After five.")
    assert [comer.enter().status for _ in range(30)] == [200] * 30
    assert comer.page("message", comer.words, **MESSAGE).status == 200


def test_s10_a_flood_leaves_other_networks_served(plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)
    for number in range(300):
        address = f"192.0.{number % 5}.7"
        plain_client.post("/return", data={"code": unknown()}, environ_overrides={"REMOTE_ADDR": address})

    answer = plain_client.post("/return", data={"code": comer.words}, environ_overrides={"REMOTE_ADDR": "198.51.100.7"})

    assert answer.status_code == 200


def test_a_typing_error_is_never_counted(one_client: FlaskClient) -> None:
    """A word in no list is answered without asking the database."""
    answers = {one_client.post("/return", data={"code": f"x{number} a b c d e f"}).status_code for number in range(40)}

    assert answers == {422}


def test_a08_asking_again_is_no_shorter_than_a_day(plain_client: FlaskClient, clock: Clock) -> None:
    """The page that asks for the words keeps its mark for 24 hours."""
    comer = Comer(plain_client, asked(plain_client, clock).words)
    mark = str(look(plain_client, "/return").value("token"))
    clock.forward(hours=23, minutes=59)

    assert comer.page("message", comer.words, token=mark, **MESSAGE).status == 200
    assert return_forms.is_ticket(comer.ticket())


@pytest.mark.parametrize("name", ["code"])
def test_s15_the_browser_neither_keeps_nor_checks_the_words(one_client: FlaskClient, name: str) -> None:
    [field] = look(one_client, "/return").find("textarea", name=name)

    assert (field["autocomplete"], field["spellcheck"], field["autocapitalize"]) == ("off", "false", "none")
    assert field["writingsuggestions"] == "false"
