"""What the tests of the rules share: requests with their tokens, hands in the database, and threads."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session

from app.crypto import contexts, hpke, locks, tokens, totp
from app.crypto.contexts import Context
from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.crypto.vault import EpochFacts, Vault
from app.db import Database
from app.domain import audit
from app.domain.accounts import passwords, sessions
from app.domain.health import readiness
from app.domain.intake import arrivals, thread
from app.domain.intake.answers import Answers, Wishes
from app.domain.intake.case_log import Logged
from app.domain.intake.opening import Opened
from app.domain.intake.sealed_log import NewEntry
from app.domain.team import team
from app.domain.vault import epochs
from app.domain.work import Party, Work
from app.models import Account, AuditLine, EntryKind, Grant, Intake, KeyRegister, Lock, LogKind, Model, ThreadEntry
from tests.support.office import PASSWORD, Office, Person

Result = TypeVar("Result")
Row = TypeVar("Row", bound=Model)

SAID = Answers("Sam", "AZ", phone="+16025550123", note="call me Sammy")
WISHED = Wishes("call", voicemail=True, when=("mon-am",), zone="America/Phoenix")

GRANTS_GONE = delete(Grant)
#: Tables of people whose rows say which key of the ring they need.
RINGED = (Account, Lock, Grant, KeyRegister)


def database(office: Office) -> Database:
    found: Database = office.app.extensions["quietword"].database
    return found


def vault(office: Office) -> Vault:
    found: Vault = office.app.extensions["quietword"].vault
    return found


@contextmanager
def writer(office: Office) -> Iterator[Session]:
    """Yield the session of somebody who may write to the database and knows no key."""
    with database(office).write() as session:
        yield session


def copies(office: Office, table: type[Row]) -> list[Row]:
    """Keep whole rows, as somebody with an old backup has them."""
    with writer(office) as session:
        return [copy(row) for row in session.scalars(select(table))]


def copy(row: Row) -> Row:
    return type(row)(**{column.key: getattr(row, column.key) for column in row.__table__.columns})


def put_back(office: Office, *rows: Model) -> None:
    with writer(office) as session:
        for row in rows:
            session.merge(row)
            session.flush()


def epoch(work: Work) -> EpochFacts:
    found = readiness.health(work, 0).epoch
    assert found is not None
    return found


def send(office: Office, nonce: bytes = b"nonce", said: Answers = SAID, wished: Wishes = WISHED) -> str:
    """Send a request and return the token of its confirmation."""
    with office.work(Party.CLIENT) as work:
        return arrivals.submit(work, epoch(work), idempotency_key=nonce, language="en", answers=said, wishes=wished)


def reference(office: Office, token: str) -> str:
    with office.work() as work:
        return arrivals.reference_of(work, token)


def count(office: Office, table: type[Model]) -> int:
    with office.work() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def kinds(office: Office) -> list[str]:
    """Return what the trail says happened, chained lines in order, then those that wait."""
    with office.work() as work:
        lines = work.session.scalars(select(AuditLine)).all()
    return [line.kind for line in sorted(lines, key=lambda line: (line.number is None, line.number or 0))]


def account(office: Office, person: Person) -> Account:
    with office.work() as work:
        return work.session.scalars(select(Account).where(Account.email == person.email)).one()


def account_id(office: Office, person: Person) -> UUID:
    return account(office, person).id


def intake(work: Work, reference: str) -> Intake:
    return work.session.scalars(select(Intake).where(Intake.reference == reference)).one()


def account_id_in(work: Work, person: Person) -> UUID:
    return work.session.scalars(select(Account.id).where(Account.email == person.email)).one()


@cache
def stretched(password: str, salt: bytes) -> Stretched:
    """Stretch a password once for all tests of a process."""
    return locks.stretch(password, salt)


def sign_in(office: Office, person: Person, *, password: str = PASSWORD, code: str | None = None) -> str | None:
    """Sign in as the sign-in page does; return the cookie, or None when it was refused."""
    with office.work(Party.CLIENT) as work:
        attempt = passwords.begin(work, person.email)
    code = totp.code(person.totp_secret, office.clock()) if code is None else code
    with office.work(Party.WORKER) as work:
        return sessions.finish(work, attempt, stretched(password, attempt.salt), code)


def suspend(office: Office, supervisor: Person, person: Person) -> None:
    office.prove(supervisor)
    with office.work(supervisor) as work:
        team.suspend(work, team.by_email(work, person.email))


def in_parallel(rules: Sequence[Callable[[], Result]]) -> list[Result | Exception]:
    """Run rules at once, each in a thread of its own; return what each returned or raised."""
    outcomes: list[Result | Exception] = [RuntimeError("did not end")] * len(rules)
    start = threading.Barrier(len(rules))

    def run(index: int) -> None:
        start.wait(20)
        try:
            outcomes[index] = rules[index]()
        except Exception as error:  # noqa: BLE001
            # What it raised is what the test asks about.
            outcomes[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(rules))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return outcomes


@contextmanager
def counted(office: Office) -> Iterator[list[str]]:
    """Collect the SQL statements of the block; BEGIN and COMMIT are noted apart, as such."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    def note_commit(_connection: Any) -> None:
        said.append("COMMIT")

    engine = database(office).engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", note_commit)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", note_commit)


def opened_boxes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by the place of every box that is opened from now on."""
    places_seen: list[str] = []
    open_box = hpke.open

    def watched(private: PrivateKey, place: Context, sealed: bytes | None) -> bytes:
        places_seen.append(place.path)
        return open_box(private, place, sealed)

    monkeypatch.setattr(hpke, "open", watched)
    return places_seen


def add_entry(office: Office, person: Person, reference: str, kind: EntryKind, value: Mapping[str, object]) -> None:
    """Write the next entry of a thread under its own key, as a rule with that key would, and record it."""
    with office.work(person) as work:
        key, intake = thread_key(work, reference)
        last = work.session.scalars(
            select(ThreadEntry).where(ThreadEntry.intake_id == intake.id).order_by(ThreadEntry.number.desc())
        ).first()
        assert last is not None
        number = last.number + 1
        thread.THREAD.write(work, intake.id, key, NewEntry(kind, value), number=number, before=last.sealed_entry)
        audit.record(work, "thread.written", f"intake/{reference}", entry=number)


def wish_again(office: Office, person: Person, reference: str, wishes: Wishes) -> None:
    add_entry(office, person, reference, EntryKind.WISHES, wishes.sealed_form())


def opened_entry(row: ThreadEntry, key: bytes) -> Any:
    """Return what a thread's entry holds, as whoever has the thread's key reads it."""
    return tokens.open_text(key, thread.THREAD.places[row.kind](row.intake_id, row.number), row.sealed_entry)


def thread_key(work: Work, reference: str) -> tuple[bytes, Intake]:
    """Return a request's thread key through the member's grant."""
    intake = work.session.scalars(select(Intake).where(Intake.reference == reference)).one()
    grant = work.session.get_one(Grant, (intake.epoch_id, work.member.holder_id))
    private = epochs.open_grant(work, intake.epoch_id, grant.sealed_key)
    place = contexts.thread_key(intake.id, intake.epoch_id)
    return hpke.open(private, place, intake.sealed_thread_key or b""), intake


def logged(opened: Opened) -> list[Logged]:
    """Return what an opened request's log holds, without what the audit trail adds to its history."""
    return [entry for entry in opened.history if isinstance(entry.kind, LogKind)]
