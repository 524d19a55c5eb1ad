"""A forgotten password: the second factor makes a new key, which a colleague or the printed code approves."""

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField, StringField

from app import current
from app.crypto.codes import BadCode
from app.domain.accounts.passkeys import Assertion
from app.domain.team import forgotten
from app.domain.work import Party, Reason, Refused
from app.web import guard
from app.web.desk import challenges, user_agent
from app.web.desk.account.account_forms import PasswordForm, asking_to_wait, stretch
from app.web.desk.forms import lazy_gettext
from app.web.questions import text_input

bp = Blueprint("forgotten", __name__, url_prefix="/desk/forgotten")


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

    def __init__(self) -> None:
        super().__init__("forgotten")


@bp.get("")
def show() -> str:
    return _page(ForgottenForm())


@bp.post("")
def submit() -> ResponseReturnValue:
    form = ForgottenForm()
    if not form.accepted() or not form.is_complete():
        return _page(form), 422
    cookie = None
    try:
        with form.refused_here(), asking_to_wait(partial(_page, form)):
            cookie = _renew(form)
    except BadCode:
        form.refuse(Refused(Reason.OTHER_SHEET))
    if cookie is None:
        return _page(form, None if form.errors else _mismatch(form)), 422
    return guard.sign_in(cookie, url_for("recovery_sheet.show" if form.recovery.data else "signin.approval"))


def _renew(form: ForgottenForm) -> str | None:
    attempt, stretched = stretch(form.email.data or "", form.chosen)
    with current.work(Party.NEWCOMER) as work:
        return forgotten.renew(work, attempt, stretched, _proof(form), form.recovery.data or None, user_agent.device())


def _proof(form: ForgottenForm) -> str | Assertion:
    """Return what a passkey signed, or the code; a signature under a challenge that is not ours counts as no code."""
    if form.passkey.data:
        return challenges.assertion(form.challenge.data or "", form.passkey.data) or ""
    return form.code.data or ""


def _mismatch(form: ForgottenForm) -> str:
    if form.passkey.data:
        return gettext("That did not match. Check the email, and use the passkey once more.")
    return gettext("That did not match. Check email and code.")


def _page(form: ForgottenForm, problem: str | None = None) -> str:
    return render_template("desk/account/forgotten.html", form=form, problem=problem)
