"""Records calls, plans the next one, and gives two new code words when somebody else knows the old ones."""

from collections.abc import Mapping

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField
from wtforms.validators import AnyOf

from app import current
from app.domain.calls import call_log, code_words
from app.domain.calls.call_log import CallReport
from app.domain.intake import opening
from app.domain.work import Reason
from app.web.desk import outcomes
from app.web.desk.calls.card import Card
from app.web.desk.dates import MomentField
from app.web.desk.forms import NOTE, DeskForm, lazy_gettext, to_request

bp = Blueprint("call_log", __name__, url_prefix="/desk")

#: Reasons against a planned call, or its time.
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
    text = NOTE
    follow_up = MomentField()
    #: The member confirms a voicemail that the client does not allow: "yes".
    confirmed = StringField()
    #: The idempotency key: a page sent twice is one call.
    once = StringField()


class FollowUpForm(DeskForm):
    refusals: Mapping[Reason, str | None] = dict.fromkeys(_NOT_THEN, "at")

    at = MomentField()
    #: Cancel the planned call: "yes".
    remove = StringField()


class OnceForm(DeskForm):
    once = StringField()


@bp.post("/<reference>/attempt")
def attempt(reference: str) -> ResponseReturnValue:
    form = AttemptForm()
    if form.accepted():
        call = CallReport(form.outcome.data or "", form.direction.data or call_log.OUT, form.text.data or "")
        with form.refused_here(), current.work() as work:
            call_log.record(
                work,
                reference,
                call,
                follow_up_at=form.follow_up.maybe,
                confirmed=form.confirmed.data == "yes",
                idempotency_key=form.once.data,
            )
    if form.confirmed.errors:
        return render_template("desk/calls/voicemail.html", reference=opening.canonical(reference), form=form), 422
    if form.errors:
        return _page("desk/calls/attempt.html", reference, form), 422
    return _to_calls(reference)


@bp.post("/<reference>/follow-up")
def follow_up(reference: str) -> ResponseReturnValue:
    """Plan the next call, move it, or cancel it."""
    form = FollowUpForm()
    accepted = form.accepted()
    if form.remove.data == "yes":
        with current.work() as work:
            call_log.drop_follow_up(work, reference)
        return _to_calls(reference)
    if form.at.maybe is None:
        form.at.errors = form.at.errors or [gettext("Enter the day and time of the next call.")]
    elif accepted:
        with form.refused_here(), current.work() as work:
            call_log.plan_follow_up(work, reference, form.at.maybe)
    if form.errors:
        return _page("desk/calls/follow_up.html", reference, form), 422
    return _to_calls(reference)


@bp.post("/<reference>/words")
def renew_words(reference: str) -> str:
    """Show two new code words to read out now. The same page sent again shows the same words."""
    form = OnceForm()
    form.accepted()
    with current.work() as work:
        pair = code_words.renew(work, reference, form.once.data)
    return render_template("desk/calls/words_renewed.html", reference=opening.canonical(reference), pair=pair)


def _page(template: str, reference: str, form: DeskForm) -> str:
    """Show the form again beside the safe times; `Refused` when the client withdrew meanwhile."""
    with current.work() as work:
        opened = opening.open(work, reference)
    return render_template(template, intake=opened, form=form, card=Card.of(opened), choices=outcomes.CALLS)


def _to_calls(reference: str) -> ResponseReturnValue:
    return to_request(opening.canonical(reference), "calls")
