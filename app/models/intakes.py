"""Requests, their threads and confirmations. Sealed columns hold tokens and nothing else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model
from app.models.kinds import EntryKind, LogKind, Outcome, Status


class Arrival(Model):
    """A client's request, or the daily check's. Queries name `Intake` and never find the other."""

    __tablename__ = "intakes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    #: To the minute: an exact time could be matched with a phone's history.
    received_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(8))
    notice: Mapped[str] = mapped_column(String(32))
    status: Mapped[Status]
    #: One per form and answers, so that a double submit is one request. NULL after the client withdrew it.
    receipt_hash: Mapped[bytes | None] = mapped_column(unique=True)
    epoch_id: Mapped[UUID] = mapped_column(ForeignKey("epochs.id"), index=True)
    origin_tag: Mapped[bytes]
    #: NULL means erased: nobody can read it again.
    sealed_answers_key: Mapped[bytes | None]
    sealed_thread_key: Mapped[bytes | None]
    sealed_answers: Mapped[bytes | None]
    #: NULL where the practice offers no return code.
    return_lookup: Mapped[bytes | None] = mapped_column(unique=True)
    sealed_return_key: Mapped[bytes | None]
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    claimed_at: Mapped[datetime | None]
    #: When the client last wrote on the return page, to the minute. NULL means not since the request arrived.
    heard_at: Mapped[datetime | None]
    #: When the client withdrew it with the return code. NULL unless they did.
    withdrawn_at: Mapped[datetime | None]
    #: Until when a call may be starting, because a member looked at the number. NULL means nobody did.
    calling_until: Mapped[datetime | None]
    #: Who looked at the number, and how long the thread was then: a later entry may forbid the call. NULL like it.
    calling_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    calling_entry: Mapped[int | None]
    #: When a member first opened it. NULL means nobody did.
    opened_at: Mapped[datetime | None]
    #: When a member first called the client, or spoke with them. NULL means nobody did.
    attempted_at: Mapped[datetime | None]
    #: The deadline of the next step: the promise, or the planned follow-up. NULL means nothing is due.
    due_at: Mapped[datetime | None]
    #: When the next try is planned. NULL means none is.
    follow_up_at: Mapped[datetime | None]
    #: The promise that the client read when it arrived. NULL for requests from before this column.
    promised_at: Mapped[datetime | None]
    #: When the clock of the escalation began: the last notification. NULL means that no clock runs.
    clock_at: Mapped[datetime | None]
    #: How far it escalated: 0 not yet, 1 to the next on the rota, 2 to all supervisors.
    escalated: Mapped[int] = mapped_column(server_default="0")
    #: When a member first opened it since the clock began. NULL means nobody did.
    seen_at: Mapped[datetime | None]
    #: The due time of which supervisors were notified. NULL means of none.
    overdue_for: Mapped[datetime | None]
    #: The follow-up of which its owner was reminded. NULL means of none.
    reminded_for: Mapped[datetime | None]
    #: The law asks to keep it: it is not erased while this is set.
    held: Mapped[bool] = mapped_column(server_default=false())
    #: How it ended, and when. NULL unless it is closed.
    outcome: Mapped[Outcome | None]
    closed_at: Mapped[datetime | None]
    #: The daily check's own request. There is one at most.
    canary: Mapped[bool] = mapped_column(server_default=false())

    __table_args__ = (
        Index("ix_intakes_status_received_at", "status", "received_at"),
        Index("ix_intakes_status_due_at", "status", "due_at", "reference"),
        Index(
            "ix_intakes_canary",
            "canary",
            unique=True,
            sqlite_where=text("canary = 1"),
            postgresql_where=text("canary"),
        ),
        CheckConstraint("(status = 'closed') = (outcome IS NOT NULL)", name="ended"),
        CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="ended_then"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_at IS NULL)", name="claim"),
        CheckConstraint("status <> 'claimed' OR claimed_by IS NOT NULL", name="claimed_by_somebody"),
        CheckConstraint("status <> 'waiting' OR claimed_by IS NULL", name="waiting_for_anybody"),
        CheckConstraint(
            "status IN ('withdrawn', 'erased') OR (sealed_answers_key IS NOT NULL"
            " AND sealed_thread_key IS NOT NULL AND sealed_answers IS NOT NULL)",
            name="kept_while_open",
        ),
    )
    __mapper_args__ = {"polymorphic_on": canary, "polymorphic_abstract": True}  # noqa: RUF012


class Intake(Arrival):
    """One request for a private call. What the client wrote is sealed, always."""

    __mapper_args__ = {"polymorphic_identity": False}  # noqa: RUF012


class DailyCheck(Arrival):
    __mapper_args__ = {"polymorphic_identity": True}  # noqa: RUF012


class _Entry:
    """The columns of an entry in either chain of an intake."""

    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intakes.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_entry: Mapped[bytes]
    #: One per idempotency key and content, so that a double submit is one entry. NULL without a key.
    receipt_hash: Mapped[bytes | None]


class ThreadEntry(_Entry, Model):
    """One entry of an intake's thread: wishes, a message or a withdrawal."""

    __tablename__ = "thread_entries"

    kind: Mapped[EntryKind]
    #: A new phone number, sealed to an epoch: the return code does not open it. NULL for any other entry.
    sealed_number: Mapped[bytes | None]
    #: Which epoch opens the number. NULL without one.
    epoch_id: Mapped[UUID | None] = mapped_column(ForeignKey("epochs.id"), index=True)

    __table_args__ = (
        CheckConstraint("number >= 1", name="counted_from_one"),
        CheckConstraint("(sealed_number IS NULL) = (epoch_id IS NULL)", name="number_with_its_epoch"),
        Index("ix_thread_entries_receipt", "intake_id", "receipt_hash", unique=True),
    )


class LogEntry(_Entry, Model):
    """One entry of an intake's case log. Sealed under the answers key: no return code opens it."""

    __tablename__ = "log_entries"

    kind: Mapped[LogKind]

    __table_args__ = (
        CheckConstraint("number >= 1", name="counted_from_one"),
        Index("ix_log_entries_receipt", "intake_id", "receipt_hash", unique=True),
    )


class Exclusion(Model):
    """A member for whom an intake does not exist. The case log says so, too, and the stricter of both counts."""

    __tablename__ = "exclusions"

    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intakes.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Draft(Model):
    """A note that arrived after the lock, sealed to its author's public key until they sign in again."""

    __tablename__ = "drafts"

    holder_id: Mapped[UUID] = mapped_column(ForeignKey("holders.id", ondelete="CASCADE"), primary_key=True)
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intakes.id", ondelete="CASCADE"), primary_key=True, index=True)
    made_at: Mapped[datetime] = mapped_column(index=True)
    sealed_draft: Mapped[bytes]


class Confirmation(Model):
    """The code words and the return code, for fifteen minutes; only the page's address gives the key."""

    __tablename__ = "confirmations"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intakes.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime] = mapped_column(index=True)
    sealed_words: Mapped[bytes]
