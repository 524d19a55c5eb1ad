"""The next test finds the database of the one before as good as new, or not at all."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.support import schema
from tests.support.postgres_pool import Lender

ROW = "INSERT INTO marks (name, at) VALUES ('here', now())"


@pytest.fixture
def lender() -> Iterator[Lender]:
    made = Lender(schema.server())
    yield made
    made.close()


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def test_a_database_is_lent_again_without_the_rows_of_the_test_before(lender: Lender) -> None:
    with lender.lend() as first, connect(first) as connection:
        connection.execute(ROW)

    with lender.lend() as second, connect(second) as connection:
        rows = connection.execute("SELECT * FROM marks").fetchall()

    assert second == first
    assert rows == []


def test_two_tests_never_have_the_same_database_at_once(lender: Lender) -> None:
    with lender.lend() as one, lender.lend() as other:
        assert one != other


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE marks ADD COLUMN more INTEGER",
        "ALTER TABLE marks DROP COLUMN at",
        "DROP TABLE marks",
        "CREATE TABLE more (id INTEGER)",
        "CREATE INDEX more ON marks (at)",
        "CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "ALTER TABLE grants DISABLE TRIGGER ALL",
        "ALTER TABLE marks ADD CHECK (true)",
        "UPDATE alembic_version SET version_num = '0001'",
        "DELETE FROM alembic_version",
        "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET work_mem = 64'; END $$",
    ],
)
def test_a_database_that_is_not_as_it_was_is_never_lent_again(lender: Lender, change: str) -> None:
    with lender.lend() as first, connect(first) as connection:
        connection.execute(change)

    with lender.lend() as second:
        assert second != first
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(first)


def test_a_database_that_somebody_still_uses_is_taken_away_from_them(lender: Lender) -> None:
    with lender.lend() as first:
        left = connect(first)

    with lender.lend() as second, pytest.raises(psycopg.OperationalError):
        left.execute(ROW)
    left.close()

    assert second != first
