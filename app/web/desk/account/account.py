"""A member's own account: name, address and language, the passkeys, and the browsers that are signed in."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import Length

from app import current
from app.crypto.passkeys import ALGORITHMS
from app.domain import permissions
from app.domain.accounts import accounts, passkeys, sessions
from app.domain.work import Reason, Refused, Work
from app.web import guard
from app.web.desk import challenges, user_agent
from app.web.desk.account import account_forms
from app.web.desk.forms import DeskForm, ProvenForm, lazy_gettext
from app.web.questions import text_input

bp = Blueprint("account", __name__, url_prefix="/desk/account")

_NAME = "passkey_name"


class LanguageForm(DeskForm):
    language = RadioField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Each in its own words, so that nobody has to read the other one.
        self.language.choices = [("en", "English"), ("es", "Español")]


class NameForm(DeskForm):
    name = account_forms.NAME


class AddressForm(ProvenForm):
    refusals: Mapping[Reason, str | None] = dict.fromkeys((Reason.KNOWN_EMAIL, Reason.OWN_EMAIL), "email")

    email = account_forms.EMAIL


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
        return _page(form), 422
    with current.work() as work:
        accounts.rename(work, form.name.data or "")
    return _back()


@bp.post("/address")
def ask_for_address() -> ResponseReturnValue:
    """Write to another address; a link in that letter makes it the member's."""
    form = AddressForm()
    if not form.proven():
        return _page(form), 422
    with form.refused_here(), current.work() as work:
        accounts.ask_for_address(work, form.email.data or "")
    return (_page(form), 422) if form.errors else _back()


@bp.post("/address/keep")
def keep_address() -> ResponseReturnValue:
    return _do(accounts.keep_address)


@bp.get("/address/<token>")
def show_address(token: str) -> str:
    """Show what the link in the letter confirms. It changes nothing: programs that read mail open links."""
    with current.read() as work:
        email = accounts.asked_address(work, token)
    return render_template("desk/account/address.html", email=email, token=token)


@bp.post("/address/<token>")
def confirm_address(token: str) -> ResponseReturnValue:
    return _do(partial(accounts.confirm_address, token=token))


@bp.post("/language")
def set_language() -> ResponseReturnValue:
    form = LanguageForm()
    if not form.accepted():
        return _page(form), 422
    with current.work() as work:
        accounts.set_language(work, form.language.data)
    return _back()


@bp.get("/passkeys/new")
def new_passkey() -> str:
    """Ask for a new passkey. Its name may have been typed before the second factor was asked for again."""
    return _passkey_page(PasskeyForm(formdata=None, data={"name": session.get(_NAME)}))


@bp.post("/passkeys/new")
def prove() -> ResponseReturnValue:
    """Take the second factor that a new passkey needs."""
    proof = ProvenForm()
    if not proof.proven():
        return _passkey_page(PasskeyForm(formdata=None), proof), 422
    return redirect(url_for("account.new_passkey"), 303)


@bp.post("/passkeys")
def add_passkey() -> ResponseReturnValue:
    form = PasskeyForm()
    if form.accepted():
        with form.refused_here():
            _add(form)
    if form.form_errors:
        if form.name.data:
            session[_NAME] = form.name.data
        return redirect(url_for("account.new_passkey"), 303)
    if form.errors:
        return _passkey_page(form), 422
    session.pop(_NAME, None)
    return _back()


@bp.post("/passkeys/<uuid:passkey_id>/remove")
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    form = ProvenForm()
    if not form.proven():
        return _page(form, f"remove-{passkey_id}"), 422
    with current.work() as work:
        passkeys.remove(work, passkey_id)
    return _back()


@bp.post("/sessions/end")
def end_session() -> ResponseReturnValue:
    form = SessionForm()
    form.accepted()
    with current.work() as work:
        was_here = sessions.end_browser(work, form.session.data or "")
    return guard.sign_out() if was_here else _back()


@bp.post("/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    return _do(sessions.end_others)


def _do(rule: Callable[[Work], None]) -> ResponseReturnValue:
    """Run a rule that needs no form but the token."""
    DeskForm().accepted()
    with current.work() as work:
        rule(work)
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("account.show"), 303)


def _add(form: PasskeyForm) -> None:
    device = user_agent.device()
    assertion = challenges.assertion(form.challenge.data or "", form.passkey.data or "", form.secret.data or "")
    if assertion is None:
        raise Refused(Reason.PASSKEY)
    with current.work() as work:
        passkeys.add(work, assertion, form.name.data or user_agent.word(device.kind), device)


def _page(sent: DeskForm | None = None, wrong_id: str | None = None) -> str:
    """Show the account. A form that was sent stands in its place, one for a second factor in that of its `wrong_id`."""
    with current.read() as work:
        profile = accounts.profile(work)
        own_passkeys = passkeys.listed(work)
        signed_in = sessions.own_browsers(work)
    language = sent if isinstance(sent, LanguageForm) else LanguageForm(formdata=None)
    language.language.data = language.language.data or profile.language
    return render_template(
        "desk/account/account.html",
        sent=sent,
        name_form=sent if isinstance(sent, NameForm) else NameForm(formdata=None, data={"name": profile.name}),
        address_form=sent if isinstance(sent, AddressForm) else AddressForm(formdata=None),
        language_form=language,
        profile=profile,
        passkeys=own_passkeys,
        browsers=[(one, user_agent.word(one.kind)) for one in signed_in],
        most=passkeys.MOST,
        proof=ProvenForm(formdata=None),
        wrong_id=wrong_id,
    )


def _passkey_page(form: PasskeyForm, proof: ProvenForm | None = None) -> str:
    with current.read() as work:
        profile = accounts.profile(work)
        fresh = permissions.fresh(work)
    return render_template(
        "desk/account/passkey.html",
        form=form,
        proof=proof or ProvenForm(formdata=None),
        fresh=fresh and proof is None,
        profile=profile,
        user=challenges.text(g.actor.account_id.bytes),
        algorithms=" ".join(str(int(one)) for one in ALGORITHMS),
        suggested=user_agent.word(user_agent.device().kind),
    )
