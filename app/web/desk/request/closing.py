"""The end of a request: closing it with an outcome, opening it again."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from app import current
from app.domain.casework import closing
from app.models import Outcome
from app.web.desk.forms import DeskForm
from app.web.desk.request.ending import CloseForm

bp = Blueprint("closing", __name__, url_prefix="/desk")


@bp.post("/<reference>/close")
def close(reference: str) -> ResponseReturnValue:
    form = CloseForm()
    if not form.accepted():
        with current.work() as work:
            reference = closing.closable(work, reference)
        return render_template("desk/request/close.html", reference=reference, form=form), 422
    with current.work() as work:
        closing.close(work, reference, Outcome(form.outcome.data))
    return redirect(f"/desk/{reference}", 303)


@bp.post("/<reference>/reopen")
def reopen(reference: str) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        closing.reopen(work, reference)
    return redirect(f"/desk/{reference}", 303)
