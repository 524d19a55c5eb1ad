"""Sends replies to the return page: chosen from templates, in the client's language."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField

from app import current
from app.domain.casework import notes
from app.domain.intake.returning import TEMPLATES
from app.web import errors
from app.web.desk.forms import DeskForm, entry_number, to_request
from app.web.questions.fields import Radio

bp = Blueprint("replies", __name__, url_prefix="/desk")


class AnswerForm(DeskForm):
    template = Radio(validate_choice=False)
    #: How long the thread was when the member chose the reply.
    entry = HiddenField()
    once = HiddenField()


@bp.post("/<reference>/message")
def send(reference: str) -> ResponseReturnValue:
    form = AnswerForm()
    form.accepted()
    if form.template.data not in TEMPLATES:
        return errors.say(422, gettext("Choose an answer."))
    with current.work() as work:
        notes.reply(
            work, reference, form.template.data, idempotency_key=form.once.data, entry=entry_number(form.entry.data)
        )
    return to_request(reference, "history")
