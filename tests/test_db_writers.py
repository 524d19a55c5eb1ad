"""Writers of SQLite wait in line for each other, and never for themselves."""

import pytest
from sqlalchemy import text

from app.db import Database


def test_a_transaction_within_another_one_fails_at_once_and_waits_for_nobody(sqlite_url: str) -> None:
    """It would wait for itself, and every other writer for it."""
    database = Database(sqlite_url)
    with pytest.raises(RuntimeError, match="within another"), database.write(), database.write():
        pass

    with database.write() as session:
        assert session.scalar(text("SELECT 1")) == 1
    database.engine.dispose()
