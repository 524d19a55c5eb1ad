"""Stores notes for the team."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import current
from app.domain.casework import notes
from app.web.desk.forms import to_request
from app.web.desk.request import note_forms
from app.web.desk.request.note_forms import NoteForm

bp = Blueprint("notes", __name__, url_prefix="/desk")

_RETRY_SECONDS = "30"


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
        return note_forms.page(form, sentence), 503, {"Retry-After": _RETRY_SECONDS}
    return to_request(reference, "history")
