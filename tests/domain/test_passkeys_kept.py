"""What the vault promises about passkeys: moved, replayed and missing locks, and what is stored of a secret."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import delete

from app.crypto import contexts, locks, tokens, totp
from app.crypto.tokens import Unreadable
from app.domain.accounts import accounts, passkeys, passwords
from app.domain.accounts.passkeys import Halfway
from app.domain.team import forgotten
from app.domain.vault import epochs
from app.domain.work import Altered, Party
from app.models import Account, AccountState, EpochProof, Lock, LoginSession, SpentChallenge
from tests.domain import builders
from tests.domain.helpers import passkey_touches
from tests.domain.helpers.passkey_touches import Owner
from tests.support.office import Office


@pytest.fixture
def colleague(office: Office, owner: Owner) -> Owner:
    return passkey_touches.owner(office, office.hire(owner.person, "ada@example.org"))


def test_a_lock_that_was_brought_back_opens_nothing(office: Office, owner: Owner) -> None:
    """Must hold 10: which passkeys there are stands in the account's record, not beside the lock."""
    passkey_id = owner.add()
    rows = builders.copies(office, Lock)
    office.prove(owner.person)
    with office.work(owner.person) as work:
        passkeys.remove(work, passkey_id)

    builders.put_back(office, *rows)

    assert owner.sign_in() is None


def test_a_lock_moved_to_another_account_does_not_open(office: Office, owner: Owner, colleague: Owner) -> None:
    """Must hold 11: two people's locks swapped; both passkeys are right."""
    ours, theirs = owner.add(), colleague.add()
    with builders.writer(office) as session:
        one, other = session.get_one(Lock, ours), session.get_one(Lock, theirs)
        one.sealed_key, other.sealed_key = other.sealed_key, one.sealed_key

    for somebody, lock in ((owner, ours), (colleague, theirs)):
        with pytest.raises(Altered, match=f"/lock/{lock}"):
            somebody.sign_in()


def test_a_lock_that_was_taken_away_is_noticed(office: Office, owner: Owner) -> None:
    passkey_id = owner.add()
    with builders.writer(office) as session:
        session.delete(session.get_one(Lock, passkey_id))

    with pytest.raises(Altered, match=str(passkey_id)):
        owner.sign_in()


def test_one_passkeys_secret_does_not_open_another_ones_lock(office: Office, owner: Owner) -> None:
    """Both guard the same key, and still belong to their own place."""
    first = owner.add()
    owner.device = passkey_touches.owner(office, owner.person).device
    second = owner.add()
    with builders.writer(office) as session:
        session.get_one(Lock, second).sealed_key = session.get_one(Lock, first).sealed_key

    with pytest.raises(Altered, match=str(second)):
        owner.sign_in()


def test_a_whole_record_moved_to_another_account_is_refused(office: Office, owner: Owner, colleague: Owner) -> None:
    """Must hold 11."""
    owner.add()
    ours, theirs = builders.account(office, owner.person), builders.account_id(office, colleague.person)
    with builders.writer(office) as session:
        session.get_one(Account, theirs).sealed_record = ours.sealed_record

    colleague.device = replace(owner.device, user=theirs.bytes)
    with pytest.raises(Altered, match="account/"):
        colleague.sign_in()


def test_the_ring_opens_a_passkeys_lock_only_as_far_as_its_secret(office: Office, owner: Owner) -> None:
    """Must hold 3: nor does anything that is kept of the secret."""
    passkey_id = owner.add()
    holder_id = office.member(owner.person).holder_id
    place, secret = contexts.lock(holder_id, passkey_id), owner.secret()
    with builders.writer(office) as session:
        inner = builders.vault(office).ring.open(place, session.get_one(Lock, passkey_id).sealed_key)

    for key in (locks.split(secret).verifier, secret, bytes(32)):
        with pytest.raises(Unreadable):
            tokens.open_bytes(key, place, inner)
    assert tokens.open_bytes(locks.split(secret).key, place, inner)


def test_what_is_stored_of_a_passkey_shows_neither_its_secret_nor_its_name(office: Office, owner: Owner) -> None:
    """Must hold 7."""
    owner.add(name="Zzyzxmarker")
    secret = owner.secret()

    stored = b"".join(
        value
        for table in (Account, Lock, LoginSession, SpentChallenge)
        for row in builders.copies(office, table)
        for value in vars(row).values()
        if isinstance(value, bytes)
    )
    account = builders.account(office, owner.person)
    with office.work() as work:
        shown = repr(accounts.read(work, account))
    for sought in (secret, secret.hex().encode(), b"Zzyzxmarker", owner.device.credential):
        assert sought not in stored
    assert secret.hex() not in shown
    assert "secret" not in repr(owner.answer())


def test_an_account_from_before_passkeys_reads_as_one_without(office: Office, owner: Owner) -> None:
    account = builders.account(office, owner.person)
    vault = builders.vault(office)
    place = contexts.account(account.id)
    old = json.loads(vault.ring.open(place, account.sealed_record))
    for newer in ("passkeys", "device_key", "devices"):
        del old[newer]
    with builders.writer(office) as session:
        sealed = vault.ring.seal(place, json.dumps(old).encode())
        session.get_one(Account, account.id).sealed_record = sealed

    assert owner.listed() == []
    owner.add()
    assert isinstance(owner.sign_in(), str)


def forget_password(office: Office, owner: Owner) -> None:
    """Replace a forgotten password, as the person does with their authenticator."""
    office.clock.forward(seconds=60)
    with office.work(Party.NEWCOMER) as work:
        attempt = passwords.begin(work, owner.person.email)
    stretched = builders.stretched("nine loud trains in a tunnel", attempt.salt)
    code = totp.code(owner.person.totp_secret, office.clock())
    with office.work(Party.NEWCOMER) as work:
        assert forgotten.renew(work, attempt, stretched, code, None) is not None


def test_a_passkey_of_a_key_that_sleeps_brings_nothing_back_by_itself(
    office: Office, owner: Owner, colleague: Owner
) -> None:
    """Whoever forgot the password uses the new one; a touch must not undo that behind their back."""
    colleague.add()
    forget_password(office, colleague)

    halfway = colleague.sign_in()

    assert isinstance(halfway, Halfway)
    cookie = colleague.sign_in_with_password(halfway, password="nine loud trains in a tunnel")
    assert office.member(replace(colleague.person, cookie=cookie or "")).state is AccountState.PENDING


def test_after_a_passkey_the_old_password_brings_the_old_key_back(
    office: Office, owner: Owner, colleague: Owner
) -> None:
    """As it does with a code; then the passkey opens alone again."""
    colleague.add()
    forget_password(office, colleague)
    halfway = colleague.sign_in()
    assert isinstance(halfway, Halfway)

    cookie = colleague.sign_in_with_password(halfway)

    assert office.member(replace(colleague.person, cookie=cookie or "")).state is AccountState.ACTIVE
    assert "password.old_came_back" in builders.kinds(office)
    assert isinstance(colleague.sign_in(), str)


def test_signing_in_by_passkey_proves_that_epochs_open(office: Office, owner: Owner) -> None:
    """As every sign-in does."""
    owner.add()
    with builders.writer(office) as session:
        session.execute(delete(EpochProof))
    with office.work(Party.WORKER) as work:
        epochs.fill_markers(work)

    owner.sign_in()

    assert builders.count(office, EpochProof) == 1
