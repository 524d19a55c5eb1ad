"""Another password for somebody who knows the old one."""

from functools import partial

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField, PasswordField

from app import current
from app.crypto import locks
from app.domain.accounts import passwords, sessions
from app.web.desk.account.account_forms import Choice, asking_to_wait
from app.web.desk.forms import ProvenForm

bp = Blueprint("password", __name__, url_prefix="/desk/account/password")


class ChangeForm(Choice, ProvenForm):
    """The proposal travels beside the token, for this session alone."""

    old = PasswordField()
    offer = HiddenField()

    def __init__(self) -> None:
        super().__init__()
        purpose = f"password/{g.actor.cookie_hash.hex()}"
        self.take_proposal(purpose, self.offer.data or "")
        self.offer.data = current.secret().issue_ticket(purpose, self.proposal, current.now())


@bp.get("")
def show() -> str:
    return _page(ChangeForm())


@bp.post("")
def change() -> ResponseReturnValue:
    form = ChangeForm()
    # First what costs nothing: a code works once.
    if not form.accepted() or not form.is_complete() or not form.proven():
        return _page(form), 422
    with asking_to_wait(partial(_page, form)):
        changed = _change(form.old.data or "", form.chosen)
    if not changed:
        form.old.errors = [gettext("This is not your password now.")]
        return _page(form), 422
    return redirect(url_for("account.show"), 303)


def _change(old: str, new: str) -> bool:
    # Argon2id takes its time; no transaction waits for it.
    with current.work() as work:
        attempt = passwords.begin_own(work)
    salt = locks.new_salt()
    stretched = locks.stretch_in_turn(old, attempt.salt), locks.stretch_in_turn(new, salt)
    with current.work() as work:
        return sessions.change_password(work, attempt, *stretched, salt)


def _page(form: ChangeForm, problem: str | None = None) -> str:
    return render_template("desk/account/password.html", form=form, problem=problem)
