"""Decides which member has a request until it is closed, who is notified next, and for whom it does not exist."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField

from app import current
from app.domain.casework import claims, escalation, notes
from app.domain.work import Reason, Refused, Work
from app.models import Outcome
from app.web import errors
from app.web.desk.forms import DeskForm, run, to_request
from app.web.desk.outcomes import CloseForm
from app.web.desk.request import note_forms
from app.web.desk.request.note_forms import UnsavedNoteForm

bp = Blueprint("claims", __name__, url_prefix="/desk")


class ToForm(DeskForm):
    to = StringField()


class WhoForm(DeskForm):
    who = StringField()


@bp.post("/<reference>/claim")
def claim(reference: str) -> ResponseReturnValue:
    """Claim the request. A note that the member is typing is stored with it, and never lost."""
    form = UnsavedNoteForm()
    if not form.accepted():
        return note_forms.page(form), 422
    text = form.text.data or ""
    try:
        with current.work() as work:
            claims.claim(work, reference)
            stored = not text or notes.keep_draft(
                work, work.member.account_id, reference, text, instead_of=form.kept_at
            )
    except Refused as refused:
        if not text or refused.reason not in (Reason.CLAIMED, Reason.CLOSED):
            raise
        return note_forms.page(form, errors.sentence(refused), **refused.facts), 409
    return to_request(reference) if stored else note_forms.page(form, gettext("This request is yours."))


@bp.post("/<reference>/release")
def release(reference: str) -> ResponseReturnValue:
    return run(claims.release, reference)


@bp.post("/<reference>/pass")
def pass_on(reference: str) -> ResponseReturnValue:
    return run(escalation.pass_on, reference)


@bp.post("/<reference>/handover")
def hand_over(reference: str) -> ResponseReturnValue:
    form = ToForm()
    return _decide(reference, form, form.to, claims.hand_over)


@bp.post("/<reference>/exclude")
def exclude(reference: str) -> ResponseReturnValue:
    form = WhoForm()
    return _decide(reference, form, form.who, claims.exclude)


@bp.post("/<reference>/include")
def include(reference: str) -> ResponseReturnValue:
    form = WhoForm()
    return _decide(reference, form, form.who, claims.include)


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


def _decide(
    reference: str, form: DeskForm, field: StringField, rule: Callable[[Work, str, UUID], None]
) -> ResponseReturnValue:
    """Apply a rule to the request and the colleague whom the member chose."""
    form.accepted()
    try:
        colleague = UUID(field.data or "")
    except ValueError:
        return errors.say(422, gettext("Choose a colleague."))
    with current.work() as work:
        rule(work, reference, colleague)
        excludes_self = rule is claims.exclude and colleague == work.member.account_id
    # The page does not exist any more for a member who excluded themselves.
    return redirect(url_for("queue.show"), 303) if excludes_self else to_request(reference)
