"""Tells whether the queue has changed, without opening anything."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import func, literal, select, true

from app.domain import exclusions, permissions
from app.domain.work import Work
from app.models import AuditLine, Intake, Status

#: Audit lines that change no list. Any other may change one.
_UNSHOWN = (
    "card.printed",
    "intake.compared",
    "intake.exported",
    "intake.opened",
    "log.note",
    "log.reason",
    "record.altered",
)
# A client's line has a time up to a minute ago, so it may sort behind newer ones.
_LAST = 50


@dataclass(frozen=True)
class QueueVersion:
    """With another version, the member's lists may look different."""

    version: str
    waiting: int


def read(work: Work) -> QueueVersion:
    """Return the version of the member's queue, by one statement and without an audit line."""
    permissions.require_active(work)
    me = work.member.account_id
    waiting = (
        select(func.count())
        .select_from(Intake)
        .where(Intake.status == Status.WAITING, ~exclusions.hidden_from(me))
        .scalar_subquery()
    )
    always = select(literal(1).label("one")).subquery("always")
    last = (
        select(AuditLine.id)
        .where(
            AuditLine.subject.like("intake/%"),
            AuditLine.kind.not_in(_UNSHOWN),
            ~exclusions.line_hidden_from(me),
        )
        .order_by(AuditLine.at.desc(), AuditLine.id)
        .limit(_LAST)
        .subquery("last")
    )
    found = work.session.execute(
        select(waiting.label("waiting"), last.c.id).select_from(always).outerjoin(last, true())
    ).all()
    written = b"".join(sorted(row.id.bytes for row in found if row.id is not None))
    return QueueVersion(hashlib.sha256(written).hexdigest()[:16], found[0].waiting)
