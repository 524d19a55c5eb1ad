"""One request: the contact card first, then what was said and done."""

from flask import Blueprint, render_template

from app import current
from app.domain.calls import dialing
from app.domain.intake import opening
from app.domain.letters import deliveries
from app.models import Status
from app.web.desk.calls import call_history, card
from app.web.desk.forms import DeskForm
from app.web.desk.request import client_updates, ending, request_page
from app.web.desk.request import deliveries as letters

bp = Blueprint("intake", __name__, url_prefix="/desk")


@bp.get("/<reference>")
def show(reference: str) -> str:
    with current.work() as work:
        opened, version = opening.open(work, reference), dialing.version(work, reference)
        told = letters.told(deliveries.about(work, opened.reference))
        beside = request_page.read(work, opened)
    return render_template(
        "desk/request/closed.html" if opened.status is Status.CLOSED else "desk/request/intake.html",
        form=DeskForm(formdata=None),
        version=version,
        told=told,
        tried=call_history.of(opened),
        **card.facts(opened),
        **client_updates.facts(opened),
        **request_page.facts(opened, beside),
        **ending.facts(opened),
    )
