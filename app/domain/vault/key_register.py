"""The roll: who may receive grants. Grants, renewals and off-boarding take their recipients from here only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Label, Row, delete, func, select

from app.crypto import contexts
from app.crypto.hpke import PublicKey
from app.crypto.tokens import Unreadable
from app.domain import audit
from app.domain.work import Altered, Work
from app.models import AuditLine, Holder, KeyRegister


@dataclass(frozen=True)
class RegisterEntry:
    """A roll's number, and per holder the digest of the public key that may receive grants."""

    number: int
    digests: Mapping[UUID, bytes]


def read(work: Work) -> RegisterEntry:
    """Return the newest roll (number 0: none yet); `Altered` for one forged, or older than the audit trail knows."""
    return opened(work, work.session.execute(select(*columns())).one())


def columns() -> list[Label[Any]]:
    """Return what `opened` wants to see of a row, so that another statement can read the roll along."""
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
    """Open the roll that was read with `columns`; `Altered` as for `read`."""
    number = row.roll_number or 0
    if number != (row.audited_roll_number or 0):
        raise Altered(f"roll/{number}")
    if number == 0:
        return RegisterEntry(0, {})
    try:
        value = json.loads(work.vault.ring.open(contexts.roll(number), row.sealed_roll))
    except Unreadable as error:
        raise Altered(f"roll/{number}") from error
    return RegisterEntry(number, {UUID(holder): bytes.fromhex(digest) for holder, digest in value.items()})


def change(work: Work, old: RegisterEntry, digests: Mapping[UUID, bytes]) -> None:
    """Write the next roll; the audit line carries its number, so that an old one cannot come back."""
    number = old.number + 1
    value = {str(holder): digest.hex() for holder, digest in digests.items()}
    sealed = work.vault.ring.seal(contexts.roll(number), json.dumps(value).encode())
    work.session.execute(delete(KeyRegister))
    work.session.add(KeyRegister(number=number, ring_id=work.vault.ring.newest, sealed_roll=sealed))
    audit.record(work, "roll.changed", f"roll/{number}", entry=number)


def recipients(work: Work) -> dict[UUID, PublicKey]:
    """Return the public key of everybody on the roll; `Altered` names the first row that differs from it."""
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
    try:
        return PublicKey.decode(holder.public_key)
    except ValueError as error:
        raise Altered(f"holder/{holder.id}") from error
