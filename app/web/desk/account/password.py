"""Another password for somebody who knows the old one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import BooleanField, HiddenField, PasswordField

from app import current
from app.crypto import locks, words
from app.crypto.secretkey import Stale
from app.domain.accounts import passwords
from app.domain.accounts.throttle import TooSoon
from app.web.desk.account.password_form import Choice
from app.web.desk.forms import ProvenForm

bp = Blueprint("password", __name__, url_prefix="/desk/account/password")

_LASTS = timedelta(minutes=60)


class ChangeForm(Choice, ProvenForm):
    """What the page offered travels sealed, for this session alone."""

    old = PasswordField()
    kept = BooleanField()
    offer = HiddenField()


@bp.get("")
def show() -> str:
    return _page(ChangeForm(formdata=None), _offer())


@bp.post("")
def change() -> ResponseReturnValue:
    form = ChangeForm()
    offer = _offered(form) or _offer()
    # First what costs nothing: a code works once.
    if not form.accepted() or not _complete(form) or not form.proven():
        return _page(form, offer), 422
    try:
        changed = _change(form.old.data or "", form.chosen(offer))
    except TooSoon as error:
        page = make_response(_page(form, offer, gettext("Please wait a moment, then try again.")), 429)
        page.headers["Retry-After"] = str(error.retry_after)
        return page
    if not changed:
        form.old.errors = [gettext("This is not your password now.")]
        return _page(form, offer), 422
    return redirect(url_for("account.show"), 303)


def _change(old: str, new: str) -> bool:
    # Argon2id takes its time; no transaction waits for it.
    with current.work() as work:
        attempt = passwords.begin(work)
    salt = locks.new_salt()
    stretched = locks.stretch_in_turn(old, attempt.salt), locks.stretch_in_turn(new, salt)
    with current.work() as work:
        return passwords.change(work, attempt, *stretched, salt)


def _complete(form: ChangeForm) -> bool:
    form.check()
    if not form.kept.data:
        form.kept.errors = [gettext("Keep your new password first. It is shown only now.")]
    if form.choice.data == "words" and _offered(form) is None:
        form.choice.errors = [gettext("This page was open for too long. Look at the new words, and keep those.")]
    return not form.errors


def _offer() -> dict[str, Any]:
    return {"passphrase": words.passphrase("en")}


def _offered(form: ChangeForm) -> dict[str, Any] | None:
    """Return what the page offered; None when that is too old or not ours."""
    try:
        found: dict[str, Any] = current.secret().read_ticket(_name(), form.offer.data or "", current.now(), _LASTS)
    except Stale:
        return None
    return found


def _page(form: ChangeForm, offer: Mapping[str, Any], problem: str | None = None) -> str:
    sealed = current.secret().issue_ticket(_name(), offer, current.now())
    return render_template("desk/account/password.html", form=form, offer=offer, sealed=sealed, problem=problem)


def _name() -> str:
    return f"password/{g.actor.cookie_hash.hex()}"
