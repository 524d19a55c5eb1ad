"""The daily check through the worker's rounds and a real mail server: its letter, its silence, and who is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import health
from app.cli import worker
from app.domain.work import Work
from app.models import AuditLine, Epoch, EpochState, Letter, LetterKind
from tests.cli.conftest import run_on
from tests.domain import builders
from tests.domain.helpers import daily_checks
from tests.domain.helpers.daily_checks import ALARM, round_
from tests.support.clock import Clock
from tests.support.logbook import Logbook
from tests.support.office import Office, make_app
from tests.support.smtp import SmtpTrap

#: In Arizona: ten on a Monday, and seven the next morning.
TEN = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
SEVEN = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: Clock, smtp: SmtpTrap) -> Iterator[Office]:
    """A live practice whose letters have all left, on a Monday at ten, when the weekly one would be due."""
    clock.set(TEN)
    app = make_app(database_url, tmp_path, clock, MAIL_PORT=str(smtp.port))
    office = Office(app, clock)
    office.on_call(office.found(), hours=24 * 60)
    with office.work() as work:
        work.session.execute(update(Letter).values(sent_at=work.now))
    yield office
    app.extensions["quietword"].database.close()


def told(smtp: SmtpTrap) -> list[str]:
    """Return the subjects of what came to the alarm address."""
    return [str(letter.message["Subject"]) for letter in smtp.letters if letter.recipients == (ALARM,)]


def ready(app: Flask) -> tuple[int, str]:
    with app.app_context():
        health.forget()
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.text


def rounds(office: Office, *moments: datetime) -> None:
    """Let the worker do a round at each of these moments."""
    for moment in moments:
        office.clock.set(moment)
        round_(office)


DAILY = "Daily check: all went through"
SILENT = "Alarm: the daily check has not come through"
REFUSED = "Alarm: the daily check was refused"
OVER = "Daily check: it works again"


def test_one_letter_a_day_goes_to_the_alarm_address_and_to_nobody_else(office: Office, smtp: SmtpTrap) -> None:
    """Once the form is live, and then each morning, whatever the number of rounds."""
    for _ in range(3):
        round_(office)
    first = told(smtp)
    rounds(office, SEVEN - timedelta(seconds=30), SEVEN, SEVEN + timedelta(hours=12), SEVEN + timedelta(days=1))

    assert first == [DAILY]
    assert told(smtp) == [DAILY] * 3
    assert {letter.recipients for letter in smtp.letters} <= {(ALARM,), ("grace@example.org",)}
    assert daily_checks.stored(office) == (1, 1, 1)
    with office.work() as work:
        assert work.session.scalar(select(func.count(Letter.id)).where(Letter.account_id.is_(None))) == 1


def test_its_letter_says_what_was_checked_and_nothing_of_anybody(office: Office, smtp: SmtpTrap) -> None:
    round_(office)

    [letter] = [one.message for one in smtp.letters if one.recipients == (ALARM,)]
    body = " ".join(letter.get_content().split())
    assert "it was sealed, stored, opened again and read letter for letter" in body
    assert "If none comes: look whether the service runs, then at the mail server." in body
    assert letter["Auto-Submitted"] == "auto-generated"
    assert not set(body.split()) & {daily_checks.row(office).reference, "Grace", "desk/", "http"}
    assert "/desk" not in body


def test_mail_that_does_not_leave_is_told_when_it_leaves_again_and_shown_meanwhile(
    office: Office, smtp: SmtpTrap, clock: Clock
) -> None:
    """No stale alarm comes after the trouble; the machine that asks /readyz knew all the time."""
    round_(office)
    smtp.fault = "rcpt550"
    rounds(office, SEVEN, TEN + timedelta(hours=26))
    just_before = ready(office.app)
    rounds(office, TEN + timedelta(hours=27), SEVEN + timedelta(days=1), SEVEN + timedelta(days=2))
    during, page = ready(office.app), office.app.test_client().get("/").status_code
    written = daily_checks.alarms(office)
    smtp.fault = None
    rounds(office, SEVEN + timedelta(days=2, hours=1), SEVEN + timedelta(days=2, hours=1, minutes=1))
    rounds(office, SEVEN + timedelta(days=2, hours=3))

    assert just_before == (200, "ok\n")
    assert during == (503, "canary\n")
    assert page == 200
    assert written == [LetterKind.CANARY_SILENT]
    assert told(smtp)[-1] == OVER
    assert [told(smtp).count(subject) for subject in (DAILY, OVER)] == [2, 1]
    assert daily_checks.alarms(office) == [LetterKind.CANARY_OVER]
    assert ready(office.app) == (200, "ok\n")


def test_a_check_that_stays_away_is_told_once_and_its_return_once(
    office: Office, smtp: SmtpTrap, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the reason: here a mistake of ours, which keeps neither the alarm nor any other duty."""

    def broken(_work: Work) -> None:
        raise ZeroDivisionError

    round_(office)
    with monkeypatch.context() as mistaken, Logbook() as logbook:
        mistaken.setattr(worker, "_ROUNDS", tuple(_without_check(broken)))
        rounds(office, SEVEN, TEN + timedelta(hours=26))
        early = told(smtp)
        rounds(office, TEN + timedelta(hours=26, minutes=1))
        once = told(smtp)
        rounds(office, TEN + timedelta(hours=30))
        again = told(smtp)
        during = ready(office.app)
        with office.app.app_context():
            stopped = worker.do_rounds()
    round_(office)
    round_(office)

    assert early == [DAILY]
    assert once == again == [DAILY, SILENT]
    assert during == (503, "canary\n")
    assert told(smtp) == [DAILY, SILENT, DAILY, OVER]
    assert stopped == 1
    assert "broken stumbled: ZeroDivisionError" in logbook.text
    [letter] = [one.message for one in smtp.letters if one.message["Subject"] == SILENT]
    assert "has not come through since Monday 23 November, 10:00 AM" in letter.get_content().replace("\u202f", " ")
    with office.work() as work:
        said = select(AuditLine.kind).where(AuditLine.kind.startswith("canary")).order_by(AuditLine.number)
        assert work.session.scalars(said).all() == ["canary.silent", "canary.restored"]


def _without_check(instead: Any) -> Iterator[Any]:
    for duty in worker._ROUNDS:
        yield instead if duty.__name__ == "check" else duty


def test_a_forged_epoch_of_the_check_is_told_until_somebody_put_it_right(office: Office, smtp: SmtpTrap) -> None:
    """Must hold 10."""
    round_(office)
    [ours] = [epoch for epoch in builders.copies(office, Epoch) if epoch.state is EpochState.CANARY]
    with builders.writer(office) as session:
        session.execute(update(Epoch).where(Epoch.number == 0).values(starts_at=office.clock() + timedelta(days=60)))
    for _ in range(3):
        round_(office)
    during = ready(office.app)
    rounds(office, SEVEN)
    forged = run_on(office.app, "worker", "--once")

    builders.put_back(office, ours)
    rounds(office, SEVEN + timedelta(hours=1), SEVEN + timedelta(hours=2))

    assert during == (503, "canary\n")
    assert (forged.exit_code, "1 duties stopped" in forged.stderr) == (1, True)
    assert told(smtp) == [DAILY, REFUSED, DAILY, OVER]
    assert ready(office.app) == (200, "ok\n")


def test_who_takes_the_checks_rows_away_gets_a_new_one(office: Office, smtp: SmtpTrap) -> None:
    """As docs/operations.md says, once it is known who wrote there."""
    round_(office)
    daily_checks.change(office, "DELETE FROM intakes WHERE canary")
    daily_checks.change(office, "DELETE FROM epochs WHERE number = 0")

    round_(office)

    assert daily_checks.stored(office) == (1, 1, 1)
    assert told(smtp) == [DAILY, DAILY]


def test_a_service_that_was_off_for_days_checks_before_it_alarms(office: Office, smtp: SmtpTrap, clock: Clock) -> None:
    round_(office)
    clock.forward(days=3)
    office.app.extensions["quietword"].started_at = clock()
    before = ready(office.app)
    round_(office)
    clock.forward(minutes=11)
    round_(office)

    assert before == (200, "ok\n")
    assert told(smtp) == [DAILY, DAILY]
    assert ready(office.app) == (200, "ok\n")


def test_without_a_worker_the_silence_shows_where_machines_look(office: Office, clock: Clock) -> None:
    """A dead worker writes no letter; while its beat is forged or another one's, the check still tells."""
    round_(office)
    clock.forward(hours=26, seconds=1)
    with office.work() as work:
        worker._beat(work)

    assert ready(office.app) == (503, "canary\n")


def test_two_running_workers_send_one_letter(office: Office, smtp: SmtpTrap) -> None:
    builders.in_parallel([lambda: round_(office)] * 3)
    round_(office)

    assert told(smtp) == [DAILY]
