"""Migrations: they lead to the models' schema, keep every row, and never touch a newer database."""

import itertools
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from app import schema
from app.db import Database
from app.models import LetterKind, Model
from tests.support import running

_MIGRATIONS = str(running.ROOT / "migrations")
REVISIONS = [script.revision for script in ScriptDirectory(_MIGRATIONS).walk_revisions()][::-1]
KINDS = ("sqlite", "postgresql")


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    database = Database(empty_database_url)
    yield database
    database.engine.dispose()


def described(connection: Connection) -> dict[str, Any]:
    """Return all that a database says of its tables, but what Alembic keeps for itself."""
    seen = inspect(connection)
    return {
        name: {
            "columns": {column["name"]: _plain(column) for column in seen.get_columns(name)},
            "primary key": seen.get_pk_constraint(name),
            "foreign keys": _by_name(seen.get_foreign_keys(name)),
            "unique": _by_name(seen.get_unique_constraints(name)),
            "checks": _by_name(seen.get_check_constraints(name)),
            "indexes": _by_name(seen.get_indexes(name)),
        }
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


def _plain(column: Any) -> dict[str, Any]:
    return {**column, "type": repr(column["type"])}


def _by_name(found: Any) -> dict[str, Any]:
    return {one["name"]: {key: _spaced(value) for key, value in one.items()} for one in found}


def _spaced(value: Any) -> Any:
    return {key: str(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def counts(connection: Connection) -> dict[str, int]:
    tables = _reflected(connection)
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def _reflected(connection: Connection) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


class _Filler:
    """Fills every table of any revision, knowing nothing of it but what the database says."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._count = itertools.count(1)

    def fill(self) -> None:
        for table in _reflected(self._connection):
            rows = sum(self._insert(table, row) for row in self._candidates(table))
            assert rows, f"no row fits into {table.name}"

    def _candidates(self, table: Table) -> Iterator[dict[str, Any]]:
        """Yield one row per combination of listed values: with all that is optional, with links alone, without any."""
        checks = inspect(self._connection).get_check_constraints(table.name)
        listed: dict[str, set[str]] = {}
        for column in table.columns:
            for check in checks:
                if column.name in re.findall(r"\w+", check["sqltext"]):
                    words = re.findall(r"'(\w+)'", check["sqltext"])
                    listed.setdefault(column.name, set()).update(words)
        chosen = {name: sorted(words) for name, words in listed.items() if words and _is_text(table, name)}
        for values in itertools.product(*chosen.values()):
            for optional in (lambda _: True, lambda column: bool(column.foreign_keys), lambda _: False):
                yield self._row(table, dict(zip(chosen, values, strict=True)), optional)

    def _row(self, table: Table, given: dict[str, str], optional: Callable[[Any], bool]) -> dict[str, Any]:
        return {
            column.name: given.get(column.name) or self._value(column)
            for column in table.columns
            if optional(column) or not column.nullable
        }

    def _value(self, column: Any) -> Any:
        for key in column.foreign_keys:
            return self._connection.scalar(select(key.column).limit(1))
        number = next(self._count)
        kind = column.type.python_type
        if kind is str:
            return uuid4().hex[: column.type.length]
        return {
            int: number,
            bytes: str(number).encode(),
            datetime: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number),
            UUID: uuid4(),
            bool: bool(number % 2),
        }[kind]

    def _insert(self, table: Table, row: dict[str, Any]) -> bool:
        try:
            with self._connection.begin_nested():
                self._connection.execute(table.insert().values(row))
        except IntegrityError:
            return False
        return True


def _is_text(table: Table, name: str) -> bool:
    # SQLite keeps ids as text, too; a column that names a row elsewhere is no list of words.
    column = table.columns[name]
    return column.type.python_type is str and not column.foreign_keys


@pytest.mark.parametrize("kind", KINDS)
def test_the_migrated_schema_is_the_models_schema(request: pytest.FixtureRequest, kind: str) -> None:
    """Columns, keys, CHECKs and indexes, with their names: autogenerate would not compare all of them."""
    migrated = Database(request.getfixturevalue(f"{kind}_url"))
    made = Database(request.getfixturevalue(f"empty_{kind}_url"))
    Model.metadata.create_all(made.engine)

    with migrated.engine.connect() as left, made.engine.connect() as right:
        by_migrations, by_models = described(left), described(right)
    for database in (migrated, made):
        database.engine.dispose()

    assert by_migrations == by_models
    assert set(by_models) == set(Model.metadata.tables)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE shifts DROP CONSTRAINT ck_shifts_forward",
        "ALTER TABLE holders DROP CONSTRAINT ck_holders_holderkind",
        "DROP INDEX ix_letters_waiting",
        "ALTER TABLE shifts ADD CHECK (ends_at > starts_at)",
        "ALTER TABLE accounts ALTER COLUMN name DROP NOT NULL",
    ],
)
def test_a_difference_between_the_schemas_would_be_seen(postgresql_url: str, change: str) -> None:
    database = Database(postgresql_url)
    with database.engine.begin() as connection:
        before = described(connection)
        connection.execute(text(change))
        after = described(connection)
    database.engine.dispose()

    assert before != after


@pytest.mark.parametrize("revision", REVISIONS)
def test_filled_tables_keep_their_rows_from_every_revision(empty: Database, revision: str) -> None:
    schema.migrate(empty, revision)
    with empty.engine.begin() as connection:
        _Filler(connection).fill()
        before = counts(connection)

    schema.migrate(empty)

    with empty.engine.connect() as connection:
        after = counts(connection)
    assert all(before.values())
    assert {name: after[name] for name in before} == before


def test_every_enumeration_is_held_by_the_database(empty: Database) -> None:
    """The filler finds a row for each listed value: all states of an intake, all kinds of a letter."""
    schema.migrate(empty)

    with empty.engine.begin() as connection:
        _Filler(connection).fill()
        kinds = {row[0] for row in connection.execute(text("SELECT DISTINCT kind FROM letters"))}
        connection.execute(text("SAVEPOINT wrong"))
        with pytest.raises(IntegrityError):
            connection.execute(text("UPDATE letters SET kind = 'rumor'"))
        connection.execute(text("ROLLBACK TO SAVEPOINT wrong"))

    assert kinds == set(LetterKind)


def test_migrating_twice_changes_nothing(empty: Database) -> None:
    schema.migrate(empty)
    with empty.engine.connect() as connection:
        before = described(connection)

    schema.migrate(empty)

    with empty.engine.connect() as connection:
        assert described(connection) == before


def test_a_newer_schema_is_refused_in_one_sentence_and_left_alone(empty: Database) -> None:
    schema.migrate(empty, REVISIONS[0])
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        before = described(connection)

    with pytest.raises(schema.NewerSchema) as refused:
        schema.migrate(empty)

    with empty.engine.connect() as connection:
        assert described(connection) == before
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    said = str(refused.value)
    assert "9999" in said
    assert said.count(".") == 1
    assert "\n" not in said


def test_a_refused_migration_leaves_foreign_keys_on(empty_sqlite_url: str) -> None:
    database = Database(empty_sqlite_url)
    schema.migrate(database)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(schema.NewerSchema):
        schema.migrate(database)

    with database.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    database.engine.dispose()


def test_a_migration_that_leaves_an_orphan_is_undone(empty_sqlite_url: str) -> None:
    database = Database(empty_sqlite_url)
    schema.migrate(database, "0003")
    with database.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            connection.execute(
                text("INSERT INTO links (token_hash, account_id, expires_at) VALUES ('x', 'y', '2026-01-01')")
            )
        connection.invalidate()

    with pytest.raises(RuntimeError, match="without its parent"):
        schema.migrate(database)

    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0003"
        assert "letters" not in described(connection)
    database.engine.dispose()


def test_the_newest_revision_is_the_one_the_program_needs() -> None:
    assert schema.newest() == REVISIONS[-1]


def test_revisions_are_one_line_without_branches() -> None:
    scripts = ScriptDirectory(_MIGRATIONS)

    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_migrations_run_where_the_app_cannot_be_imported() -> None:
    """They speak of their own day: a later model must not change what an old step did."""
    program = f"""
import sys
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
config = Config()
config.set_main_option("script_location", {_MIGRATIONS!r})
with create_engine("sqlite://").begin() as connection:
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
assert not [name for name in sys.modules if name.split(".")[0] == "app"]
"""
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
