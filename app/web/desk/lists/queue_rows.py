"""Puts a row of the queue into words: its times, its member, and whether the client can be called now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext, lazy_gettext

from app.domain.lists.bulk_open import ThreadSummary
from app.domain.lists.queue import Row, View
from app.domain.lists.search import Hit
from app.models import Status
from app.web.desk import dates, outcomes

VIEWS = {
    View.NOW: lazy_gettext("For you now"),
    View.NEW: lazy_gettext("New"),
    View.MINE: lazy_gettext("Mine"),
    View.OPEN: lazy_gettext("All open"),
    View.FOLLOW_UPS: lazy_gettext("Follow-ups"),
    View.CLOSED: lazy_gettext("Closed"),
}
_LANGUAGES = {"es": lazy_gettext("Spanish")}
_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class QueueRow:
    """One request on the list."""

    reference: str
    status: str
    #: Empty for English.
    language: str
    #: Since when it waits, or by when it is due.
    time: str
    #: How long it is overdue; empty if it is not.
    over: str
    #: When a call is safe; may be empty.
    contact: str
    safe: bool
    #: Warnings before it is opened.
    flags: tuple[str, ...]


def line(row: Row, now: datetime) -> QueueRow:
    safe = row.glance.contact.safe if row.glance.contact else None
    overdue = row.status is not Status.CLOSED and row.due_at is not None and row.due_at <= now
    return QueueRow(
        reference=row.reference,
        status=state(row),
        language=str(_LANGUAGES.get(row.language, "")),
        time=_time(row, now),
        over=gettext("%(span)s over", span=dates.span(row.due_at, now)) if overdue and row.due_at else "",
        contact=_contact(row.glance, now),
        safe=safe is not None and safe.safe,
        flags=tuple(_flags(row, now)),
    )


def state(row: Row | Hit) -> str:
    """Return which member has it, or how it ended."""
    if row.status in (Status.WITHDRAWN, Status.ERASED):
        return gettext("Taken back")
    if row.outcome is not None:
        return outcomes.closed(row.outcome)
    if row.mine:
        return gettext("With you")
    return gettext("With %(name)s", name=row.claimed_by) if row.claimed_by else gettext("New")


def _time(row: Row, now: datetime) -> str:
    if row.closed_at is not None:
        return gettext("%(span)s ago", span=dates.span(row.closed_at, now))
    if row.due_at is not None and row.due_at == row.follow_up_at:
        return gettext("planned for %(at)s", at=dates.near(row.due_at, now))
    if row.due_at is not None and row.due_at <= now:
        return gettext("promised by %(at)s", at=dates.near(row.due_at, now))
    waits = gettext("waits %(span)s", span=dates.span(row.glance.news_at or row.received_at, now))
    if row.due_at is not None:
        return gettext("%(waits)s, promised by %(at)s", waits=waits, at=dates.near(row.due_at, now))
    return gettext("asked %(span)s ago", span=dates.span(row.received_at, now)) if row.claimed_by else waits


def _contact(glance: ThreadSummary, now: datetime) -> str:
    if glance.contact is None:
        return ""
    if glance.contact.they_call:
        return gettext("They call us")
    safe = glance.contact.safe
    if safe is None:
        return gettext("No safe time")
    at = dates.near(safe.changes_at, now)
    if safe.safe:
        soon_over = safe.changes_at - now <= _AN_HOUR
        return gettext("Safe now, until %(at)s", at=at) if soon_over else gettext("Safe now")
    if dates.same_day(safe.changes_at, now):
        return gettext("From %(at)s", at=at)
    return gettext("Not today: %(at)s", at=at)


def _flags(row: Row, now: datetime) -> list[str]:
    flags = []
    if row.glance.altered:
        flags.append(gettext("This record was altered"))
    if row.glance.locked:
        flags.append(gettext("Your key does not open it yet"))
    if row.calling:
        flags.append(gettext("A call may be starting: %(name)s", name=row.calling))
    if row.glance.news_at:
        flags.append(gettext("News from the return page"))
    if row.follow_up_at and row.follow_up_at != row.due_at and row.status is not Status.CLOSED:
        flags.append(gettext("Follow-up %(at)s", at=dates.near(row.follow_up_at, now)))
    return flags
