"""The sealed record of each member of the team: role, state and what a sign-in is checked against.

The plain columns beside it are an index; every decision reads the sealed record.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.crypto import codes, contexts, tokens
from app.domain import audit, permissions
from app.domain.letters import outbox
from app.domain.vault import key_register
from app.domain.work import LANGUAGES, Altered, Member, Missing, Reason, Refused, Work, altered
from app.models import Account, AccountState, Letter, LetterKind, LoginSession, Role

#: The states of an account that may sign in.
SIGNS_IN = (AccountState.ACTIVE, AccountState.PENDING)
_MOST_DEVICES = 20


@dataclass(frozen=True)
class FormerPassword:
    """The holder behind a forgotten password, the state of the account then, and until when it can come back."""

    holder: UUID
    verifier: bytes = field(repr=False)
    state: AccountState
    until: datetime


@dataclass(frozen=True)
class Passkey:
    id: UUID
    name: str
    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    count: int
    made_at: datetime
    used_at: datetime | None = None
    #: The holder whose key its lock guards; while that is the account's, it signs in alone. None without a secret.
    holder: UUID | None = None
    verifier: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Moving:
    """Another address that was asked for, the hash of the link that confirms it, and until when that works.

    It stays here after it was confirmed, so that a link pressed twice is no mistake.
    """

    email: str
    token_hash: bytes = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class Record:
    """What an account is. Holder, salt and verifier are None until the invitation was accepted."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="hex", val_json_bytes="hex", hide_input_in_errors=True)

    email: str
    role: Role
    state: AccountState
    holder: UUID | None = None
    salt: bytes | None = field(default=None, repr=False)
    verifier: bytes | None = field(default=None, repr=False)
    #: The last time step a code was used in: each works once.
    totp_step: int | None = None
    backup_hashes: tuple[bytes, ...] = field(default=(), repr=False)
    #: None unless the password was forgotten lately.
    sleeping: FormerPassword | None = None
    passkeys: tuple[Passkey, ...] = ()
    #: The devices that signed in, last used first, hashed under a key of the account's own.
    device_key: bytes | None = field(default=None, repr=False)
    devices: tuple[bytes, ...] = field(default=(), repr=False)
    #: None unless another address was asked for.
    moving: Moving | None = None


class DeviceKind(StrEnum):
    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Device:
    """The kind of a device, and its wider network, such as its provider's.

    No cookie outlives a session, so a device is recognized by its kind, and by either its passkey or the wider network
    it came from. None of that leaves the account's sealed record.
    """

    kind: DeviceKind
    network: str = field(repr=False)


#: For sessions without a browser: those of commands and of the demonstration's first hour.
NOWHERE = Device(DeviceKind.UNKNOWN, "")


@dataclass(frozen=True)
class Profile:
    name: str
    email: str
    role: Role
    language: str
    #: How many printed codes are left.
    backup_codes: int
    #: The address that waits to be confirmed; None when none does.
    moving: Moving | None


_RECORD = TypeAdapter(Record)


def read(work: Work, account: Account) -> Record:
    """Return the sealed record; `Altered` when it does not belong to this row."""
    with altered(f"account/{account.id}"):
        record = _RECORD.validate_json(work.vault.ring.open(contexts.account(account.id), account.sealed_record))
    if record.email != account.email:
        raise Altered(f"account/{account.id}")
    return record


def write(work: Work, account: Account, record: Record) -> None:
    """Seal the record and bring the index in line with it."""
    account.email, account.role, account.state = record.email, record.role, record.state
    account.ring_id = work.vault.ring.newest
    account.sealed_record = work.vault.ring.seal(contexts.account(account.id), _RECORD.dump_json(record))


def change(work: Work, account: Account, **changes: Any) -> Record:
    """Replace some fields of the sealed record and return the new one."""
    record = replace(read(work, account), **changes)
    write(work, account, record)
    return record


def normal_email(email: str) -> str:
    return email.strip().lower()


def by_email(work: Work, email: str) -> Account | None:
    return work.session.scalar(select(Account).where(Account.email == normal_email(email)))


def find(work: Work, account_id: UUID | None) -> Account | None:
    """Return an account for a change, so that others wait; None when there is none."""
    if account_id is None:
        return None
    found = select(Account).where(Account.id == account_id).with_for_update(key_share=True)
    # After waiting for the row, this must see what the other transaction wrote, not what was read before.
    return work.session.scalar(found, execution_options={"populate_existing": True})


def locked(work: Work, account_id: UUID) -> Account:
    """Return an account for a change; `Missing` when there is none."""
    account = find(work, account_id)
    if account is None:
        raise Missing
    return account


def own(work: Work) -> Account:
    return locked(work, work.member.account_id)


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
    if record.state is AccountState.ACTIVE:
        registered = key_register.opened(work, row).digests.get(member.holder_id)
        with altered(f"session/{member.cookie_hash.hex()}"):
            digest = member.key().public.digest
        if registered != digest:
            # Rows that were brought back, or a session that was given to somebody else, are not registered.
            raise Altered(f"holder/{member.holder_id}")
    return replace(member, proved_at=row.proved_at)


def profile(work: Work) -> Profile:
    account = work.session.get_one(Account, work.member.account_id)
    record = read(work, account)
    moving = record.moving
    if moving is not None and (moving.email == record.email or work.now >= moving.until):
        moving = None
    return Profile(account.name, account.email, record.role, account.language, len(record.backup_hashes), moving)


def rename(work: Work, name: str) -> None:
    account = own(work)
    if name != account.name:
        account.name = name
        audit.record(work, "account.renamed", f"account/{account.id}")


def ask_for_address(work: Work, email: str) -> None:
    """Write to another address, so that it is confirmed from there; until then the old one is valid. Needs to be fresh.

    `Refused` for the member's own address, and for one of another account.
    """
    permissions.require_fresh(work)
    account = own(work)
    email = normal_email(email)
    if email == account.email:
        raise Refused(Reason.OWN_EMAIL)
    _require_free(work, account, email)
    outbox.cancel(work, Letter.account_id == account.id, Letter.kind == LetterKind.ADDRESS_ASKED)
    link = outbox.token(work, outbox.write_to(work, email, LetterKind.ADDRESS_ASKED, account.id))
    change(work, account, moving=Moving(email, codes.hash_token(link), work.now + outbox.LINK_LASTS))
    audit.record(work, "address.asked", f"account/{account.id}")


def asked_address(work: Work, token: str) -> str:
    """Return the address that a link of the member's confirms; `Missing` when it is another's.

    `Refused` when it has expired, unless it was used before.
    """
    record = read(work, work.session.get_one(Account, work.member.account_id))
    moving = record.moving
    if moving is None or moving.token_hash != codes.hash_token(token):
        raise Missing
    if moving.email != record.email and work.now >= moving.until:
        raise Refused(Reason.LINK_OVER)
    return moving.email


def confirm_address(work: Work, token: str) -> None:
    """Make the address the member's, and write to the old one. May be `Missing` or `Refused`."""
    account = own(work)
    email, old = asked_address(work, token), account.email
    if email == old:
        return
    _require_free(work, account, email)
    change(work, account, email=email)
    try:
        work.session.flush()
    except IntegrityError as error:
        # Two members who asked for the same address confirmed it at the same moment.
        raise Refused(Reason.KNOWN_EMAIL) from error
    outbox.write_to(work, old, LetterKind.ADDRESS_LEFT, account.id)
    audit.record(work, "address.changed", f"account/{account.id}")


def keep_address(work: Work) -> None:
    """Stop waiting for another address: the link in its letter no longer works."""
    account = own(work)
    if read(work, account).moving is not None:
        change(work, account, moving=None)
        outbox.cancel(work, Letter.account_id == account.id, Letter.kind == LetterKind.ADDRESS_ASKED)
        audit.record(work, "address.kept", f"account/{account.id}")


def set_language(work: Work, language: str) -> None:
    """Set the language of the member's desk and letters; `Refused` for one that they do not have."""
    if language not in LANGUAGES:
        raise Refused(Reason.NO_SUCH_LANGUAGE)
    own(work).language = language


def notify_if_new_device(work: Work, account: Account, device: Device, passkey: str | None) -> None:
    """Remember the device, and write to the member when it is a new one and not their first."""
    if device is NOWHERE:
        return
    known = read(work, account).devices
    if remember_device(work, account, device, passkey) not in known and known:
        outbox.write_now(work, LetterKind.NEW_DEVICE, [account])
        audit.record(work, "sign_in.new_device", f"account/{account.id}")


def remember_device(work: Work, account: Account, device: Device, passkey: str | None) -> bytes:
    """Remember the device as the last used; return its mark."""
    record = read(work, account)
    key = record.device_key or tokens.random_key()
    place = f"passkey {passkey}" if passkey else f"network {device.network}"
    mark = tokens.sub_key(key, f"device {device.kind} {place}")
    marks = (mark, *(other for other in record.devices if other != mark))[:_MOST_DEVICES]
    change(work, account, device_key=key, devices=marks)
    return mark


def supervisors(work: Work, *, lock: bool = False) -> Sequence[Account]:
    """Return the supervisors; `lock` makes other changes of them wait, in one order, until this transaction ends."""
    found = select(Account).where(Account.role == Role.SUPERVISOR, Account.state == AccountState.ACTIVE)
    if lock:
        found = found.order_by(Account.id).with_for_update(key_share=True)
    return work.session.scalars(found, execution_options={"populate_existing": lock}).all()


def _require_free(work: Work, account: Account, email: str) -> None:
    if by_email(work, email) not in (None, account):
        raise Refused(Reason.KNOWN_EMAIL)
