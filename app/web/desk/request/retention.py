"""Holds, erases and certifies: pages for supervisors with a fresh second factor."""

from collections.abc import Mapping, Sequence

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


class HoldForm(ProvenForm):
    held = StringField()


class EraseForm(ProvenForm):
    offers: Mapping[str, Sequence[tuple[str, str]]] = {
        "reason": [(cause.value, text) for cause, text in _CAUSES.items()]
    }

    reason = Radio(validate_choice=False, validators=[AnyOf(list(Cause), lazy_gettext("Choose why it is erased."))])


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
    return render_template(
        "desk/request/certificate.html",
        certificate=found,
        by=found.by or _nobody_here(found.kind),
        reason=_why(found.kind),
        code=[code[start : start + 8] for start in range(0, len(code), 8)],
    )


def _page(template: str, reference: str, form: ProvenForm) -> str:
    with current.work() as work:
        kept = retention.retained(work, reference)
    return render_template(template, kept=kept, form=form)


def _nobody_here(kind: str) -> str:
    texts = {
        tombstones.UNDONE: gettext("The client, within 15 minutes"),
        tombstones.WITHDRAWN: gettext("The service, a day after the client took it back"),
    }
    return texts.get(kind, gettext("Somebody who has left the team"))


def _why(kind: str) -> str:
    by_supervisor = {tombstones.BY_SUPERVISOR[cause]: words for cause, words in _CAUSES.items()}
    return str(by_supervisor.get(kind, gettext("The client took it back")))
