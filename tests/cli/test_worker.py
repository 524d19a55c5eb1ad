"""The worker's one round: everything that is due, and an exit status that says whether it was done."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.domain import marks
from app.domain.casework import notes
from app.domain.health import readiness
from app.domain.vault import epochs
from app.domain.work import Party
from app.models import Account, AuditLine, Confirmation, Draft, Epoch, Intake, Letter, LoginSession
from tests.cli.conftest import Install, run_on
from tests.support import running
from tests.support.clock import Clock
from tests.support.logbook import Logbook
from tests.support.office import Office, make_app
from tests.support.running import Programs
from tests.support.smtp import SmtpTrap


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: Clock, smtp: SmtpTrap) -> Iterator[Office]:
    """Somebody is on call, and a request waits."""
    app = make_app(database_url, tmp_path, clock, MAIL_PORT=str(smtp.port))
    office = Office(app, clock)
    office.on_call(office.found(), hours=24 * 365)
    office.checked()
    office.ask()
    yield office
    app.extensions["quietword"].database.close()


def count(office: Office, *what: object) -> int:
    with office.work() as work:
        return int(work.session.scalar(select(func.count()).where(*what)) or 0)  # type: ignore[arg-type]


def letters_left(office: Office) -> int:
    return count(office, Letter.sent_at.is_(None))


def test_one_round_does_everything_that_is_due(office: Office, smtp: SmtpTrap) -> None:
    office.clock.forward(minutes=15)

    done = run_on(office.app, "worker", "--once")

    assert (done.exit_code, done.output) == (0, "")
    assert letters_left(office) == 0
    assert any("A request is waiting" in letter.message["Subject"] for letter in smtp.letters)
    assert count(office, AuditLine.number.is_(None), AuditLine.id.is_not(None)) == 0
    assert count(office, Confirmation.token_hash.is_not(None)) == 0
    assert count(office, LoginSession.sealed_key.is_not(None)) == 0
    with office.work() as work:
        assert readiness.health(work, 0).worker_at == office.clock()


def test_a_day_later_the_worker_erases_a_note_that_nobody_saved(office: Office) -> None:
    with office.work() as work:
        reference = work.session.scalars(select(Intake.reference)).one()
        author = work.session.scalars(select(Account.id)).one()
        assert notes.keep_draft(work, author, reference, "a note")
    office.clock.forward(hours=24)

    assert run_on(office.app, "worker", "--once").exit_code == 0

    assert count(office, Draft.made_at.is_not(None)) == 0


def test_a_month_later_the_worker_begins_a_new_epoch_with_nobody_present(office: Office) -> None:
    office.clock.forward(days=30)

    done = run_on(office.app, "worker", "--once")

    assert done.exit_code == 0
    with office.work() as work:
        assert [epoch.number for epoch in epochs.live(work)] == [1, 2]


def test_a_second_round_has_nothing_left_to_do(office: Office, smtp: SmtpTrap) -> None:
    run_on(office.app, "worker", "--once")
    before = len(smtp.letters)

    done = run_on(office.app, "worker", "--once")

    assert done.exit_code == 0
    assert len(smtp.letters) == before


def test_letters_that_were_not_taken_are_counted_in_the_exit_status(office: Office, smtp: SmtpTrap) -> None:
    left = letters_left(office)
    smtp.fault = "mail451"

    done = run_on(office.app, "worker", "--once")

    assert done.exit_code == 1
    assert f"0 duties stopped and {left} letters were not taken" in done.stderr
    assert letters_left(office) == left


def test_a_duty_that_stops_keeps_no_letter_back(office: Office, smtp: SmtpTrap) -> None:
    with office.work(Party.OPERATOR) as work:
        work.session.execute(update(Epoch).values(signature=bytes(64)))

    with Logbook() as logbook:
        done = run_on(office.app, "worker", "--once")

    assert done.exit_code == 1
    assert "1 duties stopped and 0 letters" in done.stderr
    assert letters_left(office) == 0
    assert "renew stopped: epoch/" in logbook.text
    assert smtp.letters


def test_the_running_worker_delivers_and_ends_when_told(
    database_url: str, tmp_path: Path, smtp: SmtpTrap, programs: Programs, install: Install
) -> None:
    environ = running.environment(tmp_path, database_url=database_url, mail_port=smtp.port)
    live = Clock(datetime.now(UTC))
    app = install(environ, live)
    office = Office(app, live)
    office.on_call(office.found())
    worker = programs.worker(environ)
    office.ask()

    [letter, *_] = smtp.wait_for(1)
    status = worker.stop()

    assert letter.recipients == ("grace@example.org",)
    assert status == 0
    assert "grace@example.org" not in worker.said


def test_the_running_worker_waits_for_a_database_that_is_not_there_yet(
    empty_database_url: str, tmp_path: Path, programs: Programs, install: Install
) -> None:
    environ = running.environment(tmp_path, database_url=empty_database_url)
    worker = programs.worker(environ)
    running.until(lambda: "the worker stumbled" in worker.said, worker)

    migrated = running.flask(environ, "migrate")
    office = Office(install(environ, Clock(datetime.now(UTC))), Clock(datetime.now(UTC)))
    running.until(lambda: beats(office), worker)

    assert migrated.returncode == 0


def beats(office: Office) -> bool:
    with office.work() as work:
        return marks.marked(work, marks.WORKER)
