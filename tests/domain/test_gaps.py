"""Calling hours with nobody on call: each is told to supervisors once, a week ahead."""

from datetime import datetime, timedelta

from app.domain.rota import rota
from app.domain.work import Party
from app.models import Role
from app.practice.hours import Interval
from tests.domain import builders
from tests.domain.helpers import escalations
from tests.domain.helpers.escalations import Watch, phoenix
from tests.support.office import Office


def cover_all(team: Watch, *free: str) -> None:
    """Plan Ada for the calling hours of three weeks, but for the days left free."""
    account_id = team.id("Ada")
    with team.office.work() as work:
        for day in range(21):
            begins = phoenix("23 09:00") + timedelta(days=day)
            if f"{begins:%d}" not in free and begins.weekday() < 5:
                rota.add(work, account_id, begins, begins + timedelta(hours=9))


def remove_day(team: Watch, day: str) -> None:
    begins = phoenix(f"{day} 00:00")
    with team.office.work() as work:
        for shift in rota.shifts(work, begins, begins + timedelta(days=1)):
            rota.remove(work, shift.id)


def found(team: Watch, since: datetime, until: datetime) -> list[Interval]:
    with team.office.work() as work:
        return rota.gaps(work, since, until)


def test_what_nobody_serves_of_the_calling_hours_is_a_gap(team: Watch) -> None:
    team.plan("Ada", "23 08:00", "23 10:00")
    team.plan("Ben", "23 09:30", "23 12:00")
    team.plan("Cleo", "23 14:00", "23 14:30")
    team.plan("Ada", "23 17:00", "24 12:00")

    assert found(team, phoenix("23 07:00"), phoenix("24 23:00")) == [
        Interval(phoenix("23 12:00"), phoenix("23 14:00")),
        Interval(phoenix("23 14:30"), phoenix("23 17:00")),
        Interval(phoenix("24 12:00"), phoenix("24 18:00")),
    ]


def test_holidays_and_nights_are_no_gaps(team: Watch) -> None:
    assert found(team, phoenix("25 18:00"), phoenix("27 09:00")) == []


def test_who_was_suspended_serves_nothing(team: Watch) -> None:
    team.plan("Ada", "23 09:00", "23 18:00")
    builders.suspend(team.office, team.person("Grace"), team.people["Ada"])

    assert found(team, phoenix("23 09:00"), phoenix("23 20:00")) == [Interval(phoenix("23 09:00"), phoenix("23 18:00"))]


def test_supervisors_are_told_a_week_before_a_gap_begins_and_once(team: Watch) -> None:
    cover_all(team, "01")

    team.rounds("24 08:59", "24 09:00", "24 09:01", "25 09:00", "30 12:00")

    # The first of December is the Tuesday after.
    assert team.gap_letters() == ["Grace, 24 09:01"]


def test_at_night_the_letter_waits_for_calling_hours(team: Watch) -> None:
    cover_all(team, "25")

    team.round("23 22:00")

    assert team.gap_letters() == ["Grace, 24 09:00"]


def test_each_gap_is_told_once(team: Watch) -> None:
    cover_all(team, "25", "30")

    team.rounds("23 08:59", "23 09:00", "23 09:01", "25 10:00", "27 10:00")

    assert team.gap_letters() == ["Grace, 23 09:00", "Grace, 23 09:01"]


def test_a_practice_without_a_rota_hears_of_it_once_and_not_every_day(team: Watch) -> None:
    team.rounds("23 10:00", "24 10:00", "25 10:00", "26 10:00", "27 10:00")

    assert team.gap_letters() == ["Grace, 23 10:00"]


def test_a_gap_that_grows_because_somebody_fell_out_is_told_again(team: Watch) -> None:
    """A holiday lies between the two days, so they are one gap."""
    cover_all(team, "25")
    team.round("23 10:00")
    remove_day(team, "27")

    team.rounds("23 11:00", "24 10:00", "25 10:00", "26 10:00")

    assert team.gap_letters() == ["Grace, 23 10:00", "Grace, 23 11:00"]


def test_a_gap_that_was_filled_and_opens_again_is_told_again(team: Watch) -> None:
    cover_all(team, "25")
    team.round("23 10:00")
    team.plan("Ben", "25 09:00", "25 18:00")
    team.round("23 11:00")
    remove_day(team, "25")

    team.round("23 12:00")

    assert team.gap_letters() == ["Grace, 23 10:00", "Grace, 23 12:00"]


def test_what_is_left_of_a_gap_is_no_new_one(team: Watch) -> None:
    cover_all(team, "25")
    team.round("23 10:00")
    team.plan("Ben", "25 12:00", "25 14:00")

    team.rounds("23 11:00", "25 13:00")

    assert team.gap_letters() == ["Grace, 23 10:00"]


def test_all_supervisors_are_told_and_no_counselor(team: Watch) -> None:
    team.office.hire(team.person("Grace"), "second@example.org", Role.SUPERVISOR)

    team.round("23 10:00")

    assert sorted(team.gap_letters()) == ["Grace, 23 10:00", "Second, 23 10:00"]


def test_before_the_form_is_open_nobody_is_missed(office: Office) -> None:
    office.join("grace@example.org", Role.SUPERVISOR)

    with office.work(Party.WORKER) as work:
        assert rota.announce_gaps(work) == 0


def test_two_workers_at_once_tell_once(office: Office, team: Watch) -> None:
    """V-46: real connections."""
    team.set("23 10:00")

    def announce() -> int:
        with office.work(Party.WORKER) as work:
            return rota.announce_gaps(work)

    assert escalations.total(builders.in_parallel([announce] * 4)) == 1
    assert team.gap_letters() == ["Grace, 23 10:00"]


def test_hours_that_are_over_are_no_gap_ahead(team: Watch) -> None:
    cover_all(team)
    team.set("24 14:00")
    team.round()
    before = team.gap_letters()
    account_id = team.id("Ben")
    remove_day(team, "24")
    with team.office.work() as work:
        rota.add(work, account_id, phoenix("24 12:00"), phoenix("24 18:00"))

    team.round()

    with team.office.work() as work:
        assert rota.gaps_ahead(work) == []
    assert team.gap_letters() == before
