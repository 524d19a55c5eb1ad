"""Lends migrated PostgreSQL databases to one test after another, and empties and checks them in between.

To make a database takes the server a hundred times as long as to empty one.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from app.models import Model
from tests.support.postgres import Server

#: Rows that were deleted stay in their files until then.
_MOST_LOANS = 100
_GOODBYES = 20

_EMPTY = "; ".join(f"DELETE FROM {table.name}" for table in reversed(Model.metadata.sorted_tables))
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
#: A change to anything but our rows leaves a newer row in one of these.
_LOOK = """
    SELECT (SELECT sum(hashint8(xmin::text::bigint)) FROM pg_class),
           (SELECT sum(hashint8(xmin::text::bigint)) FROM pg_attribute WHERE attrelid >= 16384),
           (SELECT sum(hashint8(xmin::text::bigint)) FROM pg_constraint),
           (SELECT sum(hashint8(xmin::text::bigint)) FROM pg_trigger),
           (SELECT sum(hashint8(xmin::text::bigint)) FROM pg_namespace),
           (SELECT count(*) FROM pg_proc WHERE oid >= 16384),
           (SELECT count(*) FROM pg_db_role_setting),
           (SELECT string_agg(version_num, ',') FROM alembic_version)
"""


class Lender:
    """Keeps a database that came back as it was lent, and drops any other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._idle: list[_Lent] = []

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Yield the address of an empty migrated database."""
        lent = self._idle.pop() if self._idle else _Lent(self._server)
        try:
            yield lent.address
        finally:
            if lent.cleared():
                self._idle.append(lent)
            else:
                lent.drop()

    def close(self) -> None:
        for lent in self._idle:
            lent.drop()
        self._idle.clear()


class _Lent:
    """One database, and its state before a test used it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._name = server.create(template=server.template)
        self._loans = 0
        self.address = server.database(self._name)
        self._connection = psycopg.connect(self.address.replace("+psycopg", ""), autocommit=True)
        self._looked = self._look()

    def cleared(self) -> bool:
        """Delete every row; return whether the database can be lent again."""
        self._loans += 1
        try:
            if self._loans == _MOST_LOANS or not self._alone() or self._look() != self._looked:
                return False
            self._connection.execute(_EMPTY)
        except psycopg.Error:
            return False
        return True

    def drop(self) -> None:
        self._connection.close()
        self._server.drop(self._name)

    def _alone(self) -> bool:
        # The server notices a moment later that a connection has ended.
        for _ in range(_GOODBYES):
            if self._connection.execute(_OTHERS).fetchone() == (0,):
                return True
            time.sleep(0.005)
        return False

    def _look(self) -> object:
        return self._connection.execute(_LOOK).fetchone()
