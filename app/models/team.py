"""The tables of the team: accounts, sessions, links, shifts, and the keys of its members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model
from app.models.kinds import AccountState, EpochState, HolderKind, LockKind, Role


class Account(Model):
    """One member. The sealed record decides role and state; the columns are an index."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role]
    state: Mapped[AccountState]
    #: The language of the desk and of letters: "en" or "es".
    language: Mapped[str] = mapped_column(String(8), server_default="en")
    created_at: Mapped[datetime]
    ring_id: Mapped[str] = mapped_column(String(8))
    sealed_record: Mapped[bytes]
    #: NULL until the person has a second factor.
    sealed_totp: Mapped[bytes | None]
    #: Until when they are with a client: new requests go to the next member. NULL means free.
    busy_until: Mapped[datetime | None]


class OneTimeLink(Model):
    """A one-time link, stored as a hash; it carries no key."""

    __tablename__ = "links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]


class LoginSession(Model):
    """One signed-in browser. Without its cookie the sealed columns open nothing."""

    __tablename__ = "sign_ins"

    cookie_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    #: When the second factor was last given.
    proved_at: Mapped[datetime]
    ring_id: Mapped[str] = mapped_column(String(8))
    #: The holder's private key under the cookie's key. NULL means locked: sign in again.
    sealed_key: Mapped[bytes | None]
    sealed_data: Mapped[bytes | None]
    #: A coarse word for the device, under the ring alone. NULL for sessions from before this column.
    sealed_device: Mapped[bytes | None]


class SpentChallenge(Model):
    """A challenge that a passkey has signed, as a hash; stored until it expires."""

    __tablename__ = "spent_challenges"

    challenge_hash: Mapped[bytes] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class SignInDelay(Model):
    """Failed sign-ins of one name, known or not, as a keyed hash; slows the next attempt and never locks out."""

    __tablename__ = "waits"

    name_hash: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)


class Shift(Model):
    __tablename__ = "shifts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="forward"),
        UniqueConstraint("account_id", "starts_at"),
    )


class Gap(Model):
    """Calling hours with nobody on call, of which supervisors were notified."""

    __tablename__ = "gaps"

    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="forward"),)


class Holder(Model):
    """A member's key pair, or the recovery sheet's. The key register decides who may open, not this row."""

    __tablename__ = "holders"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[HolderKind]
    #: NULL for the recovery sheet.
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    public_key: Mapped[bytes]
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("(kind = 'sheet') = (account_id IS NULL)", name="owner"),)


class Lock(Model):
    __tablename__ = "locks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("holders.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LockKind]
    ring_id: Mapped[str] = mapped_column(String(8))
    sealed_key: Mapped[bytes]


class KeyRegister(Model):
    """A version of the list of who may receive grants; only the newest number counts."""

    __tablename__ = "rolls"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ring_id: Mapped[str] = mapped_column(String(8))
    sealed_roll: Mapped[bytes]


class Epoch(Model):
    """A key pair of the practice; requests are sealed to the newest whose signature is good."""

    __tablename__ = "epochs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: 0 is the epoch of the daily check; so there is one at most.
    number: Mapped[int] = mapped_column(unique=True)
    starts_at: Mapped[datetime]
    public_key: Mapped[bytes]
    state: Mapped[EpochState]
    signature: Mapped[bytes]
    #: A test token; each sign-in opens it, to prove that the epoch opens. NULL until the worker has made one.
    sealed_marker: Mapped[bytes | None]

    __table_args__ = (CheckConstraint("(state = 'canary') = (number = 0)", name="beside"),)


class EpochProof(Model):
    __tablename__ = "marker_openings"

    epoch_id: Mapped[UUID] = mapped_column(ForeignKey("epochs.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]


class Grant(Model):
    __tablename__ = "grants"

    epoch_id: Mapped[UUID] = mapped_column(ForeignKey("epochs.id", ondelete="CASCADE"), primary_key=True)
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("holders.id", ondelete="CASCADE"), primary_key=True)
    ring_id: Mapped[str] = mapped_column(String(8))
    sealed_key: Mapped[bytes]


class DailyCheckKey(Model):
    """The private key of the daily check's epoch, under the ring alone; it opens nothing else."""

    __tablename__ = "canary_keys"

    epoch_id: Mapped[UUID] = mapped_column(ForeignKey("epochs.id", ondelete="CASCADE"), primary_key=True)
    ring_id: Mapped[str] = mapped_column(String(8))
    sealed_key: Mapped[bytes]
