"""Figures without content: per week, medians and shares, and never a number that points at a person."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.models import Intake, Outcome, Status
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page

MONDAY = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def busy(office: Office, supervisor: Person, clock: Clock) -> None:
    """Six requests: opened after 10 to 60 minutes, five tried after twice as long, four became clients."""
    clock.set(MONDAY)
    for number in range(6):
        office.ask(f"Marker {number}", nonce=bytes([number]))
    with office.work() as work:
        for number, intake in enumerate(work.session.scalars(select(Intake)).all(), start=1):
            intake.opened_at = intake.received_at + timedelta(minutes=10 * number)
            if number < 6:
                intake.attempted_at = intake.received_at + timedelta(minutes=20 * number)
            if number < 5:
                intake.status, intake.outcome, intake.closed_at = Status.CLOSED, Outcome.CLIENT, MONDAY
    clock.forward(days=3)


def row(sit: Sit, supervisor: Person, week: str = "2026-11-23") -> dict[str, str]:
    answer = sit(supervisor).client.get("/desk/figures/weeks.csv")
    rows = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
    return next(one for one in rows if one["Week from"] == week)


def look(sit: Sit, supervisor: Person) -> Page:
    return sit(supervisor).look("/desk/figures")


def test_a_week_tells_how_many_asked_and_how_soon_somebody_answered(
    office: Office, supervisor: Person, busy: None, sit: Sit
) -> None:
    """Medians of 10 to 60 and of 20 to 100 minutes; five of six were tried as promised."""
    found = row(sit, office.renewed(supervisor))

    assert found["Requests"] == "6"
    assert found["Minutes to opened"] == "35"
    assert found["Minutes to first try"] == "60"
    assert found["Tried as promised, percent"] == "83"


def test_fewer_than_five_are_never_told(office: Office, supervisor: Person, busy: None, sit: Sit) -> None:
    """Four became clients: no number on the page, in the picture or in the file says so."""
    seated = office.renewed(supervisor)

    found, page = row(sit, seated), look(sit, seated)

    assert {found[name] for name in ("Became a client", "Referred on", "Not a real request")} == {"fewer than 5"}
    assert row(sit, seated, "2026-11-16")["Requests"] == "fewer than 5"
    assert " 4 " not in page.text
    assert "Marker" not in page.html


def test_the_picture_and_the_table_hold_the_same(office: Office, supervisor: Person, busy: None, sit: Sit) -> None:
    page = look(sit, office.renewed(supervisor))

    assert len(page.find("rect", class_="bar")) == 1
    assert len(page.find("rect", class_="few")) == 11
    assert "Nov 23, 2026 6 35 min 60 min 83%" in page.text
