"""What the list says about a request, in words: since when, by when, whose, and whether it can be called now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flask_babel import format_datetime, gettext, lazy_gettext, ngettext

from app.domain.lists.queue import Row, View
from app.domain.lists.thread_summaries import ThreadSummary
from app.models import Outcome, Status
from app.web.desk import outcomes

VIEWS = {
    View.NOW: lazy_gettext("For you now"),
    View.NEW: lazy_gettext("New"),
    View.MINE: lazy_gettext("Mine"),
    View.OPEN: lazy_gettext("All open"),
    View.FOLLOW_UPS: lazy_gettext("Follow-ups"),
    View.CLOSED: lazy_gettext("Closed"),
}
_LANGUAGES = {"es": lazy_gettext("Spanish")}
_KEEP = "\N{NO-BREAK SPACE}"
_AN_HOUR = timedelta(hours=1)
_A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class QueueRow:
    """One request on the list."""

    reference: str
    status: str
    #: Empty for English.
    language: str
    #: Since when, or by when.
    time: str
    #: How long it is overdue; empty while it is not.
    over: str
    #: When a call is safe; empty where there is nothing to say.
    contact: str
    safe: bool
    #: What to know before it is opened.
    flags: tuple[str, ...]


class Held(Protocol):
    """Something that somebody may have."""

    @property
    def status(self) -> Status: ...
    @property
    def mine(self) -> bool: ...
    @property
    def claimed_by(self) -> str | None: ...
    @property
    def outcome(self) -> Outcome | None: ...


def line(row: Row, now: datetime) -> QueueRow:
    safe = row.glance.contact.safe if row.glance.contact else None
    overdue = row.status is not Status.CLOSED and row.due_at is not None and row.due_at <= now
    return QueueRow(
        reference=row.reference,
        status=state(row),
        language=str(_LANGUAGES.get(row.language, "")),
        time=_time(row, now),
        over=gettext("%(span)s over", span=span(row.due_at, now)) if overdue and row.due_at else "",
        contact=_contact(row.glance, now),
        safe=safe is not None and safe.safe,
        flags=tuple(_flags(row, now)),
    )


def state(held: Held) -> str:
    """Return whose it is, or how it ended."""
    if held.status in (Status.WITHDRAWN, Status.ERASED):
        return gettext("Taken back")
    if held.outcome is not None:
        return outcomes.closed(held.outcome)
    if held.mine:
        return gettext("With you")
    return gettext("With %(name)s", name=held.claimed_by) if held.claimed_by else gettext("New")


def span(since: datetime, until: datetime) -> str:
    """Return how long that is, in the largest unit that fits."""
    minutes = int((until - since).total_seconds() // 60)
    if minutes < 1:
        return gettext("a moment")
    if minutes < 60:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)d hour", "%(num)d hours", minutes // 60)
    return ngettext("%(num)d day", "%(num)d days", minutes // (24 * 60))


def clock(at: datetime, now: datetime) -> str:
    """Return a time on the practice's clock, with as much of its day as it takes: "10 am", "Tue 10 am"."""
    hour = _formatted(at, "h" if _formatted(at, "mm") == "00" else "h:mm")
    time = gettext("noon") if _formatted(at, "HH:mm") == "12:00" else f"{hour}{_KEEP}{_formatted(at, 'a').lower()}"
    if _same_day(at, now):
        return time
    far = abs(at - now) >= _A_WEEK or _formatted(at, "EEE") == _formatted(now, "EEE")
    day = _formatted(at, "EEE d MMM" if far else "EEE")
    return f"{day}{_KEEP}{time}"


def _time(row: Row, now: datetime) -> str:
    if row.closed_at is not None:
        return gettext("%(span)s ago", span=span(row.closed_at, now))
    if row.due_at is not None and row.due_at == row.follow_up_at:
        return gettext("planned for %(at)s", at=clock(row.due_at, now))
    if row.due_at is not None and row.due_at <= now:
        return gettext("promised by %(at)s", at=clock(row.due_at, now))
    waits = gettext("waits %(span)s", span=span(row.glance.news_at or row.received_at, now))
    if row.due_at is not None:
        return gettext("%(waits)s, promised by %(at)s", waits=waits, at=clock(row.due_at, now))
    return gettext("asked %(span)s ago", span=span(row.received_at, now)) if row.claimed_by else waits


def _contact(glance: ThreadSummary, now: datetime) -> str:
    if glance.contact is None:
        return ""
    if glance.contact.they_call:
        return gettext("They call us")
    safe = glance.contact.safe
    if safe is None:
        return gettext("No safe time")
    at = clock(safe.changes_at, now)
    if safe.safe:
        soon_over = safe.changes_at - now <= _AN_HOUR
        return gettext("Safe now, until %(at)s", at=at) if soon_over else gettext("Safe now")
    if _same_day(safe.changes_at, now):
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
        flags.append(gettext("Follow-up %(at)s", at=clock(row.follow_up_at, now)))
    return flags


def _same_day(one: datetime, other: datetime) -> bool:
    return _formatted(one, "yMMdd") == _formatted(other, "yMMdd")


def _formatted(at: datetime, pattern: str) -> str:
    return str(format_datetime(at, pattern))  # type: ignore[no-untyped-call]
