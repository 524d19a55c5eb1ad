"""Let passkeys sign in: answered challenges, a word for the device of each browser, letters about both.

Passkeys themselves stand in the account's sealed record, and their locks where all locks are.
Browsers that are signed in now have no word for their device until they sign in again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_LETTER_KINDS = "ck_letters_letterkind"


def upgrade() -> None:
    op.create_table(
        "spent_challenges",
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name="pk_spent_challenges"),
    )
    op.create_index("ix_spent_challenges_until", "spent_challenges", ["until"])
    op.add_column("sign_ins", sa.Column("sealed_device", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("letters") as letters:
        letters.drop_constraint(_LETTER_KINDS, type_="check")
        letters.create_check_constraint(
            _LETTER_KINDS,
            "kind IN ('new_request', 'news', 'team_change', 'handed_over', 'erased', 'incident', 'weekly',"
            " 'account_change', 'new_device')",
        )
