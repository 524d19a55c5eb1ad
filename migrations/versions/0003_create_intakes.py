"""Keep requests sealed: an intake, its thread, and the words of its confirmation page for fifteen minutes.

The checks make sure that an open request always has its keys, and a claimed one its counselor.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _create_intakes()
    _create_thread_entries()
    _create_confirmations()


def _create_intakes() -> None:
    op.create_table(
        "intakes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=9), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=True),
        sa.Column("epoch_id", sa.Uuid(), nullable=False),
        sa.Column("origin_tag", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_answers_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_thread_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_answers", sa.LargeBinary(), nullable=True),
        sa.Column("return_lookup", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_return_key", sa.LargeBinary(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_intakes"),
        sa.CheckConstraint("(claimed_by IS NULL) = (claimed_at IS NULL)", name="ck_intakes_claim"),
        sa.CheckConstraint("status <> 'claimed' OR claimed_by IS NOT NULL", name="ck_intakes_claimed_by_somebody"),
        sa.CheckConstraint(
            "status IN ('withdrawn', 'erased') OR (sealed_answers_key IS NOT NULL"
            " AND sealed_thread_key IS NOT NULL AND sealed_answers IS NOT NULL)",
            name="ck_intakes_kept_while_open",
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'claimed', 'closed', 'withdrawn', 'erased')", name="ck_intakes_status"
        ),
        sa.CheckConstraint("status <> 'waiting' OR claimed_by IS NULL", name="ck_intakes_waiting_for_anybody"),
        sa.ForeignKeyConstraint(["claimed_by"], ["accounts.id"], name="fk_intakes_claimed_by"),
        sa.ForeignKeyConstraint(["epoch_id"], ["epochs.id"], name="fk_intakes_epoch_id"),
        sa.UniqueConstraint("receipt_hash", name="uq_intakes_receipt_hash"),
        sa.UniqueConstraint("reference", name="uq_intakes_reference"),
        sa.UniqueConstraint("return_lookup", name="uq_intakes_return_lookup"),
    )
    op.create_index("ix_intakes_claimed_by", "intakes", ["claimed_by"])
    op.create_index("ix_intakes_epoch_id", "intakes", ["epoch_id"])
    op.create_index("ix_intakes_status_received_at", "intakes", ["status", "received_at"])


def _create_thread_entries() -> None:
    op.create_table(
        "thread_entries",
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed_entry", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("intake_id", "number", name="pk_thread_entries"),
        sa.CheckConstraint("number >= 1", name="ck_thread_entries_counted_from_one"),
        sa.CheckConstraint("kind IN ('wishes', 'message', 'withdrawal')", name="ck_thread_entries_entrykind"),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name="fk_thread_entries_intake_id", ondelete="CASCADE"),
    )


def _create_confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_confirmations"),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name="fk_confirmations_intake_id", ondelete="CASCADE"),
    )
    op.create_index("ix_confirmations_intake_id", "confirmations", ["intake_id"])
    op.create_index("ix_confirmations_made_at", "confirmations", ["made_at"])
