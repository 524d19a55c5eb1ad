"""Every sealed column there is, in two rows of a living practice, and what it takes to read each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, select, update

from app.crypto import contexts, tokens
from app.crypto.tokens import Unreadable
from app.crypto.words import ReturnCode
from app.domain.accounts import sessions
from app.domain.intake import arrivals, opening, returning
from app.domain.intake.numbers import Number
from app.domain.vault import epochs
from app.domain.work import Altered, Missing, Party
from app.models import (
    Account,
    Grant,
    Holder,
    Intake,
    KeyRegister,
    Lock,
    LogEntry,
    LoginSession,
    LogKind,
    Model,
    ThreadEntry,
)
from tests.domain import builders
from tests.support.office import Office, Person

#: Written and read by one page alone, and held by its tests.
_ELSEWHERE = {"thread_entries.sealed_number", "drafts.sealed_draft", "epochs.sealed_marker", "canary_keys.sealed_key"}

#: "intakes.sealed_answers" and so on, from the schema itself.
NAMES = sorted(
    f"{table.name}.{column.name}"
    for table in Model.metadata.tables.values()
    for column in table.columns
    if column.name.startswith("sealed_") and f"{table.name}.{column.name}" not in _ELSEWHERE
)


@dataclass(frozen=True)
class Cell:
    """One sealed column of one row."""

    column: Column[Any]
    row: ColumnElement[bool]

    def read(self, office: Office) -> bytes:
        with builders.writer(office) as session:
            return bytes(session.execute(select(self.column).where(self.row)).scalar_one())

    def write(self, office: Office, token: bytes) -> None:
        with builders.writer(office) as session:
            session.execute(update(self.column.table).where(self.row).values({self.column.name: token}))


@dataclass
class Scene:
    """Two people and two requests: each sealed column in a row of ours, and in one of the others'."""

    office: Office
    supervisor: Person
    colleague: Person
    done: tuple[str, str] = field(repr=False)
    references: tuple[str, str]
    code: ReturnCode
    ours: dict[str, Cell]
    others: dict[str, Cell]

    def read(self, name: str) -> None:
        """Do what needs this column of our row; raise when it does not open."""
        _READERS[name](self)


def stage(office: Office) -> Scene:
    """Set the scene with every sealed column filled: both clients came back and gave a new number."""
    scene = stage_arrivals(office)
    codes = [(scene.code, scene.references[0]), (_code(office, scene.done[1]), scene.references[1])]
    for code, name in codes:
        with office.work(Party.CLIENT) as work:
            number = Number("+14805550188", name)
            returning.give_number(work, code, builders.epoch(work), idempotency_key=b"number", number=number)
    return scene


def stage_arrivals(office: Office) -> Scene:
    """Set the scene with two requests that nobody came back to."""
    supervisor = office.found()
    colleague = office.hire(supervisor, "ada@example.org")
    done = (builders.send(office, b"one"), builders.send(office, b"two"))
    references = (builders.reference(office, done[0]), builders.reference(office, done[1]))
    for person, reference in zip((supervisor, colleague), references, strict=True):
        with office.work(person) as work:
            opening.write(work, opening.unlock(work, reference), LogKind.NOTE, {"text": "call again"})
    cells = [_cells(office, person, token) for person, token in ((supervisor, done[0]), (colleague, done[1]))]
    return Scene(office, supervisor, colleague, done, references, _code(office, done[0]), cells[0], cells[1])


def _code(office: Office, token: str) -> ReturnCode:
    with office.work(Party.CLIENT) as work:
        words = arrivals.done(work, token).return_code
    assert words is not None
    return ReturnCode("en", words)


def _cells(office: Office, person: Person, token: str) -> dict[str, Cell]:
    tables = Model.metadata.tables
    reference, account = builders.reference(office, token), builders.account(office, person)
    cookie_hash = office.member(person).cookie_hash
    with office.work() as work:
        intake = work.session.scalars(select(Intake).where(Intake.reference == reference)).one()
        holder = work.session.scalars(select(Holder).where(Holder.account_id == account.id)).one()
    grants, entries, logged = Grant.__table__.c, ThreadEntry.__table__.c, LogEntry.__table__.c
    rows = {
        "intakes": tables["intakes"].c.id == intake.id,
        "thread_entries": (entries.intake_id == intake.id) & (entries.number == 1),
        "log_entries": (logged.intake_id == intake.id) & (logged.number == 1),
        "confirmations": tables["confirmations"].c.intake_id == intake.id,
        "accounts": Account.__table__.c.id == account.id,
        "sign_ins": LoginSession.__table__.c.cookie_hash == cookie_hash,
        "locks": Lock.__table__.c.holder_id == holder.id,
        "grants": (grants.holder_id == holder.id) & (grants.epoch_id == intake.epoch_id),
        "rolls": KeyRegister.__table__.c.number > 0,
    }
    found = {}
    for name in NAMES:
        table, _, column = name.partition(".")
        found[name] = Cell(tables[table].c[column], rows[table])
    # What came with the request has no number beside it.
    newer = (entries.intake_id == intake.id) & (entries.number == 2)
    return found | {"thread_entries.sealed_number": Cell(tables["thread_entries"].c.sealed_number, newer)}


def _open_request(scene: Scene) -> None:
    with scene.office.work(scene.supervisor) as work:
        opening.open(work, scene.references[0])


def _return(scene: Scene) -> None:
    """Open the thread with the return code, as the return page does."""
    with scene.office.work() as work:
        intake = work.session.scalars(select(Intake).where(Intake.reference == scene.references[0])).one()
        key = builders.vault(scene.office).secret.return_keys(scene.code)[0].key
        try:
            tokens.open_bytes(key, contexts.thread_key_by_return_code(intake.id), intake.sealed_return_key or b"")
        except Unreadable as error:
            raise Altered(error.context.path) from error


def _confirm(scene: Scene) -> None:
    with scene.office.work(Party.CLIENT) as work:
        try:
            arrivals.done(work, scene.done[0])
        except Missing as error:
            raise Altered("confirmation") from error


def _sign_in(scene: Scene) -> None:
    scene.office.clock.forward(seconds=60)
    if builders.sign_in(scene.office, scene.supervisor) is None:
        raise Altered(f"account/{builders.account_id(scene.office, scene.supervisor)}")


def _unlock(scene: Scene) -> None:
    """Sign in with the right password and code; only the lock can be wrong."""
    scene.office.clock.forward(seconds=60)
    assert builders.sign_in(scene.office, scene.supervisor) is not None


def _renew(scene: Scene) -> None:
    with scene.office.work(Party.WORKER) as work:
        work.now += epochs.LASTS
        epochs.renew(work)


def _resume(scene: Scene) -> None:
    scene.office.member(scene.supervisor)


def _list_browsers(scene: Scene) -> None:
    with scene.office.work(scene.supervisor) as work:
        sessions.own_browsers(work)


_READERS: dict[str, Callable[[Scene], None]] = {
    "accounts.sealed_record": _sign_in,
    "accounts.sealed_totp": _sign_in,
    "confirmations.sealed_words": _confirm,
    "grants.sealed_key": _open_request,
    "intakes.sealed_answers": _open_request,
    "intakes.sealed_answers_key": _open_request,
    "intakes.sealed_return_key": _return,
    "intakes.sealed_thread_key": _open_request,
    "locks.sealed_key": _unlock,
    "log_entries.sealed_entry": _open_request,
    "rolls.sealed_roll": _renew,
    "sign_ins.sealed_data": _resume,
    "sign_ins.sealed_device": _list_browsers,
    "sign_ins.sealed_key": _open_request,
    "thread_entries.sealed_entry": _open_request,
    "thread_entries.sealed_number": _open_request,
}
