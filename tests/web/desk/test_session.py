"""How long somebody stays signed in, and how it ends."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.crypto import totp
from app.domain.accounts import sessions
from app.domain.team import team
from app.models import LoginSession
from tests.support.clock import Clock
from tests.support.office import PASSWORD, Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Seat, statements

pytestmark = pytest.mark.both_databases


def rows(office: Office) -> list[LoginSession]:
    with office.work() as work:
        return list(work.session.scalars(select(LoginSession).order_by(LoginSession.started_at)))


def test_the_cookie_is_found_by_its_hash_and_nothing_of_it_is_stored(office: Office, supervisor: Person) -> None:
    """V-15: 256 random bits."""
    [row] = rows(office)

    stored = b"".join((row.cookie_hash, row.sealed_key or b"", row.sealed_data or b""))
    assert len(supervisor.cookie) == 43
    assert supervisor.cookie.encode() not in stored


def test_fifteen_idle_minutes_lock_the_desk_and_delete_the_key(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    """V-17: the idle lock takes the key out of the row."""
    seat = sit(supervisor)
    clock.forward(minutes=14, seconds=59)
    assert seat.look("/desk/").status == 200
    clock.forward(minutes=15)

    answer = seat.look("/desk/team")

    assert (answer.status, answer.leads_to) == (303, "/desk/sign-in?next=/desk/team")
    assert [(row.sealed_key, row.sealed_data) for row in rows(office)] == [(None, None)]


def test_twelve_hours_end_a_session_however_busy(office: Office, supervisor: Person, sit: Sit, clock: Clock) -> None:
    """V-17."""
    seat = sit(supervisor)
    for _ in range(12 * 6 - 1):
        clock.forward(minutes=10)
        assert seat.look("/desk/account").status == 200
    clock.forward(minutes=10)

    assert seat.look("/desk/account").status == 303
    assert rows(office) == []


def test_looking_is_noted_once_a_minute_at_most(app: Flask, supervisor: Person, sit: Sit, clock: Clock) -> None:
    seat = sit(supervisor)
    seat.look("/desk/")
    clock.forward(seconds=59)

    with statements(app) as seen:
        seat.look("/desk/")

    assert not any(statement.startswith("UPDATE") for statement in seen)


@pytest.mark.parametrize(
    ("page", "action"),
    [("/desk/", "/desk/sign-out"), ("/desk/account", "/desk/sign-out-everywhere")],
    ids=["out", "everywhere"],
)
def test_signing_out_ends_the_session_at_once(
    office: Office, supervisor: Person, sit: Sit, page: str, action: str
) -> None:
    """V-18, V-20, V-22."""
    seat = sit(supervisor)

    answer = seat.send(action, page)

    assert (answer.status, answer.leads_to) == (303, "/desk/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert seat.cookies == {}
    assert rows(office) == []
    assert sit(supervisor).look("/desk/").status == 303, "the cookie is dead, should somebody have kept it"


def test_signing_out_leaves_ones_other_devices_alone(office: Office, supervisor: Person, sit: Sit, seat: Seat) -> None:
    phone, desk = sit(supervisor), _again(seat, office, supervisor)

    desk.send("/desk/sign-out", "/desk/")

    assert phone.look("/desk/").status == 200


def test_signing_out_everywhere_ends_all_of_ones_sessions_and_nobody_elses(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, seat: Seat
) -> None:
    """V-18, V-19."""
    phone, colleague, desk = sit(supervisor), sit(counselor), _again(seat, office, supervisor)

    desk.send("/desk/sign-out-everywhere", "/desk/account")

    assert phone.look("/desk/").status == 303
    assert desk.look("/desk/").status == 303
    assert colleague.look("/desk/").status == 200


def test_signing_in_again_makes_a_new_cookie(office: Office, supervisor: Person, sit: Sit) -> None:
    """V-16: nobody can be made to keep a cookie that somebody else knows."""
    seat = sit(supervisor)
    before = seat.cookies

    _again(seat, office, supervisor)

    assert seat.cookies.keys() == before.keys()
    assert seat.cookies != before


def test_a_suspended_colleague_is_out_with_the_next_click(
    office: Office, supervisor: Person, counselor: Person, sit: Sit
) -> None:
    """V-18, V-27."""
    seat = sit(counselor)
    page = seat.look("/desk/rota")
    with office.work() as work:
        team.suspend(work, team.by_email(work, counselor.email))

    assert seat.look("/desk/").status == 303
    assert seat.send("/desk/sign-out", page).status == 401


def test_a_page_that_is_only_fetched_in_advance_is_refused(supervisor: Person, sit: Sit) -> None:
    """V-21: opening is recorded, so it has to be meant."""
    assert sit(supervisor).look("/desk/", headers={"Sec-Purpose": "prefetch;prerender"}).status == 503


def test_a_post_after_the_session_ended_says_so_and_shows_the_way_in(
    supervisor: Person, sit: Sit, clock: Clock
) -> None:
    seat = sit(supervisor)
    page = seat.look("/desk/rota")
    clock.forward(minutes=16)

    answer = seat.send("/desk/sign-out", page)

    assert answer.status == 401
    assert "You were signed out" in answer.text
    assert "/desk/sign-in" in answer.links()


def test_a_cookie_that_was_changed_opens_nothing(supervisor: Person, sit: Sit) -> None:
    seat = sit(supervisor)
    seat.client.set_cookie("s", supervisor.cookie[:-1] + ("A" if supervisor.cookie[-1] != "A" else "B"))

    assert seat.look("/desk/").status == 303


def test_what_a_session_remembers_never_shows_itself(office: Office, supervisor: Person) -> None:
    with office.work() as work:
        resumed = sessions.resume(work, supervisor.cookie)

    assert resumed is not None
    assert "recovery_code" not in repr(resumed)


def _again(seat: Seat, office: Office, person: Person) -> Seat:
    office.clock.forward(seconds=60)
    code = totp.code(person.totp_secret, office.clock())
    answer = seat.send("/desk/sign-in", email=person.email, password=PASSWORD, code=code)
    assert answer.status == 303
    return seat
