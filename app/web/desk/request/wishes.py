"""Confirms wishes and number by voice: the questions of the form, filled in with the answers that are in force."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField, ValidationError

from app import current, health
from app.domain.casework import confirmed_wishes
from app.domain.intake import opening
from app.domain.intake.opening import Gone, Opened
from app.domain.work import Reason
from app.web.desk import dates
from app.web.desk.calls.card import Updates
from app.web.desk.forms import DeskForm, entry_number, to_request
from app.web.questions import contact, times
from app.web.questions.contact import SafeContact
from app.web.questions.fields import Checks, LineField, Pick, Radio

bp = Blueprint("wishes", __name__, url_prefix="/desk")

_KEEP, _TOLD = "keep", "told"


class SettleForm(SafeContact, DeskForm):
    """All wishes as the client says them now: an empty box is a no."""

    refusals: Mapping[Reason, str | None] = {Reason.NOTHING_TO_CALL: "which", Reason.THREAD_GREW: None}

    way = Radio(validate_choice=False)
    #: Which number to call: the one in force, the entry of a new one, or one that is typed here.
    which = Radio(validate_choice=False)
    phone = LineField()
    #: The client says that a number marked as wrong is right: "yes".
    is_right = Checks(validate_choice=False)
    ok = Checks(validate_choice=False)
    when = Checks(validate_choice=False)
    tz = Pick(validate_choice=False)
    #: How long the thread was when the questions were shown.
    entry = HiddenField()
    once = HiddenField()

    def __init__(self, **options: Any) -> None:
        self.practice, self.now = current.practice(), current.now()
        super().__init__(**options)
        self.offer_contact()

    def validate_which(self, field: Radio) -> None:
        if field.data not in (_KEEP, _TOLD) and self.chosen is None:
            raise ValidationError(gettext("Choose which number holds."))

    def validate_phone(self, field: LineField) -> None:
        if self.which.data == _TOLD:
            if not field.data:
                raise ValidationError(gettext("Enter the number they told you."))
            self.number = contact.read_number(field.data)
        elif field.data:
            raise ValidationError(gettext("Choose “Another number” above to use this one, or leave it empty."))

    @property
    def chosen(self) -> int | None:
        """The entry of the new number that was chosen; None for any other number."""
        return entry_number(self.which.data)


@bp.get("/<reference>/wishes")
def ask(reference: str) -> ResponseReturnValue:
    """Show the questions with the wishes in force as their answers."""
    try:
        with current.work() as work:
            opened = opening.open(work, reference)
    except Gone as gone:
        return to_request(gone.tombstone.reference)
    wishes = opened.wishes
    held = {"vm": wishes.voicemail, "sms": wishes.text, "ask": wishes.ask, "name": wishes.say_practice}
    data = {
        "way": wishes.way,
        "which": _KEEP,
        "ok": [permission for permission, allowed in held.items() if allowed],
        "when": list(wishes.when),
        "tz": wishes.zone,
        "entry": str(opened.entry),
        "once": secrets.token_hex(16),
    }
    return _page(opened, SettleForm(formdata=None, data=data))


@bp.post("/<reference>/wishes")
def settle(reference: str) -> ResponseReturnValue:
    form = SettleForm()
    if not form.accepted():
        return _again(reference, form), 422
    try:
        with form.refused_here(), current.work() as work:
            confirmed_wishes.confirm(
                work,
                reference,
                form.wishes(),
                form.number or form.chosen,
                epoch=health.epoch() if form.number else None,
                entry=entry_number(form.entry.data) or 0,
                idempotency_key=form.once.data,
                is_right="yes" in (form.is_right.data or ()),
            )
    except current.Unavailable:
        return _again(reference, form, gettext("We can't save this right now. Send it again in a moment.")), 503
    if form.errors:
        return _again(reference, form), 409 if form.form_errors else 422
    return to_request(reference)


def _again(reference: str, form: SettleForm, sentence: str | None = None) -> str:
    """Show the questions with all answers, beside updates that may have come meanwhile."""
    with current.work() as work:
        opened = opening.open(work, reference)
    form.entry.data = str(opened.entry)
    return _page(opened, form, sentence)


def _page(opened: Opened, form: SettleForm, sentence: str | None = None) -> str:
    held, new = opened.answers.phone, gettext("The new one of %(day)s: %(number)s")
    keep = gettext("The number that holds: %(number)s", number=held) if held else gettext("No number")
    given = [
        (str(one.entry), new % {"day": dates.date(one.at), "number": one.number.phone}) for one in opened.news.given
    ]
    form.which.choices = [(_KEEP, keep), *given, (_TOLD, gettext("Another number, told on the call"))]
    form.is_right.choices = [("yes", gettext("They say it is right: we may call it again"))]
    return render_template(
        "desk/request/wishes.html",
        intake=opened,
        form=form,
        sentence=sentence,
        days=times.day_names(),
        updates=Updates.of(opened),
    )
