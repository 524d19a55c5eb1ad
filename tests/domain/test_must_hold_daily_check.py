"""Whoever writes to the database and knows no key: no forged check passes, and no request hides behind one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app import health
from app.crypto import contexts
from app.crypto.hpke import PrivateKey
from app.crypto.vault import AuditKey, NotHeld, Ring, Vault
from app.domain.vault import epochs
from app.domain.work import Altered
from app.models import (
    Arrival,
    AuditLine,
    DailyCheck,
    DailyCheckKey,
    Epoch,
    EpochState,
    Grant,
    Intake,
    LetterKind,
    ThreadEntry,
)
from app.settings import CannotStart
from tests.domain import builders
from tests.domain.helpers import daily_checks
from tests.domain.helpers.daily_checks import alarms, check, watch
from tests.support.clock import Clock
from tests.support.office import Office, Person, make_app

CANARYS = Epoch.state == EpochState.CANARY


@pytest.fixture
def supervisor(office: Office) -> Person:
    """A day's check lies in the database."""
    found = office.found()
    office.ask()
    office.checked()
    return found


def write(office: Office, *statements: object) -> None:
    with builders.writer(office) as session:
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]


def unsigned(office: Office) -> None:
    write(office, update(Epoch).where(CANARYS).values(signature=bytes(64)))


def signed_by_another(office: Office) -> None:
    """Bring in an epoch whose key the writer has, signed as well as they can, in place of ours."""
    with builders.writer(office) as session:
        epoch = session.scalars(select(Epoch).where(CANARYS)).one()
        epoch.public_key = PrivateKey.generate().public.encoded
        epoch.signature = AuditKey(bytes(32)).sign(epochs.facts(epoch))


def of_the_practice(office: Office) -> None:
    """Give the check's epoch the public key and signature of a live one."""
    with builders.writer(office) as session:
        live = session.scalars(select(Epoch).where(Epoch.state == EpochState.LIVE)).one()
        same = {"public_key": live.public_key, "signature": live.signature}
        session.execute(update(Epoch).where(CANARYS).values(same))


def another_key(office: Office) -> None:
    """Put a token of the ring there that belongs elsewhere."""
    token = select(Grant.sealed_key).limit(1).scalar_subquery()
    write(office, update(DailyCheckKey).values(sealed_key=token))


def no_key(office: Office) -> None:
    write(office, delete(DailyCheckKey))


FORGED: dict[str, Callable[[Office], None]] = {
    "an epoch without our signature": unsigned,
    "an epoch of the writer's": signed_by_another,
    "an epoch of the practice's": of_the_practice,
    "a key from another place": another_key,
    "no key": no_key,
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_epoch_of_the_check_is_refused_and_told_once(
    office: Office, supervisor: Person, clock: Clock, forge: Callable[[Office], None]
) -> None:
    """Must hold 10: nothing is sealed to it, the record names the row, and the practice goes on taking requests."""
    before = daily_checks.row(office)

    forge(office)
    watch(office)
    clock.forward(days=1)
    with pytest.raises(Altered) as refused:
        check(office)
    watch(office)

    assert daily_checks.row(office).id == before.id
    assert alarms(office) == [LetterKind.CANARY_BROKEN]
    with office.work() as work:
        told = work.session.scalars(select(AuditLine.subject).where(AuditLine.kind == "canary.refused")).all()
    assert told == [refused.value.place]
    assert refused.value.place in (f"epoch/{before.epoch_id}", f"canary/{before.epoch_id}")
    assert office.ask(nonce=b"later")


def test_the_checks_epoch_cannot_be_passed_off_as_the_practices(office: Office, supervisor: Person) -> None:
    """Must hold 10: its state is signed, so no client's request is ever sealed to a key that the ring keeps."""
    write(office, update(Epoch).where(CANARYS).values(state=EpochState.LIVE, number=9))

    with office.app.app_context():
        health.forget()
        assert health.obstacle() == "epoch"
    reference = office.ask(nonce=b"later")

    with office.work() as work:
        sealed_to = work.session.scalars(
            select(Epoch.number).join(Intake, Intake.epoch_id == Epoch.id).where(Intake.reference == reference)
        )
        assert sealed_to.one() == 1


def another(column: str) -> Callable[[Office, Arrival], None]:
    """Put what a client's request has in this column in its place."""

    def put(office: Office, _ours: Arrival) -> None:
        with builders.writer(office) as session:
            theirs = session.scalars(select(Intake)).one()
            session.execute(update(DailyCheck).values({column: getattr(theirs, column)}))

    return put


def other_date(office: Office, ours: Arrival) -> None:
    write(office, update(DailyCheck).values(received_at=ours.received_at + timedelta(days=1)))


def other_wishes(office: Office, ours: Arrival) -> None:
    other = select(ThreadEntry.sealed_entry).where(ThreadEntry.intake_id != ours.id).limit(1).scalar_subquery()
    write(office, update(ThreadEntry).where(ThreadEntry.intake_id == ours.id).values(sealed_entry=other))


def no_wishes(office: Office, ours: Arrival) -> None:
    write(office, delete(ThreadEntry).where(ThreadEntry.intake_id == ours.id))


DAMAGE: dict[str, Callable[[Office, Arrival], None]] = {
    "other answers": another("sealed_answers"),
    "another key of the answers": another("sealed_answers_key"),
    "another key of the thread": another("sealed_thread_key"),
    "another's tag": another("origin_tag"),
    "another date": other_date,
    "other wishes": other_wishes,
    "no wishes": no_wishes,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_check_that_was_altered_as_it_lay_is_told_and_the_next_one_ends_the_trouble(
    office: Office, supervisor: Person, clock: Clock, damage: Callable[[Office, Arrival], None]
) -> None:
    """Must hold 1."""
    damage(office, daily_checks.row(office))
    for _ in range(2):
        watch(office)
    told = alarms(office)
    clock.forward(days=2)

    office.checked()
    watch(office)

    assert told == [LetterKind.CANARY_BROKEN]
    assert alarms(office) == [LetterKind.CANARY_OVER]


def test_a_request_that_is_hidden_as_a_check_is_named_and_never_deleted(
    office: Office, supervisor: Person, clock: Clock
) -> None:
    """Must hold 1: a flag flipped on a client's row, with the check out of its way."""
    [client] = builders.copies(office, Intake)
    daily_checks.change(office, "DELETE FROM intakes WHERE canary")
    daily_checks.change(office, "UPDATE intakes SET canary = true")

    clock.forward(days=1)
    with pytest.raises(Altered, match=client.reference):
        check(office)
    watch(office)

    assert daily_checks.row(office).id == client.id
    assert alarms(office) == [LetterKind.CANARY_BROKEN]


def test_two_requests_cannot_be_hidden_and_a_check_cannot_come_out(office: Office, supervisor: Person) -> None:
    """The database holds one check at most; one without its flag is named, and opens for nobody."""
    with pytest.raises(IntegrityError):
        daily_checks.change(office, "UPDATE intakes SET canary = true")
    ours = daily_checks.row(office)

    daily_checks.change(office, "UPDATE intakes SET canary = false")

    with pytest.raises(Altered, match=ours.reference):
        check(office)
    watch(office)
    assert alarms(office) == [LetterKind.CANARY_BROKEN]


def test_the_key_follows_the_ring_and_the_old_ring_key_can_go(
    office: Office, supervisor: Person, clock: Clock, tmp_path: Path
) -> None:
    """Until the worker has seen the new ring, a start without the old key is refused; then it is needed no more."""
    settings = office.app.extensions["quietword"].settings
    [before], newer = builders.copies(office, DailyCheckKey), Fernet.generate_key().decode()
    both = f"{newer},{settings.vault_keys[0]}"
    write(office, *(update(table).values(ring_id=Ring([newer]).newest) for table in builders.RINGED))
    with pytest.raises(CannotStart, match=before.ring_id):
        make_app(settings.database_url, tmp_path, clock, VAULT_KEYS=newer)

    rotated = Office(make_app(settings.database_url, tmp_path, clock, VAULT_KEYS=both), clock)
    watch(rotated)
    alone = Office(make_app(settings.database_url, tmp_path, clock, VAULT_KEYS=newer), clock)
    watch(alone)
    clock.forward(days=1)
    sent = check(alone)
    trouble = alarms(alone)
    for one in (rotated, alone):
        one.app.extensions["quietword"].database.close()

    assert sent
    assert trouble == []


def test_a_public_process_opens_no_check(office: Office, supervisor: Person) -> None:
    """It holds no ring."""
    vault = builders.vault(office)
    public = Vault(vault.secret, vault.verifier, None, None)

    with pytest.raises(NotHeld):
        public.ring.open(contexts.canary_key(daily_checks.row(office).epoch_id), b"")
