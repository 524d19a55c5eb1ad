"""Planning for weeks, over clock changes and holidays; giving a shift or a part of it away; removing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.domain.rota import rota
from app.domain.rota.rota import Planned
from app.domain.team import team
from app.domain.work import Missing, Refused
from tests.domain import builders
from tests.support import running
from tests.support.clock import Clock
from tests.support.office import Office, Person, make_app

#: A Tuesday in Phoenix, 9 to 17.
BEGINS = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=8)
HOUR = timedelta(hours=1)


@pytest.fixture
def people(office: Office) -> tuple[Person, Person]:
    supervisor = office.found()
    return supervisor, office.hire(supervisor, "ada@example.org")


@pytest.fixture
def shift(office: Office, people: tuple[Person, Person]) -> UUID:
    """Ada's shift, from nine to five."""
    add(office, people[1], BEGINS, ENDS)
    return planned(office)[0].id


def add(office: Office, person: Person, starts_at: datetime, ends_at: datetime, weeks: int = 1) -> None:
    account_id = builders.account_id(office, person)
    with office.work() as work:
        rota.add(work, account_id, starts_at.astimezone(UTC), ends_at.astimezone(UTC), weeks)


def planned(office: Office) -> list[Planned]:
    with office.work() as work:
        return rota.shifts(work, BEGINS - timedelta(days=500), BEGINS + timedelta(days=500))


def told(office: Office, zone: str = "America/Phoenix") -> list[str]:
    """Return all shifts as clocks there show them."""
    there = ZoneInfo(zone)
    return [
        f"{one.name} {one.starts_at.astimezone(there):%m-%d %H:%M}–{one.ends_at.astimezone(there):%H:%M}"
        for one in planned(office)
    ]


def cover(office: Office, shift_id: UUID, to: Person, starts_at: datetime, ends_at: datetime) -> None:
    account_id = builders.account_id(office, to)
    with office.work() as work:
        rota.cover(work, shift_id, account_id, starts_at, ends_at)


def test_a_shift_repeats_every_week_and_leaves_holidays_out(office: Office, people: tuple[Person, Person]) -> None:
    """The 26th of November is Thanksgiving."""
    add(office, people[1], BEGINS + timedelta(days=2), ENDS + timedelta(days=2), weeks=4)

    assert told(office) == ["Ada 11-12 09:00–17:00", "Ada 11-19 09:00–17:00", "Ada 12-03 09:00–17:00"]


def test_a_shift_on_a_holiday_is_planned_when_it_is_asked_for(office: Office, people: tuple[Person, Person]) -> None:
    add(office, people[1], BEGINS + timedelta(days=16), ENDS + timedelta(days=16))

    assert told(office) == ["Ada 11-26 09:00–17:00"]


def test_when_one_of_the_weeks_is_taken_nothing_is_planned(office: Office, people: tuple[Person, Person]) -> None:
    taken = BEGINS + timedelta(weeks=2, hours=1)
    add(office, people[1], taken, taken + HOUR)

    with pytest.raises(Refused, match="shift_twice") as refused:
        add(office, people[1], BEGINS, ENDS, weeks=4)

    assert refused.value.facts["day"] == BEGINS + timedelta(weeks=2)
    assert len(planned(office)) == 1


def test_weeks_that_overlap_with_themselves_are_refused(office: Office, people: tuple[Person, Person]) -> None:
    with pytest.raises(Refused, match="shift_twice"):
        add(office, people[1], BEGINS, BEGINS + timedelta(days=8), weeks=2)


@pytest.fixture
def texas(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Office]:
    """A practice whose clocks change in March and November."""
    file = running.ROOT / "practices" / "resilient-mind.toml"
    app: Flask = make_app(database_url, tmp_path, clock, PRACTICE_FILE=str(file))
    yield Office(app, clock)
    app.extensions["quietword"].database.engine.dispose()


@pytest.mark.parametrize(
    ("day", "offsets"),
    [pytest.param("2027-03-08", [6, 5], id="spring"), pytest.param("2026-10-26", [5, 6], id="autumn")],
)
def test_a_shift_from_nine_to_five_stays_one_when_the_clocks_change(
    texas: Office, day: str, offsets: list[int]
) -> None:
    person = texas.found()
    chicago = ZoneInfo("America/Chicago")
    begins = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=chicago)

    add(texas, person, begins, begins.replace(hour=17), weeks=2)

    assert [line[-11:] for line in told(texas, "America/Chicago")] == ["09:00–17:00"] * 2
    assert [shift.starts_at.astimezone(UTC).hour for shift in planned(texas)] == [9 + offset for offset in offsets]


def test_a_night_over_the_change_keeps_its_times(texas: Office) -> None:
    person = texas.found()
    begins = datetime(2027, 3, 6, 22, 0, tzinfo=ZoneInfo("America/Chicago"))

    add(texas, person, begins, begins + timedelta(hours=8), weeks=2)

    assert [line[-11:] for line in told(texas, "America/Chicago")] == ["22:00–06:00"] * 2
    assert [shift.ends_at - shift.starts_at for shift in planned(texas)] == [8 * HOUR, 7 * HOUR]


@pytest.mark.parametrize(
    ("part", "left"),
    [
        pytest.param((0, 8), ["Grace 11-10 09:00–17:00"], id="all of it"),
        pytest.param((0, 3), ["Grace 11-10 09:00–12:00", "Ada 11-10 12:00–17:00"], id="its beginning"),
        pytest.param((3, 8), ["Ada 11-10 09:00–12:00", "Grace 11-10 12:00–17:00"], id="its end"),
        pytest.param(
            (3, 4),
            ["Ada 11-10 09:00–12:00", "Grace 11-10 12:00–13:00", "Ada 11-10 13:00–17:00"],
            id="an hour in between",
        ),
    ],
)
def test_a_colleague_covers_a_shift_or_a_part_of_it(
    office: Office, people: tuple[Person, Person], shift: UUID, part: tuple[int, int], left: list[str]
) -> None:
    cover(office, shift, people[0], BEGINS + part[0] * HOUR, BEGINS + part[1] * HOUR)

    assert told(office) == left
    assert builders.kinds(office)[-1] == "rota.covered"


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        pytest.param((-1, 2), "not_in_shift", id="before it begins"),
        pytest.param((7, 9), "not_in_shift", id="after it ends"),
        pytest.param((4, 4), "not_in_shift", id="no time at all"),
    ],
)
def test_what_is_no_part_of_it_cannot_be_covered(
    office: Office, people: tuple[Person, Person], shift: UUID, part: tuple[int, int], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        cover(office, shift, people[0], BEGINS + part[0] * HOUR, BEGINS + part[1] * HOUR)

    assert told(office) == ["Ada 11-10 09:00–17:00"]


def test_who_has_it_is_on_call_then_or_cannot_open_requests_covers_nothing(
    office: Office, people: tuple[Person, Person], shift: UUID
) -> None:
    newcomer = office.join("new@example.org")
    add(office, people[0], ENDS - HOUR, ENDS + HOUR)

    for to, reason in ((people[1], "own_shift"), (people[0], "shift_twice"), (newcomer, "not_active")):
        with pytest.raises(Refused, match=reason):
            cover(office, shift, to, BEGINS, ENDS)

    assert told(office) == ["Ada 11-10 09:00–17:00", "Grace 11-10 16:00–18:00"]


def test_of_two_who_cover_the_same_shift_one_is_too_late(office: Office, people: tuple[Person, Person]) -> None:
    """V-46: real connections."""
    add(office, people[1], BEGINS, ENDS)
    [one] = planned(office)
    to = builders.account_id(office, people[0])

    def take() -> bool:
        with office.work() as work:
            rota.cover(work, one.id, to, BEGINS, ENDS)
        return True

    outcomes = builders.in_parallel([take] * 2)

    assert [type(outcome) for outcome in outcomes if outcome is not True] == [Missing]
    assert told(office) == ["Grace 11-10 09:00–17:00"]


def test_the_same_times_in_all_later_weeks_are_removed_together(office: Office, people: tuple[Person, Person]) -> None:
    add(office, people[1], BEGINS, ENDS, weeks=3)
    add(office, people[1], BEGINS + timedelta(weeks=1, days=1), ENDS + timedelta(weeks=1, days=1))
    add(office, people[0], BEGINS + timedelta(weeks=2), ENDS + timedelta(weeks=2))
    second = planned(office)[1]

    with office.work() as work:
        rota.remove(work, second.id, weekly=True)

    assert told(office) == ["Ada 11-10 09:00–17:00", "Ada 11-18 09:00–17:00", "Grace 11-24 09:00–17:00"]


def test_somebody_who_leaves_keeps_only_what_they_served(office: Office, people: tuple[Person, Person]) -> None:
    add(office, people[1], BEGINS, ENDS, weeks=4)
    office.clock.set(BEGINS + timedelta(days=1))

    with office.work() as work:
        rota.clear(work, team.by_email(work, people[1].email))

    assert told(office) == ["Ada 11-10 09:00–17:00"]


def test_an_hour_that_spring_skips_is_left_out(texas: Office) -> None:
    person = texas.found()
    begins = datetime(2027, 3, 7, 2, 0, tzinfo=ZoneInfo("America/Chicago"))

    add(texas, person, begins, begins + HOUR, weeks=3)

    assert told(texas, "America/Chicago") == ["Grace 03-07 02:00–03:00", "Grace 03-21 02:00–03:00"]
