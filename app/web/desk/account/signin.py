"""Signing in and out: with password and second factor, or with a passkey. Whatever is wrong gets one answer."""

import re
from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField, PasswordField, StringField

from app import current
from app.crypto import locks
from app.crypto.secretkey import Stale
from app.domain.accounts import passkeys, sessions
from app.domain.accounts.passkeys import Halfway
from app.domain.accounts.throttle import TooSoon
from app.domain.work import Party
from app.web import guard
from app.web.desk import challenges, user_agent
from app.web.desk.forms import DeskForm, TicketForm
from app.web.questions import text_input

bp = Blueprint("signin", __name__, url_prefix="/desk")

_TICKET = ("sign-in", None, timedelta(hours=24))
_HALFWAY = "sign-in/halfway"
_HOME = "/desk/"
_DESK_PATH = re.compile(r"/desk/(?:[A-Za-z0-9-]+/)*[A-Za-z0-9-]*")
_LONGEST_PATH = 100


class SignInForm(TicketForm):
    email = StringField(filters=[text_input.line])
    password = PasswordField()
    code = StringField(filters=[text_input.line])
    next = HiddenField()


class TouchForm(TicketForm):
    """What a passkey answered; its challenge is its token."""

    class Meta(TicketForm.Meta):
        csrf_field_name = "challenge"

    passkey = HiddenField()
    secret = HiddenField()
    next = HiddenField()


class FinishForm(TicketForm):
    """The password after a passkey that opens nothing by itself; its token carries whose passkey that was."""

    password = PasswordField()
    next = HiddenField()


@bp.get("/sign-in")
def show() -> str:
    return _page(_form(request.args.get("next")))


@bp.post("/sign-in")
def submit() -> ResponseReturnValue:
    form = SignInForm(meta=_meta(_TICKET))
    if not form.accepted():
        return _page(form, _too_long()), 422
    try:
        cookie = _sign_in(form)
    except TooSoon as error:
        return _wait(_page(form, _please_wait()), error)
    if cookie is None:
        return _page(form, gettext("That did not match. Check email, password and code.")), 422
    return _let_in(cookie, form.next.data)


@bp.get("/passkey/challenge")
def challenge() -> ResponseReturnValue:
    """Give a new challenge to a sign-in page that was open for longer than one lasts."""
    return challenges.issue(), {"Content-Type": "text/plain; charset=utf-8"}


@bp.post("/passkey")
def touch() -> ResponseReturnValue:
    """Sign in with a passkey alone where it opens the vault; go on to the password where it does not."""
    form = TouchForm(meta=_meta(("passkey", None, passkeys.LASTS)))
    again = _form(form.next.data)
    accepted = form.accepted()
    answer = challenges.answer(form.ticket, form.passkey.data or "", form.secret.data or "")
    if not accepted or answer is None:
        return _page(again, _too_long()), 422
    try:
        with current.work(Party.NEWCOMER) as work:
            attempt = passkeys.begin(work, answer)
    except TooSoon as error:
        return _wait(_page(again, _please_wait()), error)
    with current.work(Party.NEWCOMER) as work:
        came = passkeys.finish(work, attempt, answer, user_agent.device())
    if came is None:
        return _page(again, gettext("This passkey is not known here. Use another, or your password.")), 422
    if isinstance(came, Halfway):
        carried = {"passkey": came.passkey, "email": came.email}
        ticket = current.secret().issue_ticket(_HALFWAY, carried, current.now())
        return _password_page(came, ticket, form.next.data)
    return _let_in(came, form.next.data)


@bp.post("/passkey/password")
def finish() -> ResponseReturnValue:
    form = FinishForm(meta=_meta((_HALFWAY, None, passkeys.LASTS)))
    accepted, halfway = form.accepted(), _came_halfway(form)
    if not accepted or halfway is None:
        return _page(_form(form.next.data), _too_long()), 422
    try:
        cookie = _finish(form, halfway)
    except TooSoon as error:
        return _wait(_password_page(halfway, form.ticket, form.next.data, _please_wait()), error)
    if cookie is None:
        problem = gettext("That did not match. Check the password.")
        return _password_page(halfway, form.ticket, form.next.data, problem), 422
    return _let_in(cookie, form.next.data)


@bp.post("/here")
def stay() -> ResponseReturnValue:
    """Stay signed in: asking is being here."""
    DeskForm().accepted()
    return "", 204


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    return _leave(everywhere=False)


@bp.post("/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    return _leave(everywhere=True)


@bp.app_context_processor
def _offered() -> dict[str, object]:
    return {"passkey_offer": challenges.offer}


def _sign_in(form: SignInForm) -> str | None:
    # Argon2id takes its time; no transaction waits for it.
    with current.work(Party.NEWCOMER) as work:
        attempt = sessions.begin(work, form.email.data or "")
    stretched = locks.stretch_in_turn(form.password.data or "", attempt.salt)
    with current.work(Party.NEWCOMER) as work:
        return sessions.finish(work, attempt, stretched, form.code.data or "", user_agent.device())


def _finish(form: FinishForm, halfway: Halfway) -> str | None:
    with current.work(Party.NEWCOMER) as work:
        attempt = sessions.begin(work, halfway.email)
    stretched = locks.stretch_in_turn(form.password.data or "", attempt.salt)
    with current.work(Party.NEWCOMER) as work:
        return passkeys.finish_with_password(work, attempt, stretched, halfway, user_agent.device(), once=form.ticket)


def _came_halfway(form: FinishForm) -> Halfway | None:
    try:
        found = current.secret().read_ticket(_HALFWAY, form.ticket, current.now(), passkeys.LASTS)
    except Stale:
        return None
    return Halfway(found["passkey"], found["email"])


def _leave(*, everywhere: bool) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        if everywhere:
            sessions.sign_out_everywhere(work)
        else:
            sessions.sign_out(work)
    response = make_response(redirect("/desk/sign-in", 303))
    guard.clear_cookie(response)
    return response


def _let_in(cookie: str, path: str | None) -> ResponseReturnValue:
    response = make_response(redirect(_safe(path), 303))
    guard.set_cookie(response, cookie)
    return response


def _wait(page: str, error: TooSoon) -> ResponseReturnValue:
    return page, 429, {"Retry-After": str(error.retry_after)}


def _form(path: str | None) -> SignInForm:
    return SignInForm(formdata=None, data={"next": _safe(path)}, meta=_meta(_TICKET))


def _page(form: SignInForm, problem: str | None = None) -> str:
    return render_template("desk/account/sign_in.html", form=form, problem=problem)


def _password_page(halfway: Halfway, ticket: str, path: str | None, problem: str | None = None) -> str:
    form = FinishForm(formdata=None, data={"next": _safe(path)}, meta=_meta((_HALFWAY, None, passkeys.LASTS)))
    return render_template(
        "desk/account/sign_in_password.html", form=form, email=halfway.email, ticket=ticket, problem=problem
    )


def _meta(context: tuple[str, object, timedelta]) -> dict[str, object]:
    return {"csrf_context": context}


def _too_long() -> str:
    return gettext("This page was open for too long. Please try again.")


def _please_wait() -> str:
    return gettext("Please wait a moment, then try again.")


def _safe(path: str | None) -> str:
    """Return a page of the desk to go on to; anything else leads home."""
    return path if path and len(path) <= _LONGEST_PATH and _DESK_PATH.fullmatch(path) else _HOME
