"""Chains of sealed entries that belong to one intake: a moved, replayed or lost link shows.

Each entry holds its number and the hash of the one before, and the audit trail knows how many there are.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, literal, literal_column, or_, select

from app.crypto import tokens
from app.crypto.contexts import Context
from app.crypto.tokens import Unreadable
from app.domain import audit
from app.domain.intake import versions
from app.domain.work import Altered, Work
from app.models import Intake, LogEntry, ThreadEntry

_MINUTE = "%Y-%m-%dT%H:%M"

Table = TypeVar("Table", ThreadEntry, LogEntry)


@dataclass(frozen=True)
class Entry(Generic[Table]):
    """One opened entry."""

    number: int
    kind: Any
    #: When it was written, to the minute.
    at: datetime
    value: Any = field(repr=False)
    row: Table = field(repr=False)


@dataclass(frozen=True)
class Chain(Generic[Table]):
    """One kind of chain: its table, where each kind of entry is sealed, and which audit lines count them."""

    name: str
    table: type[Table]
    places: Mapping[Any, Callable[[UUID, int], Context]]
    audited: tuple[str, ...]
    #: The first entry comes with the request: a chain without any has been cut.
    never_empty: bool

    def write(
        self,
        work: Work,
        *,
        intake_id: UUID,
        key: bytes,
        number: int,
        before: bytes | None,
        kind: StrEnum,
        value: Any,
        **beside: Any,
    ) -> bytes:
        """Seal one entry after the token `before` (None: it is the first) and return its token.

        The caller records its number.
        `beside` are columns that stand next to the seal, such as a receipt.
        """
        at = f"{work.now.astimezone(UTC):{_MINUTE}}"
        facts = {"number": number, "after": _link(before), "at": at, "value": versions.mark(value)}
        sealed = tokens.seal_text(key, self.places[kind](intake_id, number), facts)
        row = {"intake_id": intake_id, "number": number, "kind": kind, "sealed_entry": sealed, **beside}
        work.session.execute(work.insert(self.table).values(row))
        return sealed

    def append(
        self,
        work: Work,
        entries: list[Entry[Table]],
        *,
        intake: Intake,
        key: bytes,
        kind: StrEnum,
        value: Mapping[str, Any],
        line: str,
        **beside: Any,
    ) -> None:
        """Write the entry that comes after those that were opened, and its line in the trail; `entries` grows by it."""
        number, before = len(entries) + 1, entries[-1].row.sealed_entry if entries else None
        sealed = self.write(
            work, intake_id=intake.id, key=key, number=number, before=before, kind=kind, value=value, **beside
        )
        audit.record(work, line, f"intake/{intake.reference}", entry=number)
        row = self.table(intake_id=intake.id, number=number, kind=kind, sealed_entry=sealed, **beside)
        at = work.now.astimezone(UTC).replace(second=0, microsecond=0)
        entries.append(Entry(number, kind, at, versions.mark(value), row))

    def rows(self, work: Work, *, intake_id: UUID, reference: str) -> list[Table]:
        """Return what is stored of a chain; `Altered` unless the trail tells of just as many entries."""
        # One statement sees one moment: read apart, an entry written in between would look like a forged one.
        recorded = audit.last_entry(f"intake/{reference}", self.audited).label("recorded")
        always = select(literal_column("1").label("one")).subquery("always")
        found = work.session.execute(
            select(self.table, recorded)
            .select_from(always)
            .outerjoin(self.table, self.table.intake_id == intake_id)
            .order_by(self.table.number),
            execution_options={"populate_existing": True},
        ).all()
        found_entries: list[Table | None] = [row[0] for row in found]
        stored: list[Table] = [entry for entry in found_entries if entry is not None]
        if (found[0].recorded or 0) != len(stored):
            raise Altered(f"intake/{intake_id}/{self.name}")
        return stored

    def many(self, work: Work, wanted: Select[UUID, str], *, beyond: int = 0) -> dict[UUID, list[Table] | None]:
        """Return, by intake, the chains with more entries than `beyond`; None unless the trail tells of just as many.

        `wanted` selects id and reference of requests; one statement reads them all.
        """
        asked = wanted.subquery("asked")
        recorded = func.coalesce(audit.last_entry(literal("intake/").concat(asked.c.reference), self.audited), 0)
        stored = select(self.table.number).where(self.table.intake_id == asked.c.id, self.table.number > beyond)
        found = work.session.execute(
            select(asked.c.id, recorded.label("recorded"), self.table)
            .select_from(asked)
            .outerjoin(self.table, self.table.intake_id == asked.c.id)
            .where(or_(recorded > beyond, stored.correlate(asked).exists())),
            execution_options={"populate_existing": True},
        )
        told: dict[UUID, int] = {}
        kept: dict[UUID, list[Table]] = {}
        for intake_id, length, entry in found:
            told[intake_id] = length
            kept.setdefault(intake_id, []).extend([entry] if entry is not None else [])
        return {
            intake_id: sorted(entries, key=lambda entry: entry.number) if len(entries) == told[intake_id] else None
            for intake_id, entries in kept.items()
        }

    def opened(self, intake_id: UUID, key: bytes, rows: Sequence[Table]) -> list[Entry[Table]]:
        """Open stored entries; `Altered` names the one that is not what was written there."""
        entries: list[Entry[Table]] = []
        before: bytes | None = None
        for expected, row in enumerate(rows, start=1):
            try:
                sealed = tokens.open_text(key, self.places[row.kind](intake_id, row.number), row.sealed_entry)
            except Unreadable as error:
                raise Altered(error.context.path) from error
            if row.number != expected or sealed["number"] != expected or sealed["after"] != _link(before):
                raise Altered(f"intake/{intake_id}/{self.name}")
            versions.check(sealed["value"], self.places[row.kind](intake_id, row.number).path)
            at = datetime.strptime(sealed["at"], _MINUTE).replace(tzinfo=UTC)
            entries.append(Entry(row.number, row.kind, at, sealed["value"], row))
            before = row.sealed_entry
        if self.never_empty and not entries:
            raise Altered(f"intake/{intake_id}/{self.name}")
        return entries


def _link(token: bytes | None) -> str:
    return "" if token is None else hashlib.sha256(token).hexdigest()
