"""Owns the engine and its transactions, on SQLite and PostgreSQL; knows SQLAlchemy, not our tables."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

#: Milliseconds to wait for another writer; shorter while the log is emptied, for all writers wait for that.
_WAITS, _FORGETTING_WAITS = 5000, 200

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={_WAITS}",
)


class Database:
    """One engine with two kinds of transactions: `write` commits on leaving, `read` never changes a row."""

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgresql_engine(self.url)
        self._writers = _WriteQueue(Path(f"{self.url.database}.lock")) if self.is_sqlite else None
        writing = self.engine.execution_options(quietword_begin="BEGIN IMMEDIATE")
        self._write = sessionmaker(writing, expire_on_commit=False)
        # On PostgreSQL each statement would else see a moment of its own; SQLite's readers have one from the start.
        one_moment = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        reading = self.engine.execution_options(quietword_begin="BEGIN", **one_moment)
        self._read = sessionmaker(reading, expire_on_commit=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session that commits when the block is left, and rolls back when it raises."""
        with self._writers.turn() if self._writers else nullcontext(), self._write.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session on one snapshot; it never commits."""
        with self._read() as session:
            yield session

    def forget(self) -> bool:
        """Empty SQLite's log, which has the old pages; return False where a reader still needs it.

        PostgreSQL has no such call: there it is VACUUM, and the expiry of its log.
        """
        if self._writers is None:
            return True
        with self._writers.turn(), closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            try:
                cursor.execute(f"PRAGMA busy_timeout={_FORGETTING_WAITS}")
                return bool(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
            except sqlite3.Error:
                # The erasure is committed; an error here must not look like its failure.
                return False
            finally:
                cursor.execute(f"PRAGMA busy_timeout={_WAITS}")

    def close(self) -> None:
        """Close the connections that are idle; the next transaction opens a new one."""
        self.engine.dispose()


class _WriteQueue:
    """Lets SQLite's writers wait in line, across threads and processes.

    Without it they wake each other by busy back-off: 99th percentile 526 ms instead of 41 ms.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = threading.Lock()
        self._holder: int | None = None
        self._file: int | None = None
        self._owner = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        if self._holder == threading.get_ident():
            raise RuntimeError("a transaction was opened within another one, and would wait for itself")
        with self._thread:
            file = self._opened()
            fcntl.flock(file, fcntl.LOCK_EX)
            self._holder = threading.get_ident()
            try:
                yield
            finally:
                self._holder = None
                fcntl.flock(file, fcntl.LOCK_UN)

    def _opened(self) -> int:
        # A file opened before a fork would share its lock with the parent.
        if self._file is None or self._owner != os.getpid():
            self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            self._owner = os.getpid()
        return self._file


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC"},
    )


def _sqlite_engine(url: URL) -> Engine:
    assert url.database is not None
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction control cannot begin IMMEDIATE; with None it stays out of the way.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get("quietword_begin", "BEGIN IMMEDIATE")
    # A reader that wrote would pass the queue of the writers; PostgreSQL refuses it by itself.
    connection.connection.cursor().execute(f"PRAGMA query_only={'ON' if begin == 'BEGIN' else 'OFF'}")
    connection.exec_driver_sql(begin)
