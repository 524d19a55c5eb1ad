"""Brings the database to the newest schema with Alembic; knows revisions, not tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.db import Database

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class NewerSchema(Exception):
    """The database was made by a newer version of this program; nothing was changed."""


def newest() -> str:
    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    assert head is not None
    return head


def migrate(database: Database, to: str = "head") -> None:
    """Bring the database to a revision in one transaction; `NewerSchema` if it is ahead of the program."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            # A batch ALTER drops and copies a table; with foreign keys on, that deletes its children.
            # SQLite ignores this in a transaction, hence past SQLAlchemy; `invalidate` ends this connection.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                _upgrade(connection, to)
        finally:
            connection.invalidate()


def _upgrade(connection: Connection, to: str) -> None:
    present = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()}
    if present is not None and present not in known:
        raise NewerSchema(f"The database has schema {present}, which is newer than this program.")
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise RuntimeError("a migration left a row without its parent")
