"""Let a letter go to another address than its account's: to one that is to be confirmed, and to one that was left.

What was asked for stands in the account's sealed record.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_LETTER_KINDS = (
    "kind IN ('new_request', 'news', 'team_change', 'handed_over', 'erased', 'incident', 'weekly', 'account_change',"
    " 'new_device', 'escalated', 'passed_on', 'follow_up', 'overdue', 'gap', 'canary', 'canary_broken',"
    " 'canary_silent', 'canary_over', 'address_asked', 'address_left')"
)


def upgrade() -> None:
    with op.batch_alter_table("letters") as letters:
        letters.add_column(sa.Column("address", sa.String(254), nullable=True))
        letters.drop_constraint("ck_letters_letterkind", type_="check")
        letters.create_check_constraint("ck_letters_letterkind", _LETTER_KINDS)
