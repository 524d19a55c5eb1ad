"""What the tests of coming back share: a request with its code, entries as they are stored, staff's answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from app.crypto.words import ReturnCode
from app.domain.casework import claims
from app.domain.intake import arrivals, opening, returning, tombstones
from app.domain.intake.answers import Answers, Wishes
from app.domain.work import Party, Work
from app.models import EntryKind, Intake, Letter, LetterKind, ThreadEntry
from tests.domain import builders
from tests.support.office import Office, Person


@dataclass(frozen=True)
class Client:
    """Somebody who asked, and kept the seven words."""

    office: Office
    reference: str
    code: ReturnCode = field(repr=False)

    def do(self, rule: Callable[..., Any], **said: Any) -> Any:
        """Follow a rule of the return page in a transaction of its own."""
        with self.office.work(Party.CLIENT) as work:
            return rule(work, self.code, **said)

    def say(self, text: str = "", nonce: bytes = b"say") -> None:
        self.do(returning.say, idempotency_key=nonce, sentence="question", text=text)

    def wish(self, wished: Wishes, nonce: bytes = b"wish") -> None:
        self.do(returning.wish, idempotency_key=nonce, wished=wished)

    def withdraw(self, nonce: bytes = b"withdraw") -> None:
        self.do(returning.withdraw, idempotency_key=nonce)

    def undo(self, nonce: bytes = b"undo") -> None:
        self.do(returning.undo, idempotency_key=nonce)

    def seen(self) -> returning.Seen:
        with self.office.work(Party.CLIENT) as work:
            return returning.find(work, self.code)

    def intake(self) -> Intake:
        with self.office.work() as work:
            return self.row(work)

    def row(self, work: Work) -> Intake:
        return work.session.scalars(select(Intake).where(Intake.reference == self.reference)).one()

    def entries(self) -> list[ThreadEntry]:
        with self.office.work() as work:
            own = select(ThreadEntry).where(ThreadEntry.intake_id == self.row(work).id)
            return list(work.session.scalars(own.order_by(ThreadEntry.number)))

    def letters(self) -> list[Letter]:
        """Return the letters that tell of something new."""
        with self.office.work() as work:
            return list(work.session.scalars(select(Letter).where(Letter.kind == LetterKind.NEWS)))


def client(
    office: Office, nonce: bytes = b"nonce", said: Answers = builders.SAID, wished: Wishes = builders.WISHED
) -> Client:
    """Let somebody ask, and keep their words."""
    token = builders.send(office, nonce, said, wished)
    with office.work(Party.CLIENT) as work:
        words = arrivals.done(work, token).return_code
    assert words is not None
    return Client(office, builders.reference(office, token), ReturnCode("en", words))


def claimed(office: Office, person: Person) -> Client:
    """Let somebody ask, and let this person claim their request."""
    asked = client(office)
    with office.work(person) as work:
        claims.claim(work, asked.reference)
    return asked


def opened(office: Office, person: Person, reference: str) -> opening.Opened:
    with office.work(person) as work:
        return opening.open(work, reference)


def gone(office: Office, person: Person, reference: str) -> opening.Tombstone:
    """Open a request of which nothing but a tombstone must be left; return that."""
    with pytest.raises(opening.Gone) as gone, office.work(person) as work:
        opening.open(work, reference)
    return gone.value.tombstone


def erase_withdrawn(office: Office) -> int:
    """Erase what was withdrawn long enough ago, as the worker does; return how many requests that were."""
    with office.work(Party.WORKER) as work:
        return tombstones.erase_withdrawn(work)


def answer(office: Office, person: Person, reference: str, template: str) -> None:
    """Answer from a template, as the desk does."""
    builders.add_entry(office, person, reference, EntryKind.MESSAGE, {"v": 1, "from": "staff", "template": template})
