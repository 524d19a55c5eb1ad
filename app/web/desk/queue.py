"""The first page: who waits, how long, and what keeps the service from working."""

from flask import Blueprint, render_template

from app import current
from app.domain import queue, rota

bp = Blueprint("queue", __name__, url_prefix="/desk")


@bp.get("/")
def show() -> str:
    with current.look() as work:
        rows = queue.open_intakes(work)
        on_call = rota.on_call(work)
    return render_template(
        "desk/queue.html", rows=rows, on_call=on_call, obstacle=current.obstacle(), now=current.now()
    )
