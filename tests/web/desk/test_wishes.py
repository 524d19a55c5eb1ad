"""What is safe, asked by voice: what the client loosened, a new number, what staff change, and its history (S-58)."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.intake import returning
from app.domain.intake.answers import Wishes
from app.domain.intake.numbers import Number
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat

pytestmark = pytest.mark.both_databases

#: As the form of a request would send it.
SAFE = {"way": "call", "which": "keep", "ok": ["vm"], "when": ["mon-am"], "tz": "America/Phoenix"}


@pytest.fixture
def seat(supervisor: Person, sit: Sit) -> Seat:
    return sit(supervisor)


def settle(seat: Seat, address: str, at: Page | None = None, **said: Any) -> Page:
    return seat.send(f"{address}/wishes", at, **{**SAFE, **said})


def give_number(office: Office, client: Client, number: str = "+16025550188") -> None:
    with office.work() as work:
        epoch = builders.epoch(work)
    client.do(returning.give_number, epoch=epoch, idempotency_key=number.encode(), number=Number(number))


def revealed(seat: Seat, address: str) -> Page:
    """Return the page with the number: outside the safe times, as they are in these tests, it takes a reason."""
    assert seat.send(f"{address}/reveal", address, reason="agreed").status == 303
    return seat.look(f"{address}/number")


def checked(page: Page) -> dict[str, list[str]]:
    """Return what the questions hold as answers."""
    found: dict[str, list[str]] = {}
    for facts in page.find("input"):
        if "checked" in facts:
            found.setdefault(facts["name"] or "", []).append(facts["value"] or "")
    found["tz"] = [facts["value"] or "" for facts in page.find("option") if "selected" in facts]
    return found


def test_the_questions_come_filled_in_with_what_holds(office: Office, client: Client, seat: Seat, address: str) -> None:
    """The strictest of all that nobody has settled; beside it stands what the client asked for."""
    client.wish(replace(builders.WISHED, voicemail=False, text=True, when=("mon-am", "tue-pm")))
    give_number(office, client)

    page = seat.look(f"{address}/wishes")

    assert checked(page) == {
        "way": ["call"], "which": ["keep"], "when": ["mon-am"], "tz": ["America/Phoenix"],
    }  # fmt: skip
    assert "They may allow more. Ask first:" in page.text
    assert "Send a text to set a time" in page.text
    assert "The number that holds: •••" in page.text
    assert "The new one of 23 Nov: •••" in page.text
    assert "+1602555" not in page.html
    assert f"{address}/wishes" in seat.look(address).links()


def test_what_was_asked_by_voice_holds_and_is_no_question_any_more(client: Client, seat: Seat, address: str) -> None:
    client.wish(replace(builders.WISHED, text=True))
    before = seat.look(address)
    assert "Do NOT send a text" in before.text

    answer = settle(seat, address, ok=["vm", "sms"], when=["mon-am", "thu-eve"])

    assert (answer.status, answer.leads_to) == (303, address)
    page = seat.look(address)
    assert "They may allow more" not in page.text
    assert "Do NOT send a text" not in page.text.partition("What was done")[0]
    assert "Thu 5 pm to 8 pm" in page.text
    assert "Grace Asked by voice what is safe Safe times in Phoenix: Mon 9 am to noon; Thu 5 pm to 8 pm" in page.text
    assert "On the return page: wishes" in page.text


def test_staff_take_away_a_permission_and_nothing_else_changes(client: Client, seat: Seat, address: str) -> None:
    """S-58: with nothing asked on the return page."""
    settle(seat, address, ok=[])

    page = seat.look(address)
    assert "Do NOT leave a voicemail" in page.text.partition("What was done")[0]
    assert "tel:+16025550123" in revealed(seat, address).links()


def test_a_new_number_is_called_once_they_said_so(office: Office, client: Client, seat: Seat, address: str) -> None:
    give_number(office, client, "+16025550177")
    give_number(office, client, "+16025550188")
    page = seat.look(f"{address}/wishes")
    newest = page.find("input", name="which")[2]["value"]

    settle(seat, address, page, which=newest)

    assert "tel:+16025550188" in revealed(seat, address).links()
    shown = seat.look(address)
    assert "A new number" not in shown.text
    assert "Asked by voice what is safe, and which number holds" in shown.text
    # Settled again, it stays the one that holds.
    settle(seat, address)
    assert "tel:+16025550188" in revealed(seat, address).links()


def test_a_number_told_by_voice_holds_and_is_sealed_to_the_newest_epoch(
    office: Office, client: Client, seat: Seat, address: str, clock: Clock
) -> None:
    """Vault, *Submit*: whoever has the seven words cannot read it."""
    settle(seat, address, which="told", phone="(602) 555-0199")

    assert "tel:+16025550199" in revealed(seat, address).links()
    [_, row] = client.entries()
    with office.work() as work:
        assert row.epoch_id == builders.epoch(work).id
    assert row.sealed_number is not None
    assert b"5550199" not in row.sealed_number


def test_who_left_no_number_can_be_called_once_they_told_one(office: Office, supervisor: Person, seat: Seat) -> None:
    said, wished = replace(builders.SAID, phone=None), Wishes("icall")
    address = f"/desk/{returning_clients.client(office, b'icall', said, wished).reference}"

    page = settle(seat, address)
    told = settle(seat, address, page, which="told", phone="602 555 0199")

    assert page.status == 422
    assert "There is no number to call. Enter one, or choose that they will call." in page.text
    assert told.status == 303
    assert "tel:+16025550199" in revealed(seat, address).links()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"way": ""}, "Choose if we should call you or if you will call us."),
        ({"which": ""}, "Choose which number holds."),
        ({"which": "told"}, "Enter the number they told you."),
        ({"which": "told", "phone": "12"}, "Check the phone number."),
        ({"phone": "602 555 0199"}, "Choose “Another number” above to use this one, or leave it empty."),
        ({"ok": ["everything"]}, "Choose from the list."),
        ({"when": []}, "Check at least one time that is safe for you."),
        ({"tz": ""}, "Choose your time zone from the list."),
    ],
    ids=["no way", "no number chosen", "none told", "no phone number", "not chosen", "ok", "no time", "no zone"],
)
def test_a_mistake_keeps_everything_and_changes_nothing(
    client: Client, seat: Seat, address: str, said: dict[str, Any], sentence: str
) -> None:
    given = {"ok": ["vm", "sms"], "when": ["mon-am", "tue-pm"], **said}

    page = settle(seat, address, **given)

    assert page.status == 422
    assert sentence in page.text
    assert len(client.entries()) == 1
    held = checked(page)
    if given["when"]:
        assert held["when"] == ["mon-am", "tue-pm"]
    if "ok" not in said:
        assert held["ok"] == ["vm", "sms"]


def test_what_the_client_wrote_meanwhile_is_asked_about_first(client: Client, seat: Seat, address: str) -> None:
    page = seat.look(f"{address}/wishes")
    client.wish(replace(builders.WISHED, when=("tue-pm",)))

    answer = settle(seat, address, page, ok=["vm", "sms"], when=["mon-am", "fri-am"])

    assert answer.status == 409
    assert "Something new came meanwhile. Look at it first." in answer.text
    assert "Call at these times in Phoenix: Tue noon to 5 pm" in answer.text
    assert checked(answer)["when"] == ["mon-am", "fri-am"]
    assert len(client.entries()) == 2
    assert settle(seat, address, answer).status == 303


@pytest.mark.parametrize("said", [{}, {"which": "told", "phone": "602 555 0199"}], ids=["kept", "told"])
def test_an_unsteady_thumb_settles_once(client: Client, seat: Seat, address: str, said: dict[str, Any]) -> None:
    page = seat.look(f"{address}/wishes")

    for _ in range(2):
        assert settle(seat, address, page, **said).status == 303

    assert len(client.entries()) == 2


def test_a_number_that_is_no_new_one_is_not_taken(office: Office, client: Client, seat: Seat, address: str) -> None:
    """Entry 1 holds wishes and no number."""
    give_number(office, client)

    assert settle(seat, address, which="1").status == 409
    assert len(client.entries()) == 2


def test_a_withdrawn_request_has_no_questions(client: Client, seat: Seat, address: str) -> None:
    page = seat.look(f"{address}/wishes")
    client.withdraw()

    assert seat.look(f"{address}/wishes").leads_to == address
    assert settle(seat, address, page).status == 409
