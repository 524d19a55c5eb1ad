"""Being with a client, passing a request on, who was told, and a banner when letters do not go out."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import health
from app.domain.letters import outbox
from app.domain.work import Party
from app.models import Intake, LetterKind
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Seat


@pytest.fixture
def ten(office: Office, supervisor: Person, counselor: Person, clock: Clock) -> Clock:
    """It is ten in the morning, and Ada is on call."""
    clock.forward(hours=2)
    office.renewed(counselor)
    office.on_call(counselor, hours=4)
    send_all(office)
    return clock


def send_all(office: Office, failure: str | None = None) -> None:
    """Let every letter leave, or fail."""
    while True:
        with office.work(Party.WORKER) as work:
            letter = outbox.take(work)
        if letter is None:
            return
        with office.work(Party.WORKER) as work:
            outbox.mark_failed(work, letter.id, failure) if failure else outbox.mark_sent(work, letter.id)


@pytest.mark.parametrize("page", ["/desk/", "/desk/rota"])
def test_one_tap_says_with_a_client_and_one_ends_it(
    office: Office, counselor: Person, sit: Sit, ten: Clock, page: str
) -> None:
    seat = sit(counselor)

    answer = seat.send("/desk/rota/busy", page, minutes="60")

    assert (answer.status, answer.leads_to) == (303, page)
    busy = seat.look(page)
    assert "You are with a client until 11:01 am" in busy.text
    assert (seat.send("/desk/rota/free", busy).status, seat.look(page).text.count("60 min")) == (303, 1)


def test_colleagues_see_who_is_with_a_client(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, ten: Clock
) -> None:
    sit(counselor).send("/desk/rota/busy", "/desk/", minutes="30")

    text = sit(office.renewed(supervisor)).look("/desk/").text

    assert "Ada is with a client until 10:31 am." in text
    assert "I am free again" not in text


def test_who_is_not_on_call_is_not_asked(office: Office, supervisor: Person, sit: Sit, ten: Clock) -> None:
    assert "With a client" not in sit(office.renewed(supervisor)).look("/desk/").text


@pytest.mark.parametrize(
    "typed", [{"minutes": "600"}, {"minutes": "x"}, {"minutes": "30", "at": "https://elsewhere.example"}]
)
def test_anything_but_the_three_buttons_is_refused(
    counselor: Person, sit: Sit, ten: Clock, typed: dict[str, str]
) -> None:
    """V-45: nobody is led elsewhere."""
    seat = sit(counselor)
    fields = seat.look("/desk/").form("/desk/rota/busy").fields

    assert seat.post("/desk/rota/busy", {**fields, **typed}).status == 400


def test_passing_on_tells_the_next_person_and_shows_it(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, ten: Clock
) -> None:
    reference = office.ask()
    send_all(office)
    seat = sit(counselor)

    answer = seat.send(f"/desk/{reference}/pass", f"/desk/{reference}")

    assert (answer.status, answer.leads_to) == (303, f"/desk/{reference}")
    text = seat.look(f"/desk/{reference}").text
    assert "Told last: Grace, Mon 23 Nov, 10:01 am." in text
    assert "on call, Ada, Mon 23 Nov, 10:01 am: delivered" in text
    assert "passed on, Grace, Mon 23 Nov, 10:01 am: on its way" in text


def test_who_is_told_tomorrow_was_not_told_last(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, ten: Clock
) -> None:
    reference = office.ask()
    send_all(office)
    grace = builders.account_id(office, supervisor)
    with office.work() as work:
        tomorrow = work.now + timedelta(days=1)
        intake_id = work.session.scalars(select(Intake.id)).one()
        outbox.write(work, LetterKind.ESCALATED, [(grace, tomorrow)], intake_id)

    text = sit(counselor).look(f"/desk/{reference}").text

    assert "Told last: Ada, Mon 23 Nov, 10:01 am." in text
    assert "told, Grace, Tue 24 Nov, 10:01 am: leaves then" in text


def test_with_nobody_left_to_tell_it_says_so(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, ten: Clock
) -> None:
    reference, seat = office.ask(), sit(counselor)
    page = seat.look(f"/desk/{reference}")
    seat.send(f"/desk/{reference}/pass", page)

    answer = seat.send(f"/desk/{reference}/pass", page)

    assert answer.status == 409
    assert "Everybody who could take it has been told." in answer.text


def test_what_somebody_has_is_not_passed_on(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, ten: Clock
) -> None:
    reference, seat = office.ask(), sit(counselor)
    page = seat.look(f"/desk/{reference}")
    sit(office.renewed(supervisor)).send(f"/desk/{reference}/claim", f"/desk/{reference}")

    answer = seat.send(f"/desk/{reference}/pass", page)

    assert answer.status == 409
    assert "A colleague was first." in answer.text
    assert "Pass on" not in seat.look(f"/desk/{reference}").text


def test_a_letter_that_was_refused_says_so_and_when_it_is_tried_again(
    office: Office, counselor: Person, sit: Sit, ten: Clock
) -> None:
    reference = office.ask()
    send_all(office, "SMTPRecipientsRefused 550")

    page = sit(counselor).look(f"/desk/{reference}")

    assert "on call, Ada, Mon 23 Nov, 10:01 am: the mail server refused it, trying again 10:01 am" in page.text
    assert [facts for facts in page.find("details", class_="letters") if "open" in facts]


@pytest.mark.parametrize("path", ["/desk/", "/desk/rota", "/desk/account", "/desk/{reference}"])
def test_everybody_is_told_on_every_page_when_letters_do_not_go_out(
    app: Flask, office: Office, counselor: Person, sit: Sit, ten: Clock, path: str
) -> None:
    reference, seat = office.ask(), sit(counselor)
    address = path.format(reference=reference)
    ten.forward(minutes=10)
    assert "Mail does not go out." not in look(app, seat, address)
    ten.forward(seconds=1)

    text = look(app, seat, address)

    assert "Mail does not go out. Letters wait since Mon 23 Nov, 10:01 am." in text


def test_a_letter_that_is_wanted_later_is_no_sign_of_trouble(
    app: Flask, office: Office, counselor: Person, sit: Sit, ten: Clock
) -> None:
    account_id = builders.account_id(office, counselor)
    with office.work() as work:
        outbox.write(work, LetterKind.TEAM_CHANGE, [(account_id, work.now + timedelta(hours=9))])
    ten.forward(minutes=11)

    assert "Mail does not go out." not in look(app, sit(counselor), "/desk/")


def test_a_stranger_is_told_nothing(app: Flask, office: Office, supervisor: Person, seat: Seat, clock: Clock) -> None:
    office.ask()
    clock.forward(hours=2)

    assert "Mail does not go out." not in look(app, seat, "/desk/sign-in")


def look(app: Flask, seat: Seat, address: str) -> str:
    """Return a page that knows the state of this moment."""
    with app.app_context():
        health.forget()
    return seat.look(address).text
