"""What the vault promises about keys: which open nothing, who gets a grant, and what never shows."""

import base64
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app import logs
from app.crypto import contexts, hpke, locks, tokens
from app.crypto.hpke import PrivateKey
from app.crypto.tokens import Unreadable
from app.domain.intake import opening
from app.domain.vault import epochs
from app.domain.work import Altered, Party
from app.models import Epoch, Grant, Intake, Lock, LoginSession
from tests.domain import builders, sealed_columns
from tests.support.clock import Clock
from tests.support.office import PASSWORD, Office, Person

MARK = "Zzyzxmarker"


def environment_keys(office: Office) -> list[bytes]:
    """Return every key a thief of the environment has, and what is derived from each for a purpose of ours."""
    settings = office.app.extensions["quietword"].settings
    bare = [*settings.secret_keys, *map(base64.urlsafe_b64decode, settings.vault_keys), settings.audit_key]
    purposes = ("form-token", "done", "return", "origin", "audit-chain", "epoch-sign", "session-key")
    return bare + [tokens.sub_key(key, purpose) for key in bare for purpose in purposes]


def test_database_and_environment_without_a_person_open_no_request(office: Office, supervisor: Person) -> None:
    """Must hold 3: every key of the environment on every sealed column of a request."""
    office.ask(MARK)
    [intake] = builders.copies(office, Intake)
    vault = builders.vault(office)

    for key in environment_keys(office):
        for place, token in (
            (contexts.answers(intake.id), intake.sealed_answers),
            (contexts.thread_key_by_return_code(intake.id), intake.sealed_return_key),
        ):
            with pytest.raises(Unreadable):
                tokens.open_bytes(key, place, token or b"")
    for place, token in (
        (contexts.answers(intake.id), intake.sealed_answers),
        (contexts.answers_key(intake.id, intake.epoch_id), intake.sealed_answers_key),
        (contexts.thread_key(intake.id, intake.epoch_id), intake.sealed_thread_key),
    ):
        with pytest.raises(Unreadable):
            vault.ring.open(place, token or b"")


def test_the_ring_opens_a_grant_only_as_far_as_its_box(office: Office, supervisor: Person) -> None:
    """Must hold 3: under the ring lies HPKE to a holder; no key of the environment opens that."""
    vault = builders.vault(office)
    for grant in builders.copies(office, Grant):
        box = vault.ring.open(contexts.grant(grant.epoch_id, grant.holder_id), grant.sealed_key)
        place = contexts.grant_box(grant.epoch_id, grant.holder_id)

        with pytest.raises(Unreadable):
            hpke.open(PrivateKey.generate(), place, box)
        for key in environment_keys(office):
            with pytest.raises(Unreadable):
                tokens.open_bytes(key, place, box)


def test_the_ring_opens_a_lock_only_as_far_as_the_password(office: Office, supervisor: Person) -> None:
    """Must hold 3: the environment's keys, and a wrong password, leave every lock shut."""
    vault = builders.vault(office)
    wrong = builders.stretched("a wrong password, quite long", bytes(range(16)))
    keys = [*environment_keys(office), wrong.key, builders.stretched(PASSWORD, bytes(range(16))).verifier]
    rows = builders.copies(office, Lock)
    assert len(rows) == 2

    for lock in rows:
        place = contexts.lock(lock.holder_id, lock.id)
        inner = vault.ring.open(place, lock.sealed_key)
        for key in keys:
            with pytest.raises(Unreadable):
                locks.unlock(key, place, inner)


def test_a_session_row_without_its_cookie_opens_nothing(office: Office, supervisor: Person) -> None:
    """Must hold 3, V-15: the row's own hash is no key either."""
    vault = builders.vault(office)
    [row] = builders.copies(office, LoginSession)
    place = contexts.session_key(row.cookie_hash)
    inner = vault.ring.open(place, row.sealed_key or b"")

    for key in [*environment_keys(office), row.cookie_hash]:
        with pytest.raises(Unreadable):
            tokens.open_bytes(key, place, inner)


def test_a_grant_reaches_a_colleague_who_is_away(office: Office, supervisor: Person, clock: Clock) -> None:
    """Must hold 4: nobody is present when the epoch is renewed, and everybody opens what comes after."""
    colleague = office.hire(supervisor, "ada@example.org")
    clock.forward(days=31)
    with office.work(Party.WORKER) as work:
        assert epochs.renew(work)
    reference = office.ask(MARK)

    for person in (supervisor, colleague):
        cookie = builders.sign_in(office, person)
        clock.forward(seconds=60)
        returned = Person(person.email, person.totp_secret, (), cookie or "")
        with office.work(returned) as work:
            opened = opening.open(work, reference)
        assert isinstance(opened, opening.Opened)
        assert opened.answers.name == MARK


def test_a_removed_colleagues_key_opens_nothing_that_comes_after(office: Office, supervisor: Person) -> None:
    """Must hold 4: with the old private key and every row of the database."""
    colleague = office.hire(supervisor, "ada@example.org")
    member = office.member(colleague)
    private = member.key()
    builders.suspend(office, supervisor, colleague)
    office.ask(MARK)

    newest = max(builders.copies(office, Epoch), key=lambda epoch: epoch.number)
    vault = builders.vault(office)
    grants = [grant for grant in builders.copies(office, Grant) if grant.epoch_id == newest.id]
    assert grants
    for grant in grants:
        box = vault.ring.open(contexts.grant(newest.id, grant.holder_id), grant.sealed_key)
        for holder in (grant.holder_id, member.holder_id):
            with pytest.raises(Unreadable):
                hpke.open(private, contexts.grant_box(newest.id, holder), box)


class _Capture(logging.Handler):
    """Keeps what the log would print."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logs.JsonLines())
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record) + record.getMessage())


@contextmanager
def listening() -> Iterator[list[str]]:
    capture, root = _Capture(), logging.getLogger()
    level = root.level
    root.addHandler(capture)
    root.setLevel(logging.DEBUG)
    try:
        yield capture.said
    finally:
        root.removeHandler(capture)
        root.setLevel(level)


@pytest.mark.parametrize("name", sealed_columns.NAMES)
def test_no_refusal_says_anything_secret(office: Office, name: str) -> None:
    """Must hold 7, V-49: message, traceback and log of every way a record can be altered."""
    scene = sealed_columns.stage(office)
    scene.ours[name].write(office, b"nothing of ours")

    with listening() as said:
        with pytest.raises(Altered) as altered:
            scene.read(name)
        logging.getLogger("app.test").error("stopped: %s", altered.value, exc_info=altered.value)
    told = "\n".join([*said, repr(altered.value), *traceback.format_exception(altered.value)])

    assert said
    assert [secret for secret in _secrets(scene) if secret in told] == []


def test_what_moves_between_the_rules_hides_itself(office: Office, supervisor: Person) -> None:
    """Must hold 7: the objects a traceback would print."""
    with office.work(supervisor) as work:
        member = work.member
        shown = [repr(work), repr(member), repr(work.vault), repr(member.key()), repr(member.key().public)]
        shown += [repr(builders.SAID), repr(builders.WISHED), repr(work.vault.ring), repr(work.vault.audit_key)]
    key = member.key().encoded

    assert [text for text in shown if "Sam" in text or key.hex() in text or repr(key) in text] == []
    assert supervisor.cookie not in "".join(shown)


def _secrets(scene: sealed_columns.Scene) -> list[str]:
    settings = scene.office.app.extensions["quietword"].settings
    keys = [scene.supervisor.cookie, scene.supervisor.recovery_code or "", PASSWORD, *scene.done]
    tokens_ = [scene.others[name].read(scene.office).decode("latin-1") for name in sealed_columns.NAMES]
    return [*settings.vault_keys, *keys, *tokens_, " ".join(scene.code.words), "6025550123", "Sammy"]
