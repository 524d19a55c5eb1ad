"""Many requests, and what becomes of them. Copies have ids, references and times of their own, and do not open."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, event, insert, select, text, update

from app.crypto import codes
from app.domain.casework import claims
from app.models import Exclusion, Intake, Status
from tests.domain import builders
from tests.support.office import Office, Person

_SEALED = ("sealed_answers_key", "sealed_thread_key", "sealed_answers")
_UNIQUE = ("receipt_hash", "return_lookup")


def gather(office: Office, like: str, count: int, *, due_at: datetime | None, **facts: Any) -> list[str]:
    """Put so many copies into the database, each due and received a second after the other; return references."""
    with builders.writer(office) as session:
        one = session.scalars(select(Intake).where(Intake.reference == like)).one()
        said = {column.key: getattr(one, column.key) for column in Intake.__table__.columns}
        said |= dict.fromkeys(_SEALED, b"copied") | dict.fromkeys(_UNIQUE) | facts
        rows = [
            said
            | {
                "id": uuid4(),
                "reference": codes.reference(),
                "received_at": one.received_at + timedelta(seconds=number),
            }
            | {"due_at": due_at and due_at + timedelta(seconds=number)}
            for number in range(count)
        ]
        session.execute(insert(Intake), rows)
        # As the database does by itself after a while.
        session.execute(text("ANALYZE intakes" if session.get_bind().dialect.name == "postgresql" else "SELECT 1"))
    return [row["reference"] for row in rows]


def change(office: Office, reference: str, **columns: Any) -> None:
    """Write columns of one row, as rules do that are not asked about here."""
    with builders.writer(office) as session:
        session.execute(update(Intake).where(Intake.reference == reference).values(columns))


def close(office: Office, reference: str, outcome: str = "referred") -> None:
    with office.work() as work:
        closed = {"status": Status.CLOSED, "outcome": outcome, "closed_at": work.now, "due_at": None}
    change(office, reference, **closed)


def claim(office: Office, person: Person, reference: str) -> None:
    with office.work(person) as work:
        claims.claim(work, reference)


def exclude(office: Office, person: Person, reference: str) -> None:
    """Let a request not exist for somebody, as its row says."""
    account_id = builders.account_id(office, person)
    with builders.writer(office) as session:
        intake_id = session.scalars(select(Intake.id).where(Intake.reference == reference)).one()
        session.add(Exclusion(intake_id=intake_id, account_id=account_id))


@contextmanager
def plans(office: Office) -> Iterator[list[int]]:
    """Collect how many rows each sorting of the block's lists of requests took, as the database itself plans it."""
    said: list[tuple[str, Any]] = []
    sorted_rows: list[int] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT intakes."):
            said.append((statement, parameters))

    engine = builders.database(office).engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sorted_rows
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        for statement, parameters in said:
            sorted_rows += _sorted(connection, statement, parameters)


def _sorted(connection: Connection, statement: str, parameters: Any) -> list[int]:
    if connection.dialect.name == "postgresql":
        answer = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
        plan = json.loads(answer) if isinstance(answer, str) else answer
        return list(_sorts(plan[0]["Plan"]))
    steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    # SQLite tells no numbers. What is sorted at the top are the rows of one page, further down it is a whole list.
    return [10_000 if step.parent else 0 for step in steps if step.detail == "USE TEMP B-TREE FOR ORDER BY"]


def _sorts(node: dict[str, Any]) -> Iterator[int]:
    below = node.get("Plans", [])
    if node["Node Type"] == "Sort":
        yield from (int(one["Actual Rows"]) for one in below)
    for one in below:
        yield from _sorts(one)
