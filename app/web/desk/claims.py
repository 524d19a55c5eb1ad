"""Who has a request."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from app import current
from app.domain import claims
from app.web.desk.forms import DeskForm

bp = Blueprint("claims", __name__, url_prefix="/desk")


@bp.post("/<reference>/claim")
def claim(reference: str) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        claims.claim(work, reference)
    return redirect(f"/desk/{reference}", 303)
