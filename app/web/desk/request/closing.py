"""Closes a request with an outcome, and opens it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from wtforms.validators import AnyOf

from app import current
from app.domain.casework import closing
from app.domain.intake.opening import Opened
from app.models import LogKind, Outcome
from app.web.desk import outcomes
from app.web.desk.forms import DeskForm, lazy_gettext, to_request
from app.web.questions.fields import Radio

bp = Blueprint("closing", __name__, url_prefix="/desk")


class CloseForm(DeskForm):
    offers: Mapping[str, Sequence[tuple[str, str]]] = {
        "outcome": [(outcome.value, end.full) for outcome, end in outcomes.ENDS.items()]
    }

    outcome = Radio(validate_choice=False, validators=[AnyOf(list(Outcome), lazy_gettext("Choose how it ended."))])


@dataclass(frozen=True)
class ClosedWith:
    """How a request ended, in words, and who closed it; None once their account is gone."""

    text: str
    by: str | None


def outcome(opened: Opened) -> ClosedWith | None:
    if opened.outcome is None:
        return None
    closers = [entry.by for entry in opened.history if entry.kind is LogKind.OUTCOME]
    return ClosedWith(str(outcomes.ENDS[opened.outcome].full), closers[-1] if closers else None)


@bp.post("/<reference>/close")
def close(reference: str) -> ResponseReturnValue:
    form = CloseForm()
    if not form.accepted():
        with current.work() as work:
            reference = closing.closable(work, reference)
        return render_template("desk/request/close.html", reference=reference, form=form), 422
    with current.work() as work:
        closing.close(work, reference, Outcome(form.outcome.data))
    return to_request(reference)


@bp.post("/<reference>/reopen")
def reopen(reference: str) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        closing.reopen(work, reference)
    return to_request(reference)
