"""Keep a canary: a request that the service sends itself each day, with an epoch and a key of its own.

Everything that is there stays a client's. Letters may go to the alarm address, which is no account.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_LETTER_KINDS = (
    "kind IN ('new_request', 'news', 'team_change', 'handed_over', 'erased', 'incident', 'weekly', 'account_change',"
    " 'new_device', 'escalated', 'passed_on', 'follow_up', 'overdue', 'gap', 'canary', 'canary_broken',"
    " 'canary_silent', 'canary_over')"
)
_ALARM_ADDRESS = "(account_id IS NULL) = (kind IN ('canary', 'canary_broken', 'canary_silent', 'canary_over'))"


def upgrade() -> None:
    op.add_column("intakes", sa.Column("canary", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_intakes_canary",
        "intakes",
        ["canary"],
        unique=True,
        sqlite_where=sa.text("canary = 1"),
        postgresql_where=sa.text("canary"),
    )
    with op.batch_alter_table("epochs") as epochs:
        epochs.drop_constraint("ck_epochs_epochstate", type_="check")
        epochs.create_check_constraint("ck_epochs_epochstate", "state IN ('live', 'retired', 'canary')")
        epochs.create_check_constraint("ck_epochs_beside", "(state = 'canary') = (number = 0)")
    op.create_table(
        "canary_keys",
        sa.Column("epoch_id", sa.Uuid(), nullable=False),
        sa.Column("ring_id", sa.String(8), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["epoch_id"], ["epochs.id"], name="fk_canary_keys_epoch_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("epoch_id", name="pk_canary_keys"),
    )
    _write_to_the_alarm_address()


def _write_to_the_alarm_address() -> None:
    with op.batch_alter_table("letters") as letters:
        letters.alter_column("account_id", existing_type=sa.Uuid(), nullable=True)
        letters.drop_constraint("ck_letters_letterkind", type_="check")
        letters.create_check_constraint("ck_letters_letterkind", _LETTER_KINDS)
        letters.create_check_constraint("ck_letters_alarm_address", _ALARM_ADDRESS)
