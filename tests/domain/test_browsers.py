"""The list of signed-in browsers: whose, what of them is told, and ending them."""

from dataclasses import replace

import pytest

from app.domain.accounts import passkeys, sessions
from app.domain.accounts.accounts import DeviceKind
from app.domain.work import Altered, Missing, Party, Refused
from app.models import LoginSession, Role
from tests.domain import builders
from tests.domain.helpers import passkey_touches
from tests.domain.helpers.passkey_touches import COMPUTER, PHONE
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def person(office: Office) -> Person:
    return office.found()


@pytest.fixture
def colleague(office: Office, person: Person) -> Person:
    return office.hire(person, "ada@example.org")


def own(office: Office, person: Person) -> list[sessions.Browser]:
    with office.work(person) as work:
        return sessions.own_browsers(work)


def again(office: Office, person: Person) -> Person:
    """Return the same person in another browser."""
    office.clock.forward(seconds=60)
    return replace(person, cookie=builders.sign_in(office, person) or "")


def alive(office: Office, person: Person) -> bool:
    with office.work(Party.WORKER) as work:
        return sessions.resume(work, person.cookie) is not None


def test_one_sees_ones_own_browsers_this_one_first(
    office: Office, person: Person, colleague: Person, clock: Clock
) -> None:
    """V-20."""
    started = clock()
    other = again(office, person)

    browsers = own(office, other)

    assert [one.here for one in browsers] == [True, False]
    assert browsers[0].started_at == browsers[0].seen_at == clock()
    assert browsers[1].started_at < started
    assert len(own(office, colleague)) == 1


def test_a_browser_is_told_by_its_kind_and_what_opened_it(office: Office, person: Person) -> None:
    owner = passkey_touches.owner(office, person)
    passkey = owner.add()
    cookie = owner.sign_in(device=PHONE)
    assert isinstance(cookie, str)

    browsers = own(office, replace(person, cookie=cookie))

    assert [(one.kind, one.passkey) for one in browsers] == [
        (DeviceKind.PHONE, str(passkey)),
        (DeviceKind.UNKNOWN, None),
    ]


def test_idle_and_old_browsers_are_not_listed(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(minutes=14)
    other = again(office, person)
    clock.forward(minutes=2)

    assert len(own(office, other)) == 1


def test_a_browser_from_before_there_were_words_is_listed_without(office: Office, person: Person) -> None:
    with builders.writer(office) as session:
        session.query(LoginSession).update({"sealed_device": None})

    [browser] = own(office, person)
    assert browser.kind is DeviceKind.UNKNOWN


def test_ending_one_browser_ends_that_one(office: Office, person: Person) -> None:
    """V-20."""
    other = again(office, person)
    [here, there] = own(office, other)

    with office.work(other) as work:
        assert sessions.end_browser(work, there.mark) is False

    assert [alive(office, person), alive(office, other)] == [False, True]
    assert builders.kinds(office)[-1] == "session.ended"
    with office.work(other) as work:
        assert sessions.end_browser(work, here.mark) is True
    assert not alive(office, other)


def test_nobody_ends_a_colleagues_browser_from_their_own_page(
    office: Office, person: Person, colleague: Person
) -> None:
    """V-25."""
    [theirs] = own(office, colleague)

    for mark in (theirs.mark, "00" * 32, "", "no mark"):
        with office.work(person) as work, pytest.raises(Missing):
            sessions.end_browser(work, mark)
    assert alive(office, colleague)


def test_ending_the_others_leaves_this_one_and_colleagues(office: Office, person: Person, colleague: Person) -> None:
    others = [again(office, person) for _ in range(2)]

    with office.work(others[-1]) as work:
        sessions.end_others(work)

    assert [alive(office, one) for one in (person, *others, colleague)] == [False, False, True, True]
    assert builders.kinds(office)[-1] == "session.others_ended"


def test_a_supervisor_ends_a_colleagues_browsers(office: Office, person: Person, colleague: Person) -> None:
    other = again(office, colleague)
    account_id = builders.account_id(office, colleague)
    office.prove(person)

    with office.work(person) as work:
        sessions.end_colleagues(work, account_id)

    assert [alive(office, one) for one in (colleague, other, person)] == [False, False, True]
    assert builders.kinds(office)[-1] == "session.all_ended"
    assert alive(office, again(office, colleague)), "they may sign in again"


def test_only_a_supervisor_with_a_fresh_second_factor_ends_them(
    office: Office, person: Person, colleague: Person, clock: Clock
) -> None:
    """V-19, V-25."""
    ours, theirs = builders.account_id(office, person), builders.account_id(office, colleague)
    office.prove(colleague)
    with office.work(colleague) as work, pytest.raises(Missing):
        sessions.end_colleagues(work, ours)
    clock.forward(minutes=6)
    with office.work(person) as work, pytest.raises(Refused, match="prove_again"):
        sessions.end_colleagues(work, theirs)

    assert office.member(person).role is Role.SUPERVISOR
    assert alive(office, colleague)


def test_removing_a_passkey_ends_what_it_opened_elsewhere(office: Office, person: Person) -> None:
    """A lost phone is signed out; the browser that says so is not, even if the same passkey opened it."""
    owner = passkey_touches.owner(office, person)
    passkey = owner.add()
    lost, here = owner.sign_in(device=PHONE), owner.sign_in(device=COMPUTER)
    assert isinstance(lost, str)
    assert isinstance(here, str)
    at_home = replace(person, cookie=here)

    with office.work(at_home) as work:
        passkeys.remove(work, passkey)

    assert [alive(office, one) for one in (replace(person, cookie=lost), at_home, person)] == [False, True, True]


def test_a_word_moved_to_another_browser_is_refused(office: Office, person: Person) -> None:
    """Must hold 1."""
    other = again(office, person)
    with builders.writer(office) as session:
        one, two = session.query(LoginSession).all()
        one.sealed_device, two.sealed_device = two.sealed_device, one.sealed_device

    with pytest.raises(Altered, match="session/"):
        own(office, other)
