"""Let clients come back: what they write, once; a new number; a withdrawal that can be undone; a hold.

Until now a thread had one entry, and a request was taken back at once or never. No old row needs a value:
nobody has written, withdrawn or been called through the return page before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_LETTER_KINDS = "ck_letters_letterkind"


def upgrade() -> None:
    _extend_intakes()
    _extend_thread_entries()
    _allow_letters_about_news()


def _extend_intakes() -> None:
    op.add_column("intakes", sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("intakes", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("intakes", sa.Column("calling_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("intakes", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))


def _extend_thread_entries() -> None:
    with op.batch_alter_table("thread_entries") as entries:
        entries.add_column(sa.Column("receipt_hash", sa.LargeBinary(), nullable=True))
        entries.add_column(sa.Column("sealed_number", sa.LargeBinary(), nullable=True))
        entries.add_column(sa.Column("epoch_id", sa.Uuid(), nullable=True))
        entries.create_foreign_key("fk_thread_entries_epoch_id", "epochs", ["epoch_id"], ["id"])
        entries.create_check_constraint(
            "ck_thread_entries_number_with_its_epoch", "(sealed_number IS NULL) = (epoch_id IS NULL)"
        )
    op.create_index("ix_thread_entries_epoch_id", "thread_entries", ["epoch_id"])
    op.create_index("ix_thread_entries_receipt", "thread_entries", ["intake_id", "receipt_hash"], unique=True)


def _allow_letters_about_news() -> None:
    with op.batch_alter_table("letters") as letters:
        letters.drop_constraint(_LETTER_KINDS, type_="check")
        letters.create_check_constraint(_LETTER_KINDS, "kind IN ('new_request', 'news', 'team_change')")
