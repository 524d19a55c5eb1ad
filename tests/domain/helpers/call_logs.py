"""What the tests of calls share: calls written down, words that are known, what the log and the outbox say."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.crypto import words
from app.domain.calls import call_log
from app.domain.calls.call_log import CallReport
from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.intake.answers import Answers, Wishes
from app.models import Account, Intake, Letter, LetterKind, LogKind, Outcome
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.support.office import Office, Person

#: Called on Monday and Wednesday mornings in Phoenix, where the clock of the tests says Monday, 8:00.
WISHED = Wishes("call", voicemail=True, when=("mon-am", "wed-am"), zone="America/Phoenix")
NAMED = Answers("José Luis", "AZ", phone="+16025550123")


def ask(
    office: Office,
    monkeypatch: pytest.MonkeyPatch | None = None,
    pair: tuple[str, str] = ("kettle", "harbor"),
    *,
    nonce: bytes = b"nonce",
    said: Answers = builders.SAID,
    wished: Wishes = WISHED,
) -> str:
    """Send a request whose two words are known; return its reference."""
    if monkeypatch is not None:
        monkeypatch.setattr(words, "code_words", lambda _language: pair)
    return builders.reference(office, builders.send(office, nonce, said, wished))


def ask_among_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> str:
    """Send a request that goes by “kettle” and “harbor” after two that do not; return its reference."""
    for number, pair in enumerate([("amateur", "almanac"), ("antelope", "acorn")]):
        ask(office, monkeypatch, pair, nonce=bytes([number]))
    return ask(office, monkeypatch, said=NAMED)


def references(office: Office) -> list[str]:
    with office.work() as work:
        return list(work.session.scalars(select(Intake.reference)))


def trail(office: Office) -> list[str]:
    """Return what the trail says of callers."""
    return [kind for kind in builders.kinds(office) if kind.startswith("call.")]


def call(office: Office, person: Person, reference: str, outcome: str, direction: str = "out", **more: Any) -> None:
    """Write a call down as the desk does."""
    told = {name: more.pop(name) for name in ("note", "happened_at", "said") if name in more}
    with office.work(person) as work:
        call_log.record(work, reference, CallReport(outcome, direction, **told), **more)


def log(office: Office, person: Person, reference: str) -> list[tuple[str, dict[str, Any]]]:
    """Return kind and value of each entry, without who wrote it."""
    entries = builders.logged(returning_clients.opened(office, person, reference))
    return [(entry.kind, {k: v for k, v in entry.value.items() if k not in ("v", "by")}) for entry in entries]


def row(office: Office, reference: str) -> Intake:
    with office.work() as work:
        return work.session.scalars(select(Intake).where(Intake.reference == reference)).one()


def letters(office: Office, kind: LetterKind) -> list[str]:
    """Return who gets letters of a kind that are still to be sent."""
    with office.work() as work:
        unsent = select(Account.email).join(Letter, Letter.account_id == Account.id)
        return sorted(work.session.scalars(unsent.where(Letter.kind == kind, Letter.failed_at.is_(None))))


def due(office: Office, reference: str) -> tuple[datetime | None, datetime | None]:
    found = row(office, reference)
    return found.due_at, found.follow_up_at


def close(office: Office, person: Person, reference: str) -> None:
    """Close a request as the desk does."""
    with office.work(person) as work:
        claims.close(work, reference, Outcome.CLIENT)


def at(office: Office, person: Person, moment: datetime) -> None:
    """Let it be another time, at which somebody has just signed in."""
    office.clock.set(moment)
    office.renewed(person)


def exclude(office: Office, person: Person, reference: str, excluded: Person) -> None:
    """Note, in the log alone, that the client does not want somebody."""
    value = {"account": str(builders.account_id(office, excluded)), "excluded": True}
    with office.work(person) as work:
        opening.write(work, opening.unlock(work, reference), LogKind.EXCLUSION, value)
