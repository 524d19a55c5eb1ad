"""Lists the requests that need somebody, and says whether the list changed.

It shows no names of clients; of their wishes, only when a call is safe.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true, tuple_, union_all
from sqlalchemy import Row as Found
from sqlalchemy.orm import aliased

from app.domain import audit, exclusions, permissions
from app.domain.intake import sealed
from app.domain.lists import bulk_open
from app.domain.lists.bulk_open import ThreadSummary
from app.domain.work import ALWAYS, Missing, Work
from app.models import Account, AuditLine, Intake, Outcome, Status, UtcDateTime

AT_ONCE = 25
#: What is due by this time tomorrow is today's work.
SOON = timedelta(hours=24)
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

_KEY = (Intake.due_at, Intake.received_at, Intake.reference)
_SHOWN = (
    *sealed.COLUMNS,
    Intake.claimed_by,
    Intake.status,
    Intake.language,
    Intake.due_at,
    Intake.follow_up_at,
    Intake.calling_until,
    Intake.outcome,
    Intake.closed_at,
)


class View(StrEnum):
    """Which requests a list is of."""

    #: Those that nobody has, and the member's own that are due soon.
    NOW = "now"
    NEW = "new"
    MINE = "mine"
    OPEN = "open"
    FOLLOW_UPS = "follow-ups"
    CLOSED = "closed"


@dataclass(frozen=True)
class Row:
    """One line of the queue. `claimed_by` is a colleague's name, None while anybody may claim it."""

    reference: str
    status: Status
    received_at: datetime
    language: str
    claimed_by: str | None
    mine: bool
    due_at: datetime | None
    follow_up_at: datetime | None
    #: Who is dialing.
    calling: str | None
    outcome: Outcome | None
    closed_at: datetime | None
    #: Empty once it is closed.
    glance: ThreadSummary


@dataclass(frozen=True)
class QueuePage:
    """A part of one list. `after` leads to the next part, None at the end."""

    view: View
    rows: tuple[Row, ...]
    after: str | None
    counts: Mapping[View, int]


@dataclass(frozen=True)
class Cursor:
    """Behind which row a page begins, in the order of due and arrival; closed ones in the order of their end."""

    due_at: datetime | None
    at: datetime
    reference: str

    @classmethod
    def decode(cls, text: str) -> Self:
        """Return what `encoded` wrote; `Missing` for anything else."""
        try:
            due, at, reference = base64.b64decode(text, b"-_", validate=True).decode().split("|")
            return cls(_moment(due) if due else None, _moment(at), reference)
        except (binascii.Error, ValueError) as error:
            raise Missing from error

    @property
    def encoded(self) -> str:
        due = self.due_at.isoformat() if self.due_at else ""
        return base64.urlsafe_b64encode(f"{due}|{self.at.isoformat()}|{self.reference}".encode()).decode()


def page(work: Work, view: View, after: Cursor | None = None) -> QueuePage:
    """Return a part of a list: what is due first, then who waits longest. The caller records it."""
    permissions.require_active(work)
    found = work.session.execute(_closed(work, after) if view is View.CLOSED else _open(work, view, after)).all()
    rows, more = found[:AT_ONCE], len(found) > AT_ONCE
    last = None
    if more and view is View.CLOSED:
        last = Cursor(None, rows[-1].closed_at, rows[-1].reference)
    elif more:
        last = Cursor(rows[-1].due_at, rows[-1].received_at, rows[-1].reference)
    threads = bulk_open.summarize_threads(work, [row for row in rows if row.status is not Status.CLOSED])
    lines = tuple(_line(work, row, threads.get(row.reference, ThreadSummary())) for row in rows)
    return QueuePage(view, lines, last.encoded if last else None, _counts(work))


def record(work: Work, page: QueuePage) -> None:
    audit.record(work, "queue.opened", f"queue/{page.view}", entry=len(page.rows))


class QueueVersion(NamedTuple):
    """With another version, the member's lists may look different."""

    version: str
    waiting: int


def version(work: Work) -> QueueVersion:
    """Return the version of the member's queue, by one statement and without an audit line."""
    permissions.require_active(work)
    me = work.member.account_id
    waiting = (
        select(func.count())
        .select_from(Intake)
        .where(Intake.status == Status.WAITING, ~exclusions.hidden_from(me))
        .scalar_subquery()
    )
    last = (
        select(AuditLine.id)
        .where(AuditLine.subject.like("intake/%"), AuditLine.kind.not_in(_UNSHOWN), ~exclusions.line_hidden_from(me))
        .order_by(AuditLine.at.desc(), AuditLine.id)
        .limit(_LAST)
        .subquery("last")
    )
    found = work.session.execute(
        select(waiting.label("waiting"), last.c.id).select_from(ALWAYS).outerjoin(last, true())
    ).all()
    written = b"".join(sorted(row.id.bytes for row in found if row.id is not None))
    return QueueVersion(hashlib.sha256(written).hexdigest()[:16], found[0].waiting)


class _Part(NamedTuple):
    """A part of a list that one index gives in order."""

    members: ColumnElement[bool]
    #: Some of them may have nothing due.
    undue: bool = True


def _parts(work: Work, view: View) -> Sequence[_Part]:
    waiting, claimed = Intake.status == Status.WAITING, Intake.status == Status.CLAIMED
    mine = and_(claimed, Intake.claimed_by == work.member.account_id)
    planned = Intake.follow_up_at.is_not(None)
    return {
        View.NOW: (_Part(waiting), _Part(and_(mine, Intake.due_at <= work.now + SOON), undue=False)),
        View.NEW: (_Part(waiting),),
        View.MINE: (_Part(mine),),
        View.OPEN: (_Part(waiting), _Part(claimed)),
        View.FOLLOW_UPS: (_Part(and_(waiting, planned)), _Part(and_(claimed, planned))),
        View.CLOSED: (_Part(Intake.status == Status.CLOSED),),
    }[view]


def _open(work: Work, view: View, after: Cursor | None) -> Select[*tuple[Any, ...]]:
    """Select open ones: of each part those with a due time, in order, then the others."""
    found = []
    among_due = after is None or after.due_at is not None
    for members, undue in _parts(work, view):
        mine = and_(members, ~exclusions.hidden_from(work.member.account_id))
        if among_due:
            found.append(_first(and_(mine, Intake.due_at.is_not(None), _behind(_KEY, after)), _KEY))
        if undue:
            behind = _behind(_KEY[1:], None if among_due else after)
            found.append(_first(and_(mine, Intake.due_at.is_(None), behind), _KEY[1:]))
    first = union_all(*(select(part.subquery()) for part in found)).subquery()
    return _lines(first.c.id).order_by(Intake.due_at.is_(None), *_KEY)


def _closed(work: Work, after: Cursor | None) -> Select[*tuple[Any, ...]]:
    [part] = _parts(work, View.CLOSED)
    order = (Intake.closed_at.desc(), Intake.reference)
    first = _first(and_(part.members, ~exclusions.hidden_from(work.member.account_id)), order)
    if after is not None:
        same = and_(Intake.closed_at == after.at, Intake.reference > after.reference)
        first = first.where((Intake.closed_at < after.at) | same)
    return _lines(first.subquery().c.id).order_by(*order)


def _first(condition: ColumnElement[bool], order: Sequence[Any]) -> Select[UUID]:
    """Select one more than a page shows: it tells that there are more."""
    return select(Intake.id).where(condition).order_by(*order).limit(AT_ONCE + 1)


def _behind(key: Sequence[Any], after: Cursor | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    moments = (after.due_at, after.at)[-len(key) + 1 :]
    bound = [literal(moment, UtcDateTime()) for moment in moments]
    return tuple_(*key) > tuple_(*bound, literal(after.reference))


def _lines(ids: ColumnElement[UUID]) -> Select[*tuple[Any, ...]]:
    owner, caller = aliased(Account), aliased(Account)
    return (
        select(*_SHOWN, owner.name.label("owner"), caller.name.label("caller"))
        .outerjoin(owner, owner.id == Intake.claimed_by)
        .outerjoin(caller, caller.id == Intake.calling_by)
        .where(Intake.id.in_(select(ids)))
        .limit(AT_ONCE + 1)
    )


def _line(work: Work, row: Found[Any], glance: ThreadSummary) -> Row:
    calling = row.calling_until is not None and work.now < row.calling_until
    return Row(
        reference=row.reference,
        status=row.status,
        received_at=row.received_at,
        language=row.language,
        claimed_by=row.owner,
        mine=row.claimed_by == work.member.account_id,
        due_at=row.due_at,
        follow_up_at=row.follow_up_at,
        calling=row.caller if calling else None,
        outcome=row.outcome,
        closed_at=row.closed_at,
        glance=glance,
    )


def _counts(work: Work) -> dict[View, int]:
    listed = [func.count().filter(or_(*(part.members for part in _parts(work, view)))) for view in View]
    shown = Intake.status.in_((Status.WAITING, Status.CLAIMED, Status.CLOSED))
    found = work.session.execute(select(*listed).where(shown, ~exclusions.hidden_from(work.member.account_id))).one()
    return dict(zip(View, found, strict=True))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment
