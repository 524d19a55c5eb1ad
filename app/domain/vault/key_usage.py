"""Which key of the ring each stored token still needs."""

from collections import Counter

from sqlalchemy import func, select

from app.domain.work import Work
from app.models import Account, DailyCheckKey, Grant, KeyRegister, Lock


def needed(work: Work) -> Counter[str]:
    """Return how many rows need each key of the ring, by its id. Sessions do not count: they just end."""
    rows: Counter[str] = Counter()
    for table in (Account, Lock, Grant, KeyRegister, DailyCheckKey):
        counted = select(table.ring_id, func.count()).group_by(table.ring_id)
        rows.update({row[0]: row[1] for row in work.session.execute(counted)})
    return rows
