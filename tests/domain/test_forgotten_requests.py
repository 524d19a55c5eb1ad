"""Somebody has a request and does not act: its clock starts again, others are told, and whoever is told may take it."""

import pytest

from app.domain.calls import dialing
from app.domain.work import Refused
from app.models import LetterKind
from tests.domain.helpers import escalations
from tests.domain.helpers.escalations import Watch
from tests.support.office import Office


@pytest.fixture
def day(team: Watch) -> Watch:
    """A request of ten o'clock that Ada has, with Ben and Cleo on call when its time is over."""
    team.plan("Ada", "23 09:00", "23 12:00")
    team.plan("Ben", "23 12:00", "23 18:00")
    team.set("23 10:00")
    team.ask()
    team.claim("Ada")
    team.plan("Ada", "24 09:00", "24 11:00")
    team.plan("Ben", "24 09:30", "24 18:00")
    team.plan("Cleo", "25 09:00", "25 18:00")
    return team


def test_its_clock_starts_again_when_it_is_due(day: Watch) -> None:
    day.rounds("24 09:59", "24 10:00", "24 10:14", "24 10:15", "24 10:30", "24 11:00")

    assert day.told()[1:] == [
        "overdue: Ada as owner, 24 10:00",
        "escalated: Ben as on_call, 24 10:00",
        "overdue: Grace as supervisor, 24 10:00",
        "escalated: Cleo as next, 24 10:15",
        "escalated: Grace as supervisor, 24 10:30",
    ]


def test_whoever_is_told_may_take_it(day: Watch) -> None:
    with pytest.raises(Refused, match=r"^claimed$"):
        day.claim("Ben")
    day.round("24 10:00")

    day.claim("Ben")

    assert day.intake().claimed_by == day.id("Ben")
    with pytest.raises(Refused, match=r"^claimed$"), day.office.work(day.person("Ada")) as work:
        dialing.reveal(work, day.reference, "agreed")


def test_a_call_stops_it(day: Watch) -> None:
    day.round("24 10:00")
    day.change(attempted_at=escalations.phoenix("24 10:05"), due_at=None)

    day.rounds("24 10:15", "24 10:30", "24 11:00")

    assert len(day.told(LetterKind.ESCALATED)) == 1


def test_who_takes_it_over_has_an_hour(day: Watch) -> None:
    day.round("24 10:00")
    day.change(claimed_by=day.id("Ben"), claimed_at=escalations.phoenix("24 10:05"))

    day.rounds("24 10:20", "24 11:14", "24 11:15")

    assert day.told(LetterKind.ESCALATED)[1:] == ["escalated: Cleo as next, 24 11:15"]


def test_a_call_before_it_is_due_leaves_everybody_in_peace(day: Watch) -> None:
    day.change(attempted_at=escalations.phoenix("23 10:05"), due_at=None)

    day.rounds("24 10:00", "24 10:30")

    assert len(day.told()) == 1


def test_given_back_its_clock_starts_anew(day: Watch) -> None:
    day.set("23 11:00")
    day.give_back("Ada")

    day.rounds("23 11:14", "23 11:15", "23 11:30")

    assert day.told()[1:] == [
        "new_request: Grace as supervisor, 23 11:00",
        "escalated: Ben as next, 23 11:15",
        "escalated: Grace as supervisor, 23 11:30",
    ]


def test_who_takes_what_is_overdue_and_forgets_it_is_not_the_last_to_know(office: Office, team: Watch) -> None:
    team.plan("Cleo", "23 09:00", "23 18:00")
    team.plan("Ada", "24 09:00", "24 18:00")
    team.plan("Ben", "24 09:00", "24 18:00")
    team.set("23 10:00")
    team.ask()
    team.rounds("23 10:15", "23 10:30", "24 10:00")
    team.set("24 10:05")
    team.claim("Ada")
    before = len(team.told())

    team.rounds("24 10:20", "24 11:19", "24 11:20", "24 11:35", "24 12:00")

    assert team.told()[before:] == ["escalated: Grace as supervisor, 24 11:20"]
