"""The paper card: words leave the desk only on paper, behind a fresh second factor, and the trail says whose."""

import pytest
from sqlalchemy import select

from app.crypto import totp
from app.domain.calls import code_words
from app.models import AuditLine
from tests.domain.helpers import call_logs
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat

pytestmark = pytest.mark.both_databases

PATH = "/desk/called/card"


@pytest.fixture
def seat(supervisor: Person, sit: Sit) -> Seat:
    return sit(supervisor)


def make(seat: Seat, supervisor: Person, clock: Clock) -> Page:
    clock.forward(seconds=60)
    return seat.send(PATH, code=totp.code(supervisor.totp_secret, clock()))


def printed(office: Office) -> list[str]:
    with office.work() as work:
        return sorted(work.session.scalars(select(AuditLine.subject).where(AuditLine.kind == "card.printed")))


def test_a_card_has_each_open_request_with_its_words_and_nothing_else(
    office: Office, seat: Seat, supervisor: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = call_logs.ask(office, monkeypatch, ("kettle", "harbor"), nonce=b"1")
    clock.forward(minutes=1)
    second = call_logs.ask(office, monkeypatch, ("canoe", "lantern"), nonce=b"2")
    closed, burnt = (call_logs.ask(office, monkeypatch, ("oboe", "map"), nonce=bytes([n])) for n in range(2))
    call_logs.close(office, supervisor, closed)
    call_logs.call(office, supervisor, burnt, "other_person")

    page = make(seat, supervisor, clock)

    assert page.status == 200
    assert f"{first} Mon 23 Nov, 8:00 am kettle harbor {second} Mon 23 Nov, 8:01 am canoe lantern" in page.text
    assert [word for word in ("Sam", "555", "oboe", closed, burnt) if word in page.html] == []
    assert printed(office) == sorted([f"intake/{first}", f"intake/{second}"])
    assert not [word for word in ("kettle", "harbor", "canoe", "lantern") if word in seat.look("/desk/audit").html]
    assert not seat.look(PATH).find("table")


def test_no_card_without_a_fresh_second_factor(office: Office, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    """V-19."""
    call_logs.ask(office, monkeypatch)

    answer = seat.send(PATH, code="000000")

    assert answer.status == 422
    assert "This code is not right" in answer.text
    assert "kettle" not in answer.html
    assert printed(office) == []


def test_a_card_that_does_not_hold_all_says_so(
    office: Office, seat: Seat, supervisor: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_words, "MOST_ON_PAPER", 2)
    references = [call_logs.ask(office, nonce=bytes([number])) for number in range(3)]

    page = make(seat, supervisor, clock)

    assert "There are more open requests: these are the newest." in page.text
    assert sum(reference in page.text for reference in references) == 2
