"""Nobody acts: the next person is told, then the supervisors. The practice calls from 9 to 18, and waits at night."""

import pytest
from sqlalchemy import select

from app.domain.casework import claims, escalation
from app.domain.letters import outbox
from app.domain.letters.outbox import DeliveryState
from app.domain.rota import rota
from app.domain.work import Missing, Party, Refused
from app.models import AuditLine, Intake, Letter, LetterKind, Status
from tests.domain import builders
from tests.domain.helpers import call_logs, escalations, returning_clients
from tests.domain.helpers.escalations import Watch
from tests.support.office import Office

#: A day with Ada on call until noon, and Ben after her.
ADA, BEN = ("23 09:00", "23 12:00"), ("23 12:00", "23 18:00")


@pytest.fixture
def day(team: Watch) -> Watch:
    """A request of ten o'clock, of which Ada was told."""
    team.plan("Ada", *ADA)
    team.plan("Ben", *BEN)
    team.set("23 10:00")
    team.ask()
    return team


def test_who_does_not_open_it_is_followed_by_the_next_and_then_by_all_supervisors(day: Watch) -> None:
    day.rounds("23 10:14", "23 10:15", "23 10:29", "23 10:30", "23 10:45", "23 11:30")

    assert day.told() == [
        "new_request: Ada as on_call, 23 10:00",
        "escalated: Ben as next, 23 10:15",
        "escalated: Grace as supervisor, 23 10:30",
    ]


def test_opening_stops_the_clock_once_for_an_hour(day: Watch) -> None:
    day.set("23 10:05")
    day.open("Ada")
    day.set("23 10:40")
    day.open("Ada")

    day.rounds("23 10:41", "23 11:14", "23 11:15", "23 11:29", "23 11:30", "23 12:00")

    assert day.told(LetterKind.ESCALATED) == [
        "escalated: Ben as next, 23 11:15",
        "escalated: Grace as supervisor, 23 11:30",
    ]


def test_claiming_stops_the_clock(day: Watch) -> None:
    day.set("23 10:05")
    day.claim("Ada")

    day.rounds("23 10:15", "23 10:50")

    assert day.told(LetterKind.ESCALATED) == []


@pytest.mark.parametrize("status", [Status.CLOSED, Status.WITHDRAWN])
def test_what_has_ended_is_told_to_nobody(day: Watch, status: Status) -> None:
    closed = {"outcome": "spam", "closed_at": escalations.phoenix("23 10:01")} if status is Status.CLOSED else {}
    day.change(status=status, **closed)

    day.rounds("23 10:15", "23 10:50")

    assert day.told(LetterKind.ESCALATED) == []


def test_who_is_on_call_by_now_comes_before_whose_shift_is_still_ahead(day: Watch) -> None:
    day.plan("Cleo", "23 10:10", "23 11:00")

    day.round("23 10:16")

    assert day.told(LetterKind.ESCALATED) == ["escalated: Cleo as on_call, 23 10:16"]


def test_with_nobody_else_on_the_rota_the_supervisors_come_at_once(team: Watch) -> None:
    team.plan("Ada", *ADA)
    team.plan("Ben", "30 18:00", "30 20:00")
    team.set("23 10:00")
    team.ask()

    team.rounds("23 10:14", "23 10:15", "23 10:30", "23 11:00")

    assert team.told(LetterKind.ESCALATED) == ["escalated: Grace as supervisor, 23 10:15"]


def test_who_must_not_know_of_it_is_passed_over(day: Watch) -> None:
    day.plan("Cleo", "24 09:00", "24 18:00")
    day.keep_from("Ben")
    day.keep_from("Grace")

    day.rounds("23 10:15", "23 10:30", "23 11:00")

    assert day.told(LetterKind.ESCALATED) == [
        "escalated: Cleo as next, 23 10:15",
        "escalated: Ada as supervisor, 23 10:30",
        "escalated: Cleo as supervisor, 23 10:30",
    ]


@pytest.mark.parametrize(
    ("arrives", "told", "escalates"),
    [
        pytest.param("23 17:55", "23 17:55", "24 09:10", id="five minutes before closing"),
        pytest.param("25 17:50", "25 17:50", "27 09:05", id="before a holiday"),
        pytest.param("27 16:55", "27 16:55", "30 09:10", id="before a weekend"),
    ],
)
def test_the_clock_runs_in_calling_hours_only(team: Watch, arrives: str, told: str, escalates: str) -> None:
    team.plan("Ada", arrives, arrives[:3] + "23:00")
    team.plan("Ben", "30 20:00", "30 21:00")
    team.set(arrives)
    team.ask()
    minute = escalations.phoenix(escalates)

    team.clock.set(minute - escalations.minutes(1))
    team.round()
    early = team.told(LetterKind.ESCALATED)
    team.clock.set(minute)
    team.round()

    assert team.told(LetterKind.NEW_REQUEST) == [f"new_request: Ada as on_call, {told}"]
    assert early == []
    assert [line[-8:] for line in team.told(LetterKind.ESCALATED)] == [escalates]


def test_a_night_request_is_told_when_the_next_shift_begins_and_its_clock_with_it(team: Watch) -> None:
    team.plan("Ada", "24 08:00", "24 12:00")
    team.plan("Ben", "24 12:00", "24 18:00")
    team.set("24 02:00")
    team.ask()

    team.rounds("24 08:55", "24 09:14", "24 09:15", "24 09:29", "24 09:30", "24 09:50")

    assert team.told() == [
        "new_request: Ada as on_call, 24 08:00",
        "escalated: Ben as next, 24 09:15",
        "escalated: Grace as supervisor, 24 09:30",
    ]


def test_a_night_request_is_told_to_whoever_has_the_shift_by_then(team: Watch) -> None:
    team.plan("Ada", "24 08:00", "24 12:00")
    team.set("24 02:00")
    team.ask()
    with team.office.work() as work:
        [shift] = rota.shifts(work, escalations.phoenix("24 08:00"), escalations.phoenix("24 12:00"))
        rota.remove(work, shift.id)
    team.plan("Ben", "24 08:30", "24 12:00")

    team.rounds("24 08:00", "24 08:30", "24 09:14", "24 09:15")

    with team.office.work() as work:
        told = [one for one in outbox.deliveries(work, team.reference) if one.state is not DeliveryState.CANCELLED]
    assert [(one.kind, one.name, one.wanted_at) for one in told] == [
        (LetterKind.NEW_REQUEST, "Ben", escalations.phoenix("24 08:30")),
        (LetterKind.ESCALATED, "Grace", escalations.phoenix("24 09:15")),
    ]


def test_whoever_opens_it_in_the_night_does_not_stop_the_clock_of_the_morning(team: Watch) -> None:
    team.plan("Ada", "24 08:00", "24 12:00")
    team.plan("Ben", "24 12:00", "24 18:00")
    team.set("24 02:00")
    team.ask()
    team.set("24 03:00")
    team.open("Grace")
    team.set("24 09:05")
    team.open("Ada")

    team.rounds("24 09:15", "24 10:14", "24 10:15")

    assert team.told(LetterKind.ESCALATED) == ["escalated: Ben as next, 24 10:15"]


def test_where_the_night_is_told_the_clock_still_waits_for_calling_hours(team: Watch) -> None:
    team.night("tell")
    team.plan("Ben", "24 12:00", "24 18:00")
    team.set("24 02:00")
    team.ask()

    team.rounds("24 02:30", "24 09:14", "24 09:15")

    assert team.told() == [
        "new_request: Grace as supervisor, 24 02:00",
        "escalated: Ben as next, 24 09:15",
    ]


def test_two_workers_at_once_tell_once(office: Office, day: Watch) -> None:
    """V-46: real connections."""
    day.set("23 10:15")

    def escalate() -> int:
        with office.work(Party.WORKER) as work:
            return escalation.escalate(work)

    assert escalations.total(builders.in_parallel([escalate] * 4)) == 1
    assert day.told(LetterKind.ESCALATED) == ["escalated: Ben as next, 23 10:15"]


def test_telling_further_is_recorded(office: Office, day: Watch) -> None:
    day.round("23 10:15")

    with office.work() as work:
        line = work.session.scalars(select(AuditLine).where(AuditLine.kind == "intake.escalated")).one()
    assert (line.actor, line.subject) == ("worker", f"intake/{day.reference}")


def test_a_request_from_before_this_was_kept_has_no_clock(day: Watch) -> None:
    day.change(clock_at=None)

    day.rounds("23 10:15", "23 10:50")

    assert day.told(LetterKind.ESCALATED) == []


class TestPassingOn:
    def test_the_next_person_is_told_now_and_their_clock_begins(self, day: Watch) -> None:
        day.set("23 10:05")
        day.open("Ada")
        day.pass_on("Ada")

        day.rounds("23 10:15", "23 10:19", "23 10:20", "23 11:00")

        assert day.told()[1:] == [
            "passed_on: Ben as next, 23 10:05",
            "escalated: Grace as supervisor, 23 10:20",
        ]

    def test_the_next_persons_opening_stops_the_clock_anew(self, day: Watch) -> None:
        day.set("23 10:02")
        day.open("Ada")
        day.pass_on("Ada")
        day.set("23 10:10")
        day.open("Ben")

        day.rounds("23 10:17", "23 11:16", "23 11:17")

        assert day.told(LetterKind.ESCALATED) == ["escalated: Grace as supervisor, 23 11:17"]

    def test_after_the_next_person_all_supervisors_are_told_and_then_nobody_is_left(self, day: Watch) -> None:
        day.set("23 10:05")
        day.pass_on("Ada")
        day.pass_on("Ben")

        with pytest.raises(Refused, match="nobody_left_to_notify"):
            day.pass_on("Ben")

        assert day.told(LetterKind.PASSED_ON) == [
            "passed_on: Ben as next, 23 10:05",
            "passed_on: Grace as supervisor, 23 10:05",
        ]

    def test_at_night_nobody_is_woken(self, day: Watch) -> None:
        day.set("23 19:00")
        day.pass_on("Ada")

        assert day.told(LetterKind.PASSED_ON) == ["passed_on: Grace as supervisor, 24 09:00"]

    def test_one_that_somebody_has_is_not_passed_on(self, day: Watch) -> None:
        day.claim("Ada")

        with pytest.raises(Refused, match="claimed"):
            day.pass_on("Ben")

    def test_one_that_is_not_mine_to_know_is_not_there(self, day: Watch) -> None:
        """V-25."""
        day.keep_from("Cleo")

        with pytest.raises(Missing):
            day.pass_on("Cleo")

    def test_passing_on_is_recorded(self, office: Office, day: Watch) -> None:
        day.pass_on("Ada")

        assert "intake.passed_on" in builders.kinds(office)


def test_news_of_a_client_starts_the_clock_anew(office: Office, team: Watch) -> None:
    team.plan("Ada", *ADA)
    team.plan("Ben", *BEN)
    team.set("23 10:00")
    client = returning_clients.client(office)
    team.rounds("23 10:15", "23 10:30")
    team.set("23 10:40")
    client.say()

    team.rounds("23 10:54", "23 10:55")

    assert team.told()[3:] == ["news: Ada as on_call, 23 10:40", "escalated: Ben as next, 23 10:55"]


def unsent(team: Watch) -> list[LetterKind]:
    """Return the letters about the request that will still leave."""
    with team.office.work() as work:
        about = (Letter.intake_id == Intake.id, Intake.reference == team.reference)
        return list(work.session.scalars(select(Letter.kind).where(*about, Letter.failed_at.is_(None))))


@pytest.mark.parametrize("end", ["claim", "close"])
def test_who_would_hear_of_it_in_the_morning_does_not_once_somebody_has_it(team: Watch, end: str) -> None:
    team.plan("Ada", "24 09:00", "24 18:00")
    team.set("23 22:00")
    team.ask()
    if end == "claim":
        team.claim("Grace")
    else:
        call_logs.close(team.office, team.person("Grace"), team.reference)

    team.set("24 09:00")

    assert unsent(team) == []


def test_who_has_it_handed_over_at_night_hears_of_it_in_the_morning(team: Watch) -> None:
    team.plan("Ada", "24 09:00", "24 18:00")
    team.set("23 22:00")
    team.ask()
    ada = team.id("Ada")

    with team.office.work(team.person("Grace")) as work:
        claims.hand_over(work, team.reference, ada)

    assert unsent(team) == [LetterKind.HANDED_OVER]


def test_who_looked_at_it_just_before_the_clock_began_has_an_hour_too(team: Watch) -> None:
    team.plan("Ada", "24 09:00", "24 18:00")
    team.set("23 22:00")
    team.ask()
    team.set("24 08:55")
    team.open("Ada")

    team.rounds("24 09:15", "24 10:09", "24 10:10")

    assert team.told(LetterKind.ESCALATED) == ["escalated: Grace as supervisor, 24 10:10"]
