"""The team page, for supervisors: list members, invite, approve by six words, change roles, suspend."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField
from wtforms.validators import AnyOf

from app import current, health
from app.domain.accounts import sessions
from app.domain.team import offboarding, team
from app.domain.work import Reason
from app.models import Role
from app.web.desk.account import account_forms
from app.web.desk.forms import ProvenForm, lazy_gettext
from app.web.desk.records import audit_labels

bp = Blueprint("team", __name__, url_prefix="/desk/team")

_LINK = "invite_link"


class InviteForm(ProvenForm):
    refusals: Mapping[Reason, str | None] = {Reason.KNOWN_EMAIL: "email"}

    name = account_forms.NAME
    email = account_forms.EMAIL
    supervisor = BooleanField()


class ApproveForm(ProvenForm):
    key_digest = HiddenField()


class RoleForm(ProvenForm):
    role = HiddenField(validators=[AnyOf([*Role], lazy_gettext("Choose one of the two."))])


@bp.get("")
def show() -> str:
    return _page()


@bp.post("")
def invite() -> ResponseReturnValue:
    form = InviteForm()
    if not form.proven():
        return _page(form), 422
    with form.refused_here(), current.work() as work:
        token = team.invite(
            work,
            email=form.email.data or "",
            name=form.name.data or "",
            role=Role.SUPERVISOR if form.supervisor.data else Role.COUNSELOR,
        )
        session[_LINK] = current.settings().desk_url + url_for("invite.show", token=token)
    if form.errors:
        return _page(form), 422
    return redirect(url_for("team.show"), 303)


@bp.post("/<uuid:account_id>/approve")
def approve(account_id: UUID) -> ResponseReturnValue:
    """Grant exactly the key whose words were on the page."""
    form = ApproveForm()
    if not form.proven():
        return _page(form, f"approve-{account_id}"), 422
    with current.work() as work:
        team.approve(work, account_id, form.key_digest.data or "")
    return redirect(url_for("team.show"), 303)


@bp.post("/<uuid:account_id>/role")
def change_role(account_id: UUID) -> ResponseReturnValue:
    form = RoleForm()
    if not form.proven():
        return _page(form, f"role-{account_id}"), 422
    role = Role(form.role.data or "")
    with current.work() as work:
        team.change_role(work, account_id, role)
    # A supervisor who gave up their own role has no team page any more.
    has_left = account_id == g.actor.account_id and role is Role.COUNSELOR
    return redirect(url_for("account.show" if has_left else "team.show"), 303)


@bp.post("/<uuid:account_id>/suspend")
def suspend(account_id: UUID) -> ResponseReturnValue:
    form = ProvenForm()
    if not form.proven():
        return _page(form, f"suspend-{account_id}"), 422
    with current.work() as work:
        offboarding.leave(work, account_id)
    # New requests are sealed to the epoch that has just begun.
    health.forget()
    return redirect(url_for("team.show_former_member", account_id=account_id), 303)


@bp.get("/<uuid:account_id>/left")
def show_former_member(account_id: UUID) -> str:
    """Show what somebody who left the team may still know."""
    with current.read() as work:
        known = offboarding.known(work, account_id)
    taken = [(audit_labels.kind(kind), at) for kind, at in known.taken]
    return render_template("desk/team/former_member.html", known=known, taken=taken)


@bp.post("/<uuid:account_id>/sign-out")
def sign_out(account_id: UUID) -> ResponseReturnValue:
    """End a colleague's sessions, such as on a phone they lost."""
    form = ProvenForm()
    if not form.proven():
        return _page(form, f"sign-out-{account_id}"), 422
    with current.work() as work:
        sessions.end_colleagues(work, account_id)
    return redirect(url_for("team.show"), 303)


def _page(sent: ProvenForm | None = None, wrong_id: str | None = None) -> str:
    """Show the team. A form that was sent is shown in its place; `wrong_id` says which colleague's it was."""
    with current.read() as work:
        colleagues = team.roster(work)
    return render_template(
        "desk/team/team.html",
        colleagues=colleagues,
        sent=sent,
        form=sent if isinstance(sent, InviteForm) else InviteForm(formdata=None),
        proof=ProvenForm(formdata=None),
        wrong_id=wrong_id,
        link=session.pop(_LINK, None) if wrong_id is None else None,
    )
