"""Holds, erases and certifies: pages for supervisors with a fresh second factor."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField
from wtforms.validators import AnyOf

from app import current
from app.domain.casework import retention
from app.domain.intake import tombstones
from app.domain.intake.tombstones import Cause
from app.web.desk.forms import ProvenForm, lazy_gettext, to_request
from app.web.questions.fields import Radio

bp = Blueprint("retention", __name__, url_prefix="/desk")

_CAUSES = {
    Cause.ASKED: lazy_gettext("The client asked us to"),
    Cause.UNDER_13: lazy_gettext("It came from a child under 13"),
    Cause.MISTAKE: lazy_gettext("A mistake, or no real request"),
}
#: Who erased it where no member did, by the kind of audit line.
_NOBODY_HERE = {
    tombstones.UNDONE: lazy_gettext("The client, within 15 minutes"),
    tombstones.WITHDRAWN: lazy_gettext("The service, a day after the client took it back"),
}


class HoldForm(ProvenForm):
    held = StringField()


class EraseForm(ProvenForm):
    reason = Radio(
        choices=lambda: list(_CAUSES.items()),
        validate_choice=False,
        validators=[AnyOf(list(Cause), lazy_gettext("Choose why it is erased."))],
    )


@bp.get("/<reference>/hold")
def hold_form(reference: str) -> str:
    return _page("desk/request/hold.html", reference, HoldForm(formdata=None))


@bp.post("/<reference>/hold")
def hold(reference: str) -> ResponseReturnValue:
    form = HoldForm()
    if not form.proven():
        return _page("desk/request/hold.html", reference, form), 422
    if form.held.data not in ("yes", "no"):
        abort(400)
    with current.work() as work:
        retention.hold(work, reference, held=form.held.data == "yes")
    return to_request(reference)


@bp.get("/<reference>/erase")
def erase_form(reference: str) -> str:
    return _page("desk/request/erase.html", reference, EraseForm(formdata=None))


@bp.post("/<reference>/erase")
def erase(reference: str) -> ResponseReturnValue:
    form = EraseForm()
    if not form.proven():
        return _page("desk/request/erase.html", reference, form), 422
    with current.work() as work:
        retention.erase(work, reference, Cause(form.reason.data))
    return redirect(url_for("retention.certificate", reference=reference), 303)


@bp.get("/<reference>/certificate")
def certificate(reference: str) -> str:
    """Show what the audit trail says about an erased request."""
    with current.read() as work:
        found = retention.certificate(work, reference)
    code = found.code.hex() if found.code else ""
    reasons = {tombstones.BY_SUPERVISOR[cause]: text for cause, text in _CAUSES.items()}
    return render_template(
        "desk/request/certificate.html",
        certificate=found,
        by=found.by or _NOBODY_HERE.get(found.kind, gettext("Somebody who has left the team")),
        reason=reasons.get(found.kind, gettext("The client took it back")),
        code=[code[start : start + 8] for start in range(0, len(code), 8)],
    )


def _page(template: str, reference: str, form: ProvenForm) -> str:
    with current.work() as work:
        kept = retention.retained(work, reference)
    return render_template(template, kept=kept, form=form)
