"""Whether the form is open, and to which epoch: each obstacle by its name, read by one statement."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text, update

from app import health
from app.crypto.hpke import PrivateKey
from app.crypto.vault import AuditKey
from app.domain import marks
from app.domain.intake import arrivals, opening
from app.domain.letters import outbox
from app.domain.vault import epochs
from app.domain.work import Party
from app.models import Epoch, EpochState, Letter, LetterKind, Role
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def supervisor(office: Office) -> Person:
    found = office.found()
    # News of the team would be late letters by the time a test has moved the clock.
    with builders.writer(office) as session:
        session.execute(delete(Letter))
    return found


def obstacle(office: Office) -> str | None:
    with office.app.app_context():
        health.forget()
        return health.obstacle()


def beat(office: Office) -> None:
    with office.work(Party.WORKER) as work:
        marks.remember(work, marks.WORKER)


def forge(office: Office, now: datetime, number: int = 2) -> None:
    forged = Epoch(
        id=uuid4(),
        number=number,
        starts_at=now,
        public_key=PrivateKey.generate().public.encoded,
        state=EpochState.LIVE,
    )
    forged.signature = AuditKey(bytes(32)).sign(epochs.facts(forged))
    builders.put_back(office, forged)


def test_a_practice_that_was_set_up_is_open(office: Office, supervisor: Person) -> None:
    assert obstacle(office) is None


def test_before_anybody_came_the_form_is_not_live(office: Office) -> None:
    assert obstacle(office) == "live"


def test_until_the_sheet_was_typed_back_the_form_is_not_live(office: Office) -> None:
    office.join("grace@example.org", Role.SUPERVISOR)

    assert obstacle(office) == "live"


@pytest.mark.parametrize("present", ["0003", "9999"], ids=["older", "newer"])
def test_another_schema_closes_the_form(office: Office, supervisor: Person, present: str) -> None:
    with builders.writer(office) as session:
        session.execute(text("UPDATE alembic_version SET version_num = :present"), {"present": present})

    assert obstacle(office) == "schema"


def test_without_tables_the_database_is_the_obstacle(office: Office, supervisor: Person) -> None:
    with builders.writer(office) as session:
        session.execute(text("DROP TABLE alembic_version"))

    assert obstacle(office) == "database"


def test_without_an_epoch_the_form_is_closed(office: Office, supervisor: Person) -> None:
    with builders.writer(office) as session:
        session.execute(delete(Epoch))

    assert obstacle(office) == "epoch"


def test_a_forged_newest_epoch_closes_the_form(office: Office, supervisor: Person, clock: Clock) -> None:
    """Must hold 8 and 10."""
    forge(office, clock())

    assert obstacle(office) == "epoch"


def test_nothing_is_ever_sealed_to_a_forged_epoch(office: Office, supervisor: Person, clock: Clock) -> None:
    """Must hold 10: the newest that verifies is used, so what still arrives can be read."""
    forge(office, clock())

    reference = office.ask()

    with office.work(supervisor) as work:
        assert isinstance(opening.open(work, reference), opening.Opened)


def test_an_older_epoch_than_was_seen_is_refused(office: Office, supervisor: Person, clock: Clock) -> None:
    """Must hold 10: who deletes the newest brings an old one back to nobody's use."""
    clock.forward(days=31)
    with office.work(Party.WORKER) as work:
        epochs.renew(work)
    beat(office)
    assert obstacle(office) is None
    with builders.writer(office) as session:
        session.execute(delete(Epoch).where(Epoch.number == 2))

    assert obstacle(office) == "epoch"
    with office.app.app_context():
        assert health.read().epoch is None


def test_a_retired_epoch_is_none(office: Office, supervisor: Person) -> None:
    with builders.writer(office) as session:
        session.execute(update(Epoch).values(state=EpochState.RETIRED))

    assert obstacle(office) == "epoch"


def test_ten_minutes_of_silence_from_the_worker_close_the_form(
    office: Office, supervisor: Person, clock: Clock
) -> None:
    beat(office)
    clock.forward(minutes=9, seconds=59)
    assert obstacle(office) is None
    clock.forward(seconds=1)

    assert obstacle(office) == "worker"
    beat(office)
    assert obstacle(office) is None


def test_a_start_counts_as_a_beat(office: Office, supervisor: Person, clock: Clock) -> None:
    clock.forward(minutes=9, seconds=59)
    assert obstacle(office) is None
    clock.forward(seconds=1)

    assert obstacle(office) == "worker"


def test_a_letter_that_waits_over_an_hour_closes_the_form(office: Office, supervisor: Person, clock: Clock) -> None:
    account_id = builders.account_id(office, supervisor)
    with office.work() as work:
        outbox.write(work, LetterKind.TEAM_CHANGE, [(account_id, work.now)])
    clock.forward(minutes=60)
    beat(office)
    assert obstacle(office) is None
    clock.forward(seconds=1)

    assert obstacle(office) == "mail"


@pytest.mark.parametrize("end", ["sent_at", "failed_at"])
def test_a_letter_that_came_to_an_end_closes_nothing(
    office: Office, supervisor: Person, clock: Clock, end: str
) -> None:
    account_id = builders.account_id(office, supervisor)
    with office.work() as work:
        outbox.write(work, LetterKind.TEAM_CHANGE, [(account_id, work.now)])
    with builders.writer(office) as session:
        session.execute(update(Letter).values({end: clock()}))
    clock.forward(hours=2)
    beat(office)

    assert obstacle(office) is None


def test_a_letter_for_tomorrow_is_not_late(office: Office, supervisor: Person, clock: Clock) -> None:
    account_id = builders.account_id(office, supervisor)
    with office.work() as work:
        outbox.write(work, LetterKind.TEAM_CHANGE, [(account_id, work.now + timedelta(hours=12))])
    clock.forward(hours=2)
    beat(office)

    assert obstacle(office) is None


def test_the_state_is_read_by_one_statement_every_five_seconds(
    office: Office, supervisor: Person, clock: Clock
) -> None:
    """And none between: showing the form costs the database nothing."""
    with office.app.app_context(), builders.counted(office) as said:
        for _ in range(50):
            health.obstacle()
            clock.forward(seconds=0.1)
        health.read()

    assert [statement.split()[0] for statement in said if statement != "COMMIT"] == ["SELECT"] * 2


def test_what_changed_here_is_seen_at_once(office: Office) -> None:
    supervisor = office.join("grace@example.org", Role.SUPERVISOR)
    assert obstacle(office) == "live"

    with office.work(supervisor) as work:
        marks.remember(work, marks.LIVE)

    assert obstacle(office) is None


def test_accepting_takes_six_statements_and_one_commit(office: Office, supervisor: Person) -> None:
    office.on_call(supervisor)
    with office.app.app_context():
        epoch = health.read().epoch
    assert epoch is not None

    with builders.counted(office) as said, office.work(Party.CLIENT) as work:
        arrivals.submit(work, epoch, idempotency_key=b"n", language="en", answers=builders.SAID, wishes=builders.WISHED)

    assert len(said) <= 7
    assert said.count("COMMIT") == 1
    assert said[-1] == "COMMIT"


def test_a_repeated_request_takes_two_statements(office: Office, supervisor: Person) -> None:
    builders.send(office)
    with office.app.app_context():
        epoch = health.read().epoch
    assert epoch is not None

    with builders.counted(office) as said, office.work(Party.CLIENT) as work:
        arrivals.submit(
            work, epoch, idempotency_key=b"nonce", language="en", answers=builders.SAID, wishes=builders.WISHED
        )

    assert len([statement for statement in said if statement != "COMMIT"]) == 2


def test_the_counter_of_these_tests_counts(office: Office) -> None:
    with builders.counted(office) as said, office.work() as work:
        work.session.execute(select(Epoch))

    assert [statement.split()[0] for statement in said] == ["SELECT", "COMMIT"]
