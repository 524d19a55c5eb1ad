"""Signing in: every attempt counted, one second factor each, the same for names nobody has."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.crypto import contexts, totp
from app.crypto.locks import Stretched
from app.domain.accounts import accounts, passkeys, passwords, sessions
from app.domain.accounts.accounts import FormerPassword
from app.domain.accounts.throttle import TooSoon
from app.domain.team import team
from app.domain.work import Altered, Party
from app.models import Account, AccountState, Role, SignInDelay
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person

WRONG = "a wrong password, quite long"


@pytest.fixture
def person(office: Office, clock: Clock) -> Person:
    """A supervisor whose code of this moment was not used yet."""
    found = office.found()
    clock.forward(seconds=60)
    return found


def begin(office: Office, email: str) -> passwords.PasswordAttempt:
    with office.work(Party.CLIENT) as work:
        return passwords.begin(work, email)


def wait_of(office: Office, email: str) -> int:
    with pytest.raises(TooSoon) as soon:
        begin(office, email)
    return soon.value.retry_after


def test_password_and_code_sign_in(office: Office, person: Person) -> None:
    cookie = builders.sign_in(office, person)

    assert cookie is not None
    assert cookie != person.cookie
    with office.work() as work:
        resumed = sessions.resume(work, cookie)
    assert resumed is not None
    assert resumed.member.account_id == builders.account_id(office, person)


@pytest.mark.parametrize(("password", "code"), [(WRONG, None), (None, "000000"), (WRONG, "000000"), (None, "")])
def test_nothing_says_what_was_wrong(office: Office, person: Person, password: str | None, code: str | None) -> None:
    """V-11."""
    more = {"password": password} if password else {}

    assert builders.sign_in(office, person, code=code, **more) is None
    assert "sign_in.refused" in builders.kinds(office)


def test_the_name_is_taken_however_it_is_written(office: Office, person: Person) -> None:
    written = Person(f" {person.email.upper()} ", person.totp_secret, (), person.cookie)

    assert builders.sign_in(office, written) is not None


@pytest.mark.parametrize("email", ["grace@example.org", "nobody@example.org"], ids=["known", "unknown"])
def test_the_pause_doubles_from_one_second_to_thirty(office: Office, person: Person, clock: Clock, email: str) -> None:
    """V-09, V-11: the same for a name nobody has, and never a lockout."""
    pauses = []
    for _ in range(7):
        begin(office, email)
        pauses.append(wait_of(office, email))
        clock.forward(seconds=pauses[-1])

    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_an_attempt_is_counted_before_anything_is_checked(office: Office, person: Person) -> None:
    """V-09: whoever leaves in the middle has used the attempt."""
    begin(office, person.email)

    assert wait_of(office, person.email) == 1


def test_an_attempt_that_came_too_soon_does_not_lengthen_the_pause(
    office: Office, person: Person, clock: Clock
) -> None:
    begin(office, person.email)
    for _ in range(5):
        wait_of(office, person.email)
    clock.forward(seconds=1)

    begin(office, person.email)

    assert wait_of(office, person.email) == 2


def test_of_parallel_attempts_only_one_is_let_through(office: Office, person: Person) -> None:
    """V-09: guessing in parallel gains nothing."""
    outcomes = builders.in_parallel([lambda: begin(office, person.email)] * 6)

    assert sum(isinstance(outcome, passwords.PasswordAttempt) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, TooSoon) for outcome in outcomes) == 5


def test_names_do_not_wait_for_each_other(office: Office, person: Person) -> None:
    begin(office, "nobody@example.org")

    assert builders.sign_in(office, person) is not None


def test_success_forgets_the_failures(office: Office, person: Person, clock: Clock) -> None:
    for _ in range(3):
        begin(office, person.email)
        clock.forward(seconds=30)
    assert builders.sign_in(office, person) is not None

    begin(office, person.email)

    assert wait_of(office, person.email) == 1


def test_waits_are_kept_without_the_name(office: Office, person: Person) -> None:
    begin(office, "nobody@example.org")

    assert all(
        b"nobody" not in wait.name_hash and len(wait.name_hash) == 32 for wait in builders.copies(office, SignInDelay)
    )


def test_waits_that_are_long_over_are_forgotten(office: Office, person: Person, clock: Clock) -> None:
    begin(office, "nobody@example.org")
    clock.forward(minutes=16)

    with office.work(Party.WORKER) as work:
        sessions.lock_idle(work)

    assert builders.count(office, SignInDelay) == 0


def test_an_unknown_name_has_a_salt_that_stays_the_same(office: Office, person: Person, clock: Clock) -> None:
    """V-11: a salt that changed would tell that nobody has the name."""
    first = begin(office, "nobody@example.org")
    clock.forward(seconds=2)
    again = begin(office, "nobody@example.org")

    assert first.salt == again.salt
    assert len(first.salt) == len(begin(office, person.email).salt)
    assert first.salt != begin(office, "somebody@example.org").salt


def test_an_unknown_name_never_signs_in(office: Office, person: Person) -> None:
    attempt = begin(office, "nobody@example.org")

    with office.work(Party.WORKER) as work:
        assert sessions.finish(work, attempt, Stretched(bytes(32), bytes(32)), "000000") is None


def test_somebody_who_was_only_invited_cannot_sign_in(office: Office, person: Person) -> None:
    with office.work() as work:
        team.invite(work, email="new@example.org", name="New", role=Role.COUNSELOR)

    assert begin(office, "new@example.org").account_id is None


def test_a_code_of_the_authenticator_works_once(office: Office, person: Person, clock: Clock) -> None:
    """V-05: also within its own thirty seconds."""
    code = totp.code(person.totp_secret, clock())
    assert builders.sign_in(office, person, code=code) is not None
    clock.forward(seconds=2)

    assert builders.sign_in(office, person, code=code) is None


def test_an_older_code_is_refused_once_a_newer_one_was_used(office: Office, person: Person, clock: Clock) -> None:
    older = totp.code(person.totp_secret, clock())
    clock.forward(seconds=30)
    assert builders.sign_in(office, person) is not None
    clock.forward(seconds=2)

    assert builders.sign_in(office, person, code=older) is None


def test_one_code_in_two_browsers_at_once_signs_in_one(office: Office, person: Person, clock: Clock) -> None:
    attempt = begin(office, person.email)
    stretched = builders.stretched("seven quiet boats on a lake", attempt.salt)
    code = totp.code(person.totp_secret, clock())

    def finish() -> str | None:
        with office.work(Party.WORKER) as work:
            return sessions.finish(work, attempt, stretched, code)

    outcomes = builders.in_parallel([finish] * 4)

    assert outcomes.count(None) == 3
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1


def test_a_printed_code_works_once(office: Office, person: Person, clock: Clock) -> None:
    """V-08."""
    printed = person.backup_codes[3]
    assert builders.sign_in(office, person, code=printed.lower().replace("-", " ")) is not None
    clock.forward(seconds=2)

    assert builders.sign_in(office, person, code=printed) is None
    assert builders.kinds(office).count("backup_code.used") == 1


def test_printed_codes_are_not_readable_in_the_database(office: Office, person: Person) -> None:
    """V-08: hashed, and the hashes sealed."""
    record = builders.account(office, person).sealed_record

    assert [code for code in person.backup_codes if code.encode() in record] == []


def test_a_wrong_password_does_not_use_up_a_printed_code(office: Office, person: Person, clock: Clock) -> None:
    assert builders.sign_in(office, person, password=WRONG, code=person.backup_codes[0]) is None
    clock.forward(seconds=2)

    assert builders.sign_in(office, person, code=person.backup_codes[0]) is not None


def test_a_fresh_second_factor_is_counted_too(office: Office, person: Person, clock: Clock) -> None:
    """V-19: guesses of the code alone are slowed as well."""
    with office.work(person) as work:
        assert not passkeys.prove(work, "000000")

    with pytest.raises(TooSoon), office.work(person) as work:
        passkeys.prove(work, totp.code(person.totp_secret, clock()))


def test_a_fresh_second_factor_is_remembered_for_its_browser(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(minutes=10)

    office.prove(person)

    assert clock() - office.member(person).proved_at < timedelta(seconds=1)


def test_a_record_stored_in_another_release_is_read(office: Office, person: Person) -> None:
    """It lacks what came later, may have what this release does not know, and spells moments with an offset."""
    account_id = builders.account_id(office, person)
    with office.work() as work:
        account = work.session.get_one(Account, account_id)
        record = accounts.read(work, account)
        place = contexts.account(account.id)
        stored = json.loads(work.vault.ring.open(place, account.sealed_record))
        former = {"holder": str(record.holder), "verifier": "00ff", "state": "active"}
        stored |= {"sleeping": {**former, "until": "2026-12-07T15:00:00.000001+00:00"}, "unheard_of": 1}
        for later in ("passkeys", "device_key", "devices", "moving"):
            del stored[later]
        account.sealed_record = work.vault.ring.seal(place, json.dumps(stored).encode())

    with office.work() as work:
        found = accounts.read(work, work.session.get_one(Account, account_id))

    until = datetime(2026, 12, 7, 15, 0, 0, 1, tzinfo=UTC)
    assert record.holder is not None
    assert found == replace(
        record,
        sleeping=FormerPassword(record.holder, b"\x00\xff", AccountState.ACTIVE, until),
        device_key=None,
        devices=(),
    )


@pytest.mark.parametrize("text", [b"nonsense", b"[]", b'{"email": "grace@example.org"}'])
def test_a_record_that_opens_but_cannot_be_read_is_altered(office: Office, person: Person, text: bytes) -> None:
    account_id = builders.account_id(office, person)
    with office.work() as work:
        account = work.session.get_one(Account, account_id)
        account.sealed_record = work.vault.ring.seal(contexts.account(account_id), text)

    with office.work() as work, pytest.raises(Altered, match=f"account/{account_id}"):
        accounts.read(work, work.session.get_one(Account, account_id))
