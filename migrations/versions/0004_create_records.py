"""Keep what the service tells and remembers: letters to the team, audit lines, marks.

The index over unsent letters stays small however many were ever sent.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _create_letters()
    _create_audit_lines()
    _create_marks()


def _create_letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.CheckConstraint("kind IN ('new_request', 'team_change')", name="ck_letters_letterkind"),
        sa.CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="ck_letters_one_end"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_letters_account_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name="fk_letters_intake_id", ondelete="CASCADE"),
    )
    op.create_index("ix_letters_account_id", "letters", ["account_id"])
    op.create_index("ix_letters_intake_id", "letters", ["intake_id"])
    op.create_index(
        "ix_letters_waiting",
        "letters",
        ["next_at"],
        sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
    )


def _create_audit_lines() -> None:
    op.create_table(
        "audit_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_lines"),
        sa.CheckConstraint("(number IS NULL) = (mac IS NULL)", name="ck_audit_lines_chained"),
        sa.UniqueConstraint("number", name="uq_audit_lines_number"),
    )
    op.create_index("ix_audit_lines_at", "audit_lines", ["at"])
    op.create_index("ix_audit_lines_subject", "audit_lines", ["subject"])


def _create_marks() -> None:
    op.create_table(
        "marks",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
