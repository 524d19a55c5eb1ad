"""One's own account: name, address and language, the passkeys, and where one is signed in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, g, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, Email, Length

from app import current
from app.crypto import passkeys as answers
from app.domain import permissions
from app.domain.accounts import accounts, addresses, browsers, passkeys
from app.domain.work import Reason, Refused
from app.web import guard
from app.web.desk import challenges, user_agent
from app.web.desk.forms import DeskForm, ProvenForm, lazy_gettext
from app.web.questions import text_input

bp = Blueprint("account", __name__, url_prefix="/desk/account")

_NAME = "passkey_name"

#: Each in its own words, so that whoever is lost finds theirs.
_LANGUAGES = [("en", "English"), ("es", "Español")]


class LanguageForm(DeskForm):
    language = RadioField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.language.choices = _LANGUAGES


class NameForm(DeskForm):
    name = StringField(
        filters=[text_input.line],
        validators=[
            DataRequired(lazy_gettext("Enter a name.")),
            Length(max=80, message=lazy_gettext("Use up to 80 letters.")),
        ],
    )


class AddressForm(ProvenForm):
    refusals: Mapping[Reason, str | None] = dict.fromkeys((Reason.KNOWN_EMAIL, Reason.OWN_EMAIL), "email")

    email = StringField(
        filters=[text_input.line], validators=[Email(lazy_gettext("Check the email address.")), Length(max=254)]
    )


class SessionForm(DeskForm):
    session = HiddenField()


class PasskeyForm(DeskForm):
    """A new passkey, as the browser's script fills it in; only the name is typed."""

    refusals: Mapping[Reason, str | None] = {Reason.PASSKEY: "name", Reason.PROVE_AGAIN: None}
    own_words: Mapping[Reason, str] = {Reason.PASSKEY: lazy_gettext("No passkey was made. Please try once more.")}

    name = StringField(
        filters=[text_input.line], validators=[Length(max=40, message=lazy_gettext("Use up to 40 letters."))]
    )
    challenge = HiddenField()
    passkey = HiddenField()
    secret = HiddenField()


@bp.get("")
def show() -> str:
    return _page()


@bp.post("/name")
def rename() -> ResponseReturnValue:
    form = NameForm()
    if not form.accepted():
        return _page(name=form), 422
    with current.work() as work:
        accounts.rename(work, form.name.data or "")
    return redirect(url_for("account.show"), 303)


@bp.post("/address")
def ask_for_address() -> ResponseReturnValue:
    """Write to another address; a link in that letter makes it the member's."""
    form = AddressForm()
    if not form.proven():
        return _page(address=form), 422
    with form.refused_here(), current.work() as work:
        addresses.ask(work, form.email.data or "")
    if form.errors:
        return _page(address=form), 422
    return redirect(url_for("account.show"), 303)


@bp.post("/address/keep")
def keep_address() -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        addresses.cancel(work)
    return redirect(url_for("account.show"), 303)


@bp.get("/address/<token>")
def asked(token: str) -> str:
    """Show what the link in the letter confirms. Looking changes nothing: programs that read mail look at links."""
    with current.read() as work:
        email = addresses.asked(work, token)
    return render_template("desk/account/address.html", email=email, token=token)


@bp.post("/address/<token>")
def confirm_address(token: str) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        addresses.confirm(work, token)
    return redirect(url_for("account.show"), 303)


@bp.post("/language")
def speak() -> ResponseReturnValue:
    form = LanguageForm()
    if not form.accepted():
        return _page(language=form), 422
    with current.work() as work:
        accounts.set_language(work, form.language.data)
    return redirect(url_for("account.show"), 303)


@bp.get("/passkeys/new")
def new_passkey() -> str:
    """Ask for a new passkey. Its name may have been typed before the second factor was asked for again."""
    return _passkey_page(PasskeyForm(formdata=None, data={"name": session.get(_NAME)}), ProvenForm(formdata=None))


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
    with form.refused_here():
        _add(form)
    if form.form_errors:
        if form.name.data:
            session[_NAME] = form.name.data
        return redirect(url_for("account.new_passkey"), 303)
    if form.errors:
        return _passkey_page(form, ProvenForm(formdata=None)), 422
    session.pop(_NAME, None)
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
        was_here = browsers.end(work, form.session.data or "")
    if not was_here:
        return redirect(url_for("account.show"), 303)
    response = make_response(redirect("/desk/sign-in", 303))
    guard.clear_cookie(response)
    return response


@bp.post("/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        browsers.end_others(work)
    return redirect(url_for("account.show"), 303)


def _add(form: PasskeyForm) -> None:
    device = user_agent.device()
    answer = challenges.answer(form.challenge.data or "", form.passkey.data or "", form.secret.data or "")
    if answer is None:
        raise Refused(Reason.PASSKEY)
    with current.work() as work:
        passkeys.add(work, answer, form.name.data or user_agent.word(device.kind), device)


def _page(
    *,
    name: NameForm | None = None,
    address: AddressForm | None = None,
    language: LanguageForm | None = None,
    wrong_id: str | None = None,
    wrong: ProvenForm | None = None,
) -> str:
    with current.read() as work:
        profile = accounts.profile(work)
        own_passkeys = passkeys.listed(work)
        signed_in = browsers.own(work)
    sent = wrong or name or address or language
    language = language or LanguageForm(formdata=None)
    language.language.data = language.language.data or profile.language
    return render_template(
        "desk/account/account.html",
        sent=sent,
        name_form=name or NameForm(formdata=None, data={"name": profile.name}),
        address_form=address or AddressForm(formdata=None),
        language_form=language,
        profile=profile,
        passkeys=own_passkeys,
        browsers=[(one, user_agent.word(one.kind)) for one in signed_in],
        most=passkeys.MOST,
        proof=ProvenForm(formdata=None),
        wrong_id=wrong_id,
        wrong=wrong,
    )


def _passkey_page(form: PasskeyForm, proof: ProvenForm) -> str:
    with current.read() as work:
        profile = accounts.profile(work)
        fresh = permissions.fresh(work)
    return render_template(
        "desk/account/passkey.html",
        form=form,
        proof=proof,
        fresh=fresh and not proof.errors,
        profile=profile,
        user=challenges.text(g.actor.account_id.bytes),
        algorithms=" ".join(str(int(one)) for one in answers.ALGORITHMS),
        suggested=user_agent.word(user_agent.device().kind),
    )
