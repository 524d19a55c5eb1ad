"""Who has a request, who gets it, and who never does."""

from uuid import UUID

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField

from app import current
from app.domain.casework import claims, drafts
from app.domain.work import Reason, Refused
from app.web import errors
from app.web.desk.forms import DeskForm
from app.web.desk.request import note_forms
from app.web.desk.request.note_forms import UnsavedNoteForm

bp = Blueprint("claims", __name__, url_prefix="/desk")


class ToForm(DeskForm):
    to = StringField()


class WhoForm(DeskForm):
    who = StringField()


@bp.post("/<reference>/claim")
def claim(reference: str) -> ResponseReturnValue:
    """Claim it; a note that is being typed meanwhile comes along, and is lost neither way."""
    form = UnsavedNoteForm()
    if not form.accepted():
        return note_forms.page(form), 422
    text = form.text.data or ""
    try:
        with current.work() as work:
            claims.claim(work, reference)
            kept = not text or drafts.keep(work, reference, text, instead_of=form.kept_at)
    except Refused as refused:
        if not text or refused.reason not in (Reason.CLAIMED, Reason.CLOSED):
            raise
        return note_forms.page(form, errors.sentence(refused), **refused.facts), 409
    return _back(reference) if kept else note_forms.page(form, gettext("This request is yours."))


@bp.post("/<reference>/release")
def release(reference: str) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        claims.release(work, reference)
    return _back(reference)


@bp.post("/<reference>/handover")
def hand_over(reference: str) -> ResponseReturnValue:
    form = ToForm()
    form.accepted()
    to = _chosen(form.to)
    if to is None:
        return errors.say(422, gettext("Choose a colleague."))
    with current.work() as work:
        claims.hand_over(work, reference, to)
    return _back(reference)


@bp.post("/<reference>/exclude")
def exclude(reference: str) -> ResponseReturnValue:
    form = WhoForm()
    form.accepted()
    who = _chosen(form.who)
    if who is None:
        return errors.say(422, gettext("Choose a colleague."))
    with current.work() as work:
        claims.exclude(work, reference, who)
        mine = who == work.member.account_id
    # For somebody who excluded themselves there is no such page any more.
    return redirect("/desk/", 303) if mine else _back(reference)


@bp.post("/<reference>/include")
def include(reference: str) -> ResponseReturnValue:
    form = WhoForm()
    form.accepted()
    who = _chosen(form.who)
    if who is None:
        return errors.say(422, gettext("Choose a colleague."))
    with current.work() as work:
        claims.include(work, reference, who)
    return _back(reference)


def _chosen(field: StringField) -> UUID | None:
    try:
        return UUID(field.data or "")
    except ValueError:
        return None


def _back(reference: str) -> ResponseReturnValue:
    return redirect(f"/desk/{reference}", 303)
