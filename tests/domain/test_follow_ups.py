"""The next try: proposed and planned inside the times they checked, and never after the last one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import select

from app.domain.calls import call_log
from app.domain.intake.answers import Wishes
from app.domain.intake.call_rules import MayCall
from app.domain.work import Refused
from app.models import Intake, LogKind
from app.practice import hours
from tests.domain.helpers import call_logs, returning_clients
from tests.domain.helpers.call_logs import WISHED
from tests.support.clock import Clock
from tests.support.office import Office, Person

#: A Monday, 8:00 in Phoenix, where there is no summer time; the practice calls from 9 to 17 o'clock there.
EIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
A_WEEK = timedelta(days=7)


@pytest.fixture
def reference(office: Office, supervisor: Person) -> str:
    return call_logs.ask(office)


def may_call(office: Office, person: Person, reference: str) -> MayCall:
    return returning_clients.opened(office, person, reference).may_call


def proposed_at(office: Office, person: Person, reference: str) -> datetime | None:
    practice = office.app.extensions["quietword"].practice
    return call_log.proposal(practice, returning_clients.opened(office, person, reference), office.clock())


def plan(office: Office, person: Person, reference: str, at: datetime) -> None:
    with office.work(person) as work:
        call_log.plan_follow_up(work, reference, at)


def drop(office: Office, person: Person, reference: str) -> None:
    with office.work(person) as work:
        call_log.drop_follow_up(work, reference)


def test_the_next_safe_time_is_proposed(office: Office, supervisor: Person) -> None:
    """Two hours ahead, on a full quarter, with room for a call before the window ends; else on the next safe day."""
    for number, (minutes, proposed) in enumerate(
        (
            (0, EIGHT + timedelta(hours=2)),
            (31, EIGHT + timedelta(hours=2, minutes=45)),
            (105, EIGHT + timedelta(hours=3, minutes=45)),
            (106, WEDNESDAY),
            (720, WEDNESDAY),
        )
    ):
        reference = call_logs.ask(office, nonce=bytes([number]))
        call_logs.at(office, supervisor, EIGHT + timedelta(minutes=minutes))
        call_logs.call(office, supervisor, reference, "no_answer")

        found = may_call(office, supervisor, reference)

        assert (proposed_at(office, supervisor, reference), found.tried, found.left) == (proposed, 1, 1)


def test_a_try_is_proposed_only_where_it_makes_sense(office: Office, supervisor: Person) -> None:
    """S-54: somebody else, or a wrong number, stops every suggestion."""
    proposed = []
    for number, (outcome, direction) in enumerate(product(call_log.OUTCOMES, call_log.DIRECTIONS)):
        reference = call_logs.ask(office, nonce=bytes([number]))
        call_logs.call(office, supervisor, reference, outcome, direction)
        if proposed_at(office, supervisor, reference) is not None:
            proposed.append(outcome)

    assert sorted(set(proposed)) == ["bad_time", "no_answer", "voicemail"]


def test_nothing_is_proposed_before_a_try_nor_while_one_is_planned(
    office: Office, supervisor: Person, reference: str
) -> None:
    before = proposed_at(office, supervisor, reference)
    call_logs.call(office, supervisor, reference, "no_answer", follow_up_at=WEDNESDAY)

    assert (before, proposed_at(office, supervisor, reference)) == (None, None)


def test_nothing_is_proposed_where_no_time_is_safe(office: Office, supervisor: Person) -> None:
    """No times, they call us, nobody of us calls then, a holiday."""
    nowhere = (
        Wishes("icall"),
        replace(WISHED, way="icall"),
        replace(WISHED, when=("sun-eve",)),
        replace(WISHED, when=("thu-am",)),
    )
    for number, wished in enumerate(nowhere):
        reference = call_logs.ask(office, nonce=bytes([number]), wished=wished)
        call_logs.call(office, supervisor, reference, "no_answer")

        assert proposed_at(office, supervisor, reference) is None


def test_s54_after_the_last_try_none_is_proposed_and_none_can_be_planned(
    office: Office, supervisor: Person, reference: str
) -> None:
    for _ in range(2):
        call_logs.call(office, supervisor, reference, "no_answer")

    found = may_call(office, supervisor, reference)
    assert (found.tried, found.left, found.may_plan) == (2, 0, False)
    assert proposed_at(office, supervisor, reference) is None
    with pytest.raises(Refused, match="tries"):
        plan(office, supervisor, reference, WEDNESDAY)


def test_tries_count_anew_once_they_talked_or_called(office: Office, supervisor: Person) -> None:
    for number, (outcome, direction) in enumerate((("reached", "out"), ("reached", "in"), ("bad_time", "in"))):
        reference = call_logs.ask(office, nonce=bytes([number]))
        for _ in range(2):
            call_logs.call(office, supervisor, reference, "no_answer")

        call_logs.call(office, supervisor, reference, outcome, direction)

        assert may_call(office, supervisor, reference).left == 2


def test_tries_count_anew_once_they_wrote(office: Office, supervisor: Person, clock: Clock) -> None:
    client = returning_clients.client(office, wished=WISHED)
    for _ in range(2):
        call_logs.call(office, supervisor, client.reference, "no_answer")
    clock.forward(minutes=1)

    client.say()

    assert may_call(office, supervisor, client.reference).left == 2
    plan(office, supervisor, client.reference, WEDNESDAY)


def test_what_is_planned_is_due_then(office: Office, supervisor: Person, reference: str) -> None:
    call_logs.call(office, supervisor, reference, "no_answer", follow_up_at=WEDNESDAY)

    assert call_logs.due(office, reference) == (WEDNESDAY, WEDNESDAY)
    assert call_logs.log(office, supervisor, reference)[1] == (LogKind.FOLLOW_UP, {"at": "2026-11-25T16:00"})


def test_a_plan_can_be_changed_and_taken_back(office: Office, supervisor: Person, reference: str) -> None:
    call_logs.call(office, supervisor, reference, "no_answer", follow_up_at=WEDNESDAY)
    later = WEDNESDAY + timedelta(hours=1)

    plan(office, supervisor, reference, later)
    changed = call_logs.due(office, reference)
    plan(office, supervisor, reference, later)
    drop(office, supervisor, reference)
    drop(office, supervisor, reference)

    assert (changed, call_logs.due(office, reference)) == ((later, later), (None, None))
    said = [value for kind, value in call_logs.log(office, supervisor, reference) if kind is LogKind.FOLLOW_UP]
    assert said == [{"at": "2026-11-25T16:00"}, {"at": "2026-11-25T17:00"}, {"at": None}]


def test_a_plan_taken_back_before_the_first_call_leaves_the_promise(
    office: Office, supervisor: Person, reference: str
) -> None:
    promised, _ = call_logs.due(office, reference)
    plan(office, supervisor, reference, WEDNESDAY)

    drop(office, supervisor, reference)

    assert promised == hours.due_at(office.app.extensions["quietword"].practice, EIGHT)
    assert call_logs.due(office, reference) == (promised, None)


def test_no_time_but_theirs_can_be_planned_and_then_nothing_is_written(
    office: Office, supervisor: Person, reference: str
) -> None:
    for at, reason in (
        (EIGHT, "follow_up_past"),
        (WEDNESDAY - timedelta(minutes=1), "follow_up_unsafe"),
        (WEDNESDAY + timedelta(hours=3), "follow_up_unsafe"),
        (WEDNESDAY + timedelta(days=1), "follow_up_unsafe"),
        (WEDNESDAY + 13 * A_WEEK, "follow_up_far"),
    ):
        with pytest.raises(Refused, match=reason):
            call_logs.call(office, supervisor, reference, "no_answer", follow_up_at=at)

    assert call_logs.log(office, supervisor, reference) == []


def test_their_own_clock_decides_on_both_sides_of_summer_time(office: Office, supervisor: Person) -> None:
    """Monday, 9:00 in New York is 14:00 UTC in winter and 13:00 UTC in summer."""
    call_logs.at(office, supervisor, datetime(2026, 10, 30, 15, 0, tzinfo=UTC))
    wished = Wishes("call", when=("mon-am",), zone="America/New_York")
    reference = call_logs.ask(office, wished=wished)

    plan(office, supervisor, reference, datetime(2026, 11, 2, 14, 0, tzinfo=UTC))
    with pytest.raises(Refused, match="unsafe"):
        plan(office, supervisor, reference, datetime(2026, 11, 2, 13, 59, tzinfo=UTC))

    call_logs.at(office, supervisor, datetime(2027, 3, 12, 15, 0, tzinfo=UTC))
    plan(office, supervisor, reference, datetime(2027, 3, 15, 13, 0, tzinfo=UTC))


def test_who_wants_to_call_is_not_planned_for(office: Office, supervisor: Person) -> None:
    reference = call_logs.ask(office, wished=replace(WISHED, way="icall"))

    with pytest.raises(Refused, match="they_call"):
        plan(office, supervisor, reference, WEDNESDAY)


def test_a_wrong_number_is_not_planned_for(office: Office, supervisor: Person, reference: str) -> None:
    call_logs.call(office, supervisor, reference, "wrong_number")

    assert may_call(office, supervisor, reference).number_is_wrong
    with pytest.raises(Refused, match="wrong_number"):
        plan(office, supervisor, reference, WEDNESDAY)


def test_after_somebody_else_answered_a_second_try_can_be_planned_by_hand(
    office: Office, supervisor: Person, reference: str
) -> None:
    call_logs.call(office, supervisor, reference, "other_person")

    plan(office, supervisor, reference, WEDNESDAY)

    assert call_logs.due(office, reference) == (WEDNESDAY, WEDNESDAY)


def test_who_called_at_a_bad_time_is_called_as_it_was_planned(
    office: Office, supervisor: Person, reference: str
) -> None:
    call_logs.call(office, supervisor, reference, "no_answer", follow_up_at=WEDNESDAY)

    call_logs.call(office, supervisor, reference, "bad_time", "in")
    kept = call_logs.due(office, reference)
    call_logs.call(office, supervisor, reference, "reached", "in")

    assert (kept, call_logs.due(office, reference)) == ((WEDNESDAY, WEDNESDAY), (None, None))


def test_only_who_has_it_plans(office: Office, supervisor: Person, counselor: Person, reference: str) -> None:
    call_logs.call(office, counselor, reference, "no_answer", follow_up_at=WEDNESDAY)

    with pytest.raises(Refused, match="claimed"):
        plan(office, supervisor, reference, WEDNESDAY + timedelta(hours=1))
    with pytest.raises(Refused, match="claimed"):
        drop(office, supervisor, reference)


def test_a_plan_taken_back_leaves_what_the_client_was_told_whatever_the_rota_says_now(
    office: Office, supervisor: Person, reference: str
) -> None:
    told = WEDNESDAY + A_WEEK
    with office.work() as work:
        work.session.scalars(select(Intake)).one().promised_at = told
    plan(office, supervisor, reference, WEDNESDAY)

    drop(office, supervisor, reference)

    assert call_logs.due(office, reference) == (told, None)
