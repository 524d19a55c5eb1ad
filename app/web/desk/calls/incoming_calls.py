"""Finds the request of a caller by their code words, verifies the caller, and records what they want."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms import HiddenField, StringField, ValidationError
from wtforms.validators import AnyOf, DataRequired, Length

from app import current
from app.crypto import phonetics
from app.crypto.secretkey import Stale
from app.domain.accounts.throttle import TooSoon
from app.domain.calls import incoming_calls
from app.domain.calls.incoming_calls import Heard, IncomingCall, Match
from app.domain.intake import safe_times
from app.practice import hours
from app.web import typed_answers
from app.web.desk import labels
from app.web.desk.dates import MomentField
from app.web.desk.forms import NOTE, DeskForm, lazy_gettext
from app.web.questions import text_input
from app.web.typed_answers import Answer

bp = Blueprint("incoming_calls", __name__, url_prefix="/desk/called")

#: Among more requests, a stranger too easily guesses one name and one time.
_MOST_SHOWN = 8
_REMARK = "called"
#: Instead of a day: a client who wants to call us checked no time.
_NO_TIME = "none"
#: Names of tickets, by whether the caller is verified: the ticket of one who is not opens nothing.
_TICKETS = {True: "called/verified", False: "called/asked"}
_ONE_WORD = Length(max=40, message=lazy_gettext("Enter one word only."))


@dataclass(frozen=True)
class CallerTicket:
    """The requests that may be the caller's; one once the caller is verified. For one member and half an hour."""

    references: tuple[str, ...]
    verified: bool
    #: When they called; None: just now.
    called_at: datetime | None
    #: The idempotency key of what is recorded.
    nonce: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    @classmethod
    def read(cls, ticket: str, *, verified: bool) -> Self:
        """Read a ticket; `Stale` for another member's, an old one, or one of an unverified caller."""
        value: Any = current.secret().read_ticket(_TICKETS[verified], ticket, current.now(), timedelta(minutes=30))
        if value["by"] != str(current.actor()):
            raise Stale
        at = datetime.fromisoformat(value["at"]) if value["at"] else None
        return cls(tuple(value["references"]), verified, at, value["nonce"])

    @property
    def ticket(self) -> str:
        value = {
            "by": str(current.actor()),
            "references": list(self.references),
            "at": self.called_at.isoformat() if self.called_at else None,
            "nonce": self.nonce,
        }
        return current.secret().issue_ticket(_TICKETS[self.verified], value, current.now())


class CalledForm(DeskForm):
    first = StringField(filters=[text_input.line], validators=[_ONE_WORD])
    second = StringField(filters=[text_input.line], validators=[_ONE_WORD])
    called_at = MomentField()
    #: The member picked a word that sounds like the one heard: "yes".
    picked = StringField()

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(f"{self.first.data or ''} {self.second.data or ''}".split())

    def validate_called_at(self, field: MomentField) -> None:
        at = field.maybe
        if at is not None and at > current.now():
            raise ValidationError(gettext("This time is still to come. Enter when they called."))
        if at is not None and current.now() - at > timedelta(days=7):
            raise ValidationError(gettext("That was more than 7 days ago. Write a note at the request instead."))

    def validate_first(self, field: StringField) -> None:
        if not self.words:
            raise ValidationError(gettext("Enter the words as you heard them."))
        if len(self.words) > 2:
            raise ValidationError(gettext("Enter two words only, as you heard them."))


class CallerForm(DeskForm):
    ticket = HiddenField()

    def caller(self, *, verified: bool) -> CallerTicket:
        return CallerTicket.read(self.ticket.data or "", verified=verified)


class ToldForm(CallerForm):
    name = StringField(
        filters=[text_input.line],
        validators=[
            DataRequired(lazy_gettext("Enter the name they say they gave us.")),
            Length(max=60, message=lazy_gettext("Use a shorter name, up to 60 letters.")),
        ],
    )
    day = StringField(validators=[AnyOf([*hours.WEEKDAYS, _NO_TIME], message=lazy_gettext("Choose a day."))])
    part = StringField()

    def validate_part(self, field: StringField) -> None:
        if self.day.data != _NO_TIME and field.data not in safe_times.PARTS:
            raise ValidationError(gettext("Choose a time of the day."))


class SaidForm(CallerForm):
    said = StringField(validators=[AnyOf(list(incoming_calls.SAID), message=lazy_gettext("Choose what they wanted."))])
    text = NOTE


@bp.get("")
def show() -> str:
    return _ask_words(CalledForm(formdata=None), remark=session.pop(_REMARK, None))


@bp.post("")
def compare() -> ResponseReturnValue:
    """Show the references of the requests with these words, and what to ask. Show nothing else of them."""
    form = CalledForm()
    if not form.accepted():
        return _ask_words(form), 422
    with current.work() as work:
        incoming_calls.note_comparing(work)
    heard = Heard(form.words, picked=form.picked.data == "yes")
    with current.read() as work:
        match = incoming_calls.match(work, heard)
    unknown = [word for word in heard.words if not phonetics.is_listed(word)]
    if match.certain:
        return _known(CallerTicket(match.references, verified=True, called_at=form.called_at.maybe), both_words=True)
    if match.references and (match.exact or not unknown) and len(match.references) <= _MOST_SHOWN:
        ask = CallerTicket(match.references, verified=False, called_at=form.called_at.maybe)
        return _ask_more(ToldForm(formdata=None), ask, match)
    return _ask_words(form, match), 422


@bp.post("/verify")
def verify() -> ResponseReturnValue:
    """Compare the caller's answers with what the client wrote."""
    form = ToldForm()
    accepted = form.accepted()
    ask = form.caller(verified=False)
    if not accepted:
        return _ask_more(form, ask), 422
    when = None if form.day.data == _NO_TIME else f"{form.day.data}-{form.part.data}"
    try:
        with current.work() as work:
            reference = incoming_calls.verify(work, ask.references, IncomingCall(form.name.data or "", when))
    except TooSoon as error:
        wait = ngettext(
            "Wait %(num)d second, then try again.", "Wait %(num)d seconds, then try again.", error.retry_after
        )
        return _ask_more(form, ask, problem=wait), 429, {"Retry-After": str(error.retry_after)}
    if reference is None:
        wrong = gettext("This does not fit. Ask once more and offer nothing, or say: “Sorry, wrong number.”")
        return _ask_more(form, ask, problem=wrong), 422
    return _known(CallerTicket((reference,), verified=True, called_at=ask.called_at))


@bp.post("/words")
def renew_words() -> ResponseReturnValue:
    form = CallerForm()
    form.accepted()
    known = form.caller(verified=True)
    with current.work() as work:
        pair = incoming_calls.renew_words(work, known.references[0], known.nonce)
    return _known(known, pair=pair)


@bp.post("/said")
def settle() -> ResponseReturnValue:
    form = SaidForm()
    accepted = form.accepted()
    known = form.caller(verified=True)
    if not accepted:
        return _known(known, form), 422
    [reference] = known.references
    said, note = form.said.data or "", form.text.data or ""
    with current.work() as work:
        incoming_calls.log_incoming_call(
            work, reference, said, note=note, happened_at=known.called_at, idempotency_key=known.nonce
        )
    session[_REMARK] = {"reference": reference, "said": said}
    return redirect(url_for("incoming_calls.show"), 303)


def _ask_words(
    form: CalledForm,
    match: Match | None = None,
    *,
    remark: dict[str, str] | None = None,
    problem: str | None = None,
    typed_before: Sequence[Answer] = (),
) -> str:
    """Ask for the code words; offer words that sound alike for one that is in no list."""
    # Each word with its field, even if both were typed into one.
    typed = list(zip(("first", "second"), form.words, strict=False))
    unknown = [(name, word) for name, word in typed if match is not None and not phonetics.is_listed(word)]
    offers = [(name, word, phonetics.nearest(word)) for name, word in unknown]
    if match is not None and len(match.references) > _MOST_SHOWN:
        problem = gettext("Too many requests have a word like this. Ask for the other one.")
    elif offers:
        problem = gettext("A word is none of ours. Ask them to say it again, or pick below what they said.")
    elif match is not None:
        problem = gettext("No open request has these words. Ask them to say the words again, slowly.")
    return render_template(
        "desk/calls/called.html",
        form=form,
        match=match,
        offers=offers,
        typed=typed,
        remark=remark,
        problem=problem,
        given_back=typed_before,
        most=incoming_calls.MOST,
    )


def _ask_more(form: ToldForm, ask: CallerTicket, match: Match | None = None, *, problem: str | None = None) -> str:
    return render_template(
        "desk/calls/called_ask.html",
        form=form,
        ask=ask,
        match=match,
        problem=problem,
        most=incoming_calls.MOST,
        days=labels.days(),
        no_time=_NO_TIME,
    )


def _known(
    known: CallerTicket, form: SaidForm | None = None, *, both_words: bool = False, pair: tuple[str, str] | None = None
) -> str:
    """Ask what a verified caller wants."""
    return render_template(
        "desk/calls/called_known.html",
        form=form or SaidForm(formdata=None),
        known=known,
        reference=known.references[0],
        both_words=both_words,
        pair=pair,
    )


@bp.errorhandler(Stale)
def _too_old(_error: Stale) -> ResponseReturnValue:
    problem = gettext("This was too long ago. Enter the words again. Nothing was written down.")
    return _ask_words(CalledForm(formdata=None), problem=problem, typed_before=typed_answers.sent()), 422
