"""Passkeys: alone where they give a secret, with the password where not, and refused in every other case."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.domain import permissions
from app.domain.accounts import accounts, passkeys, sessions, throttle
from app.domain.accounts.passkeys import Halfway
from app.domain.intake import opening
from app.domain.work import Missing, Party, Refused
from app.models import Account, AccountState, Letter, LetterKind, Lock, LockKind, SpentChallenge
from tests.domain import builders
from tests.domain.helpers import passkey_touches
from tests.domain.helpers.passkey_touches import Owner
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def colleague(office: Office, owner: Owner) -> Owner:
    return passkey_touches.owner(office, office.hire(owner.person, "ada@example.org"))


def as_signed_in(owner: Owner, cookie: str | Halfway | None) -> Person:
    assert isinstance(cookie, str)
    return replace(owner.person, cookie=cookie)


def letters(office: Office, kind: LetterKind) -> int:
    with office.work() as work:
        return len(work.session.scalars(select(Letter).where(Letter.kind == kind)).all())


def test_a_passkey_with_a_secret_opens_a_request_without_a_password(office: Office, owner: Owner) -> None:
    """The secret is a lock of its own on the holder's key."""
    reference = office.ask(name="Sam")
    owner.add()

    person = as_signed_in(owner, owner.sign_in())

    with office.work(person) as work:
        opened = opening.open(work, reference)
    assert isinstance(opened, opening.Opened)
    assert opened.answers.name == "Sam"


def test_a_passkey_without_a_secret_asks_for_the_password(office: Office, owner: Owner) -> None:
    owner.add(secret=False)

    halfway = owner.sign_in()

    assert isinstance(halfway, Halfway)
    assert halfway.email == owner.person.email
    person = as_signed_in(owner, owner.sign_in_with_password(halfway))
    assert office.member(person).state is AccountState.ACTIVE
    assert [alone for _, alone in owner.listed()] == [False]


def test_a_passkey_that_lost_its_secret_is_still_a_second_factor(owner: Owner) -> None:
    """Not every browser passes the secret on, and one that passes on another has not altered our record."""
    owner.add()

    assert isinstance(owner.sign_in(owner.answer(secret=False)), Halfway)
    assert isinstance(owner.sign_in(replace(owner.answer(), secret=bytes(32))), Halfway)


def test_the_password_after_a_passkey_must_be_right(owner: Owner, clock: Clock) -> None:
    owner.add(secret=False)
    halfway = owner.sign_in()
    assert isinstance(halfway, Halfway)

    assert owner.sign_in_with_password(halfway, password="not the right one at all") is None
    clock.forward(seconds=5)
    assert owner.sign_in_with_password(halfway) is not None


def test_what_came_halfway_works_once(owner: Owner) -> None:
    owner.add(secret=False)
    halfway = owner.sign_in()
    assert isinstance(halfway, Halfway)
    assert owner.sign_in_with_password(halfway) is not None

    assert owner.sign_in_with_password(halfway) is None


def test_what_came_halfway_belongs_to_its_passkey_and_person(owner: Owner, colleague: Owner, clock: Clock) -> None:
    colleague.add(secret=False)
    halfway = colleague.sign_in()
    assert isinstance(halfway, Halfway)

    for forged in (replace(halfway, email=owner.person.email), replace(halfway, passkey=str(uuid4()))):
        clock.forward(seconds=60)
        assert colleague.sign_in_with_password(forged) is None


def test_a_challenge_is_answered_once(office: Office, owner: Owner) -> None:
    """A replay fails, wherever the first answer led."""
    owner.add()
    answer, refused = owner.answer(), owner.answer()
    assert isinstance(owner.sign_in(answer), str)
    owner.device.origin = "http://evil.example"
    assert owner.sign_in(owner.answer(challenge=refused.challenge)) is None
    owner.device.origin = "http://localhost"
    office.clock.forward(seconds=60)

    assert owner.sign_in(answer) is None
    office.clock.forward(seconds=60)
    assert owner.sign_in(refused) is None
    office.clock.forward(seconds=60)
    assert owner.prove(refused) is False


def test_of_the_same_answer_sent_twice_at_once_one_signs_in(owner: Owner) -> None:
    owner.add()
    answer = owner.answer()

    outcomes = builders.in_parallel([lambda: owner.sign_in(answer)] * 2)

    assert sum(isinstance(one, str) for one in outcomes) == 1


def test_answered_challenges_are_forgotten_once_they_are_too_old(office: Office, owner: Owner, clock: Clock) -> None:
    owner.add()
    assert builders.count(office, SpentChallenge) == 1
    clock.forward(minutes=11)

    with office.work(Party.WORKER) as work:
        sessions.lock_idle(work)

    assert builders.count(office, SpentChallenge) == 0


LIES = {
    "another origin": {"origin": "http://localhost:8001"},
    "another host": {"host": "evil.example"},
    "nobody was verified": {"verifies": False},
    "unknown passkey": {"credential": b"unknown"},
    "nobody's": {"user": bytes(16)},
    "no person": {"user": b""},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_any_other_answer_is_refused_and_recorded(office: Office, owner: Owner, lie: dict[str, object]) -> None:
    owner.add()
    for name, value in lie.items():
        setattr(owner.device, name, value)

    assert owner.sign_in() is None
    assert builders.kinds(office)[-1] == "sign_in.refused"


@pytest.mark.parametrize("lie", list(LIES.values())[:4], ids=list(LIES)[:4])
def test_no_other_answer_proves_anything(office: Office, owner: Owner, lie: dict[str, object]) -> None:
    owner.add()
    before = office.member(owner.person).proved_at
    for name, value in lie.items():
        setattr(owner.device, name, value)
    office.clock.forward(seconds=60)

    assert owner.prove() is False
    assert builders.kinds(office)[-1] == "proof.refused"
    assert office.member(owner.person).proved_at == before


@pytest.mark.parametrize("lie", list(LIES.values())[:3], ids=list(LIES)[:3])
def test_no_passkey_is_added_from_a_wrong_answer(owner: Owner, lie: dict[str, object]) -> None:
    for name, value in lie.items():
        setattr(owner.device, name, value)

    with pytest.raises(Refused, match="passkey"):
        owner.add()
    assert owner.listed() == []


def test_a_copy_is_refused_recorded_and_told(office: Office, owner: Owner, clock: Clock) -> None:
    """Its counter lags behind; the real one goes on working."""
    owner.add()
    copy = replace(owner.device)
    assert isinstance(owner.sign_in(), str)
    before = letters(office, LetterKind.ACCOUNT_CHANGE)
    real, owner.device = owner.device, copy

    assert owner.sign_in() is None

    assert builders.kinds(office)[-2:] == ["passkey.copied", "sign_in.refused"]
    assert letters(office, LetterKind.ACCOUNT_CHANGE) == before + 1
    clock.forward(seconds=60)
    owner.device = real
    assert isinstance(owner.sign_in(), str)


def test_a_passkey_that_never_counts_signs_in_again_and_again(owner: Owner) -> None:
    owner.device.count = None
    owner.add()

    assert all(isinstance(owner.sign_in(), str) for _ in range(3))


def test_failed_attempts_slow_that_passkey_and_not_the_password(office: Office, owner: Owner) -> None:
    """V-09."""
    owner.add()
    owner.device.verifies = False
    owner.sign_in()
    owner.device.verifies = True

    with pytest.raises(throttle.TooSoon):
        owner.sign_in()
    office.clock.forward(seconds=60)
    owner.device.verifies = False
    owner.sign_in()
    assert builders.sign_in(office, owner.person) is not None


def test_a_passkey_is_a_fresh_second_factor(office: Office, owner: Owner, clock: Clock) -> None:
    owner.add()
    clock.forward(minutes=10)
    assert clock() - office.member(owner.person).proved_at > permissions.FRESH

    assert owner.prove() is True

    assert office.member(owner.person).proved_at == clock()


def test_a_colleagues_passkey_proves_nothing(owner: Owner, colleague: Owner) -> None:
    colleague.add()
    owner.device = colleague.device

    assert owner.prove() is False


def test_password_and_code_go_on_working(office: Office, owner: Owner, clock: Clock) -> None:
    owner.add()
    clock.forward(seconds=60)

    assert builders.sign_in(office, owner.person) is not None


def test_adding_needs_a_fresh_second_factor(office: Office, owner: Owner, clock: Clock) -> None:
    """V-19."""
    clock.forward(minutes=6)
    with office.work(owner.person) as work, pytest.raises(Refused, match="prove_again"):
        passkeys.add(work, owner.answer(), "My phone", passkey_touches.PHONE)


def test_removing_needs_a_fresh_second_factor(office: Office, owner: Owner, clock: Clock) -> None:
    """V-19."""
    passkey_id = owner.add()
    clock.forward(minutes=6)

    with office.work(owner.person) as work, pytest.raises(Refused, match="prove_again"):
        passkeys.remove(work, passkey_id)


def test_the_same_passkey_is_not_added_twice(owner: Owner) -> None:
    owner.add()

    with pytest.raises(Refused, match="passkey"):
        owner.add()


def test_ten_passkeys_are_enough(office: Office, owner: Owner) -> None:
    for _ in range(passkeys.MOST):
        owner.device = passkey_touches.owner(office, owner.person).device
        owner.add(secret=False)
    owner.device = passkey_touches.owner(office, owner.person).device

    with pytest.raises(Refused, match="many_passkeys"):
        owner.add()


def test_adding_and_removing_are_recorded_and_told_to_the_person_alone(
    office: Office, owner: Owner, colleague: Owner
) -> None:
    """V-12."""
    passkey_id = colleague.add()
    office.prove(colleague.person)
    with office.work(colleague.person) as work:
        passkeys.remove(work, passkey_id)

    with office.work() as work:
        told = work.session.scalars(select(Letter).where(Letter.kind == LetterKind.ACCOUNT_CHANGE)).all()
    assert {letter.account_id for letter in told} == {builders.account_id(office, colleague.person)}
    assert len(told) == 2
    assert [kind for kind in builders.kinds(office) if kind.startswith("passkey")] == [
        "passkey.added",
        "passkey.removed",
    ]


def test_a_removed_passkey_signs_in_no_more(office: Office, owner: Owner) -> None:
    passkey_id = owner.add()
    office.prove(owner.person)
    with office.work(owner.person) as work:
        passkeys.remove(work, passkey_id)

    assert owner.sign_in() is None
    assert [row.kind for row in builders.copies(office, Lock) if row.kind is LockKind.PASSKEY] == []


def test_nobody_removes_what_is_not_theirs(office: Office, owner: Owner, colleague: Owner) -> None:
    """V-25."""
    passkey_id = colleague.add()
    office.prove(owner.person)

    with office.work(owner.person) as work, pytest.raises(Missing):
        passkeys.remove(work, passkey_id)
    assert isinstance(colleague.sign_in(), str)


def test_suspending_takes_passkeys_and_their_locks(office: Office, owner: Owner, colleague: Owner) -> None:
    colleague.add()
    builders.suspend(office, owner.person, colleague.person)

    assert colleague.sign_in() is None
    suspended = builders.account(office, colleague.person)
    with office.work() as work:
        kept = work.session.scalars(select(Lock).where(Lock.kind == LockKind.PASSKEY)).all()
        record = accounts.read(work, suspended)
    assert list(kept) == []
    assert record.passkeys == ()


def test_a_password_that_comes_after_the_suspension_is_too_late(office: Office, owner: Owner, colleague: Owner) -> None:
    colleague.add(secret=False)
    halfway = colleague.sign_in()
    builders.suspend(office, owner.person, colleague.person)

    assert isinstance(halfway, Halfway)
    assert colleague.sign_in_with_password(halfway) is None


def test_a_passkey_added_before_the_holder_changed_asks_for_the_password(office: Office, owner: Owner) -> None:
    """Its lock guards the old key; the new one has no lock of this passkey yet."""
    owner.add()
    account = builders.account(office, owner.person)
    with office.work() as work:
        found = work.session.get_one(Account, account.id)
        record = accounts.read(work, found)
        moved = tuple(replace(one, holder=uuid4()) for one in record.passkeys)
        accounts.write(work, found, replace(record, passkeys=moved))

    assert isinstance(owner.sign_in(), Halfway)
    assert [alone for _, alone in owner.listed()] == [False]
