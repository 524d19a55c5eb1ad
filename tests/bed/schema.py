"""Databases with our schema: migrated once for a run, then copied for each test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import schema
from app.db import Database
from tests.bed import postgres, run


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
def postgresql(*, empty: bool = False) -> Iterator[str]:
    """Yield the address of a fresh migrated database, dropped afterwards."""
    with run.turn() as shared:
        server = postgres.shared(shared, migrate)
    name = server.create() if empty else server.create(template=server.template)
    try:
        yield server.database(name)
    finally:
        server.drop(name)
