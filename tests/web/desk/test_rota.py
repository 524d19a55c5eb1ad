"""The rota: shifts in the practice's own time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain import rota, team
from app.domain.rota import Planned
from app.domain.work import Work
from app.models import AuditLine
from tests.bed import running
from tests.bed.clock import Clock
from tests.bed.office import Office, Person, make_app
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat

ROTA = "/desk/rota"


def planned(office: Office) -> list[Planned]:
    with office.work() as work:
        return rota.shifts(work, work.now - timedelta(days=400), work.now + timedelta(days=400))


def person_id(office: Office, person: Person) -> str:
    with office.work() as work:
        return str(team.by_email(work, person.email))


def plan(seat: Seat, who: str, starts_at: str, ends_at: str) -> Page:
    return seat.send(ROTA, person=who, starts_at=starts_at, ends_at=ends_at)


def test_a_shift_is_planned_and_shown_in_the_time_of_the_practice(office: Office, counselor: Person, sit: Sit) -> None:
    """Phoenix is seven hours behind UTC, in summer and in winter."""
    seat = sit(counselor)

    answer = plan(seat, person_id(office, counselor), "2026-11-24T08:00", "2026-11-24T17:30")

    assert (answer.status, answer.leads_to) == (303, ROTA)
    [shift] = planned(office)
    assert shift.starts_at == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    page = seat.look(ROTA)
    assert "Ada Tue 24 Nov, 8:00 am – Tue 24 Nov, 5:30 pm" in page.text
    assert "in the time of Phoenix" in page.text


def test_who_is_on_call_now_is_marked(office: Office, counselor: Person, sit: Sit) -> None:
    office.on_call(counselor)

    assert "Ada, on call now" in sit(counselor).look(ROTA).text
    assert "On call now: Ada" in sit(counselor).look("/desk/").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"ends_at": "2026-11-24T08:00"}, "A shift has to end after it starts.", id="no length"),
        pytest.param({"ends_at": "2026-11-23T17:00"}, "A shift has to end after it starts.", id="backwards"),
        pytest.param({"starts_at": ""}, "Enter the day and time when it starts.", id="no start"),
        pytest.param({"ends_at": None}, "Enter the day and time when it ends.", id="no end"),
        pytest.param({"starts_at": "tomorrow"}, "Enter the day and time when it starts.", id="words"),
        pytest.param({"starts_at": "2026-02-30T08:00"}, "Enter the day and time when it starts.", id="no such day"),
        pytest.param({"ends_at": "9999-12-31T23:59"}, "Enter a day within the next two years.", id="far away"),
        pytest.param({"starts_at": "0001-01-01T00:00"}, "Enter a day within the next two years.", id="long ago"),
        pytest.param({"person": "nobody"}, "Choose somebody of the team.", id="nobody"),
    ],
)
def test_a_mistaken_shift_says_what_is_wrong_and_keeps_the_rest(
    office: Office, counselor: Person, sit: Sit, typed: dict[str, str | None], sentence: str
) -> None:
    """A-03, A-05."""
    good = {
        "person": person_id(office, counselor),
        "starts_at": "2026-11-24T08:00",
        "ends_at": "2026-11-24T17:00",
    }

    answer = sit(counselor).send(ROTA, **{**good, **typed})

    assert answer.status == 422
    assert answer.title == "Error: Rota"
    assert answer.text.count(sentence) == 2
    for name in {"starts_at", "ends_at"} - typed.keys():
        assert answer.find("input", name=name, value=good[name])
    assert planned(office) == []


def test_the_same_shift_twice_is_one(office: Office, counselor: Person, sit: Sit) -> None:
    seat, who = sit(counselor), person_id(office, counselor)
    plan(seat, who, "2026-11-24T08:00", "2026-11-24T17:00")

    answer = plan(seat, who, "2026-11-24T08:00", "2026-11-24T18:00")

    assert answer.status == 422
    assert answer.text.count("This person has a shift that starts then already.") == 2
    assert len(planned(office)) == 1


def test_a_shift_is_removed(office: Office, counselor: Person, sit: Sit) -> None:
    seat = sit(counselor)
    plan(seat, person_id(office, counselor), "2026-11-24T08:00", "2026-11-24T17:00")
    [shift] = planned(office)

    answer = seat.send(f"{ROTA}/{shift.id}/remove", ROTA)

    assert (answer.status, answer.leads_to) == (303, ROTA)
    assert planned(office) == []
    assert "No shifts are planned." in seat.look(ROTA).text


def test_a_shift_that_was_removed_meanwhile_is_not_there(office: Office, counselor: Person, sit: Sit) -> None:
    seat = sit(counselor)
    plan(seat, person_id(office, counselor), "2026-11-24T08:00", "2026-11-24T17:00")
    page, [shift] = seat.look(ROTA), planned(office)
    seat.send(f"{ROTA}/{shift.id}/remove", page)

    assert seat.send(f"{ROTA}/{shift.id}/remove", page).status == 404


def test_who_is_not_approved_yet_cannot_be_planned(office: Office, counselor: Person, sit: Sit) -> None:
    newcomer = office.join("ben@example.org")

    answer = plan(sit(counselor), person_id(office, newcomer), "2026-11-24T08:00", "2026-11-24T17:00")

    assert answer.status == 422
    assert "Ben" not in sit(counselor).look(ROTA).text


@pytest.fixture
def texas(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """A practice whose clocks change in March and November."""
    file = running.ROOT / "practices" / "resilient-mind.toml"
    app = make_app(sqlite_url, tmp_path, clock, PRACTICE_FILE=str(file))
    yield app
    app.extensions["quietword"].database.engine.dispose()


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "hours", "shown"),
    [
        pytest.param("2027-03-13T22:00", "2027-03-14T06:00", 7, "Sun 14 Mar, 6:00 am", id="spring"),
        pytest.param("2027-11-06T22:00", "2027-11-07T06:00", 9, "Sun 7 Nov, 6:00 am", id="autumn"),
    ],
)
def test_a_night_in_which_the_clocks_change_has_the_hours_it_has(
    texas: Flask, clock: Clock, starts_at: str, ends_at: str, hours: int, shown: str
) -> None:
    office = Office(texas, clock)
    clock.set(datetime.fromisoformat(f"{starts_at}+00:00") - timedelta(days=1))
    person = office.found()
    seat = Seat(office.browser(person))

    plan(seat, person_id(office, person), starts_at, ends_at)

    [shift] = planned(office)
    assert shift.ends_at - shift.starts_at == timedelta(hours=hours)
    assert shown in seat.look(ROTA).text


def test_planning_is_recorded(office: Office, counselor: Person, sit: Sit) -> None:
    plan(sit(counselor), person_id(office, counselor), "2026-11-24T08:00", "2026-11-24T17:00")

    with office.work() as work:
        assert _kinds(work)[-1] == "rota.added"


def _kinds(work: Work) -> list[str]:
    return list(work.session.scalars(select(AuditLine.kind).order_by(AuditLine.number)))
