"""The one-time link: password, second factor and printed codes on one page, finished by one POST.

What the page offers travels in its encrypted ticket, so nothing is kept until it is chosen.
"""

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import segno
from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from wtforms import BooleanField, StringField

from app import current
from app.crypto import codes, locks, totp, words
from app.crypto.hpke import PrivateKey
from app.crypto.secretkey import Stale
from app.domain.team import team
from app.domain.team.team import Invitation
from app.domain.work import Party
from app.web import guard
from app.web.desk import user_agent
from app.web.desk.account.password_form import PasswordForm
from app.web.questions import text_input

bp = Blueprint("invite", __name__, url_prefix="/desk/invite")

_LASTS = timedelta(minutes=60)


class JoinForm(PasswordForm):
    code = StringField(filters=[text_input.line])
    kept = BooleanField()


@bp.get("/<token>")
def show(token: str) -> str:
    invitation = _invitation(token)
    offer = _offer()
    return _page(invitation, JoinForm(formdata=None, meta=_meta(token, offer)), offer)


@bp.post("/<token>")
def submit(token: str) -> ResponseReturnValue:
    invitation = _invitation(token)
    offer = _offered(token) or _offer()
    form = JoinForm(meta=_meta(token, offer))
    if not form.accepted() or not _complete(form):
        return _page(invitation, form, offer), 422
    cookie = _join(token, form.chosen(offer), offer, form.code.data or "")
    if cookie is None:
        form.code.errors = [gettext("This code is not right. Wait for the next one and type that.")]
        return _page(invitation, form, offer), 422
    response = make_response(redirect("/desk/recovery-sheet", 303))
    guard.set_cookie(response, cookie)
    return response


def _join(token: str, password: str, offer: Mapping[str, Any], code: str) -> str | None:
    salt = locks.new_salt()
    brought = team.Credentials(
        stretched=locks.stretch_in_turn(password, salt),
        salt=salt,
        private=PrivateKey.generate(),
        totp_secret=bytes.fromhex(offer["totp"]),
        backup_codes=offer["codes"],
    )
    with current.work(Party.NEWCOMER) as work:
        return team.accept(work, token, brought, code, user_agent.device())


def _complete(form: JoinForm) -> bool:
    """Check what the password rules and the printed codes ask for; say what is missing beside the field."""
    form.check()
    if not form.kept.data:
        form.kept.errors = [gettext("Keep your password and the codes first. They are shown only now.")]
    return not form.errors


def _invitation(token: str) -> Invitation:
    with current.read(Party.NEWCOMER) as work:
        return team.invitation(work, token)


def _offer() -> dict[str, Any]:
    return {
        "passphrase": words.passphrase("en"),
        "totp": totp.new_secret().hex(),
        "codes": codes.backup_codes(),
    }


def _offered(token: str) -> dict[str, Any] | None:
    """Return what the page offered, from its ticket; None when that is too old or not ours."""
    try:
        found: dict[str, Any] = current.secret().read_ticket(
            _name(token), request.form.get("token", ""), current.now(), _LASTS
        )
    except Stale:
        return None
    return found


def _page(invitation: Invitation, form: JoinForm, offer: Mapping[str, Any]) -> str:
    secret = bytes.fromhex(offer["totp"])
    spoken = base64.b32encode(secret).decode()
    uri = totp.uri(secret, invitation.email, current.practice().name)
    return render_template(
        "desk/team/invite.html",
        invitation=invitation,
        form=form,
        offer=offer,
        # segno draws it from our own text; nothing in it came from outside.
        qr=Markup(segno.make(uri, micro=False).svg_inline(border=4, dark="#000", light="#fff", omitsize=True)),  # noqa: S704
        secret=" ".join(spoken[start : start + 4] for start in range(0, len(spoken), 4)),
    )


def _meta(token: str, offer: Mapping[str, Any]) -> dict[str, object]:
    return {"csrf_context": (_name(token), offer, _LASTS)}


def _name(token: str) -> str:
    return f"invite/{codes.hash_token(token).hex()}"
