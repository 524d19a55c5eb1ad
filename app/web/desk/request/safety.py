"""Records where the client is, and runs the clock of an emergency that has to be reported."""

from collections.abc import Mapping

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField
from wtforms.validators import AnyOf

from app import current
from app.domain.casework import safety
from app.domain.work import Reason
from app.web import errors
from app.web.desk.dates import MomentField
from app.web.desk.forms import DeskForm, lazy_gettext, to_request
from app.web.questions import choices
from app.web.questions.fields import Pick

bp = Blueprint("safety", __name__, url_prefix="/desk")

_KINDS = (safety.CHILD_HARM, safety.DANGER)


class LocationForm(DeskForm):
    state = Pick(validate_choice=False)


class EmergencyForm(DeskForm):
    kind = StringField(validators=[AnyOf(_KINDS, lazy_gettext("Choose what happened."))])


class ReportForm(EmergencyForm):
    refusals: Mapping[Reason, str | None] = {Reason.OTHER_TIME: "happened_at"}

    happened_at = MomentField(lazy_gettext("Enter the day and time when it was reported."))


@bp.post("/<reference>/location")
def locate(reference: str) -> ResponseReturnValue:
    form = LocationForm()
    form.accepted()
    if form.state.data not in dict(choices.states(current.practice())):
        return errors.say(422, gettext("Choose the state they are in."))
    with current.work() as work:
        safety.locate(work, reference, form.state.data)
    return to_request(reference)


@bp.post("/<reference>/emergency")
def begin(reference: str) -> ResponseReturnValue:
    form = EmergencyForm()
    if not form.accepted():
        return errors.say(422, form.kind.errors[0])
    with current.work() as work:
        safety.begin(work, reference, form.kind.data or "")
    return to_request(reference)


@bp.post("/<reference>/reported")
def report(reference: str) -> ResponseReturnValue:
    form = ReportForm()
    right = form.accepted()
    if form.kind.errors:
        return errors.say(422, form.kind.errors[0])
    if right:
        with form.refused_here(), current.work() as work:
            safety.report(work, reference, form.kind.data or "", form.happened_at.moment)
    if form.errors:
        return render_template("desk/request/reported.html", form=form, reference=reference), 409 if right else 422
    return to_request(reference)
