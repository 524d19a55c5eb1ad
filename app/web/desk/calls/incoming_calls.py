"""Finds the request of a caller by their code words, verifies the caller, and records what they want."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app import current
from app.crypto import phonetics
from app.crypto.secretkey import Stale
from app.domain.accounts.throttle import TooSoon
from app.domain.calls import incoming_calls
from app.domain.calls.incoming_calls import Heard, Match
from app.web import typed_answers
from app.web.desk import labels
from app.web.desk.calls.incoming_forms import NO_TIME, CalledForm, CallerForm, CallerTicket, SaidForm, ToldForm
from app.web.typed_answers import Answer

bp = Blueprint("incoming_calls", __name__, url_prefix="/desk/called")

#: Among more requests, a stranger too easily guesses one name and one time.
_MOST_SHOWN = 8
_REMARK = "called"


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
        return _known(
            CallerTicket.new(match.references, verified=True, called_at=form.called_at.maybe), both_words=True
        )
    if match.references and (match.exact or not unknown) and len(match.references) <= _MOST_SHOWN:
        ask = CallerTicket.new(match.references, verified=False, called_at=form.called_at.maybe)
        return _ask_more(ToldForm(formdata=None), ask, match)
    return _ask_words(form, match, unknown), 422


@bp.post("/verify")
def verify() -> ResponseReturnValue:
    """Compare the caller's answers with what the client wrote."""
    form = ToldForm()
    accepted = form.accepted()
    ask = form.caller(verified=False)
    if not accepted:
        return _ask_more(form, ask), 422
    try:
        with current.work() as work:
            reference = incoming_calls.verify(work, ask.references, form.told)
    except TooSoon as error:
        wait = ngettext(
            "Wait %(num)d second, then try again.", "Wait %(num)d seconds, then try again.", error.retry_after
        )
        return _ask_more(form, ask, problem=wait), 429, {"Retry-After": str(error.retry_after)}
    if reference is None:
        wrong = gettext("This does not fit. Ask once more and offer nothing, or say: “Sorry, wrong number.”")
        return _ask_more(form, ask, problem=wrong), 422
    return _known(CallerTicket.new((reference,), verified=True, called_at=ask.called_at))


@bp.post("/words")
def renew_words() -> ResponseReturnValue:
    """Show two new words to read out to a verified caller."""
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
    unknown: list[str] | None = None,
    *,
    remark: dict[str, str] | None = None,
    problem: str | None = None,
    typed_before: Sequence[Answer] = (),
) -> str:
    """Ask for the code words; offer words that sound alike for one that is in no list."""
    offers = [(name, word, phonetics.nearest(word)) for name, word in _typed(form) if word in (unknown or ())]
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
        typed=_typed(form),
        remark=remark,
        problem=problem,
        given_back=typed_before,
        most=incoming_calls.MOST,
    )


def _typed(form: CalledForm) -> list[tuple[str, str]]:
    """Return each word with its field, even if both were typed into one."""
    return list(zip(("first", "second"), form.words, strict=False))


def _ask_more(form: ToldForm, ask: CallerTicket, match: Match | None = None, *, problem: str | None = None) -> str:
    return render_template(
        "desk/calls/called_ask.html",
        form=form,
        ask=ask,
        match=match,
        problem=problem,
        most=incoming_calls.MOST,
        days=labels.days(),
        no_time=NO_TIME,
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
