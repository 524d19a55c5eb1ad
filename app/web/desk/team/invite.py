"""The one-time link of an invitation: password, second factor and printed codes on one page, and one form."""

import base64
from typing import Any

import segno
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from wtforms import StringField

from app import current
from app.crypto import codes, locks, totp
from app.crypto.hpke import PrivateKey
from app.domain.team import team
from app.domain.team.team import Invitation
from app.domain.work import Party
from app.web import guard
from app.web.desk import user_agent
from app.web.desk.account.account_forms import PasswordForm
from app.web.desk.forms import lazy_gettext
from app.web.questions import text_input

bp = Blueprint("invite", __name__, url_prefix="/desk/invite")


class JoinForm(PasswordForm):
    keep_first = lazy_gettext("Keep your password and the codes first. They are shown only now.")

    code = StringField(filters=[text_input.line])

    def __init__(self, token: str) -> None:
        super().__init__(f"invite/{codes.hash_token(token).hex()}")

    def new_proposal(self) -> dict[str, Any]:
        return super().new_proposal() | {"totp": totp.new_secret().hex(), "codes": codes.backup_codes()}


@bp.get("/<token>")
def show(token: str) -> str:
    return _page(_invitation(token), JoinForm(token))


@bp.post("/<token>")
def submit(token: str) -> ResponseReturnValue:
    invitation, form = _invitation(token), JoinForm(token)
    if not form.accepted() or not form.is_complete():
        return _page(invitation, form), 422
    cookie = _join(token, form)
    if cookie is None:
        form.code.errors = [gettext("This code is not right. Wait for the next one and type that.")]
        return _page(invitation, form), 422
    return guard.sign_in(cookie, url_for("recovery_sheet.show"))


def _join(token: str, form: JoinForm) -> str | None:
    salt = locks.new_salt()
    brought = team.Credentials(
        stretched=locks.stretch_in_turn(form.chosen, salt),
        salt=salt,
        private=PrivateKey.generate(),
        totp_secret=bytes.fromhex(form.proposal["totp"]),
        backup_codes=form.proposal["codes"],
    )
    with current.work(Party.NEWCOMER) as work:
        return team.accept(work, token, brought, form.code.data or "", user_agent.device())


def _invitation(token: str) -> Invitation:
    with current.read(Party.NEWCOMER) as work:
        return team.invitation(work, token)


def _page(invitation: Invitation, form: JoinForm) -> str:
    secret = bytes.fromhex(form.proposal["totp"])
    spoken = base64.b32encode(secret).decode()
    uri = totp.uri(secret, invitation.email, current.practice().name)
    return render_template(
        "desk/team/invite.html",
        invitation=invitation,
        form=form,
        # segno draws it from our own text; nothing in it came from outside.
        qr=Markup(segno.make(uri, micro=False).svg_inline(border=4, dark="#000", light="#fff", omitsize=True)),  # noqa: S704
        secret=" ".join(spoken[start : start + 4] for start in range(0, len(spoken), 4)),
    )
