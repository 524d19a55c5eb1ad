"""A forgotten password: the second factor makes a new key, which a colleague or the printed code approves."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import BooleanField, HiddenField, StringField

from app import current
from app.crypto import locks, words
from app.crypto.codes import BadCode
from app.crypto.secretkey import Stale
from app.domain.accounts import sessions
from app.domain.accounts.passkeys import Assertion
from app.domain.accounts.throttle import TooSoon
from app.domain.team import forgotten
from app.domain.team.forgotten import Renewed
from app.domain.work import Party, Reason, Refused
from app.web import guard
from app.web.desk import challenges, user_agent
from app.web.desk.account.password_form import PasswordForm
from app.web.desk.forms import lazy_gettext
from app.web.questions import text_input

bp = Blueprint("forgotten", __name__, url_prefix="/desk/forgotten")

_NAME, _LASTS = "forgotten", timedelta(minutes=60)


class ForgottenForm(PasswordForm):
    refusals: Mapping[Reason, str | None] = dict.fromkeys(
        (Reason.OTHER_SHEET, Reason.NO_GRANT, Reason.SUPERVISORS_ONLY, Reason.NOBODY_LEFT_TO_APPROVE), "recovery"
    )
    own_words: Mapping[Reason, str] = {
        Reason.NO_GRANT: lazy_gettext("This is not the code of the sheet. Check each group of letters.")
    }

    email = StringField(filters=[text_input.line])
    code = StringField(filters=[text_input.line])
    challenge = HiddenField()
    passkey = HiddenField()
    recovery = StringField(filters=[text_input.line])
    kept = BooleanField()


@bp.get("")
def show() -> str:
    offer = _offer()
    return _page(ForgottenForm(formdata=None, meta=_meta(offer)), offer)


@bp.post("")
def submit() -> ResponseReturnValue:
    offer = _offered() or _offer()
    form = ForgottenForm(meta=_meta(offer))
    if not form.accepted() or not _complete(form):
        return _page(form, offer), 422
    renewed = None
    try:
        with form.refused_here():
            renewed = _renew(form, form.chosen(offer))
    except TooSoon as error:
        page = make_response(_page(form, offer, gettext("Please wait a moment, then try again.")), 429)
        page.headers["Retry-After"] = str(error.retry_after)
        return page
    except BadCode:
        form.refuse(Refused(Reason.OTHER_SHEET))
    if renewed is None:
        return _page(form, offer, None if form.errors else _mismatch(form)), 422
    response = make_response(redirect("/desk/recovery-sheet" if renewed.recovery_code else "/desk/words", 303))
    guard.set_cookie(response, renewed.cookie)
    return response


def _renew(form: ForgottenForm, password: str) -> Renewed | None:
    # Argon2id takes its time; no transaction waits for it.
    with current.work(Party.NEWCOMER) as work:
        attempt = sessions.begin(work, form.email.data or "")
    stretched = locks.stretch_in_turn(password, attempt.salt)
    with current.work(Party.NEWCOMER) as work:
        return forgotten.renew(work, attempt, stretched, _proof(form), form.recovery.data or None, user_agent.device())


def _proof(form: ForgottenForm) -> str | Assertion:
    """Return what a passkey answered, or the code; an answer to a challenge that is not ours counts as no code."""
    if form.passkey.data:
        return challenges.answer(form.challenge.data or "", form.passkey.data) or ""
    return form.code.data or ""


def _mismatch(form: ForgottenForm) -> str:
    if form.passkey.data:
        return gettext("That did not match. Check the email, and use the passkey once more.")
    return gettext("That did not match. Check email and code.")


def _complete(form: ForgottenForm) -> bool:
    form.check()
    if not form.kept.data:
        form.kept.errors = [gettext("Keep your new password first. It is shown only now.")]
    return not form.errors


def _offer() -> dict[str, Any]:
    return {"passphrase": words.passphrase("en")}


def _offered() -> dict[str, Any] | None:
    """Return what the page offered, from its ticket; None when that is too old or not ours."""
    try:
        found: dict[str, Any] = current.secret().read_ticket(
            _NAME, request.form.get("token", ""), current.now(), _LASTS
        )
    except Stale:
        return None
    return found


def _meta(offer: Mapping[str, Any]) -> dict[str, object]:
    return {"csrf_context": (_NAME, offer, _LASTS)}


def _page(form: ForgottenForm, offer: Mapping[str, Any], problem: str | None = None) -> str:
    return render_template("desk/account/forgotten.html", form=form, offer=offer, problem=problem)
