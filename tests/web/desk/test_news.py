"""What came by the return page, as whoever calls reads it: nothing of it is taken for granted."""

from dataclasses import replace

import pytest

from app.domain.intake import returning
from app.domain.intake.answers import Wishes
from app.domain.intake.numbers import Number
from tests.domain import builders
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat


@pytest.fixture
def reader(supervisor: Person, sit: Sit) -> Seat:
    return sit(supervisor)


def _shown(reader: Seat, client: Client) -> Page:
    return reader.look(f"/desk/{client.reference}")


def _revealed(reader: Seat, client: Client) -> Page:
    """It is no safe time: the number is asked for, with a reason, and looked at."""
    address = f"/desk/{client.reference}"
    why = reader.send(f"{address}/reveal", address)
    assert why.status == 422
    reader.send(f"{address}/reveal", why, reason="agreed")
    return reader.look(f"{address}/number")


def test_a_request_without_news_says_nothing_of_them(client: Client, reader: Seat) -> None:
    assert "return page" not in _shown(reader, client).text


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("question", "I have a question for our call."),
        ("missed", "I missed your call. Please try again."),
        ("later", "I need more time before we talk."),
        ("changed", "Something has changed. Please ask me about it first."),
        ("still", "I still want to talk with you."),
        ("thanks", "I am okay. Thank you."),
    ],
)
def test_each_sentence_reaches_whoever_opens_the_request(
    client: Client, reader: Seat, sentence: str, text: str
) -> None:
    client.do(returning.say, idempotency_key=b"say", sentence=sentence, text="")

    page = _shown(reader, client)

    assert text in page.text
    assert "Somebody with the seven words wrote this. It may not be them: ask by voice." in page.text
    assert page.text.index("Written on the return page") < page.text.index("You say first")


def test_what_was_written_on_the_return_page_stays_text(client: Client, reader: Seat) -> None:
    """V-38."""
    client.say("<script>x</script> after five")

    page = _shown(reader, client)

    assert "I have a question for our call." in page.text
    assert "<script>x</script> after five" in page.text
    assert all(script.get("src") for script in page.find("script"))


def test_what_is_taken_away_holds_at_once_and_is_no_question(client: Client, reader: Seat) -> None:
    """The strictest of all wishes is what the card orders."""
    client.wish(replace(builders.WISHED, voicemail=False))

    page = _shown(reader, client)

    assert "Do NOT leave a voicemail" in page.text
    assert "They may allow more" not in page.text


def test_what_is_loosened_is_a_question_and_the_card_stays_strict(client: Client, reader: Seat) -> None:
    """The finder of the seven words may be the person they fear."""
    client.wish(replace(builders.WISHED, text=True, when=("mon-am", "tue-pm")))

    page = _shown(reader, client)

    asked, card = page.text.split("Until then, what stands below holds.")
    assert "They may allow more. Ask first:" in asked
    assert "Send a text to set a time" in asked
    assert "Call at these times in Phoenix: Mon 9 am to noon; Tue noon to 5 pm" in asked
    assert "Do NOT send a text" in card
    assert "Tue" not in card


def test_a_new_number_is_masked_and_not_to_be_called_before_it_was_asked_about(
    office: Office, client: Client, reader: Seat
) -> None:
    with office.work() as work:
        epoch = builders.epoch(work)
    client.do(returning.give_number, epoch=epoch, idempotency_key=b"number", number=Number("+16025550188"))

    page, number = _shown(reader, client), _revealed(reader, client)

    assert "A new number, •••" in page.text
    assert "••88. Do NOT call it before they said so by voice." in page.text
    assert "tel:+16025550123" in number.links()
    assert "555-0188" not in number.text
    assert "+16025550188" not in page.html + number.html


def test_who_now_wants_to_call_is_called_only_for_a_reason(client: Client, reader: Seat) -> None:
    """S-50, S-52."""
    client.wish(Wishes("icall", when=("mon-am",), zone="America/Phoenix"))

    page, number = _shown(reader, client), _revealed(reader, client)

    for shown in (page, number):
        assert "Do NOT call: they will call us" in shown.text
        assert "Safe now" not in shown.text
    assert "They will call us Sam" in page.text
    assert "They will call us. You said why you call. It is recorded." in number.text


def test_a_withdrawn_request_says_until_when_it_can_be_undone(client: Client, reader: Seat, clock: Clock) -> None:
    """S-47."""
    client.withdraw()

    page = _shown(reader, client)

    assert "Taken back by the client: do not call." in page.text
    assert "They can undo this until Tue 24 Nov, 8:00 am. Then everything they wrote is erased." in page.text
    assert "is gone" not in page.text


def test_a_held_request_that_was_withdrawn_does_not_say_that_it_is_gone(
    client: Client, office: Office, reader: Seat
) -> None:
    """S-47."""
    client.withdraw()
    with office.work() as work:
        client.row(work).held = True

    page = _shown(reader, client)

    assert "What they wrote is kept for now: there is a legal hold." in page.text
    assert "is gone" not in page.text
