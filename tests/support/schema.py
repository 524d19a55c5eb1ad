"""Databases with our schema: migrated once for a run, then copied for each test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from app import schema
from app.db import Database
from tests.support import postgres, run
from tests.support.postgres import Server
from tests.support.postgres_pool import Lender


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""
    database = Database(url)
    schema.migrate(database)
    database.engine.dispose()


def sqlite(folder: Path) -> str:
    """Return the address of a fresh migrated database in the folder."""
    with run.turn() as shared:
        template = shared / "template.db"
        if not template.exists():
            unfinished = shared / "unfinished.db"
            migrate(f"sqlite:///{unfinished}")
            unfinished.rename(template)
    file = folder / "quietword.db"
    shutil.copyfile(template, file)
    return f"sqlite:///{file}"


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the address of an empty migrated database."""
    with _lender().lend() as url:
        yield url


@contextmanager
def postgresql_to_drop(*, empty: bool = False) -> Iterator[str]:
    """Yield the address of a new database, migrated unless it has to be empty; drop it afterwards."""
    ours = server()
    name = ours.create() if empty else ours.create(template=ours.template)
    try:
        yield ours.database(name)
    finally:
        ours.drop(name)


def close() -> None:
    """Drop the databases that this process keeps between tests."""
    if _lender.cache_info().currsize:
        _lender().close()
        _lender.cache_clear()


@cache
def _lender() -> Lender:
    return Lender(server())


def server() -> Server:
    """Return the PostgreSQL server of this run."""
    with run.turn() as shared:
        return postgres.shared(shared, migrate)
