"""Let requests escalate by a clock of their own, keep what was promised, and plan the rota with gaps and busy hours.

Until now a request was told once. No clock runs for requests from before: nobody is to be told of all of them at
once. What is due already is told to supervisors as overdue, once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_MOMENTS = ("promised_at", "clock_at", "seen_at", "overdue_for", "reminded_for")
_LETTER_KINDS = (
    "kind IN ('new_request', 'news', 'team_change', 'handed_over', 'erased', 'incident', 'weekly', 'account_change',"
    " 'new_device', 'escalated', 'passed_on', 'follow_up', 'overdue', 'gap')"
)
_READERS = "reader IN ('on_call', 'next', 'supervisor', 'owner')"


def upgrade() -> None:
    for name in _MOMENTS:
        op.add_column("intakes", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("intakes", sa.Column("escalated", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("accounts", sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True))
    _extend_letters()
    op.create_table(
        "gaps",
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="ck_gaps_forward"),
        sa.PrimaryKeyConstraint("starts_at", name="pk_gaps"),
    )


def _extend_letters() -> None:
    with op.batch_alter_table("letters") as letters:
        letters.add_column(sa.Column("reader", sa.String(16), nullable=True))
        letters.create_check_constraint("ck_letters_reader", _READERS)
        letters.drop_constraint("ck_letters_letterkind", type_="check")
        letters.create_check_constraint("ck_letters_letterkind", _LETTER_KINDS)
