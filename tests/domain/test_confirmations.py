"""What was erased is on no disk: neither in SQLite's file nor in the log beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.crypto.words import ReturnCode
from app.domain import audit
from app.domain.casework import retention
from app.domain.intake import arrivals, opening, tombstones
from app.domain.intake.tombstones import Cause
from app.domain.work import Party
from app.models import Confirmation, Intake, LogEntry, LogKind, ThreadEntry
from tests.domain import builders
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, make_app


@pytest.fixture
def on_file(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Office]:
    app: Flask = make_app(sqlite_url, tmp_path, clock)
    yield Office(app, clock)
    app.extensions["quietword"].database.close()


@pytest.mark.parametrize("by", ["supervisor", "worker", "client"])
def test_no_byte_of_it_is_left_in_the_file_or_its_log(on_file: Office, by: str, clock: Clock) -> None:
    """Must hold 6: neither the row's bytes nor its keys, nor those of its thread, log and confirmation."""
    supervisor = on_file.found()
    builders.send(on_file, b"a neighbor on the same pages")
    token = builders.send(on_file)
    with on_file.work(Party.CLIENT) as work:
        code = ReturnCode("en", arrivals.done(work, token).return_code or ())
    client = Client(on_file, builders.reference(on_file, token), code)
    client.say("something")
    with on_file.work(supervisor) as work:
        opening.write(work, opening.unlock(work, client.reference), LogKind.NOTE, {"text": "call again"})
    values = sealed_pieces(client)
    before = on_disk(on_file)
    assert all(any(piece in before for piece in pieces) for pieces in values)

    if by == "supervisor":
        with on_file.work(supervisor) as work:
            retention.erase(work, client.reference, Cause.ASKED)
    elif by == "client":
        with on_file.work(Party.CLIENT) as work:
            arrivals.undo(work, token)
    else:
        client.withdraw()
        clock.forward(hours=25)
        with on_file.work(Party.WORKER) as work:
            tombstones.erase_withdrawn(work)

    left = on_disk(on_file)
    assert [piece for pieces in values for piece in pieces if piece in left] == []


def test_what_somebody_was_reading_meanwhile_goes_with_the_next_change(on_file: Office) -> None:
    """Must hold 6: the next one who writes anything empties the log."""
    on_file.found()
    token = builders.send(on_file)
    log = Path(f"{builders.database(on_file).url.database}-wal")
    with builders.database(on_file).read() as reading:
        reading.scalar(select(func.count()).select_from(Intake))
        with on_file.work(Party.CLIENT) as work:
            arrivals.undo(work, token)
        kept = log.stat().st_size

    with on_file.work(Party.WORKER) as work:
        audit.chain_waiting(work)

    assert (kept > 0, log.stat().st_size) == (True, 0)


def test_who_reads_what_is_to_go_keeps_it_until_they_are_done(on_file: Office) -> None:
    """Must hold 6: nobody waits long for them, and everybody's patience is as it was."""
    database = builders.database(on_file)
    on_file.found()
    with database.read() as reading:
        reading.scalar(select(func.count()).select_from(Intake))
        builders.send(on_file)

        assert not database.forget()

    assert database.forget()
    assert Path(f"{database.url.database}-wal").stat().st_size == 0
    with database.read() as reading:
        assert reading.scalar(text("PRAGMA busy_timeout")) == 5000


def sealed_pieces(client: Client) -> list[list[bytes]]:
    """Return each sealed value of a request in pieces: a long one lies on several pages."""
    with client.office.work() as work:
        intake = client.row(work)
        rows = [intake]
        for table in (ThreadEntry, LogEntry, Confirmation):
            rows += work.session.scalars(select(table).where(table.intake_id == intake.id))
        values = [
            getattr(row, column.name)
            for row in rows
            for column in row.__table__.columns
            if column.name.startswith("sealed_") and getattr(row, column.name)
        ]
    assert len(values) >= 8
    # The first letters of a token are the same in all of them.
    return [[value[start : start + 24] for start in range(16, len(value) - 24, 24)] for value in values]


def on_disk(office: Office) -> bytes:
    """Return the database's file and all that lies beside it under its name."""
    file = Path(builders.database(office).url.database or "")
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
