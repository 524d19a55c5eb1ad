"""The rota: shifts in the practice's own time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.rota import rota
from app.domain.rota.rota import Planned
from app.domain.team import team
from app.domain.work import Work
from app.models import AuditLine
from tests.support import running
from tests.support.clock import Clock
from tests.support.office import Office, Person, make_app
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat

pytestmark = pytest.mark.both_databases

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
    assert "Tuesday 24 Nov Ada 8:00 am – 5:30 pm" in page.text
    assert "Times of Phoenix." in page.text


def test_who_is_on_call_now_is_marked(office: Office, counselor: Person, sit: Sit) -> None:
    office.on_call(counselor)

    assert "Ada from 8:01 am, on call now" in sit(counselor).look(ROTA).text
    assert "On call now: Ada. Times" in sit(counselor).look(ROTA).text
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
        pytest.param({"weeks": "0"}, "Enter a number of weeks from 1 to 26.", id="no week"),
        pytest.param({"weeks": "27"}, "Enter a number of weeks from 1 to 26.", id="too many weeks"),
        pytest.param({"weeks": "some"}, "Enter a number of weeks from 1 to 26.", id="weeks in words"),
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
    assert answer.text.count("This person is on call then already: Tue 24 Nov. Nothing was planned.") == 2
    assert len(planned(office)) == 1


def test_a_shift_repeats_for_some_weeks(office: Office, counselor: Person, sit: Sit) -> None:
    answer = sit(counselor).send(
        ROTA,
        person=person_id(office, counselor),
        starts_at="2026-11-24T08:00",
        ends_at="2026-11-24T17:00",
        weeks="3",
    )

    assert answer.status == 303
    assert [shift.starts_at.day for shift in planned(office)] == [24, 1, 8]


def test_another_weeks_shift_leads_to_its_week(office: Office, counselor: Person, sit: Sit) -> None:
    seat = sit(counselor)

    answer = plan(seat, person_id(office, counselor), "2026-12-08T08:00", "2026-12-08T17:00")

    assert answer.leads_to == "/desk/rota?week=2026-12-07"
    assert "Tuesday 8 Dec Ada 8:00 am – 5:00 pm" in seat.look("/desk/rota?week=2026-12-09").text


def test_links_lead_to_the_weeks_before_and_after(counselor: Person, sit: Sit) -> None:
    page = sit(counselor).look("/desk/rota?week=2026-12-01")

    assert {"/desk/rota?week=2026-11-23", "/desk/rota?week=2026-12-07", ROTA} <= set(page.links())


@pytest.mark.parametrize("week", ["tomorrow", "2026-13-01", "9999-12-31", "0001-01-01", "2029-01-01"])
def test_a_week_that_nobody_plans_is_not_there(counselor: Person, sit: Sit, week: str) -> None:
    assert sit(counselor).look(f"/desk/rota?week={week}").status == 404


def test_the_picture_shows_who_when_and_the_hours_with_nobody(office: Office, counselor: Person, sit: Sit) -> None:
    """Nobody reads a style attribute: the page's policy forbids them (V-56)."""
    seat = sit(counselor)
    plan(seat, person_id(office, counselor), "2026-11-24T06:00", "2026-11-24T12:00")

    page = seat.look(ROTA)

    assert page.find("svg", role="img")
    bars = page.find("svg", class_="turn mine")
    assert [(bar["x"], bar["width"]) for bar in bars if bar["width"] != "24"] == [("25.0%", "25.0%")]
    # The practice calls from nine to six: nobody does so from noon on.
    assert {("50.0%", "25.0%")} <= {
        (one["x"], one["width"]) for one in page.find("rect", class_="nobody") if "x" in one
    }
    assert "Nobody 12:00 pm – 6:00 pm" in page.text
    assert "style=" not in page.html


def test_a_holiday_is_named_and_has_no_hours(counselor: Person, sit: Sit) -> None:
    page = sit(counselor).look(ROTA)

    assert "Thu 26 Nov · Thanksgiving Day" in page.html
    assert "Thursday 26 Nov, Thanksgiving Day No calling hours." in page.text


def test_a_night_is_listed_on_both_its_days(office: Office, counselor: Person, sit: Sit) -> None:
    seat = sit(counselor)
    plan(seat, person_id(office, counselor), "2026-11-24T18:00", "2026-11-26T08:00")

    text = seat.look(ROTA).text

    for line in ("Ada from 6:00 pm", "Wednesday 25 Nov Ada all day", "Ada until 8:00 am"):
        assert line in text


def test_a_gap_of_the_coming_week_leads_to_a_form_that_is_filled_in(counselor: Person, sit: Sit) -> None:
    seat = sit(counselor)
    page = seat.look(ROTA)
    assert "Hours with nobody on call" in page.text
    address = next(link for link in page.links() if link and "from=2026-11-27" in link)

    form = seat.look(address).form(ROTA)

    assert form.fields["starts_at"] == "2026-11-27T09:00"
    assert form.fields["ends_at"] == "2026-11-27T17:00"


def test_a_shift_is_removed(office: Office, counselor: Person, sit: Sit) -> None:
    seat = sit(counselor)
    plan(seat, person_id(office, counselor), "2026-11-24T08:00", "2026-11-24T17:00")
    [shift] = planned(office)
    page = seat.look(f"{ROTA}/{shift.id}")

    answer = seat.send(f"{ROTA}/{shift.id}/remove", page)

    assert (answer.status, answer.leads_to) == (303, ROTA)
    assert planned(office) == []


def test_a_shift_is_removed_with_those_of_later_weeks(office: Office, counselor: Person, sit: Sit) -> None:
    seat = sit(counselor)
    who = person_id(office, counselor)
    seat.send(ROTA, person=who, starts_at="2026-11-24T08:00", ends_at="2026-11-24T17:00", weeks="3")
    second = planned(office)[1]

    seat.send(f"{ROTA}/{second.id}/remove", f"{ROTA}/{second.id}", later="y")

    assert [shift.starts_at.day for shift in planned(office)] == [24]


def test_a_shift_that_was_removed_meanwhile_is_not_there(office: Office, counselor: Person, sit: Sit) -> None:
    seat = sit(counselor)
    plan(seat, person_id(office, counselor), "2026-11-24T08:00", "2026-11-24T17:00")
    [shift] = planned(office)
    page = seat.look(f"{ROTA}/{shift.id}")
    seat.send(f"{ROTA}/{shift.id}/remove", page)

    assert seat.send(f"{ROTA}/{shift.id}/remove", page).status == 404
    assert seat.look(f"{ROTA}/{shift.id}").status == 404


def test_a_colleague_covers_a_part_of_a_shift(office: Office, supervisor: Person, counselor: Person, sit: Sit) -> None:
    seat = sit(counselor)
    plan(seat, person_id(office, counselor), "2026-11-24T08:00", "2026-11-24T17:00")
    [shift] = planned(office)
    page = seat.look(f"{ROTA}/{shift.id}")
    assert page.form(f"{ROTA}/{shift.id}/cover").fields["ends_at"] == "2026-11-24T17:00"

    answer = seat.send(
        f"{ROTA}/{shift.id}/cover", page, person=person_id(office, supervisor), starts_at="2026-11-24T12:00"
    )

    assert (answer.status, answer.leads_to) == (303, ROTA)
    assert "Tuesday 24 Nov Ada 8:00 am – 12:00 pm Grace 12:00 pm – 5:00 pm" in seat.look(ROTA).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"starts_at": "2026-11-24T07:00"}, "This is not inside the shift.", id="outside"),
        pytest.param({"ends_at": "2026-11-24T08:00"}, "A shift has to end after it starts.", id="no length"),
        pytest.param({"person": "nobody"}, "Choose somebody of the team.", id="nobody"),
        pytest.param({}, "They are on call then already.", id="on call already"),
    ],
)
def test_a_mistake_in_covering_says_what_is_wrong(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, typed: dict[str, str], sentence: str
) -> None:
    """A-03."""
    seat, who = sit(counselor), person_id(office, supervisor)
    plan(seat, who, "2026-11-24T09:00", "2026-11-24T10:00")
    plan(seat, person_id(office, counselor), "2026-11-24T08:00", "2026-11-24T17:00")
    shift = planned(office)[0]

    answer = seat.send(f"{ROTA}/{shift.id}/cover", f"{ROTA}/{shift.id}", **{"person": who, **typed})

    assert answer.status == 422
    assert answer.title == "Error: Shift"
    assert answer.text.count(sentence) == 2
    assert len(planned(office)) == 2


def test_a_shift_that_is_over_is_left_alone(office: Office, counselor: Person, sit: Sit) -> None:
    seat = sit(counselor)
    plan(seat, person_id(office, counselor), "2026-11-22T08:00", "2026-11-22T17:00")
    [shift] = planned(office)

    page = seat.look(f"{ROTA}/{shift.id}")

    assert "This shift is over." in page.text
    assert not [form for form in page.forms if shift.id.hex in form.action.replace("-", "")]


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
        pytest.param("2027-03-13T22:00", "2027-03-14T06:00", 7, "Sunday 14 Mar Grace until 6:00 am", id="spring"),
        pytest.param("2027-11-06T22:00", "2027-11-07T06:00", 9, "Sunday 7 Nov Grace until 6:00 am", id="autumn"),
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
