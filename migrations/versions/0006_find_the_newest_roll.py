"""Find the number of the newest roll without walking the audit lines.

Every write of a signed-in member compares the roll with what the audit trail knows of it.
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("ix_audit_lines_kind_entry", "audit_lines", ["kind", "entry"])
