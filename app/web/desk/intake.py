"""One request: the contact card first, then what was said and done."""

from typing import Any

from flask import Blueprint, render_template

from app import current
from app.domain import intakes
from app.domain.intakes import Opened, Tombstone
from app.web.desk import card, labels
from app.web.desk.forms import DeskForm

bp = Blueprint("intake", __name__, url_prefix="/desk")


@bp.get("/<reference>")
def show(reference: str) -> str:
    with current.work() as work:
        opened = intakes.open(work, reference)
    if isinstance(opened, Tombstone):
        return render_template("desk/tombstone.html", intake=opened)
    return render_template("desk/intake.html", form=DeskForm(formdata=None), **card.facts(opened), **_news(opened))


def _news(opened: Opened) -> dict[str, Any]:
    """Return what came by the return page, in words; a loosened wish is only a question until it was asked by voice."""
    news = opened.news
    return {
        "messages": [(one.at, labels.sentence(one.sentence), one.text) for one in news.messages],
        "loosened": [(one.at, labels.loosened(one.wishes, opened.wishes)) for one in news.asked],
        "given": [(one.at, one.number.phone) for one in news.given],
    }
