"""The sealed record of each member of the team: role, state and what a sign-in is checked against.

The plain columns beside it are an index; whenever it matters, the sealed record is read.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.crypto import contexts
from app.crypto.tokens import Unreadable
from app.domain import audit
from app.domain.vault import key_register
from app.domain.work import LANGUAGES, Altered, Member, Missing, Reason, Refused, Work
from app.models import Account, AccountState, LoginSession, Role


@dataclass(frozen=True)
class Sleeping:
    """The key of a forgotten password, until when it can come back, and what the account was. All as in `Record`."""

    holder: str
    verifier: str = field(repr=False)
    state: str
    until: str


@dataclass(frozen=True)
class Passkey:
    """One passkey of an account. Bytes are hexadecimal, moments as ISO 8601 writes them."""

    id: str
    name: str
    credential: str = field(repr=False)
    public_key: str = field(repr=False)
    count: int
    made_at: str
    used_at: str | None = None
    #: Whose key its lock guards; while that is the account's holder, it signs in alone. None without a secret.
    holder: str | None = None
    verifier: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Moving:
    """Another address that was asked for, the hash of the link that confirms it, and until when that works.

    Once it is the account's own it stays here, so that a link pressed twice is no mistake.
    """

    email: str
    token_hash: str = field(repr=False)
    until: str


@dataclass(frozen=True)
class Record:
    """What an account is. Hashes and salts are hexadecimal; None until the invitation was accepted."""

    email: str
    role: Role
    state: AccountState
    holder: str | None = None
    salt: str | None = field(default=None, repr=False)
    verifier: str | None = field(default=None, repr=False)
    #: The last time step a code was used in: each works once.
    totp_step: int | None = None
    backup_hashes: tuple[str, ...] = field(default=(), repr=False)
    #: None unless the password was forgotten lately.
    sleeping: Sleeping | None = None
    passkeys: tuple[Passkey, ...] = ()
    #: Devices this person signed in with, last used first, hashed under a key of their own.
    device_key: str | None = field(default=None, repr=False)
    devices: tuple[str, ...] = field(default=(), repr=False)
    #: None unless another address was asked for.
    moving: Moving | None = None


@dataclass(frozen=True)
class Profile:
    """One's own account, with how many printed codes are left."""

    name: str
    email: str
    role: Role
    language: str
    backup_codes: int
    #: Which address waits to be confirmed, and until when that can be done; None when none does.
    moving_to: str | None = None
    moving_until: datetime | None = None


def read(work: Work, account: Account) -> Record:
    """Return the sealed record; `Altered` when it does not belong to this row."""
    try:
        value: dict[str, Any] = json.loads(work.vault.ring.open(contexts.account(account.id), account.sealed_record))
    except Unreadable as error:
        raise Altered(f"account/{account.id}") from error
    if value["email"] != account.email:
        raise Altered(f"account/{account.id}")
    return Record(
        **value
        | {
            "role": Role(value["role"]),
            "state": AccountState(value["state"]),
            "backup_hashes": tuple(value["backup_hashes"]),
            "sleeping": Sleeping(**value["sleeping"]) if value.get("sleeping") else None,
            "passkeys": tuple(Passkey(**one) for one in value.get("passkeys", ())),
            "devices": tuple(value.get("devices", ())),
            "moving": Moving(**value["moving"]) if value.get("moving") else None,
        }
    )


def write(work: Work, account: Account, record: Record) -> None:
    """Seal the record and bring the index in line with it."""
    account.email, account.role, account.state = record.email, record.role, record.state
    account.ring_id = work.vault.ring.newest
    account.sealed_record = work.vault.ring.seal(
        contexts.account(account.id), json.dumps(asdict(record), ensure_ascii=False).encode()
    )


def change(work: Work, account: Account, **changes: Any) -> Record:
    """Replace some fields of the sealed record and return the new one."""
    record = replace(read(work, account), **changes)
    write(work, account, record)
    return record


def find(work: Work, account_id: UUID | None) -> Account | None:
    """Return an account for a change, so that others wait; None when there is none."""
    if account_id is None:
        return None
    found = select(Account).where(Account.id == account_id).with_for_update(key_share=True)
    # Who waited for the row must see what the other wrote, not what was read before.
    return work.session.scalar(found, execution_options={"populate_existing": True})


def locked(work: Work, account_id: UUID) -> Account:
    """Return an account for a change; `Missing` when there is none."""
    account = find(work, account_id)
    if account is None:
        raise Missing
    return account


def recheck(work: Work, member: Member) -> Member:
    """Re-read the member who writes, in their own transaction; suspended or signed out meanwhile is `Refused`."""
    row = work.session.execute(
        select(Account, LoginSession.proved_at, *key_register.columns())
        .join(LoginSession, LoginSession.account_id == Account.id)
        .where(LoginSession.cookie_hash == member.cookie_hash, LoginSession.sealed_key.is_not(None))
        .with_for_update(of=Account, key_share=True)
    ).first()
    if row is None or row.Account.id != member.account_id:
        raise Refused(Reason.SIGNED_OUT)
    record = read(work, row.Account)
    if record.state != member.state or record.role != member.role:
        raise Refused(Reason.SIGNED_OUT)
    if record.state is AccountState.ACTIVE and key_register.opened(work, row).digests.get(member.holder_id) != _digest(
        member
    ):
        # Rows that were brought back, or a session that was given to somebody else, are not on the roll.
        raise Altered(f"holder/{member.holder_id}")
    return replace(member, proved_at=row.proved_at)


def _digest(member: Member) -> bytes:
    try:
        return member.key().public.digest
    except Unreadable as error:
        raise Altered(f"session/{member.cookie_hash.hex()}") from error


def profile(work: Work) -> Profile:
    """Return what the member's own account page shows."""
    account = work.session.get_one(Account, work.member.account_id)
    record = read(work, account)
    mine = Profile(account.name, account.email, record.role, account.language, len(record.backup_hashes))
    asked = record.moving
    if asked is None or asked.email == record.email or work.now >= datetime.fromisoformat(asked.until):
        return mine
    return replace(mine, moving_to=asked.email, moving_until=datetime.fromisoformat(asked.until))


def rename(work: Work, name: str) -> None:
    """Show colleagues another name of the member."""
    account = locked(work, work.member.account_id)
    if name != account.name:
        account.name = name
        audit.record(work, "account.renamed", f"account/{account.id}")


def set_language(work: Work, language: str) -> None:
    """Let the desk and the letters speak this language to the member; `Refused` for one they do not know."""
    if language not in LANGUAGES:
        raise Refused(Reason.NO_SUCH_LANGUAGE)
    locked(work, work.member.account_id).language = language


def supervisors(work: Work) -> Sequence[Account]:
    return work.session.scalars(_supervisors()).all()


def supervisors_held(work: Work) -> Sequence[Account]:
    """Return them for a change, so that others wait."""
    held = _supervisors().order_by(Account.id).with_for_update(key_share=True)
    return work.session.scalars(held, execution_options={"populate_existing": True}).all()


def _supervisors() -> Select[Account]:
    return select(Account).where(Account.role == Role.SUPERVISOR, Account.state == AccountState.ACTIVE)
