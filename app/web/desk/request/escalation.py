"""Passing a request on to the next person."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from app import current
from app.domain.casework import escalation
from app.web.desk.forms import DeskForm

bp = Blueprint("escalation", __name__, url_prefix="/desk")


@bp.post("/<reference>/pass")
def pass_on(reference: str) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        escalation.pass_on(work, reference)
    return redirect(f"/desk/{reference}", 303)
