"""Let staff work on a request: its log, what is due when, how it ended, who must not have it, drafts, languages.

Until now a request was opened and claimed, and nothing was written down. Requests that are open count as due
since they arrived. Nothing closed a request before; a row that says so anyway counts as declined.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_LETTER_KINDS = "ck_letters_letterkind"
_LOG_KINDS = (
    "kind IN ('note', 'attempt', 'reason', 'words', 'follow_up', 'location', 'emergency', 'exclusion',"
    " 'outcome', 'hold')"
)
_OUTCOMES = "outcome IN ('client', 'referred', 'declined', 'unreachable', 'spam')"


def upgrade() -> None:
    _create_log_entries()
    _create_exclusions()
    _create_drafts()
    _extend_intakes()
    _allow_more_letters()
    op.add_column("accounts", sa.Column("language", sa.String(8), nullable=False, server_default="en"))


def _create_log_entries() -> None:
    op.create_table(
        "log_entries",
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sealed_entry", sa.LargeBinary(), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("number >= 1", name="ck_log_entries_counted_from_one"),
        sa.CheckConstraint(_LOG_KINDS, name="ck_log_entries_logkind"),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name="fk_log_entries_intake_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("intake_id", "number", name="pk_log_entries"),
    )
    op.create_index("ix_log_entries_receipt", "log_entries", ["intake_id", "receipt_hash"], unique=True)


def _create_exclusions() -> None:
    op.create_table(
        "exclusions",
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name="fk_exclusions_intake_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_exclusions_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("intake_id", "account_id", name="pk_exclusions"),
    )
    op.create_index("ix_exclusions_account_id", "exclusions", ["account_id"])


def _create_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_draft", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["holders.id"], name="fk_drafts_holder_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name="fk_drafts_intake_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("holder_id", "intake_id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_intake_id", "drafts", ["intake_id"])
    op.create_index("ix_drafts_made_at", "drafts", ["made_at"])


def _extend_intakes() -> None:
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("intakes") as intakes:
        intakes.add_column(sa.Column("calling_by", sa.Uuid(), nullable=True))
        intakes.add_column(sa.Column("calling_entry", sa.Integer(), nullable=True))
        for name in ("opened_at", "attempted_at", "due_at", "follow_up_at"):
            intakes.add_column(sa.Column(name, moment, nullable=True))
        intakes.add_column(sa.Column("outcome", sa.String(16), nullable=True))
        intakes.add_column(sa.Column("closed_at", moment, nullable=True))
        intakes.create_foreign_key("fk_intakes_calling_by", "accounts", ["calling_by"], ["id"])
    op.execute("UPDATE intakes SET due_at = received_at WHERE status IN ('waiting', 'claimed')")
    op.execute("UPDATE intakes SET outcome = 'declined', closed_at = received_at WHERE status = 'closed'")
    with op.batch_alter_table("intakes") as intakes:
        intakes.create_check_constraint("ck_intakes_outcome", _OUTCOMES)
        intakes.create_check_constraint("ck_intakes_ended", "(status = 'closed') = (outcome IS NOT NULL)")
        intakes.create_check_constraint("ck_intakes_ended_then", "(outcome IS NULL) = (closed_at IS NULL)")
    op.create_index("ix_intakes_calling_by", "intakes", ["calling_by"])
    op.create_index("ix_intakes_status_due_at", "intakes", ["status", "due_at", "reference"])


def _allow_more_letters() -> None:
    kinds = "kind IN ('new_request', 'news', 'team_change', 'handed_over', 'erased', 'incident')"
    with op.batch_alter_table("letters") as letters:
        letters.drop_constraint(_LETTER_KINDS, type_="check")
        letters.create_check_constraint(_LETTER_KINDS, kinds)
