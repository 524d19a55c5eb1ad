"""Who is told while a counselor is with a client, and what the rota makes of the promise."""

import pytest
from sqlalchemy import select

from app.domain.intake import arrivals
from app.domain.rota import oncall, rota
from app.domain.work import Missing, Party
from app.models import Intake, Letter, LetterKind
from tests.domain import builders
from tests.domain.helpers import escalations, returning_clients
from tests.domain.helpers.escalations import Watch
from tests.support.office import Office


@pytest.fixture
def team(office: Office) -> Watch:
    """Ada is on call until noon, and Ben after her."""
    team = escalations.of(office)
    team.plan("Ada", "23 09:00", "23 12:00")
    team.plan("Ben", "23 12:00", "23 18:00")
    team.set("23 10:00")
    return team


class TestWithAClient:
    def test_new_requests_go_to_the_next_person_at_once(self, team: Watch) -> None:
        team.be_busy("Ada", 30)

        team.ask()

        assert team.told() == ["new_request: Ben as next, 23 10:00"]

    def test_it_ends_by_itself(self, team: Watch) -> None:
        team.be_busy("Ada", 30)
        team.set("23 10:30")

        team.ask()

        assert team.told() == ["new_request: Ada as on_call, 23 10:30"]

    def test_it_ends_with_one_tap(self, team: Watch) -> None:
        team.be_busy("Ada", 30)
        team.be_free("Ada")

        team.ask()

        assert team.told() == ["new_request: Ada as on_call, 23 10:00"]

    def test_a_colleague_on_call_at_the_same_time_is_told_alone(self, team: Watch) -> None:
        team.plan("Cleo", "23 09:00", "23 18:00")
        team.be_busy("Ada", 30)

        team.ask()

        assert team.told() == ["new_request: Cleo as on_call, 23 10:00"]

    def test_a_next_person_who_is_busy_too_is_passed_over(self, team: Watch) -> None:
        team.be_busy("Ada", 60)
        team.be_busy("Ben", 60)

        team.ask()

        assert team.told() == ["new_request: Grace as supervisor, 23 10:00"]

    def test_with_everybody_busy_whoever_is_on_call_is_told(self, team: Watch) -> None:
        for name in ("Ada", "Ben", "Grace"):
            team.be_busy(name, 60)

        team.ask()

        assert team.told() == ["new_request: Ada as on_call, 23 10:00"]

    def test_outside_calling_hours_nobody_is_woken_for_it(self, team: Watch) -> None:
        team.plan("Cleo", "23 18:00", "24 08:00")
        team.set("23 22:00")
        team.be_busy("Cleo", 60)

        team.ask()

        assert team.told() == ["new_request: Cleo as on_call, 23 22:00"]

    def test_the_clock_does_not_go_to_who_is_busy(self, team: Watch) -> None:
        team.ask()
        team.be_busy("Ben", 60)

        team.round("23 10:15")

        assert team.told(LetterKind.ESCALATED) == ["escalated: Grace as supervisor, 23 10:15"]

    def test_the_rota_says_until_when(self, team: Watch) -> None:
        team.be_busy("Ada", 90)

        with team.office.work(team.person("Ada")) as work:
            [ada] = rota.on_call(work)

        assert (ada.name, ada.me, ada.busy_until) == ("Ada", True, escalations.phoenix("23 11:30"))

    def test_it_is_recorded(self, team: Watch) -> None:
        team.be_busy("Ada", 30)
        team.be_free("Ada")

        assert builders.kinds(team.office)[-2:] == ["rota.busy", "rota.free"]

    def test_who_waits_for_approval_has_no_part_in_it(self, office: Office) -> None:
        office.found()
        newcomer = office.join("new@example.org")

        with pytest.raises(Missing), office.work(newcomer) as work:
            oncall.set_busy(work, 30)


class TestPromise:
    """S-44: what is promised is what is written down, and it knows the rota."""

    def test_a_day_on_which_nobody_serves_is_not_promised(self, team: Watch) -> None:
        team.plan("Ada", "25 09:00", "25 18:00")

        team.ask()

        intake = team.intake()
        assert intake.due_at == intake.promised_at == escalations.phoenix("25 10:00")

    def test_with_nobody_on_the_rota_supervisors_stand_in(self, office: Office) -> None:
        team = escalations.of(office)
        team.set("23 10:00")

        team.ask()

        assert team.intake().due_at == escalations.phoenix("24 10:00")

    def test_a_suspended_colleagues_shift_promises_nothing(self, team: Watch) -> None:
        team.plan("Cleo", "24 09:00", "24 18:00")
        team.plan("Ada", "25 09:00", "25 18:00")
        builders.suspend(team.office, team.person("Grace"), team.people["Cleo"])
        team.set("23 10:00")

        team.ask()

        assert team.intake().due_at == escalations.phoenix("25 10:00")

    def test_the_confirmation_says_what_is_written_down(self, office: Office, team: Watch) -> None:
        team.plan("Ada", "25 09:00", "25 18:00")
        token = builders.send(office)
        team.plan("Cleo", "24 09:00", "24 18:00")

        with office.work(Party.CLIENT) as work:
            assert arrivals.done(work, token).heard_by == escalations.phoenix("25 10:00")

    def test_news_are_promised_by_the_rota_too(self, office: Office, team: Watch) -> None:
        team.plan("Ada", "25 09:00", "25 18:00")
        client = returning_clients.client(office)
        team.reference = client.reference
        team.change(attempted_at=escalations.phoenix("23 11:00"), due_at=None)
        team.set("23 16:00")

        client.say()

        assert client.intake().due_at == escalations.phoenix("25 16:00")
        assert client.intake().promised_at == escalations.phoenix("25 10:00")

    def test_who_writes_again_waits_no_longer_than_was_promised(self, office: Office, team: Watch) -> None:
        client = returning_clients.client(office)
        team.set("23 16:00")

        client.say()

        assert client.intake().due_at == client.intake().promised_at == escalations.phoenix("24 10:00")

    def test_a_call_planned_for_later_does_not_delay_an_answer(self, office: Office, team: Watch) -> None:
        client = returning_clients.client(office)
        team.reference = client.reference
        later = escalations.phoenix("30 09:00")
        team.change(attempted_at=escalations.phoenix("23 11:00"), due_at=later, follow_up_at=later)
        team.set("23 16:00")

        client.say()

        assert client.intake().due_at == escalations.phoenix("24 16:00")


def test_news_about_a_request_are_told_to_whoever_has_it(office: Office, team: Watch) -> None:
    client = returning_clients.client(office)
    team.reference = client.reference
    team.claim("Cleo")

    client.say()

    assert team.told(LetterKind.NEWS) == ["news: Cleo as owner, 23 10:00"]


def test_what_is_given_back_is_told_as_a_new_one_but_not_to_who_gave_it_back(office: Office, team: Watch) -> None:
    team.ask()
    team.keep_from("Grace")
    intake_id, leaver, left = team.intake().id, team.id("Ada"), {team.id("Ben"), team.id("Cleo")}
    team.set("23 10:01")

    with office.work() as work:
        oncall.give_back(work, work.session.get_one(Intake, intake_id), leaver)
        told = work.session.scalars(select(Letter.account_id).where(Letter.wanted_at == work.now)).all()

    # Nobody else is on call, and the only supervisor must not know of it.
    assert set(told) == left
