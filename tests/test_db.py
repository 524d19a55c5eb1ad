"""The two kinds of transactions on both databases, and what may stand in a row."""

import fcntl
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, func, make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.intake import arrivals, opening
from app.models import Mark, Model, UtcDateTime
from tests.domain import builders
from tests.support import running
from tests.support.clock import Clock
from tests.support.office import Office, make_app

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

#: What a binary column may be, when it is no sealed one: a hash, a signature, a public key.
_PUBLIC_BYTES = {"mac", "origin_tag", "public_key", "return_lookup", "signature"}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.engine.dispose()


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    made = Database(sqlite_url)
    yield made
    made.engine.dispose()


def mark(session: Session, name: str = "mark") -> None:
    session.add(Mark(name=name, at=NOW))
    session.flush()


def mark_and_fail(database: Database) -> None:
    with database.write() as session:
        mark(session)
        raise RuntimeError


def marks(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.scalars(select(Mark.name)))


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 5000),
    ],
)
@pytest.mark.parametrize("kind", ["read", "write"])
def test_the_pragmas_are_in_force(on_sqlite: Database, kind: str, pragma: str, value: object) -> None:
    """Must hold 6: and on every connection, not only the first."""
    with getattr(on_sqlite, kind)() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_leaving_the_block_commits(database: Database) -> None:
    with database.write() as session:
        mark(session)

    assert marks(database) == ["mark"]


def test_raising_rolls_back(database: Database) -> None:
    with pytest.raises(RuntimeError):
        mark_and_fail(database)

    assert marks(database) == []


def test_readers_cannot_write(database: Database) -> None:
    """They would pass the queue of the writers."""
    with pytest.raises(DBAPIError), database.read() as session:
        mark(session)

    assert marks(database) == []


def test_a_writer_after_a_reader_on_the_same_connection_can_write(database: Database) -> None:
    for number in range(3):
        assert len(marks(database)) == number
        with database.write() as session:
            mark(session, f"mark {number}")


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.read() as reading:
        before = reading.scalar(select(func.count()).select_from(Mark))
        with database.write() as session:
            mark(session)

        assert reading.scalar(select(func.count()).select_from(Mark)) == before
    assert marks(database) == ["mark"]


def test_foreign_keys_are_held(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(
            text("INSERT INTO links (token_hash, account_id, expires_at) VALUES (:hash, :account, '2026-11-23')"),
            {"hash": b"", "account": "00000000-0000-0000-0000-000000000000"},
        )


def test_a_refusal_of_the_database_shows_no_parameters(database: Database) -> None:
    """Must hold 7: tokens and addresses would stand in every traceback."""
    insert = Model.metadata.tables["marks"].insert().values(name="mark", at=NOW)
    with database.write() as session:
        session.execute(insert)

    with pytest.raises(IntegrityError) as refused, database.write() as session:
        session.execute(insert)

    assert "2026" not in str(refused.value)
    assert "parameters hidden" in str(refused.value)


def test_naive_moments_are_refused(database: Database) -> None:
    naive = Model.metadata.tables["marks"].insert().values(name="naive", at=NOW.replace(tzinfo=None))

    with pytest.raises(StatementError, match="without a time zone"), database.write() as session:
        session.execute(naive)


def test_moments_come_back_in_utc(database: Database) -> None:
    there = timezone(timedelta(hours=-7))
    with database.write() as session:
        session.add(Mark(name="mark", at=NOW.astimezone(there)))

    with database.read() as session:
        found = session.scalars(select(Mark.at)).one()
    assert found == NOW
    assert found.tzinfo is UTC


@settings(deadline=None)
@given(at=st.datetimes(timezones=st.timezones()))
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_any_aware_moment_survives_storage(dialect: str, at: datetime) -> None:
    kind, spoken = UtcDateTime(), make_url(f"{dialect}://").get_dialect()()
    try:
        stored = kind.process_bind_param(at, spoken)
    except OverflowError:
        # The first and last hours of the calendar do not exist in UTC.
        return
    assert stored is not None

    forgotten = stored.replace(tzinfo=None)

    assert kind.process_result_value(forgotten, spoken) == at.astimezone(UTC)
    assert kind.process_bind_param(None, spoken) is None
    assert kind.process_result_value(None, spoken) is None


def test_every_moment_of_the_schema_is_of_the_one_kind() -> None:
    moments = [
        column
        for table in Model.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_at") or column.name in {"at", "until"}
    ]

    assert len(moments) > 15
    assert [str(column) for column in moments if not isinstance(column.type, UtcDateTime)] == []


def test_writers_wait_for_each_other_in_one_line(on_sqlite: Database) -> None:
    """Whoever writes holds the lock file, so that another process waits without polling."""
    with Path(f"{on_sqlite.url.database}.lock").open("w", encoding="utf-8") as other:
        with on_sqlite.write(), pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)

        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_line_goes_on_after_a_writer_that_failed(on_sqlite: Database) -> None:
    with pytest.raises(RuntimeError), on_sqlite.write():
        raise RuntimeError

    with on_sqlite.write() as session:
        mark(session)


def test_readers_do_not_wait_for_a_writer(on_sqlite: Database) -> None:
    with on_sqlite.write() as session:
        mark(session)

        assert marks(on_sqlite) == []


def test_the_lock_file_is_ours_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'quietword.db'}")
    with database.write() as session:
        session.execute(text("SELECT 1"))
    database.engine.dispose()

    assert stat.S_IMODE((tmp_path / "new" / "quietword.db.lock").stat().st_mode) == 0o600


_COUNT = "UPDATE counter SET value = :value"


def _count_up(database: Database, times: int) -> None:
    """Read, then write what was read plus one: lost when two do it at once."""
    for _ in range(times):
        with database.write() as session:
            value = session.scalar(text("SELECT value FROM counter"))
            session.execute(text(_COUNT), {"value": value + 1})


@pytest.fixture
def counter(on_sqlite: Database) -> Database:
    with on_sqlite.write() as session:
        session.execute(text("CREATE TABLE counter (value INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
    return on_sqlite


def test_no_write_is_lost_between_threads(counter: Database) -> None:
    outcomes = builders.in_parallel([lambda: _count_up(counter, 25)] * 8)

    assert outcomes == [None] * 8
    with counter.read() as session:
        assert session.scalar(text("SELECT value FROM counter")) == 200


def test_no_write_is_lost_between_processes(counter: Database) -> None:
    program = f"""
from app.db import Database
from tests.test_db import _count_up
_count_up(Database({str(counter.url)!r}), 25)
"""
    started = [
        subprocess.Popen([sys.executable, "-c", program], cwd=running.ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    _count_up(counter, 25)

    assert [(process.communicate()[1], process.returncode) for process in started] == [("", 0)] * 3
    with counter.read() as session:
        assert session.scalar(text("SELECT value FROM counter")) == 100


def test_no_sealed_column_holds_clear_text(office: Office) -> None:
    """V-52: walked over the schema, after a day with people and requests in it."""
    supervisor = office.found("zzyzx@example.org")
    office.on_call(supervisor)
    reference = office.ask("Zzyzx", note="Zzyzx", email="zzyzx@example.org", pronouns="zzyzx")
    with office.work(supervisor) as work:
        opening.open(work, reference)

    with office.work() as work:
        for column in _sealed():
            for value in work.session.scalars(select(column).where(column.is_not(None))):
                assert b"zzyzx" not in value.lower(), column
                assert b"5550123" not in value, column
                # A token of Fernet, or a box of HPKE: nothing shorter, nothing readable.
                assert len(value) >= 100, column
                assert value.startswith(b"gAAAAA") or not value.isascii(), column


def test_no_column_at_all_holds_what_a_client_wrote(office: Office) -> None:
    """V-52."""
    office.found()
    office.ask("Zzyzx", note="Zzyzx")

    with office.work() as work:
        for table in Model.metadata.sorted_tables:
            for row in work.session.execute(select(table)):
                assert "zzyzx" not in str(tuple(row)).lower()


def test_no_token_tells_the_time(office: Office) -> None:
    """Must hold 5: the eight bytes of Fernet's time are all zero."""
    office.found()
    office.ask()

    with office.work() as work:
        tokens = [
            value for column in _sealed() for value in work.session.scalars(select(column).where(column.is_not(None)))
        ]
    assert len(tokens) > 10
    assert [token[:12] for token in tokens if token.startswith(b"gA") and not token.startswith(b"gAAAAAAAAAAA")] == []


def test_the_files_of_the_database_hold_no_clear_text(sqlite_url: str, tmp_path: Path, clock: Clock) -> None:
    """Must hold 3: neither the file itself nor its WAL."""
    office = Office(make_app(sqlite_url, tmp_path, clock), clock)
    supervisor = office.found()
    token = builders.send(office)
    with office.work(supervisor) as work:
        opening.open(work, arrivals.reference_of(work, token))

    files = list(tmp_path.glob("quietword.db*"))

    assert any(file.name.endswith("-wal") for file in files)
    assert [file.name for file in files if b"Sammy" in file.read_bytes()] == []
    builders.database(office).engine.dispose()


def test_bytes_that_are_not_sealed_are_hashes_signatures_or_public_keys() -> None:
    """V-52: a new binary column is named for what it is."""
    strange = [
        str(column)
        for table in Model.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        and not column.name.startswith("sealed_")
        and not column.name.endswith("_hash")
        and column.name not in _PUBLIC_BYTES
    ]

    assert strange == []


def _sealed() -> list[Any]:
    return [
        column
        for table in Model.metadata.tables.values()
        for column in table.columns
        if column.name.startswith("sealed_")
    ]
