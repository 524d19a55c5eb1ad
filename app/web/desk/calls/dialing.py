"""Reveals the number for two minutes, and hides it again."""

import math
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from app import current
from app.domain.calls import dialing
from app.domain.intake import opening
from app.domain.work import Reason, Refused
from app.web.desk import labels
from app.web.desk.calls.card import Card, Updates
from app.web.desk.forms import DeskForm, run, to_request

bp = Blueprint("dialing", __name__, url_prefix="/desk")


class RevealForm(DeskForm):
    refusals: Mapping[Reason, str | None] = {Reason.REASON_NEEDED: "reason"}

    reason = StringField()


@bp.post("/<reference>/reveal")
def reveal(reference: str) -> ResponseReturnValue:
    """Reveal the number, which is recorded each time. Outside the safe times, ask for a reason first."""
    form = RevealForm()
    form.accepted()
    with form.refused_here(), current.work() as work:
        dialing.reveal(work, reference, form.reason.data)
    if not form.reason.errors:
        return redirect(url_for("dialing.number", reference=reference), 303)
    with current.work() as work:
        opened = opening.open(work, reference)
    if not form.reason.data:
        # A question that is asked for the first time has no error.
        form.reason.errors = []
    card = Card.of(opened)
    return render_template("desk/calls/reason.html", intake=opened, form=form, reasons=labels.REASONS, card=card), 422


@bp.get("/<reference>/number")
def number(reference: str) -> ResponseReturnValue:
    """Show the number during the two minutes. Each load decides anew, and changes nothing."""
    try:
        with current.work() as work:
            shown = dialing.dialing(work, reference)
    except Refused as error:
        if error.reason is not Reason.GONE:
            raise
        return render_template("desk/calls/stop.html", reference=opening.canonical(reference), gone=True)
    if shown is None:
        return to_request(reference)
    opened, seconds = shown.opened, math.ceil((shown.until - current.now()).total_seconds())
    if shown.tightened:
        return render_template("desk/calls/stop.html", reference=opened.reference, gone=False)
    return render_template(
        "desk/calls/number.html",
        intake=opened,
        card=Card.of(opened),
        updates=Updates.of(opened, since=shown.since),
        number=labels.number(opened.answers.phone) if opened.answers.phone else None,
        dialing=shown,
        seconds=seconds,
        # Without JavaScript, the page reloads.
        again_after=min(seconds, 30),
    )


@bp.post("/<reference>/not-called")
def not_called(reference: str) -> ResponseReturnValue:
    return run(dialing.end, reference)


@bp.get("/<reference>/pulse")
def pulse(reference: str) -> dict[str, str]:
    """Return the version of the request, which an open page compares. Opens nothing."""
    with current.read() as work:
        return {"version": dialing.version(work, reference)}
