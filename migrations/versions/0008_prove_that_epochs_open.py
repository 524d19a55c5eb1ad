"""Prove that what is sealed to an epoch opens: a marker for each, and who opened it when; a weekly letter.

Epochs that exist get their marker from the worker: its public key is all it takes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_LETTER_KINDS = "ck_letters_letterkind"


def upgrade() -> None:
    op.add_column("epochs", sa.Column("sealed_marker", sa.LargeBinary(), nullable=True))
    op.create_table(
        "marker_openings",
        sa.Column("epoch_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["epoch_id"], ["epochs.id"], name="fk_marker_openings_epoch_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_marker_openings_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("epoch_id", "account_id", name="pk_marker_openings"),
    )
    op.create_index("ix_marker_openings_account_id", "marker_openings", ["account_id"])
    kinds = "kind IN ('new_request', 'news', 'team_change', 'handed_over', 'erased', 'incident', 'weekly')"
    with op.batch_alter_table("letters") as letters:
        letters.drop_constraint(_LETTER_KINDS, type_="check")
        letters.create_check_constraint(_LETTER_KINDS, kinds)
