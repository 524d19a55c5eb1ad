"""Closes a request with an outcome, and opens it again."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app import current
from app.domain.casework import claims
from app.models import Outcome
from app.web.desk.forms import run, to_request
from app.web.desk.outcomes import CloseForm

bp = Blueprint("closing", __name__, url_prefix="/desk")


@bp.post("/<reference>/close")
def close(reference: str) -> ResponseReturnValue:
    form = CloseForm()
    if not form.accepted():
        with current.work() as work:
            reference = claims.closable(work, reference)
        return render_template("desk/request/close.html", reference=reference, form=form), 422
    with current.work() as work:
        claims.close(work, reference, Outcome(form.outcome.data))
    return to_request(reference)


@bp.post("/<reference>/reopen")
def reopen(reference: str) -> ResponseReturnValue:
    return run(claims.reopen, reference)
