"""One request: the contact card first, then what was said; claim it, show the number."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from app import current
from app.domain import intakes
from app.domain.intakes import Opened, Tombstone
from app.web.desk import labels
from app.web.desk.forms import DeskForm

bp = Blueprint("intake", __name__, url_prefix="/desk")


@bp.get("/<reference>")
def show(reference: str) -> str:
    with current.work() as work:
        opened = intakes.open(work, reference)
    if isinstance(opened, Tombstone):
        return render_template("desk/tombstone.html", intake=opened)
    return render_template("desk/intake.html", form=DeskForm(formdata=None), **_card(opened))


@bp.post("/<reference>/claim")
def claim(reference: str) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        intakes.claim(work, reference)
    return redirect(f"/desk/{reference}", 303)


@bp.post("/<reference>/reveal")
def reveal(reference: str) -> str:
    """Show the whole number. Every showing is recorded, a reload too."""
    DeskForm().accepted()
    with current.work() as work:
        opened = intakes.reveal(work, reference)
    return render_template("desk/number.html", **_card(opened))


def _card(opened: Opened) -> dict[str, Any]:
    practice = current.practice()
    return {
        "intake": opened,
        "permissions": labels.permissions(opened.wishes),
        "windows": labels.windows(opened.wishes.when),
        "zone": labels.zone(opened.wishes.zone),
        "there": _there(opened.wishes.zone),
        "facts": labels.facts(opened.answers, practice),
        "licensed": opened.answers.state in practice.licensed_states,
    }


def _there(zone: str | None) -> datetime | None:
    """Return the client's local time, to be shown as it is on their clock."""
    return current.now().astimezone(ZoneInfo(zone)) if zone else None
