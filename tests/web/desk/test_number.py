"""The number: asked for by a deed, shown while a call may be starting, and gone as soon as it must not start."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.intake.answers import Wishes
from app.models import LoginSession
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat, statements
from tests.web.desk.test_intake import trail

LATER = replace(builders.WISHED, when=("tue-am",))
TEL = "tel:+16025550123"


@pytest.fixture(autouse=True)
def _in_a_safe_time(clock: Clock) -> None:
    """Let it be 9:30 on Monday in Phoenix."""
    clock.set(datetime(2026, 11, 23, 16, 30, tzinfo=UTC))


@pytest.fixture
def reader(supervisor: Person, sit: Sit) -> Seat:
    return sit(supervisor)


def ask(seat: Seat, client: Client, at: str | Page | None = None, **typed: str) -> Page:
    """Press the button on the request (or on another page) and see what comes."""
    address = f"/desk/{client.reference}"
    return seat.send(f"{address}/reveal", at or address, **typed)


def number(seat: Seat, client: Client) -> Page:
    return seat.look(f"/desk/{client.reference}/number")


def test_the_number_comes_with_from_where_to_call_and_what_to_say(
    office: Office, supervisor: Person, reader: Seat
) -> None:
    """S-51, S-53, S-58, S-59."""
    client = returning_clients.client(office, said=replace(builders.SAID, extension="77"))

    answer, page = ask(reader, client), number(reader, client)

    assert (answer.status, answer.leads_to) == (303, f"/desk/{client.reference}/number")
    assert f"{TEL};ext=77" in page.links()
    first, _second = returning_clients.opened(office, supervisor, client.reference).answers.words
    for text in (
        "(602) 555-0123 ext. 77",
        "Call from Office phone, line 2. Never your own phone. It will show 480-555-0142.",
        "Safe now until noon",
        f"When somebody answers Hi, this is Grace. {first.capitalize()}.",
        "Is now a good time to talk in private?",
        "Do NOT send a text",
        "Delete this call from your phone's list.",
    ):
        assert text in page.text
    assert f"/desk/{client.reference}#attempt" in page.links()


def test_a_number_from_abroad_is_shown_with_its_country(office: Office, reader: Seat) -> None:
    client = returning_clients.client(office, said=replace(builders.SAID, phone="+525512345678", phone_doubtful=True))
    ask(reader, client)

    page = number(reader, client)

    assert "+52 55 1234 5678" in page.text
    assert "Look twice: this number may have a typing error." in page.text


def test_every_showing_is_recorded_and_looking_again_is_none(
    office: Office, supervisor: Person, reader: Seat, client: Client
) -> None:
    """S-51: whose eyes saw what."""
    for _ in range(2):
        ask(reader, client)
        for _ in range(2):
            assert TEL in number(reader, client).links()

    me, subject = str(office.member(supervisor).account_id), f"intake/{client.reference}"
    assert trail(office, "intake.revealed") == [(me, subject)] * 2
    assert trail(office, "intake.claimed") == [(me, subject)]


def test_looking_at_the_address_shows_nothing_to_who_did_not_ask(office: Office, reader: Seat, client: Client) -> None:
    """V-42, V-54."""
    page = number(reader, client)

    assert (page.status, page.leads_to) == (303, f"/desk/{client.reference}")
    assert reader.look(f"/desk/{client.reference}/reveal").status == 405
    assert trail(office, "intake.revealed") == []


def test_a_colleague_is_told_whose_it_is(
    office: Office, counselor: Person, reader: Seat, sit: Sit, client: Client, clock: Clock
) -> None:
    """V-46: the page of who comes second was open before."""
    page = reader.look(f"/desk/{client.reference}")
    ask(sit(counselor), client)

    answer = ask(reader, client, page)

    assert answer.status == 409
    assert "A colleague was first." in answer.text
    assert "Ada" in answer.text
    assert number(reader, client).status == 303


def test_after_two_minutes_the_number_is_hidden_again(reader: Seat, client: Client, clock: Clock) -> None:
    """V-54: without script the page asks for itself again, at the latest when its time is over."""
    ask(reader, client)
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in number(reader, client).html
    clock.forward(seconds=110)
    assert '<meta http-equiv="refresh" content="10">' in number(reader, client).html
    clock.forward(seconds=10)

    page = number(reader, client)

    assert (page.status, page.leads_to) == (303, f"/desk/{client.reference}")
    assert TEL not in reader.look(f"/desk/{client.reference}").html


@pytest.mark.parametrize("wished", [LATER, Wishes("icall")], ids=["later", "they call"])
def test_s52_outside_the_safe_times_a_reason_is_asked_for_first(office: Office, reader: Seat, wished: Wishes) -> None:
    client = returning_clients.client(office, wished=wished)
    assert "They did not ask for a call now. You will be asked why." in reader.look(f"/desk/{client.reference}").text

    page = ask(reader, client)

    assert page.status == 422
    for text in (
        "Why do you call?",
        "They asked for a call now",
        "They agreed to this time",
        "A life is in danger",
        "Another reason, written in the notes",
    ):
        assert text in page.text
    assert "555" not in page.html
    assert trail(office, "intake.revealed") == []
    assert "Nobody has this request yet." in reader.look(f"/desk/{client.reference}").text

    answer = ask(reader, client, page, reason="agreed")
    assert (answer.status, TEL in number(reader, client).links()) == (303, True)
    assert "You said why you call. It is recorded." in number(reader, client).text
    assert len(trail(office, "log.reason")) == 1


def test_a_reason_of_ones_own_making_is_asked_about_again(office: Office, reader: Seat) -> None:
    """S-52, V-37."""
    client = returning_clients.client(office, wished=LATER)

    page = ask(reader, client, reason="they would not mind")

    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "Choose one of the reasons." in page.text
    assert "would not mind" not in page.html
    assert trail(office, "intake.revealed") == []


def test_a_reason_is_asked_only_about_what_is_there(office: Office, reader: Seat) -> None:
    """S-47: taken back meanwhile."""
    client = returning_clients.client(office, wished=LATER)
    page = reader.look(f"/desk/{client.reference}")
    client.withdraw()

    answer = ask(reader, client, page)

    assert answer.status == 409
    assert "This request was taken back. Do not call." in answer.text


def test_tightening_while_somebody_dials_stops_the_call(reader: Seat, client: Client) -> None:
    """S-47, S-50."""
    ask(reader, client)
    client.wish(Wishes("icall"))

    page = number(reader, client)

    assert "Stop. Hang up if it rings." in page.text
    assert "They changed what is safe a moment ago." in page.text
    assert "555" not in page.html
    assert page.title == "Stop"


def test_taking_back_while_somebody_dials_stops_the_call(reader: Seat, client: Client, clock: Clock) -> None:
    """S-47."""
    ask(reader, client)
    client.withdraw()

    for _ in range(2):
        page = number(reader, client)
        assert "Stop. Hang up if it rings." in page.text
        assert "They took their request back a moment ago. Do not call." in page.text
        assert "555" not in page.html
        clock.forward(minutes=3)


def test_other_news_stand_above_the_number(reader: Seat, client: Client) -> None:
    client.say("from before", b"before")
    ask(reader, client)
    client.say("please wait a little", b"since")
    client.wish(replace(builders.WISHED, text=True))

    page = number(reader, client)

    assert TEL in page.links()
    assert page.text.index("please wait a little") < page.text.index("(602) 555-0123")
    assert "They may allow more than what stands below. Ask first." in page.text
    assert "from before" not in page.text


def test_who_did_not_call_says_so_and_the_client_is_at_ease_again(reader: Seat, client: Client) -> None:
    ask(reader, client)
    assert client.seen().calling

    answer = reader.send(f"/desk/{client.reference}/not-called", f"/desk/{client.reference}/number")

    assert (answer.status, answer.leads_to) == (303, f"/desk/{client.reference}")
    assert not client.seen().calling
    assert number(reader, client).status == 303


def test_the_pulse_tells_that_something_changed_and_nothing_else(
    app: Flask, office: Office, reader: Seat, client: Client
) -> None:
    """V-50: it opens nothing, and so leaves no line."""
    ask(reader, client)
    address = f"/desk/{client.reference}/pulse"
    before = builders.kinds(office)
    with statements(app) as said:
        answer = reader.client.get(address).get_json()

    assert answer.keys() == {"version"}
    assert builders.kinds(office) == before
    assert len(said) <= 3
    assert f'data-version="{answer["version"]}"' in number(reader, client).html
    client.say()
    assert reader.client.get(address).get_json() != answer


def test_the_pulse_is_no_sign_of_anybody_and_ends_with_the_lock(
    office: Office, reader: Seat, client: Client, clock: Clock
) -> None:
    """V-17: an open page alone keeps nobody signed in."""
    ask(reader, client)
    address = f"/desk/{client.reference}/pulse"
    for _ in range(14):
        clock.forward(minutes=1)
        assert reader.look(address).status == 200
    with office.work() as work:
        [seen_at] = [row.seen_at for row in work.session.query(LoginSession)]
    assert (clock() - seen_at).total_seconds() == 14 * 60
    clock.forward(minutes=1)

    assert reader.look(address).status == 401


def test_what_a_client_wrote_stays_text_on_the_number_page(office: Office, reader: Seat) -> None:
    """V-38."""
    client = returning_clients.client(office, said=replace(builders.SAID, name="<b>Sam</b>"))
    ask(reader, client)
    client.say("<script>x</script>")

    page = number(reader, client)

    assert "<b>Sam</b>" in page.text
    assert "<script>x</script>" in page.text
    assert all(script.get("src") for script in page.find("script"))
