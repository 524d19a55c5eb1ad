"""Keep who can open what: holders, their locks, the roll, signed epochs and grants.

Everything here is public, signed or a ring token; no column holds a bare key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _create_holders()
    _create_locks()
    _create_rolls()
    _create_epochs()
    _create_grants()


def _create_holders() -> None:
    op.create_table(
        "holders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_holders"),
        sa.CheckConstraint("kind IN ('counselor', 'sheet')", name="ck_holders_holderkind"),
        sa.CheckConstraint("(kind = 'sheet') = (account_id IS NULL)", name="ck_holders_owner"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_holders_account_id", ondelete="CASCADE"),
    )
    op.create_index("ix_holders_account_id", "holders", ["account_id"])


def _create_locks() -> None:
    op.create_table(
        "locks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ring_id", sa.String(length=8), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_locks"),
        sa.CheckConstraint("kind IN ('password', 'passkey', 'recovery')", name="ck_locks_lockkind"),
        sa.ForeignKeyConstraint(["holder_id"], ["holders.id"], name="fk_locks_holder_id", ondelete="CASCADE"),
    )
    op.create_index("ix_locks_holder_id", "locks", ["holder_id"])


def _create_rolls() -> None:
    op.create_table(
        "rolls",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("ring_id", sa.String(length=8), nullable=False),
        sa.Column("sealed_roll", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_rolls"),
    )


def _create_epochs() -> None:
    op.create_table(
        "epochs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_epochs"),
        sa.CheckConstraint("state IN ('live', 'retired')", name="ck_epochs_epochstate"),
        sa.UniqueConstraint("number", name="uq_epochs_number"),
    )


def _create_grants() -> None:
    op.create_table(
        "grants",
        sa.Column("epoch_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("ring_id", sa.String(length=8), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("epoch_id", "holder_id", name="pk_grants"),
        sa.ForeignKeyConstraint(["epoch_id"], ["epochs.id"], name="fk_grants_epoch_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["holder_id"], ["holders.id"], name="fk_grants_holder_id", ondelete="CASCADE"),
    )
