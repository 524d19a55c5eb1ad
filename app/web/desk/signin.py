"""Signing in and out. A wrong name, password or code get the same answer."""

import re
from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField, PasswordField, StringField

from app import current
from app.domain import signin
from app.domain.signin import TooSoon
from app.domain.work import Party
from app.web import guard
from app.web.desk.forms import DeskForm, TicketForm, one_line

bp = Blueprint("signin", __name__, url_prefix="/desk")

_TICKET = ("sign-in", None, timedelta(hours=24))
_HOME = "/desk/"
_DESK_PATH = re.compile(r"/desk/(?:[A-Za-z0-9-]+/)*[A-Za-z0-9-]*")
_LONGEST_PATH = 100


class SignInForm(TicketForm):
    email = StringField(filters=[one_line])
    password = PasswordField()
    code = StringField(filters=[one_line])
    next = HiddenField()


@bp.get("/sign-in")
def show() -> str:
    return _page(SignInForm(formdata=None, data={"next": _safe(request.args.get("next"))}, meta=_meta()))


@bp.post("/sign-in")
def submit() -> ResponseReturnValue:
    form = SignInForm(meta=_meta())
    if not form.accepted():
        return _page(form, gettext("This page was open for too long. Please try again.")), 422
    try:
        cookie = _sign_in(form)
    except TooSoon as error:
        page = make_response(_page(form, gettext("Please wait a moment, then try again.")), 429)
        page.headers["Retry-After"] = str(error.retry_after)
        return page
    if cookie is None:
        return _page(form, gettext("That did not match. Check email, password and code.")), 422
    response = make_response(redirect(_safe(form.next.data), 303))
    guard.set_cookie(response, cookie)
    return response


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


def _sign_in(form: SignInForm) -> str | None:
    # Argon2id takes its time; no transaction waits for it.
    with current.work(Party.NEWCOMER) as work:
        attempt = signin.begin(work, form.email.data or "")
    stretched = current.stretch(form.password.data or "", attempt.salt)
    with current.work(Party.NEWCOMER) as work:
        return signin.finish(work, attempt, stretched, form.code.data or "")


def _leave(*, everywhere: bool) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        if everywhere:
            signin.sign_out_everywhere(work)
        else:
            signin.sign_out(work)
    response = make_response(redirect("/desk/sign-in", 303))
    guard.clear_cookie(response)
    return response


def _page(form: SignInForm, problem: str | None = None) -> str:
    return render_template("desk/sign_in.html", form=form, problem=problem)


def _meta() -> dict[str, object]:
    return {"csrf_context": _TICKET}


def _safe(path: str | None) -> str:
    """Return a page of the desk to go on to; anything else leads home."""
    return path if path and len(path) <= _LONGEST_PATH and _DESK_PATH.fullmatch(path) else _HOME
