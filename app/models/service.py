"""The tables of the service itself: letters, audit lines, marks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model
from app.models.kinds import LetterKind, Reader


class Letter(Model):
    """One email in the outbox. It names an intake at most, and never holds an answer."""

    __tablename__ = "letters"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[LetterKind]
    #: NULL for a letter to the alarm address.
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    intake_id: Mapped[UUID | None] = mapped_column(ForeignKey("intakes.id", ondelete="CASCADE"), index=True)
    #: The role in which its reader is notified. NULL where it is about no request.
    reader: Mapped[Reader | None]
    #: When it was first to be sent: at once, or when its reader is at work.
    wanted_at: Mapped[datetime]
    #: Not before this moment; five minutes ahead while a worker has it, further after a failure.
    next_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    #: Where it goes instead of the account's address: a new one to confirm, or the old one. NULL once it is sent.
    address: Mapped[str | None] = mapped_column(String(254))
    #: NULL until the mail server took it.
    sent_at: Mapped[datetime | None]
    #: When it was given up: after seven days, or because it became pointless. NULL unless it was.
    failed_at: Mapped[datetime | None]
    #: The kind of the mail server's error, never its text. NULL without one.
    failure: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        Index(
            "ix_letters_waiting",
            "next_at",
            sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND failed_at IS NULL"),
        ),
        CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="one_end"),
        CheckConstraint(
            "(account_id IS NULL) = (kind IN ('canary', 'canary_broken', 'canary_silent', 'canary_over'))",
            name="alarm_address",
        ),
    )


class AuditLine(Model):
    """Something that happened. Lines of the public process wait, unnumbered, until the worker chains them."""

    __tablename__ = "audit_lines"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: NULL until chained.
    number: Mapped[int | None] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    #: An account's id, or one of client, worker, operator.
    actor: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(40))
    #: The place it concerns, as in intake/<id>.
    subject: Mapped[str] = mapped_column(String(120), index=True)
    #: The number of a thread entry or of the roll, where the line speaks of one.
    entry: Mapped[int | None]
    mac: Mapped[bytes | None]

    __table_args__ = (
        CheckConstraint("(number IS NULL) = (mac IS NULL)", name="chained"),
        Index("ix_audit_lines_kind_entry", "kind", "entry"),
    )


class Mark(Model):
    """A moment the service remembers: live since, last round of the worker, last mail sent."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]
