"""The key register ("roll"): who may receive grants. Every grant takes its recipients from here and nowhere else."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Label, Row, delete, func, select

from app.crypto import contexts
from app.crypto.hpke import PublicKey
from app.domain import audit
from app.domain.work import Altered, Work, altered
from app.models import Account, AuditLine, DailyCheckKey, Grant, Holder, KeyRegister, Lock


@dataclass(frozen=True)
class RegisterEntry:
    """The number of one version, and per holder the digest of the public key that may receive grants."""

    number: int
    digests: Mapping[UUID, bytes]


def read(work: Work) -> RegisterEntry:
    """Return the newest entry (number 0: none yet); `Altered` when it is forged, or older than the audit trail says."""
    return opened(work, work.session.execute(select(*columns())).one())


def columns() -> list[Label[Any]]:
    """Return the columns that `opened` needs, so that another statement can read the register along with its own."""
    newest = select(KeyRegister.number, KeyRegister.sealed_roll).order_by(KeyRegister.number.desc()).limit(1)
    return [
        newest.with_only_columns(KeyRegister.number).scalar_subquery().label("roll_number"),
        newest.with_only_columns(KeyRegister.sealed_roll).scalar_subquery().label("sealed_roll"),
        select(func.max(AuditLine.entry))
        .where(AuditLine.kind == "roll.changed")
        .scalar_subquery()
        .label("audited_roll_number"),
    ]


def opened(work: Work, row: Row[Any]) -> RegisterEntry:
    """Open the entry that was read with `columns`; `Altered` as for `read`."""
    number = row.roll_number or 0
    if number != (row.audited_roll_number or 0):
        raise Altered(f"roll/{number}")
    if number == 0:
        return RegisterEntry(0, {})
    with altered(f"roll/{number}"):
        value = json.loads(work.vault.ring.open(contexts.roll(number), row.sealed_roll))
    return RegisterEntry(number, {UUID(holder): bytes.fromhex(digest) for holder, digest in value.items()})


def change(work: Work, *, add: Mapping[UUID, bytes] = MappingProxyType({}), remove: Collection[UUID] = ()) -> None:
    """Write the next entry; its number is in the audit trail, so that an old one cannot come back."""
    old = read(work)
    number = old.number + 1
    digests = {holder: digest for holder, digest in old.digests.items() if holder not in remove} | dict(add)
    value = {str(holder): digest.hex() for holder, digest in digests.items()}
    sealed = work.vault.ring.seal(contexts.roll(number), json.dumps(value).encode())
    work.session.execute(delete(KeyRegister))
    work.session.add(KeyRegister(number=number, ring_id=work.vault.ring.newest, sealed_roll=sealed))
    audit.record(work, "roll.changed", f"roll/{number}", entry=number)


def recipients(work: Work) -> dict[UUID, PublicKey]:
    """Return the public key of every registered holder; `Altered` names the first whose row has another key."""
    digests = read(work).digests
    rows = {row.id: row for row in work.session.scalars(select(Holder).where(Holder.id.in_(digests)))}
    keys = {}
    for holder_id, digest in digests.items():
        row = rows.get(holder_id)
        if row is None or (key := public_key(row)).digest != digest:
            raise Altered(f"holder/{holder_id}")
        keys[holder_id] = key
    return keys


def public_key(holder: Holder) -> PublicKey:
    with altered(f"holder/{holder.id}"):
        return PublicKey.decode(holder.public_key)


def rows_per_ring_key(work: Work) -> Counter[str]:
    """Return how many rows need each key of the ring, by its id. Sessions are not counted: they end by themselves."""
    rows: Counter[str] = Counter()
    for table in (Account, Lock, Grant, KeyRegister, DailyCheckKey):
        counted = select(table.ring_id, func.count()).group_by(table.ring_id)
        rows.update({row[0]: row[1] for row in work.session.execute(counted)})
    return rows
