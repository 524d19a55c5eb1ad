"""Signing in and out: with password and second factor, or with a passkey. Every mistake gets the same answer."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField, PasswordField, StringField

from app import current
from app.crypto.secretkey import Stale
from app.domain.accounts import passkeys, sessions
from app.domain.accounts.passkeys import Halfway
from app.domain.team import team
from app.domain.work import Party, Work
from app.models import AccountState
from app.web import guard
from app.web.desk import challenges, user_agent
from app.web.desk.account.account_forms import asking_to_wait, stretch
from app.web.desk.forms import DeskForm, TicketForm, lazy_gettext
from app.web.questions import text_input

bp = Blueprint("signin", __name__, url_prefix="/desk")

_HALFWAY = "sign-in/halfway"
#: For each form the name of its ticket, what that carries, and how long it lasts.
_SIGN_IN = {"csrf_context": ("sign-in", None, timedelta(hours=24))}
_TOUCH = {"csrf_context": ("passkey", None, passkeys.LASTS)}
_FINISH = {"csrf_context": (_HALFWAY, None, passkeys.LASTS)}
_DESK_PATH = re.compile(r"/desk/(?:[A-Za-z0-9-]+/)*[A-Za-z0-9-]*")
_LONGEST_PATH = 100
_TOO_LATE = lazy_gettext("This page was open for too long. Please try again.")


class SignInForm(TicketForm):
    email = StringField(filters=[text_input.line])
    password = PasswordField()
    code = StringField(filters=[text_input.line])
    next = HiddenField()


class TouchForm(TicketForm):
    """What a passkey signed; its challenge is its token."""

    class Meta(TicketForm.Meta):
        csrf_field_name = "challenge"

    passkey = HiddenField()
    secret = HiddenField()
    next = HiddenField()


class FinishForm(TicketForm):
    """The password after a passkey that opens nothing by itself; its token says which passkey that was."""

    password = PasswordField()
    next = HiddenField()


@bp.get("/sign-in")
def show() -> str:
    return _page(_form(request.args.get("next")))


@bp.post("/sign-in")
def submit() -> ResponseReturnValue:
    form = SignInForm(meta=_SIGN_IN)
    if not form.accepted():
        return _page(form, _TOO_LATE), 422
    with asking_to_wait(partial(_page, form)):
        attempt, stretched = stretch(form.email.data or "", form.password.data or "")
    with current.work(Party.NEWCOMER) as work:
        cookie = sessions.finish(work, attempt, stretched, form.code.data or "", user_agent.device())
    if cookie is None:
        return _page(form, gettext("That did not match. Check email, password and code.")), 422
    return guard.sign_in(cookie, _safe(form.next.data))


@bp.get("/passkey/challenge")
def challenge() -> ResponseReturnValue:
    """Give a new challenge to a sign-in page that was open for longer than one lasts."""
    return challenges.issue(), {"Content-Type": "text/plain; charset=utf-8"}


@bp.post("/passkey")
def touch() -> ResponseReturnValue:
    """Sign in with a passkey alone where it opens the vault; ask for the password where it does not."""
    form = TouchForm(meta=_TOUCH)
    accepted, again = form.accepted(), _form(form.next.data)
    assertion = challenges.assertion(form.ticket, form.passkey.data or "", form.secret.data or "")
    if not accepted or assertion is None:
        return _page(again, _TOO_LATE), 422
    with asking_to_wait(partial(_page, again)), current.work(Party.NEWCOMER) as work:
        attempt = passkeys.begin(work, assertion)
    with current.work(Party.NEWCOMER) as work:
        result = passkeys.finish(work, attempt, assertion, user_agent.device())
    if result is None:
        return _page(again, gettext("This passkey is not known here. Use another, or your password.")), 422
    if isinstance(result, Halfway):
        carried = {"passkey": result.passkey, "email": result.email}
        ticket = current.secret().issue_ticket(_HALFWAY, carried, current.now())
        return _password_page(result, ticket, form.next.data)
    return guard.sign_in(result, _safe(form.next.data))


@bp.post("/passkey/password")
def finish() -> ResponseReturnValue:
    form = FinishForm(meta=_FINISH)
    accepted, halfway = form.accepted(), _halfway(form.ticket)
    if not accepted or halfway is None:
        return _page(_form(form.next.data), _TOO_LATE), 422
    page = partial(_password_page, halfway, form.ticket, form.next.data)
    with asking_to_wait(page):
        attempt, stretched = stretch(halfway.email, form.password.data or "")
    with current.work(Party.NEWCOMER) as work:
        cookie = passkeys.finish_with_password(work, attempt, stretched, halfway, user_agent.device(), once=form.ticket)
    if cookie is None:
        return page(gettext("That did not match. Check the password.")), 422
    return guard.sign_in(cookie, _safe(form.next.data))


@bp.post("/here")
def stay() -> ResponseReturnValue:
    """Stay signed in: the request itself shows that somebody is there."""
    DeskForm().accepted()
    return "", 204


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    return _leave(sessions.sign_out)


@bp.post("/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    return _leave(sessions.sign_out_everywhere)


@bp.app_context_processor
def _passkey_offer() -> dict[str, object]:
    return {"passkey_offer": challenges.offer}


@bp.get("/words")
def approval() -> ResponseReturnValue:
    """Show a newcomer their six words, until a supervisor has compared them."""
    with current.read() as work:
        if work.member.state is not AccountState.PENDING:
            return redirect(url_for("queue.show"), 303)
        return render_template("desk/account/approval.html", words=team.own_words(work))


def _leave(end: Callable[[Work], None]) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        end(work)
    return guard.sign_out()


def _halfway(ticket: str) -> Halfway | None:
    try:
        found = current.secret().read_ticket(_HALFWAY, ticket, current.now(), passkeys.LASTS)
    except Stale:
        return None
    return Halfway(found["passkey"], found["email"])


def _form(path: str | None) -> SignInForm:
    return SignInForm(formdata=None, data={"next": _safe(path)}, meta=_SIGN_IN)


def _page(form: SignInForm, problem: str | None = None) -> str:
    return render_template("desk/account/sign_in.html", form=form, problem=problem)


def _password_page(halfway: Halfway, ticket: str, path: str | None, problem: str | None = None) -> str:
    form = FinishForm(formdata=None, data={"next": _safe(path)}, meta=_FINISH)
    return render_template(
        "desk/account/sign_in_password.html", form=form, email=halfway.email, ticket=ticket, problem=problem
    )


def _safe(path: str | None) -> str:
    """Return a page of the desk to go on to: the one asked for, or else the queue."""
    return path if path and len(path) <= _LONGEST_PATH and _DESK_PATH.fullmatch(path) else url_for("queue.show")
