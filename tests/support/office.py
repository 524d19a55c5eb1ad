"""A practice for tests: its people, how they sign in, and transactions in their name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

import config
from app import create_app, current, health
from app.crypto import codes, locks, totp
from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.domain.accounts import passkeys, sessions
from app.domain.health import daily_check, readiness
from app.domain.intake import arrivals
from app.domain.intake.answers import Answers, Wishes
from app.domain.letters import outbox
from app.domain.rota import rota
from app.domain.team import team
from app.domain.vault import holders
from app.domain.work import Actor, Member, Party, Work
from app.models import Letter, LetterKind, LoginSession, Role
from tests.support import running, snapshots
from tests.support.clock import Clock

PASSWORD = "seven quiet boats on a lake"
_SALT = bytes(range(16))
#: All apps of a process have the same keys, so rows that were prepared for one can be copied into another.
_KEYS = running.keys()


@dataclass(frozen=True)
class Person:
    """A person who has joined; `cookie` belongs to an open session."""

    email: str
    totp_secret: bytes = field(repr=False)
    backup_codes: tuple[str, ...] = field(repr=False)
    cookie: str = field(repr=False)
    recovery_code: str | None = field(default=None, repr=False)


class Office:
    """An app and the people of its practice. It does everything through the app's own rules."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self.app = app
        self.clock = clock

    @contextmanager
    def work(self, actor: Actor | Person = Party.OPERATOR) -> Iterator[Work]:
        """Open a transaction in a person's name."""
        with self.app.app_context(), current.work(self.member(actor) if isinstance(actor, Person) else actor) as work:
            yield work

    def member(self, person: Person) -> Member:
        with self.app.app_context(), current.work(Party.WORKER) as work:
            resumed = sessions.resume(work, person.cookie)
        assert resumed is not None, "the session has ended"
        return resumed.member

    def join(self, email: str, role: Role = Role.COUNSELOR) -> Person:
        """Invite a person, and accept the invitation for them."""
        return snapshots.step(self.app, self.clock, ("join", email, role), lambda: self._join(email, role))

    def _join(self, email: str, role: Role) -> Person:
        with self.work() as work:
            token = team.invite(work, email=email, name=email.partition("@")[0].title(), role=role)
        secret, printed = totp.new_secret(), codes.backup_codes()
        brought = team.Credentials(
            stretched=_stretched(), salt=_SALT, private=PrivateKey.generate(), totp_secret=secret, backup_codes=printed
        )
        with self.work(Party.NEWCOMER) as work:
            cookie = team.accept(work, token, brought, totp.code(secret, self.clock()))
            assert cookie is not None
            resumed = sessions.resume(work, cookie)
        assert resumed is not None
        return Person(email, secret, tuple(printed), cookie, resumed.data.get("recovery_code"))

    def found(self, email: str = "grace@example.org") -> Person:
        """Make the first supervisor, and open the form."""
        supervisor = snapshots.step(self.app, self.clock, ("found", email), lambda: self._found(email))
        with self.app.app_context():
            health.forget()
        return supervisor

    def _found(self, email: str) -> Person:
        supervisor = self.join(email, Role.SUPERVISOR)
        with self.work(supervisor) as work:
            holders.confirm_sheet(work, supervisor.recovery_code or "", line_tested=True)
        return supervisor

    def hire(self, supervisor: Person, email: str, role: Role = Role.COUNSELOR) -> Person:
        """Let a person join, and let the supervisor approve them."""
        what = ("hire", supervisor, email, role)
        return snapshots.step(self.app, self.clock, what, lambda: self._hire(supervisor, email, role))

    def _hire(self, supervisor: Person, email: str, role: Role) -> Person:
        person = self.join(email, role)
        self.prove(supervisor)
        with self.work(supervisor) as work:
            [waiting] = [one for one in team.roster(work) if one.email == email]
            team.approve(work, waiting.id, waiting.key_digest or "")
        return person

    def prove(self, person: Person) -> None:
        """Give a person's second factor again, so that it is fresh."""
        self.clock.forward(seconds=60)
        with self.work(person) as work:
            assert passkeys.prove(work, totp.code(person.totp_secret, self.clock()))

    def renewed(self, person: Person) -> Person:
        """Let a person's session begin now, although time has passed; return the person."""
        with self.work(Party.WORKER) as work:
            now = {"seen_at": work.now, "started_at": work.now, "proved_at": work.now}
            work.session.execute(update(LoginSession).where(LoginSession.sealed_key.is_not(None)).values(now))
        return person

    def on_call(self, person: Person, hours: float = 24) -> None:
        with self.work() as work:
            rota.add(work, team.by_email(work, person.email), work.now, work.now + timedelta(hours=hours))

    def checked(self) -> None:
        """Run the daily check and mark its letter as sent, so that a test does not meet that letter."""
        with self.work(Party.WORKER) as work:
            daily_check.check(work)
            letter = select(Letter.id).where(Letter.kind == LetterKind.CANARY)
            outbox.mark_sent(work, work.session.scalars(letter).one())

    def ask(self, name: str = "Sam", nonce: bytes = b"nonce", **answers: Any) -> str:
        """Send a request without the form; return its reference."""
        with self.work(Party.CLIENT) as work:
            epoch = readiness.health(work, 0).epoch
            assert epoch is not None
            said = Answers(name, "AZ", **{"phone": "+16025550123", **answers})
            wishes = Wishes("call", voicemail=True, when=("mon-am",), zone="America/Phoenix")
            token = arrivals.submit(work, epoch, idempotency_key=nonce, language="en", answers=said, wishes=wishes)
        with self.work() as work:
            return str(arrivals.reference_of(work, token))

    def browser(self, person: Person) -> FlaskClient:
        """Return Flask's test client, signed in as this person."""
        client = self.app.test_client()
        client.set_cookie("s", person.cookie, domain="localhost")
        return client


def make_app(url: str, folder: Path, clock: Clock, **more: str) -> Flask:
    """Return the app on a migrated database."""
    settings = running.environment(folder, database_url=url, **_KEYS | _at_home(more))
    return create_app(config.load(settings), clock)


def _at_home(more: dict[str, str]) -> dict[str, Any]:
    return {"PUBLIC_URL": "http://localhost", **more}


@cache
def _stretched() -> Stretched:
    return locks.stretch(PASSWORD, _SALT)
