"""Shows the queue in words, and what keeps the service from working; says whether the queue changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext, lazy_gettext

from app import current, health
from app.domain.lists import queue
from app.domain.lists.bulk_open import ThreadSummary
from app.domain.lists.queue import Cursor, Row, View
from app.domain.rota import rota
from app.domain.vault import epochs
from app.domain.work import Missing
from app.models import Status
from app.web.desk import dates, outcomes

bp = Blueprint("queue", __name__, url_prefix="/desk")

_VIEWS = {
    View.NOW: lazy_gettext("For you now"),
    View.NEW: lazy_gettext("New"),
    View.MINE: lazy_gettext("Mine"),
    View.OPEN: lazy_gettext("All open"),
    View.FOLLOW_UPS: lazy_gettext("Follow-ups"),
    View.CLOSED: lazy_gettext("Closed"),
}


@dataclass(frozen=True)
class QueueRow:
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


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    # Pages write moments in the same words as the lists do.
    state.app.jinja_env.globals["dates"] = dates


@bp.get("/")
def show() -> str:
    name, after = request.args.get("view", View.NOW), request.args.get("after")
    if name not in set(View):
        raise Missing
    view = View(name)
    with current.read() as work:
        page = queue.page(work, view, Cursor.decode(after) if after else None)
        beat = queue.version(work)
        on_call, unproven = rota.on_call(work), epochs.unproven(work)
    with current.work() as work:
        queue.record(work, page)
    now = current.now()
    return render_template(
        "desk/lists/queue.html",
        page=page,
        lines=[_row(row, now) for row in page.rows],
        views=[(one, _VIEWS[one], page.counts[one]) for one in View],
        later=after is not None,
        pulse=beat,
        on_call=on_call,
        unproven=unproven,
        obstacle=health.obstacle(),
    )


@bp.get("/pulse")
def beat() -> dict[str, Any]:
    """Return the queue version for an open page. Opens nothing, records nothing, and is no activity."""
    with current.read() as work:
        taken = queue.version(work)
    return {"version": taken.version, "waiting": taken.waiting}


def _row(row: Row, now: datetime) -> QueueRow:
    contact, over = row.glance.contact, ""
    if row.status is not Status.CLOSED and row.due_at is not None and row.due_at <= now:
        over = gettext("%(span)s over", span=dates.span(row.due_at, now))
    return QueueRow(
        reference=row.reference,
        status=outcomes.state(row.status, row.outcome, row.claimed_by, mine=row.mine),
        language=gettext("Spanish") if row.language == "es" else "",
        time=_time(row, now),
        over=over,
        contact=_contact(row.glance, now),
        safe=contact is not None and contact.safe is not None and contact.safe.safe,
        flags=tuple(_flags(row, now)),
    )


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
        soon_over = safe.changes_at - now <= timedelta(hours=1)
        return gettext("Safe now, until %(at)s", at=at) if soon_over else gettext("Safe now")
    if dates.same_day(safe.changes_at, now):
        return gettext("From %(at)s", at=at)
    return gettext("Not today: %(at)s", at=at)


def _flags(row: Row, now: datetime) -> Iterator[str]:
    if row.glance.altered:
        yield gettext("This record was altered")
    if row.glance.locked:
        yield gettext("Your key does not open it yet")
    if row.calling:
        yield gettext("A call may be starting: %(name)s", name=row.calling)
    if row.glance.news_at:
        yield gettext("News from the return page")
    if row.follow_up_at and row.follow_up_at != row.due_at and row.status is not Status.CLOSED:
        yield gettext("Follow-up %(at)s", at=dates.near(row.follow_up_at, now))
