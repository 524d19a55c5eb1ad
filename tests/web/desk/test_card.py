"""The contact card: first whether to call now, then everything a safe call needs."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.intake import opening
from app.domain.intake.answers import Answers, Wishes
from app.models import LogKind
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page

NEW_YORK = Wishes("call", when=("mon-am", "mon-eve", "tue-pm"), zone="America/New_York")


def write(office: Office, person: Person, client: Client, kind: LogKind, **value: Any) -> None:
    with office.work(person) as work:
        opening.write(work, opening.unlock(work, client.reference), kind, value)


def shown(office: Office, sit: Sit, said: Answers = builders.SAID, wished: Wishes = builders.WISHED) -> Page:
    supervisor = office.found()
    return sit(supervisor).look(f"/desk/{returning_clients.client(office, said=said, wished=wished).reference}")


@pytest.mark.parametrize(
    ("at", "there", "outlook"),
    [
        pytest.param("2026-11-23 13:59", "Mon 8:59 am", "Not now, safe from 9 am", id="a minute before"),
        pytest.param("2026-11-23 14:00", "Mon 9:00 am", "Safe now until noon", id="from nine"),
        pytest.param("2026-11-23 16:59", "Mon 11:59 am", "Safe now until noon", id="until noon"),
        pytest.param("2026-11-23 17:00", "Mon 12:00 pm", "Not now, safe from 5 pm", id="at noon"),
        pytest.param("2026-11-24 00:30", "Mon 7:30 pm", "Safe now until 8 pm", id="evening"),
        pytest.param("2026-11-24 01:00", "Mon 8:00 pm", "Not today, next Tue noon", id="night"),
        pytest.param("2026-11-24 05:00", "Tue 12:00 am", "Not now, safe from noon", id="midnight"),
        pytest.param("2026-11-24 23:00", "Tue 6:00 pm", "Not today, next Mon 9 am", id="another day"),
        pytest.param("2026-03-09 12:59", "Mon 8:59 am", "Not now, safe from 9 am", id="after spring's change"),
        pytest.param("2026-11-02 14:00", "Mon 9:00 am", "Safe now until noon", id="after fall's change"),
    ],
)
def test_first_of_all_the_card_says_whether_it_is_safe_now(
    office: Office, sit: Sit, clock: Clock, at: str, there: str, outlook: str
) -> None:
    """S-51, S-52: their own clock decides, wherever the practice is."""
    clock.set(datetime.fromisoformat(at).replace(tzinfo=UTC))

    page = shown(office, sit, wished=NEW_YORK)

    assert f"{outlook} Sam" in page.text
    assert f"Now there {there} (New York)" in page.text


@pytest.mark.parametrize(
    ("wished", "outlook"),
    [(Wishes("icall"), "They will call us Sam"), (replace(NEW_YORK, when=()), "No safe time is known Sam")],
    ids=["they call", "nothing left"],
)
def test_without_a_safe_time_the_card_says_so(office: Office, sit: Sit, wished: Wishes, outlook: str) -> None:
    """S-52: what is left of changed wishes may be no time at all."""
    assert outlook in shown(office, sit, wished=wished).text


@pytest.mark.parametrize(("days", "told"), [(6, False), (7, True), (20, True)])
def test_f06_times_that_are_a_week_old_are_asked_about_again(
    office: Office, sit: Sit, clock: Clock, days: int, told: bool
) -> None:
    supervisor = office.found()
    client = returning_clients.client(office)
    clock.forward(days=days)

    page = sit(office.renewed(supervisor)).look(f"/desk/{client.reference}")

    assert (f"These times are {days} days old: ask again first." in page.text) is told
    client.wish(builders.WISHED)
    assert "days old" not in sit(supervisor).look(f"/desk/{client.reference}").text


def test_burnt_words_are_not_shown_and_the_card_says_what_to_ask(office: Office, sit: Sit) -> None:
    """S-55: after somebody else answered, whoever knows the words may be anybody."""
    supervisor = office.found()
    client = returning_clients.client(office)
    words = returning_clients.opened(office, supervisor, client.reference).answers.words
    call = {"outcome": "other_person", "direction": "out", "happened_at": "2026-11-23T15:00"}
    write(office, supervisor, client, LogKind.ATTEMPT, **call)

    page = sit(supervisor).look(f"/desk/{client.reference}")

    assert "These words are burnt: somebody else answered." in page.text
    assert "ask which name they gave us and one time they checked, and offer neither." in page.text
    assert "You say first" not in page.text
    assert not [word for word in words if word in page.text.lower().split()]

    write(office, supervisor, client, LogKind.WORDS, words=["amber", "kettle"])
    page = sit(supervisor).look(f"/desk/{client.reference}")
    assert "You say first amber They answer kettle" in page.text
    assert "burnt" not in page.text


def test_who_calls_us_says_both_words_and_we_say_neither(office: Office, sit: Sit) -> None:
    """S-51: picking up the phone is no call of ours."""
    page = shown(office, sit, said=builders.SAID, wished=Wishes("icall"))

    assert re.search(r"They say first \w+ And then \w+", page.text)
    assert "When they call, say neither word: ask for both, and type them in." in page.text
    assert "What to say, word for word" not in page.text


def test_where_they_said_they_are_counts_more_than_what_they_wrote(office: Office, sit: Sit) -> None:
    """S-51: the license of the state they are in decides."""
    supervisor = office.found()
    client = returning_clients.client(office)
    seat, warning = sit(supervisor), "Check first: nobody here is licensed there"
    page = seat.look(f"/desk/{client.reference}")
    assert "They will be in AZ" in page.text
    assert warning not in page.text

    write(office, supervisor, client, LogKind.LOCATION, state="AZ")
    write(office, supervisor, client, LogKind.LOCATION, state="TX")
    page = seat.look(f"/desk/{client.reference}")
    assert "They are in TX asked Mon 23 Nov, 8:00 am" in page.text
    assert warning in page.text

    write(office, supervisor, client, LogKind.LOCATION, state="XX")
    assert "They are in another country" in seat.look(f"/desk/{client.reference}").text


@pytest.mark.parametrize(("language", "spoken"), [("en", "English"), ("es", "Spanish"), ("other", "Another language")])
def test_the_card_says_which_language_they_speak_and_marks_what_is_said_in_it(
    office: Office, sit: Sit, language: str, spoken: str
) -> None:
    """S-51, A-19."""
    page = shown(office, sit, said=replace(builders.SAID, language=language))

    assert f"Speak {spoken}" in page.text
    assert page.find("dd", lang="es" if language == "es" else "en")
    assert ("Say the same in their language." in page.text) is (language == "other")


def test_what_is_not_allowed_is_no_sentence_to_say(office: Office, sit: Sit) -> None:
    """S-50, S-53."""
    page = shown(office, sit, wished=replace(builders.WISHED, voicemail=False))

    assert "Voicemail Hang up. Leave nothing." in page.text
    assert "Text message Send none." in page.text
    assert "Somebody else answers Sorry, wrong number." in page.text
    assert "Never a cover story." in page.text


def test_a_text_without_a_time_to_ask_about_is_not_sent(office: Office, sit: Sit) -> None:
    """S-53."""
    page = shown(office, sit, wished=replace(builders.WISHED, text=True, when=("sun-eve",)))

    assert "Text message Send none: they have no safe time in our calling hours." in page.text


@pytest.mark.parametrize(
    ("outcomes", "text"),
    [
        ([], "Showing it is recorded, and makes the request yours. Try 1 of 2."),
        (["no_answer"], "Try 2 of 2."),
        (["no_answer", "voicemail"], "That is enough tries: close it, or wait until they come back."),
        (["wrong_number"], "Somebody else has this number. Do not call it again."),
    ],
    ids=["the first", "the last", "enough", "wrong"],
)
def test_s54_the_card_counts_the_tries_and_ends_them(office: Office, sit: Sit, outcomes: list[str], text: str) -> None:
    supervisor = office.found()
    client = returning_clients.client(office)
    for minute, outcome in enumerate(outcomes):
        call = {"outcome": outcome, "direction": "out", "happened_at": f"2026-11-23T14:0{minute}"}
        write(office, supervisor, client, LogKind.ATTEMPT, **call)

    page = sit(supervisor).look(f"/desk/{client.reference}")

    assert text in page.text
    assert bool(page.find("form", action=f"/desk/{client.reference}/reveal")) is ("Try" in text)


def test_the_last_voicemail_promises_no_other_call(office: Office, sit: Sit) -> None:
    """S-53, S-54: after it, nobody calls again."""
    supervisor = office.found()
    client = returning_clients.client(office, wished=replace(builders.WISHED, when=("mon-am", "tue-pm")))
    seat = sit(supervisor)
    assert (
        "Hi Sam, this is Grace, calling you back. I will try again this morning."
        in seat.look(f"/desk/{client.reference}").text
    )

    call = {"outcome": "no_answer", "direction": "out", "happened_at": "2026-11-23T14:00"}
    write(office, supervisor, client, LogKind.ATTEMPT, **call)

    assert "Hi Sam, this is Grace, calling you back. Text message" in seat.look(f"/desk/{client.reference}").text


def test_an_address_is_masked_like_the_number(office: Office, sit: Sit) -> None:
    """S-51, V-54."""
    page = shown(office, sit, said=replace(builders.SAID, phone=None, email="sam@example.org"), wished=Wishes("icall"))

    assert "Show email" in page.text
    assert "sam@example" not in page.html
    assert "You will be asked why" not in page.text


def test_a_colleagues_request_offers_no_number(office: Office, supervisor: Person, counselor: Person, sit: Sit) -> None:
    client = returning_clients.client(office)
    sit(counselor).send(f"/desk/{client.reference}/claim", f"/desk/{client.reference}")

    page = sit(supervisor).look(f"/desk/{client.reference}")

    assert "Only Ada can show it: the request is theirs." in page.text
    assert not page.find("form", action=f"/desk/{client.reference}/reveal")
