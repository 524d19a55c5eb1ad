"""One's own account: who one is here, in which language, the passkeys, and where one is signed in."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import Length

from app import current
from app.crypto import passkeys as answers
from app.domain import accounts, passkeys, sessions, signin
from app.domain.work import Refused
from app.web import guard
from app.web.desk import browsers, challenges
from app.web.desk.forms import DeskForm, ProvenForm, lazy_gettext, one_line

bp = Blueprint("account", __name__, url_prefix="/desk/account")


#: Each in its own words, so that whoever is lost finds theirs.
_LANGUAGES = [("en", "English"), ("es", "Español")]


class LanguageForm(DeskForm):
    language = RadioField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.language.choices = _LANGUAGES


class SessionForm(DeskForm):
    session = HiddenField()


class PasskeyForm(DeskForm):
    """A new passkey, as the browser's script fills it in; only the name is typed."""

    name = StringField(filters=[one_line], validators=[Length(max=40, message=lazy_gettext("Use up to 40 letters."))])
    challenge = HiddenField()
    passkey = HiddenField()
    secret = HiddenField()


@bp.get("")
def show() -> str:
    return _page()


@bp.post("/language")
def speak() -> ResponseReturnValue:
    form = LanguageForm()
    if not form.accepted():
        return _page(form), 422
    with current.work() as work:
        accounts.speak(work, form.language.data)
    return redirect(url_for("account.show"), 303)


@bp.get("/passkeys/new")
def new_passkey() -> str:
    return _passkey_page(PasskeyForm(formdata=None), ProvenForm(formdata=None))


@bp.post("/passkeys/new")
def prove() -> ResponseReturnValue:
    """Take the second factor that a new passkey needs."""
    form = ProvenForm()
    if not form.proven():
        return _passkey_page(PasskeyForm(formdata=None), form), 422
    return redirect(url_for("account.new_passkey"), 303)


@bp.post("/passkeys")
def add_passkey() -> ResponseReturnValue:
    form = PasskeyForm()
    if not form.accepted():
        return _passkey_page(form, ProvenForm(formdata=None)), 422
    try:
        _add(form)
    except Refused as error:
        if error.reason == "refused.prove_again":
            return redirect(url_for("account.new_passkey"), 303)
        if error.reason != "refused.passkey":
            raise
        form.name.errors = [gettext("No passkey was made. Please try once more.")]
        return _passkey_page(form, ProvenForm(formdata=None)), 422
    return redirect(url_for("account.show"), 303)


@bp.post("/passkeys/<uuid:passkey_id>/remove")
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    form = ProvenForm()
    if not form.proven():
        return _page(wrong_id=f"remove-{passkey_id}", wrong=form), 422
    with current.work() as work:
        passkeys.remove(work, passkey_id)
    return redirect(url_for("account.show"), 303)


@bp.post("/sessions/end")
def end_session() -> ResponseReturnValue:
    form = SessionForm()
    form.accepted()
    with current.work() as work:
        was_here = sessions.end(work, form.session.data or "")
    if not was_here:
        return redirect(url_for("account.show"), 303)
    response = make_response(redirect("/desk/sign-in", 303))
    guard.clear_cookie(response)
    return response


@bp.post("/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        sessions.end_others(work)
    return redirect(url_for("account.show"), 303)


def _add(form: PasskeyForm) -> None:
    device = browsers.device()
    answer = challenges.answer(form.challenge.data or "", form.passkey.data or "", form.secret.data or "")
    if answer is None:
        raise Refused("refused.passkey")
    with current.work() as work:
        passkeys.add(work, answer, form.name.data or browsers.word(device.kind), device)


def _page(form: LanguageForm | None = None, *, wrong_id: str | None = None, wrong: ProvenForm | None = None) -> str:
    with current.look() as work:
        profile = accounts.profile(work)
        own_passkeys = passkeys.listed(work)
        signed_in = sessions.own(work)
    form = form or LanguageForm(formdata=None)
    form.language.data = form.language.data or profile.language
    return render_template(
        "desk/account.html",
        form=form,
        profile=profile,
        passkeys=own_passkeys,
        browsers=[(one, browsers.word(one.kind)) for one in signed_in],
        most=passkeys.MOST,
        proof=ProvenForm(formdata=None),
        wrong_id=wrong_id,
        wrong=wrong,
    )


def _passkey_page(form: PasskeyForm, proof: ProvenForm) -> str:
    with current.look() as work:
        profile = accounts.profile(work)
        fresh = signin.fresh(work)
    return render_template(
        "desk/passkey.html",
        form=form,
        proof=proof,
        fresh=fresh and not proof.errors,
        profile=profile,
        user=challenges.text(g.actor.account_id.bytes),
        algorithms=" ".join(str(int(one)) for one in answers.ALGORITHMS),
        suggested=browsers.word(browsers.device().kind),
    )
