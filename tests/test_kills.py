"""Web and worker are killed at their worst moments: a request that was taken is told once or twice, never not."""

import contextlib
import fcntl
import http.client
import sqlite3
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.smtp import Envelope, Session
from sqlalchemy import func, select, update

import config
from app import create_app, current
from app.models import Intake, Letter, LetterKind
from app.web.public.forms import Ticket
from tests.support import ports, running
from tests.support.clock import Clock
from tests.support.office import Office
from tests.support.running import Programs, Web
from tests.support.smtp import SmtpTrap
from tests.web.public.visitor import fill


class Installation:
    """A live practice with somebody on call, its programs, and one filled-in form."""

    def __init__(self, database_url: str, folder: Path, smtp: SmtpTrap, programs: Programs) -> None:
        self.url = database_url
        self.port = ports.free()
        self._programs = programs
        self._environ = running.environment(folder, database_url=database_url, mail_port=smtp.port, web_port=self.port)
        clock = Clock(datetime.now(UTC))
        self.app = create_app(config.load(self._environ), clock)
        self._office = Office(self.app, clock)
        # For longer than a week: no gap on the rota is told of.
        self._office.on_call(self._office.found(), hours=24 * 9)
        self._office.checked()
        with self._office.work() as work:
            work.session.execute(update(Letter).values(sent_at=work.now))
        with self.app.app_context():
            # Somebody has read the form before: it may be sent at once.
            ticket = Ticket.new(clock(), autofill=False).seasoned().issue(current.secret(), "en", clock())
        self._form = urllib.parse.urlencode(fill(token=ticket), doseq=True)

    def web(self) -> Web:
        return self._programs.web(self._environ, self.port)

    def worker(self) -> running.Program:
        return self._programs.worker(self._environ)

    def send(self) -> int:
        """Send the form; return the status of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Host": f"localhost:{self.port}"}
        try:
            connection.request("POST", "/", self._form, kind)
            return connection.getresponse().status
        finally:
            connection.close()

    def ask(self) -> None:
        """Have a request taken without a web server."""
        self._office.ask()

    @contextlib.contextmanager
    def sending(self) -> Iterator[None]:
        """Send the form meanwhile; nobody hears the answer."""

        def lost() -> None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.send()

        sender = threading.Thread(target=lost)
        sender.start()
        yield
        sender.join()

    def requests(self) -> int:
        with self._office.work() as work:
            return work.session.scalars(select(func.count(Intake.id))).one()

    def letter(self) -> Letter:
        with self._office.work() as work:
            return work.session.scalars(select(Letter).where(Letter.kind == LetterKind.NEW_REQUEST)).one()

    def let_five_minutes_pass(self) -> None:
        """Show the letter a worker took to the next one.

        The programs run on the machine's own clock. All that five minutes change for them is whether the moment
        until which the letter is hidden has come; so that moment is moved to now instead.
        """
        with self._office.work() as work:
            hidden_until = work.session.scalars(
                select(Letter.next_at).where(Letter.kind == LetterKind.NEW_REQUEST)
            ).one()
            assert hidden_until > datetime.now(UTC) + timedelta(minutes=3)
            work.session.execute(update(Letter).where(Letter.sent_at.is_(None)).values(next_at=datetime.now(UTC)))

    def close(self) -> None:
        self.app.extensions["quietword"].database.close()


class Hold:
    """Keeps everybody else from writing letters, as a slow disk or a long transaction does."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._held: Any = None

    def take(self) -> None:
        if self._url.startswith("sqlite"):
            self._held = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
            self._held.execute("BEGIN IMMEDIATE")
        else:
            self._held = psycopg.connect(self._url.replace("+psycopg", ""))
            # The intake of a request is written before its letter: the transaction stops half-way.
            self._held.execute("LOCK TABLE letters IN SHARE MODE")

    def release(self) -> None:
        self._held.rollback()
        self._held.close()
        self._held = None

    def somebody_waits(self) -> bool:
        """Tell whether a program has come to the hold; on SQLite it then has its turn in the writers' queue."""
        if self._held is None:
            return False
        if not self._url.startswith("sqlite"):
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'letters'::regclass"
            return bool(self._held.execute(waiting).fetchone()[0])
        with Path(f"{self._file}.lock").open("rb") as queue:
            try:
                fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    @property
    def _file(self) -> str:
        return self._url.removeprefix("sqlite:///")


class HoldingTrap(SmtpTrap):
    """A mail server after whose first letter nothing can be written any more."""

    hold: Hold | None = None

    def keep(self, session: Session, envelope: Envelope) -> None:
        super().keep(session, envelope)
        if self.hold is not None:
            hold, self.hold = self.hold, None
            hold.take()


@pytest.fixture
def trap() -> Iterator[HoldingTrap]:
    with HoldingTrap() as started:
        yield started


@pytest.fixture
def hold(database_url: str) -> Hold:
    return Hold(database_url)


@pytest.fixture
def installation(database_url: str, tmp_path: Path, trap: HoldingTrap, programs: Programs) -> Iterator[Installation]:
    made = Installation(database_url, tmp_path, trap, programs)
    yield made
    made.close()


def message_ids(trap: SmtpTrap) -> set[str]:
    return {str(letter.message["Message-ID"]) for letter in trap.letters}


def settled(installation: Installation) -> Callable[[], bool]:
    return lambda: installation.letter().sent_at is not None


def test_a_web_server_killed_before_its_commit_took_nothing_and_the_same_form_is_taken_later(
    installation: Installation, trap: HoldingTrap, hold: Hold
) -> None:
    web = installation.web()
    hold.take()
    with installation.sending():
        running.until(hold.somebody_waits, web)
        web.kill()
    hold.release()
    before = installation.requests()

    installation.web()
    status = installation.send()
    worker = installation.worker()
    running.until(settled(installation), worker)

    assert (before, status) == (0, 303)
    assert installation.requests() == 1
    assert len(trap.letters) == 1


def test_a_web_server_killed_after_its_commit_has_left_the_letter_to_the_worker(
    installation: Installation, trap: HoldingTrap
) -> None:
    web = installation.web()
    with installation.sending():
        running.until(lambda: installation.requests() == 1, web)
        web.kill()

    worker = installation.worker()
    running.until(settled(installation), worker)

    assert message_ids(trap) == {f"<{installation.letter().id}@example.org>"}
    assert len(trap.letters) == 1


def test_a_form_sent_again_after_the_kill_is_the_same_request(installation: Installation, trap: HoldingTrap) -> None:
    """Whoever got no answer presses the button once more."""
    web = installation.web()
    with installation.sending():
        running.until(lambda: installation.requests() == 1, web)
        web.kill()
    installation.web()

    status = installation.send()
    worker = installation.worker()
    running.until(settled(installation), worker)

    assert status == 303
    assert installation.requests() == 1
    assert len(trap.letters) == 1


def test_a_letter_a_killed_worker_had_in_its_hands_is_sent_by_the_next_one(
    installation: Installation, trap: HoldingTrap
) -> None:
    installation.ask()
    trap.fault = "data_hang"
    worker = installation.worker()
    running.until(lambda: bool(trap.recipients_asked), worker)
    worker.kill()
    taken = installation.letter()

    trap.fault = None
    installation.let_five_minutes_pass()
    worker = installation.worker()
    running.until(settled(installation), worker)

    assert (taken.tries, taken.sent_at) == (1, None)
    assert len(trap.letters) == 1
    assert installation.letter().tries == 2


def test_a_letter_that_was_sent_and_not_marked_comes_twice_under_one_message_id(
    installation: Installation, trap: HoldingTrap, hold: Hold
) -> None:
    installation.ask()
    trap.hold = hold
    worker = installation.worker()
    running.until(hold.somebody_waits, worker)
    worker.kill()
    hold.release()
    sent_once, marked = len(trap.letters), installation.letter().sent_at

    installation.let_five_minutes_pass()
    worker = installation.worker()
    running.until(settled(installation), worker)

    assert (sent_once, marked) == (1, None)
    assert len(trap.letters) == 2
    assert message_ids(trap) == {f"<{installation.letter().id}@example.org>"}


def test_a_letter_the_server_kept_without_a_word_comes_again_after_a_kill(
    installation: Installation, trap: HoldingTrap
) -> None:
    """Nobody can know whether it arrived; twice is better than never."""
    installation.ask()
    trap.fault = "data_lost"
    worker = installation.worker()
    running.until(lambda: bool(installation.letter().failure), worker)
    worker.kill()

    trap.fault = None
    with installation.app.app_context(), current.work() as work:
        work.session.execute(update(Letter).where(Letter.sent_at.is_(None)).values(next_at=datetime.now(UTC)))
    worker = installation.worker()
    running.until(settled(installation), worker)

    assert len(trap.letters) == 2
    assert len(message_ids(trap)) == 1
