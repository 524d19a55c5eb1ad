"""The tables of keys: holders, locks, the key register, epochs and grants."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model
from app.models.kinds import EpochState, HolderKind, LockKind


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
    """A holder's private key behind a password, a passkey or the recovery code."""

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
    """When a member last opened an epoch's test token."""

    __tablename__ = "marker_openings"

    epoch_id: Mapped[UUID] = mapped_column(ForeignKey("epochs.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]


class Grant(Model):
    """An epoch's private key, sealed to one holder."""

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
