"""Shows the queue, and what keeps the service from working; says whether the queue changed."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.blueprints import BlueprintSetupState

from app import current, health
from app.domain.lists import queue
from app.domain.lists.queue import Cursor, View
from app.domain.rota import rota
from app.domain.vault import epochs
from app.domain.work import Missing
from app.web.desk import dates
from app.web.desk.lists import queue_rows

bp = Blueprint("queue", __name__, url_prefix="/desk")


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    # Pages write moments in the same words as the lists do.
    state.app.jinja_env.globals["dates"] = dates


@bp.get("/")
def show() -> str:
    view, after = _view(request.args.get("view", View.NOW)), request.args.get("after")
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
        lines=[queue_rows.line(row, now) for row in page.rows],
        views=[(one, queue_rows.VIEWS[one], page.counts[one]) for one in View],
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


def _view(name: str) -> View:
    try:
        return View(name)
    except ValueError as error:
        raise Missing from error
