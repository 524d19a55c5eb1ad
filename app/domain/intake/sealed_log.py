"""Chains of sealed entries that belong to one intake: a moved, replayed or lost link shows.

Each entry holds its number and the hash of the one before, and the audit trail knows how many there are.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, literal, or_, select

from app.crypto import tokens
from app.crypto.contexts import Context
from app.domain import audit
from app.domain.intake.answers import check_version, mark_version
from app.domain.work import Altered, Work, altered
from app.models import Intake, LogEntry, ThreadEntry

Table = TypeVar("Table", ThreadEntry, LogEntry)


@dataclass(frozen=True)
class Entry(Generic[Table]):
    number: int
    kind: Any
    #: When it was written, to the minute.
    at: datetime
    value: Any = field(repr=False)
    row: Table = field(repr=False)


@dataclass(frozen=True)
class SealedNumber:
    box: bytes
    epoch_id: UUID

    @property
    def digest(self) -> str:
        """What the entry says of it inside its own seal."""
        return hashlib.sha256(self.box).hexdigest()


@dataclass(frozen=True)
class NewEntry:
    """An entry to write: what is sealed, and the columns beside it."""

    kind: StrEnum
    value: Mapping[str, Any] = field(repr=False)
    receipt_hash: bytes | None = None
    number: SealedNumber | None = None

    @property
    def columns(self) -> dict[str, Any]:
        number = {"sealed_number": self.number.box, "epoch_id": self.number.epoch_id} if self.number else {}
        return {"kind": self.kind, "receipt_hash": self.receipt_hash, **number}


@dataclass(frozen=True)
class Chain(Generic[Table]):
    """One kind of chain: its table, where each kind of entry is sealed, and which audit lines count them."""

    name: str
    table: type[Table]
    places: Mapping[Any, Callable[[UUID, int], Context]]
    audited: tuple[str, ...]
    #: Return the kind of audit line that an entry gets.
    line: Callable[[NewEntry], str]
    #: The first entry comes with the request: a chain without any has been cut.
    never_empty: bool

    def write(
        self, work: Work, intake_id: UUID, key: bytes, new: NewEntry, *, number: int = 1, before: bytes | None = None
    ) -> bytes:
        """Seal one entry after the token `before` and return its token. The caller records its number."""
        value = mark_version(new.value)
        facts = {"number": number, "after": _link(before), "at": encode_minute(work.now), "value": value}
        sealed = tokens.seal_text(key, self.places[new.kind](intake_id, number), facts)
        row = {"intake_id": intake_id, "number": number, "sealed_entry": sealed, **new.columns}
        work.session.execute(work.insert(self.table).values(row))
        return sealed

    def append(self, work: Work, entries: list[Entry[Table]], intake: Intake, key: bytes, new: NewEntry) -> None:
        """Write the entry that comes after those that were opened, and its audit line; `entries` grows by it."""
        number, before = len(entries) + 1, entries[-1].row.sealed_entry if entries else None
        sealed = self.write(work, intake.id, key, new, number=number, before=before)
        audit.record(work, self.line(new), f"intake/{intake.reference}", entry=number)
        row = self.table(intake_id=intake.id, number=number, sealed_entry=sealed, **new.columns)
        at = work.now.astimezone(UTC).replace(second=0, microsecond=0)
        entries.append(Entry(number, new.kind, at, mark_version(new.value), row))

    def read(self, work: Work, intake_id: UUID) -> list[Table]:
        """Return the stored entries of one request; `Altered` unless the audit trail counts just as many."""
        wanted = select(Intake.id, Intake.reference).where(Intake.id == intake_id)
        stored = self.read_many(work, wanted).get(intake_id, [])
        if stored is None:
            raise Altered(f"intake/{intake_id}/{self.name}")
        return stored

    def read_many(self, work: Work, wanted: Select[UUID, str], *, beyond: int = 0) -> dict[UUID, list[Table] | None]:
        """Return, by intake, chains longer than `beyond`; None where the audit trail counts another number of entries.

        `wanted` selects id and reference of requests.
        """
        # One statement sees one moment: read apart, an entry written in between would look like a forged one.
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
        lengths: dict[UUID, int] = {}
        chains: dict[UUID, list[Table]] = {}
        for intake_id, length, entry in found:
            lengths[intake_id] = length
            chains.setdefault(intake_id, []).extend([entry] if entry is not None else [])
        return {
            intake_id: sorted(entries, key=lambda entry: entry.number) if len(entries) == lengths[intake_id] else None
            for intake_id, entries in chains.items()
        }

    def open(self, intake_id: UUID, key: bytes, rows: Sequence[Table]) -> list[Entry[Table]]:
        """Open stored entries; `Altered` names the one that is not what was written there."""
        entries: list[Entry[Table]] = []
        before: bytes | None = None
        for expected, row in enumerate(rows, start=1):
            place = self.places[row.kind](intake_id, row.number)
            with altered(place.path):
                sealed = tokens.open_text(key, place, row.sealed_entry)
            if row.number != expected or sealed["number"] != expected or sealed["after"] != _link(before):
                raise Altered(f"intake/{intake_id}/{self.name}")
            check_version(sealed["value"], place.path)
            entries.append(Entry(row.number, row.kind, decode_minute(sealed["at"]), sealed["value"], row))
            before = row.sealed_entry
        if self.never_empty and not entries:
            raise Altered(f"intake/{intake_id}/{self.name}")
        return entries


def encode_minute(at: datetime) -> str:
    """Return a moment as entries store it: in UTC, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}"


def decode_minute(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def last_of(entries: Sequence[Entry[Table]], kind: StrEnum) -> Entry[Table] | None:
    return next((entry for entry in reversed(entries) if entry.kind is kind), None)


def _link(token: bytes | None) -> str:
    return "" if token is None else hashlib.sha256(token).hexdigest()


def receipt_hash(idempotency_key: str | bytes | None, *said: object) -> bytes | None:
    """Return the hash that makes a form sent twice, saying the same, one entry; None for a form without a key."""
    if idempotency_key is None or idempotency_key == "":
        return None
    text = json.dumps(said, default=str, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    key = idempotency_key.encode("utf-8", "surrogatepass") if isinstance(idempotency_key, str) else idempotency_key
    return hashlib.sha256(tokens.framed([key, text])).digest()


def has_receipt(entries: Sequence[Entry[Any]], receipt: bytes | None) -> bool:
    return receipt is not None and any(entry.row.receipt_hash == receipt for entry in entries)
