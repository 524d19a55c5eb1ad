"""A practice with one person on call, and the outbox as a test looks at it."""

from flask import Flask
from sqlalchemy import select, update

from app import mail
from app.domain.health import readiness
from app.domain.intake import arrivals
from app.domain.intake.answers import Answers, Wishes
from app.domain.letters import outbox
from app.domain.work import Party
from app.models import Letter, LetterKind
from tests.support.clock import Clock
from tests.support.logbook import Logbook
from tests.support.office import Office

COUNSELOR = "grace.on.call@example.org"


class Desk:
    """Somebody is on call, and no letter waits."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.office = Office(app, clock)
        supervisor = self.office.found(COUNSELOR)
        self.office.on_call(supervisor, hours=24 * 30)
        self.clear()
        self.logbook = Logbook().__enter__()

    def clear(self) -> None:
        """Let every letter have left."""
        with self.office.work() as work:
            work.session.execute(update(Letter).where(Letter.failed_at.is_(None)).values(sent_at=work.now))

    def ask(self, answers: Answers | None = None, wishes: Wishes | None = None, nonce: bytes = b"nonce") -> str:
        """Send a request; return its reference."""
        with self.office.work(Party.CLIENT) as work:
            epoch = readiness.health(work, 0).epoch
            assert epoch is not None
            token = arrivals.submit(
                work,
                epoch,
                idempotency_key=nonce,
                language="en",
                answers=answers or Answers("Sam", "AZ"),
                wishes=wishes or Wishes("icall"),
            )
            return arrivals.reference_of(work, token)

    def deliver(self) -> bool:
        """Hand the next letter over; return whether one was due."""
        due = self.due
        with self.app.app_context():
            mail.deliver_next()
        return due

    @property
    def due(self) -> bool:
        with self.office.work() as work:
            return outbox.due(work)

    @property
    def letter(self) -> Letter:
        """The newest letter about a request."""
        with self.office.work() as work:
            newest = select(Letter).where(Letter.kind == LetterKind.NEW_REQUEST).order_by(Letter.wanted_at.desc())
            return work.session.scalars(newest.limit(1)).one()

    def close(self) -> None:
        self.logbook.__exit__(None, None, None)
        self.app.extensions["quietword"].database.close()
