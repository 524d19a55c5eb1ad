"""Shifts, and whom a new request is told, when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.rota import oncall, rota
from app.domain.team import team
from app.domain.work import Missing, Party, Refused
from app.models import Letter, Role
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person

#: Monday, 8:00 in Phoenix: the practice calls from 9:00 on.
EARLY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NINE = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def colleague(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "ada@example.org")


def told(office: Office, night: str, at: datetime = EARLY) -> dict[str, datetime]:
    """Return who hears of a request that arrives at a moment, and when."""
    with office.work(Party.CLIENT) as work:
        work.practice, work.now = replace(work.practice, night=night), at
        found = oncall.recipients(work, oncall.read(work))
    emails = {builders.account_id(office, Person(email, b"", (), "")): email for email in _emails(office)}
    return {emails[account_id]: moment for account_id, moment, _ in found}


def _emails(office: Office) -> list[str]:
    with office.work() as work:
        return [one.email for one in team.roster(work)]


def plan(office: Office, person: Person, starts_at: datetime, hours: float = 8) -> None:
    account_id = builders.account_id(office, person)
    with office.work() as work:
        rota.add(work, account_id, starts_at, starts_at + timedelta(hours=hours))


@pytest.mark.parametrize("night", ["wait", "tell"])
def test_who_is_on_call_hears_at_once(office: Office, supervisor: Person, colleague: Person, night: str) -> None:
    plan(office, colleague, EARLY - timedelta(hours=1))

    assert told(office, night) == {colleague.email: EARLY}


def test_everybody_on_call_hears(office: Office, supervisor: Person, colleague: Person) -> None:
    for person in (supervisor, colleague):
        plan(office, person, EARLY - timedelta(hours=1))

    assert told(office, "wait") == {supervisor.email: EARLY, colleague.email: EARLY}


def test_a_shift_counts_from_its_first_moment_up_to_its_last(
    office: Office, supervisor: Person, colleague: Person
) -> None:
    plan(office, colleague, EARLY, hours=1)

    assert told(office, "tell", EARLY) == {colleague.email: EARLY}
    assert told(office, "tell", EARLY + timedelta(hours=1)) == {supervisor.email: EARLY + timedelta(hours=1)}


def test_with_nobody_on_call_supervisors_hear_when_calling_begins(office: Office, supervisor: Person) -> None:
    assert told(office, "wait") == {supervisor.email: NINE}


def test_in_calling_hours_supervisors_hear_at_once(office: Office, supervisor: Person) -> None:
    assert told(office, "wait", NINE + timedelta(hours=1)) == {supervisor.email: NINE + timedelta(hours=1)}


def test_supervisors_hear_in_the_night_where_the_practice_wants_it(office: Office, supervisor: Person) -> None:
    assert told(office, "tell") == {supervisor.email: EARLY}


def test_every_supervisor_hears_and_no_counselor(office: Office, supervisor: Person, colleague: Person) -> None:
    second = office.hire(supervisor, "second@example.org", Role.SUPERVISOR)

    assert set(told(office, "wait")) == {supervisor.email, second.email}


def test_a_supervisor_who_waits_for_approval_hears_nothing(office: Office, supervisor: Person) -> None:
    office.join("pending@example.org", Role.SUPERVISOR)

    assert set(told(office, "wait")) == {supervisor.email}


def test_a_shift_before_calling_hours_hears_when_it_starts(
    office: Office, supervisor: Person, colleague: Person
) -> None:
    starts_at = EARLY + timedelta(minutes=30)
    plan(office, colleague, starts_at)

    assert told(office, "wait") == {colleague.email: starts_at}


def test_a_shift_after_calling_hours_begin_is_too_late(office: Office, supervisor: Person, colleague: Person) -> None:
    plan(office, colleague, NINE + timedelta(hours=1))

    assert told(office, "wait") == {supervisor.email: NINE}


def test_of_two_coming_shifts_the_next_one_hears(office: Office, supervisor: Person, colleague: Person) -> None:
    plan(office, supervisor, EARLY + timedelta(minutes=40))
    plan(office, colleague, EARLY + timedelta(minutes=20))

    assert told(office, "wait") == {colleague.email: EARLY + timedelta(minutes=20)}


def test_a_night_practice_does_not_wait_for_the_next_shift(
    office: Office, supervisor: Person, colleague: Person
) -> None:
    plan(office, colleague, EARLY + timedelta(minutes=1))

    assert told(office, "tell") == {supervisor.email: EARLY}


def test_a_request_writes_its_letters_in_the_same_commit(office: Office, supervisor: Person, clock: Clock) -> None:
    office.on_call(supervisor)

    builders.send(office)

    letters = [letter for letter in builders.copies(office, Letter) if letter.intake_id is not None]
    assert [(letter.wanted_at, letter.tries) for letter in letters] == [(clock(), 0)]


def test_a_shift_that_runs_backwards_is_refused(office: Office, supervisor: Person) -> None:
    with pytest.raises(Refused, match="backwards"):
        plan(office, supervisor, NINE, hours=0)


def test_somebody_who_waits_for_approval_is_not_planned(office: Office, supervisor: Person) -> None:
    pending = office.join("new@example.org")

    with pytest.raises(Refused, match="not_active"):
        plan(office, pending, NINE)


def test_the_same_shift_twice_is_refused(office: Office, supervisor: Person) -> None:
    plan(office, supervisor, NINE)

    with pytest.raises(Refused, match="shift_twice"):
        plan(office, supervisor, NINE, hours=2)


def test_a_shift_that_overlaps_with_another_of_the_same_person_is_refused(office: Office, supervisor: Person) -> None:
    plan(office, supervisor, NINE)

    with pytest.raises(Refused, match="shift_twice"):
        plan(office, supervisor, NINE + timedelta(hours=7))
    plan(office, supervisor, NINE + timedelta(hours=8))


def test_shifts_that_touch_a_span_are_listed_in_order(office: Office, supervisor: Person, colleague: Person) -> None:
    plan(office, colleague, NINE, hours=2)
    plan(office, supervisor, EARLY, hours=2)
    plan(office, supervisor, NINE + timedelta(days=3))

    with office.work() as work:
        planned = rota.shifts(work, EARLY + timedelta(hours=1), NINE + timedelta(hours=1))

    assert [shift.name for shift in planned] == ["Grace", "Ada"]


def test_a_removed_shift_is_on_nobody(office: Office, supervisor: Person) -> None:
    plan(office, supervisor, NINE)
    with office.work(supervisor) as work:
        [shift] = rota.shifts(work, EARLY, NINE + timedelta(days=1))

        rota.remove(work, shift.id)

    with office.work() as work:
        assert rota.shifts(work, EARLY, NINE + timedelta(days=1)) == []
        with pytest.raises(Missing):
            rota.remove(work, shift.id)


def test_clients_do_not_plan(office: Office, supervisor: Person) -> None:
    account_id = builders.account_id(office, supervisor)

    with pytest.raises(Missing), office.work(Party.CLIENT) as work:
        rota.add(work, account_id, NINE, NINE + timedelta(hours=1))
