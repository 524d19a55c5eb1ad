"""How a call went, written down in one tap; what is planned next; two new words where somebody knows the old ones."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import AnyOf, Length

from app import current
from app.domain.calls import call_log, code_words, follow_ups
from app.domain.calls.call_log import CallReport
from app.domain.intake import opening
from app.domain.intake.opening import Opened
from app.domain.work import Reason
from app.web.desk import outcomes
from app.web.desk.calls import call_history, card
from app.web.desk.dates import MomentField
from app.web.desk.forms import DeskForm, lazy_gettext
from app.web.questions import text_input

bp = Blueprint("call_log", __name__, url_prefix="/desk")

#: Why no call is planned, or not then.
_NOT_THEN = (
    Reason.THEY_CALL,
    Reason.PLAN_WRONG_NUMBER,
    Reason.TRIES,
    Reason.FOLLOW_UP_PAST,
    Reason.FOLLOW_UP_FAR,
    Reason.FOLLOW_UP_UNSAFE,
)


class AttemptForm(DeskForm):
    refusals: Mapping[Reason, str | None] = {**dict.fromkeys(_NOT_THEN, "follow_up"), Reason.VOICEMAIL: "confirmed"}

    outcome = StringField(validators=[AnyOf(call_log.OUTCOMES, message=lazy_gettext("Choose how the call went."))])
    direction = StringField(
        default=call_log.OUT, validators=[AnyOf(call_log.DIRECTIONS, message=lazy_gettext("Choose who called."))]
    )
    text = TextAreaField(
        filters=[text_input.paragraphs],
        validators=[
            Length(max=call_history.NOTE_LETTERS, message=lazy_gettext("Make your note shorter, up to 900 letters."))
        ],
    )
    follow_up = MomentField()
    #: A voicemail was left although they do not allow one: "yes".
    confirmed = StringField()
    #: New on every page, so that a page sent twice is one call.
    once = StringField()


class FollowUpForm(DeskForm):
    refusals: Mapping[Reason, str | None] = dict.fromkeys(_NOT_THEN, "at")

    at = MomentField()
    #: Take back what was planned: "yes".
    remove = StringField()


class OnceForm(DeskForm):
    once = StringField()


@bp.post("/<reference>/attempt")
def attempt(reference: str) -> ResponseReturnValue:
    form = AttemptForm()
    if not form.accepted():
        return _again(reference, form)
    call = CallReport(form.outcome.data or "", form.direction.data or call_log.OUT, form.text.data or "")
    confirmed = form.confirmed.data == "yes"
    with form.refused_here(), current.work() as work:
        call_log.record(
            work, reference, call, follow_up_at=form.follow_up.maybe, confirmed=confirmed, nonce=form.once.data
        )
    if form.confirmed.errors:
        return render_template("desk/calls/voicemail.html", reference=opening.canonical(reference), form=form), 422
    return _again(reference, form) if form.errors else _back_to(reference)


@bp.post("/<reference>/follow-up")
def follow_up(reference: str) -> ResponseReturnValue:
    """Plan the next call, plan another time for it, or take it back."""
    form = FollowUpForm()
    accepted, at = form.accepted(), form.at.maybe
    if form.remove.data == "yes":
        with current.work() as work:
            follow_ups.drop(work, reference)
        return _back_to(reference)
    if accepted and at is None:
        form.at.errors = [gettext("Enter the day and time of the next call.")]
    if at is not None and accepted:
        with form.refused_here(), current.work() as work:
            follow_ups.plan(work, reference, at)
    if form.errors:
        return render_template("desk/calls/follow_up.html", form=form, **card.facts(_opened(reference))), 422
    return _back_to(reference)


@bp.post("/<reference>/words")
def renew_words(reference: str) -> str:
    """Show two new words to be read out now. A page that is sent again shows the same ones."""
    form = OnceForm()
    form.accepted()
    with current.work() as work:
        pair = code_words.renew(work, reference, form.once.data)
    return render_template("desk/calls/words_renewed.html", reference=opening.canonical(reference), pair=pair)


def _again(reference: str, form: AttemptForm) -> ResponseReturnValue:
    opened = _opened(reference)
    return render_template("desk/calls/attempt.html", form=form, choices=outcomes.CALLS, **card.facts(opened)), 422


def _opened(reference: str) -> Opened:
    """Open a request once more to show its safe times; `Refused` once it was taken back."""
    with current.work() as work:
        return opening.open(work, reference)


def _back_to(reference: str) -> ResponseReturnValue:
    """Lead to what may come next: the page of the request, where it speaks of calls."""
    return redirect(f"/desk/{opening.canonical(reference)}#calls", 303)
