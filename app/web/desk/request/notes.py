"""Stores notes for the team, and sends replies to the return page: chosen from templates, in the client's language."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField

from app import current
from app.domain.casework import notes
from app.domain.intake.returning import TEMPLATES
from app.web import errors
from app.web.desk.forms import DeskForm, entry_number, to_request
from app.web.desk.request import note_forms
from app.web.desk.request.note_forms import NoteForm
from app.web.questions.fields import Radio

bp = Blueprint("notes", __name__, url_prefix="/desk")


class ReplyForm(DeskForm):
    template = Radio(validate_choice=False)
    #: How long the thread was when the member chose the reply.
    entry = HiddenField()
    once = HiddenField()


@bp.post("/<reference>/note")
def write(reference: str) -> ResponseReturnValue:
    form = NoteForm()
    if not form.accepted():
        return note_forms.page(form), 422
    try:
        with current.work() as work:
            notes.write(work, reference, form.text.data or "", idempotency_key=form.once.data, kept_at=form.kept_at)
    except current.Unavailable:
        sentence = gettext("We can't save this right now. Nothing is lost: send it again in a moment.")
        return note_forms.page(form, sentence), 503, {"Retry-After": "30"}
    return to_request(reference, "history")


@bp.post("/<reference>/message")
def reply(reference: str) -> ResponseReturnValue:
    form = ReplyForm()
    form.accepted()
    if form.template.data not in TEMPLATES:
        return errors.say(422, gettext("Choose an answer."))
    entry = entry_number(form.entry.data)
    with current.work() as work:
        notes.reply(work, reference, form.template.data, idempotency_key=form.once.data, entry=entry)
    return to_request(reference, "history")
