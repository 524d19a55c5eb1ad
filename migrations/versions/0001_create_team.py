"""Keep the people of the practice: accounts, one-time links, signed-in browsers, waits, shifts.

Role and state stand in a sealed record; the plain columns are an index for queries.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_accounts()
    _create_links()
    _create_sign_ins()
    _create_waits()
    _create_shifts()


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ring_id", sa.String(length=8), nullable=False),
        sa.Column("sealed_record", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_totp", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.CheckConstraint("state IN ('invited', 'pending', 'active', 'suspended')", name="ck_accounts_accountstate"),
        sa.CheckConstraint("role IN ('counselor', 'supervisor')", name="ck_accounts_role"),
        sa.UniqueConstraint("email", name="uq_accounts_email"),
    )


def _create_links() -> None:
    op.create_table(
        "links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_links"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_links_account_id", ondelete="CASCADE"),
    )
    op.create_index("ix_links_account_id", "links", ["account_id"])


def _create_sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("cookie_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ring_id", sa.String(length=8), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_data", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("cookie_hash", name="pk_sign_ins"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_sign_ins_account_id", ondelete="CASCADE"),
    )
    op.create_index("ix_sign_ins_account_id", "sign_ins", ["account_id"])
    op.create_index("ix_sign_ins_seen_at", "sign_ins", ["seen_at"])


def _create_waits() -> None:
    op.create_table(
        "waits",
        sa.Column("name_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name="pk_waits"),
    )
    op.create_index("ix_waits_until", "waits", ["until"])


def _create_shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shifts"),
        sa.CheckConstraint("starts_at < ends_at", name="ck_shifts_forward"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_shifts_account_id", ondelete="CASCADE"),
        sa.UniqueConstraint("account_id", "starts_at", name="uq_shifts_account_id_starts_at"),
    )
    op.create_index("ix_shifts_account_id", "shifts", ["account_id"])
    op.create_index("ix_shifts_ends_at", "shifts", ["ends_at"])
