"""Whoever has a request is reminded of what is due, once for each due time."""

from collections.abc import Callable

import pytest

from app.domain.casework import escalation
from app.domain.work import Party, Work
from app.models import LetterKind, Status
from tests.domain import builders
from tests.domain.helpers import escalations
from tests.domain.helpers.escalations import Watch
from tests.support.office import Office


@pytest.fixture
def team(office: Office) -> Watch:
    """Ada has a request since Monday, and has tried to call; she is on call no more."""
    team = escalations.of(office)
    team.plan("Ben", "23 12:00", "23 18:00")
    team.set("23 10:00")
    team.ask()
    team.claim("Ada")
    team.change(attempted_at=escalations.phoenix("23 10:30"), due_at=None)
    return team


def follow_up(team: Watch, at: str) -> None:
    team.change(follow_up_at=escalations.phoenix(at), due_at=escalations.phoenix(at))


def test_a_follow_up_is_told_to_whoever_has_it_when_it_is_due_and_once(team: Watch) -> None:
    follow_up(team, "23 15:00")

    team.rounds("23 14:59", "23 15:00", "23 15:01", "23 17:00")

    assert team.told(LetterKind.FOLLOW_UP) == ["follow_up: Ada as owner, 23 15:00"]


def test_a_follow_up_is_told_at_the_time_they_chose_even_in_the_evening(team: Watch) -> None:
    follow_up(team, "23 19:30")

    team.round("23 19:30")

    assert team.told(LetterKind.FOLLOW_UP) == ["follow_up: Ada as owner, 23 19:30"]


def test_another_time_is_another_reminder(team: Watch) -> None:
    follow_up(team, "23 15:00")
    team.round("23 15:00")
    follow_up(team, "24 09:00")

    team.round("24 09:00")

    assert len(team.told(LetterKind.FOLLOW_UP)) == 2


def test_a_follow_up_that_nobody_has_is_told_to_who_is_on_call(team: Watch) -> None:
    follow_up(team, "23 15:00")
    team.change(status=Status.WAITING, claimed_by=None, claimed_at=None)

    team.round("23 15:00")

    assert team.told(LetterKind.FOLLOW_UP) == ["follow_up: Ben as on_call, 23 15:00"]


def test_a_follow_up_is_no_broken_promise_until_as_much_time_has_passed_again(team: Watch) -> None:
    follow_up(team, "23 15:00")

    team.rounds("23 15:00", "24 14:59")
    early = team.told(LetterKind.OVERDUE)
    team.round("24 15:00")

    assert early == []
    assert team.told(LetterKind.OVERDUE) == [
        "overdue: Ada as owner, 24 15:00",
        "overdue: Grace as supervisor, 24 15:00",
    ]


def test_what_is_past_the_promise_is_told_to_whoever_has_it_and_supervisors_once(team: Watch) -> None:
    team.change(attempted_at=None, due_at=escalations.phoenix("24 10:00"))

    team.rounds("24 09:59", "24 10:00", "24 10:01", "24 17:00", "25 09:00")

    assert team.told(LetterKind.OVERDUE) == [
        "overdue: Ada as owner, 24 10:00",
        "overdue: Grace as supervisor, 24 10:00",
    ]


def test_a_supervisor_who_has_it_gets_one_letter(team: Watch) -> None:
    team.change(claimed_by=team.id("Grace"), attempted_at=None, due_at=escalations.phoenix("24 10:00"))

    team.round("24 10:00")

    assert team.told(LetterKind.OVERDUE) == ["overdue: Grace as owner, 24 10:00"]


def test_what_nobody_has_is_told_to_supervisors(team: Watch) -> None:
    team.change(status=Status.WAITING, claimed_by=None, claimed_at=None, due_at=escalations.phoenix("24 10:00"))

    team.round("24 10:00")

    assert team.told(LetterKind.OVERDUE) == ["overdue: Grace as supervisor, 24 10:00"]


def test_what_nobody_acts_on_is_told_to_everybody_once_more_each_day(team: Watch) -> None:
    team.plan("Ben", "24 09:00", "25 18:00")
    team.change(status=Status.WAITING, claimed_by=None, claimed_at=None, due_at=escalations.phoenix("24 10:00"))

    team.rounds("23 10:15", "23 10:30")
    before = len(team.told())

    team.rounds("24 10:00", "24 10:15", "24 10:30", "24 17:00", "25 10:15", "25 10:29", "25 10:30", "25 17:00")

    assert team.told()[before:] == [
        "escalated: Ben as on_call, 24 10:00",
        "overdue: Grace as supervisor, 24 10:00",
        "escalated: Grace as supervisor, 24 10:15",
        "escalated: Ben as on_call, 25 10:15",
        "overdue: Grace as supervisor, 25 10:15",
        "escalated: Grace as supervisor, 25 10:30",
    ]


def test_a_promise_that_ends_with_the_day_is_told_the_next_morning(team: Watch) -> None:
    team.change(attempted_at=None, due_at=escalations.phoenix("23 18:00"))

    team.rounds("23 18:00", "24 03:00", "24 09:00")

    assert [line[-8:] for line in team.told(LetterKind.OVERDUE)] == ["24 09:00", "24 09:00"]


def test_news_give_another_due_time_and_so_another_letter(team: Watch) -> None:
    team.change(due_at=escalations.phoenix("24 10:00"))
    team.round("24 10:00")
    team.change(due_at=escalations.phoenix("25 10:00"))

    team.round("25 10:00")

    assert len(team.told(LetterKind.OVERDUE)) == 4


def test_who_must_not_know_of_it_is_not_reminded(team: Watch) -> None:
    team.keep_from("Grace")
    team.keep_from("Ada")
    team.change(due_at=escalations.phoenix("24 10:00"))

    team.round("24 10:00")

    # No supervisor may know of it, so everybody does who may: it must not lie unheard.
    assert {line.split()[1] for line in team.told(LetterKind.OVERDUE)} == {"Ben", "Cleo"}


@pytest.mark.parametrize("status", [Status.CLOSED, Status.WITHDRAWN])
def test_what_has_ended_reminds_nobody(team: Watch, status: Status) -> None:
    closed = {"outcome": "client", "closed_at": escalations.phoenix("23 11:00")} if status is Status.CLOSED else {}
    team.change(
        status=status, follow_up_at=escalations.phoenix("24 10:00"), due_at=escalations.phoenix("24 10:00"), **closed
    )

    team.rounds("24 10:00", "25 10:00")

    assert team.told(LetterKind.FOLLOW_UP, LetterKind.OVERDUE) == []


@pytest.mark.parametrize("rule", [escalation.remind_of_follow_ups, escalation.remind_of_overdue])
def test_two_workers_at_once_remind_once(office: Office, team: Watch, rule: Callable[[Work], int]) -> None:
    """V-46: real connections."""
    due_at = escalations.phoenix("24 10:00")
    planned = due_at if rule is escalation.remind_of_follow_ups else None
    team.change(due_at=due_at, follow_up_at=planned)
    team.set("24 10:00")

    def remind() -> int:
        with office.work(Party.WORKER) as work:
            return rule(work)

    assert escalations.total(builders.in_parallel([remind] * 4)) == 1
