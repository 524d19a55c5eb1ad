"""Signed-in browsers: how long, what ends them, and what a row is without its cookie."""

import pytest

from app.crypto import codes
from app.domain.accounts import sessions
from app.domain.casework import claims
from app.domain.team import team
from app.domain.work import Party, Refused
from app.models import LoginSession, Role
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def person(office: Office) -> Person:
    return office.found()


def resumed(office: Office, cookie: str) -> sessions.Resumed | None:
    with office.work(Party.WORKER) as work:
        return sessions.resume(work, cookie)


def lock_idle(office: Office) -> None:
    with office.work(Party.WORKER) as work:
        sessions.lock_idle(work)


def touch(office: Office, person: Person) -> None:
    with office.work(person) as work:
        sessions.touch(work, work.member)


def test_a_session_is_over_after_fifteen_idle_minutes(office: Office, person: Person, clock: Clock) -> None:
    """V-17."""
    clock.forward(minutes=14, seconds=59)
    assert resumed(office, person.cookie) is not None
    clock.forward(seconds=1)

    assert resumed(office, person.cookie) is None


def test_being_there_keeps_a_session_alive(office: Office, person: Person, clock: Clock) -> None:
    for _ in range(3):
        clock.forward(minutes=14)
        touch(office, person)

    assert resumed(office, person.cookie) is not None


def test_resuming_alone_is_no_activity(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(minutes=10)
    assert resumed(office, person.cookie) is not None
    clock.forward(minutes=5)

    assert resumed(office, person.cookie) is None


def test_a_session_is_over_after_twelve_hours(office: Office, person: Person, clock: Clock) -> None:
    """V-17: however busy."""
    for _ in range(71):
        clock.forward(minutes=10)
        touch(office, person)
    clock.forward(minutes=9, seconds=59)
    assert resumed(office, person.cookie) is not None
    clock.forward(seconds=1)

    assert resumed(office, person.cookie) is None


def test_the_idle_lock_deletes_the_key_from_the_row(office: Office, person: Person, clock: Clock) -> None:
    """V-17: nothing is left that a cookie could open."""
    clock.forward(minutes=15)

    lock_idle(office)

    [row] = builders.copies(office, LoginSession)
    assert (row.sealed_key, row.sealed_data) == (None, None)


def test_the_idle_lock_leaves_others_alone(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(minutes=14)

    lock_idle(office)

    assert resumed(office, person.cookie) is not None


def test_a_locked_session_stays_locked_whatever_the_clock_says(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(minutes=15)
    lock_idle(office)
    clock.forward(minutes=-15)

    assert resumed(office, person.cookie) is None


def test_rows_of_yesterday_are_deleted(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(hours=12)

    lock_idle(office)

    assert builders.count(office, LoginSession) == 0


def test_signing_in_makes_a_new_cookie_and_a_new_row(office: Office, person: Person, clock: Clock) -> None:
    """V-16."""
    clock.forward(seconds=60)

    cookie = builders.sign_in(office, person)

    assert cookie != person.cookie
    assert len({row.cookie_hash for row in builders.copies(office, LoginSession)}) == 2


def test_only_a_hash_of_the_cookie_is_stored(office: Office, person: Person) -> None:
    """V-15."""
    [row] = builders.copies(office, LoginSession)

    stored = b"".join(value for value in vars(row).values() if isinstance(value, bytes))
    assert person.cookie.encode() not in stored
    assert codes.hash_token(person.cookie) not in stored


@pytest.mark.parametrize("cookie", ["", "x", "ü" * 50, "A" * 43], ids=["empty", "short", "letters", "right length"])
def test_a_cookie_nobody_gave_opens_nothing(office: Office, person: Person, cookie: str) -> None:
    assert resumed(office, cookie) is None


def test_signing_out_ends_this_browser_only(office: Office, person: Person, clock: Clock) -> None:
    """V-18."""
    clock.forward(seconds=60)
    other = builders.sign_in(office, person) or ""

    with office.work(person) as work:
        sessions.sign_out(work)

    assert resumed(office, person.cookie) is None
    assert resumed(office, other) is not None


def test_signing_out_everywhere_ends_all_of_ones_own(office: Office, person: Person, clock: Clock) -> None:
    """V-18, V-20."""
    colleague = office.hire(person, "ada@example.org")
    clock.forward(seconds=60)
    other = builders.sign_in(office, person) or ""

    with office.work(person) as work:
        sessions.sign_out_everywhere(work)

    assert [resumed(office, cookie) for cookie in (person.cookie, other)] == [None, None]
    assert resumed(office, colleague.cookie) is not None


def test_a_write_after_signing_out_elsewhere_is_refused(office: Office, person: Person) -> None:
    member = office.member(person)
    with office.work(person) as work:
        sessions.sign_out_everywhere(work)

    with pytest.raises(Refused, match="signed_out"), office.work(member):
        pytest.fail("the work was opened")


def test_a_write_by_somebody_suspended_meanwhile_is_refused(office: Office, person: Person) -> None:
    """V-18, V-27: the account is read again in the write's own transaction."""
    colleague = office.hire(person, "ada@example.org")
    reference = office.ask()
    member = office.member(colleague)
    builders.suspend(office, person, colleague)

    with pytest.raises(Refused, match="signed_out"), office.work(member) as work:
        claims.claim(work, reference)

    assert resumed(office, colleague.cookie) is None


def test_a_write_after_the_idle_lock_is_refused(office: Office, person: Person, clock: Clock) -> None:
    member = office.member(person)
    clock.forward(minutes=15)
    lock_idle(office)

    with pytest.raises(Refused, match="signed_out"), office.work(member):
        pytest.fail("the work was opened")


def test_approval_holds_from_the_next_request_on(office: Office, person: Person) -> None:
    """V-27: what was read before the change writes nothing."""
    newcomer = office.join("new@example.org")
    before = office.member(newcomer)
    office.prove(person)
    with office.work(person) as work:
        [waiting] = [one for one in team.roster(work) if one.key_digest]
        team.approve(work, waiting.id, waiting.key_digest or "")

    with pytest.raises(Refused, match="signed_out"), office.work(before):
        pytest.fail("the work was opened")
    with office.work(newcomer) as work:
        assert work.member.role is Role.COUNSELOR


def test_what_a_session_remembers_comes_back(office: Office, person: Person) -> None:
    with office.work(person) as work:
        sessions.save_data(work, person.cookie, {"csrf": "a token"})

    found = resumed(office, person.cookie)

    assert found is not None
    assert found.data == {"csrf": "a token"}


def test_nothing_is_saved_into_a_locked_session(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(minutes=15)
    lock_idle(office)

    with office.work(Party.WORKER) as work:
        sessions.save_data(work, person.cookie, {"csrf": "a token"})

    [row] = builders.copies(office, LoginSession)
    assert row.sealed_data is None
