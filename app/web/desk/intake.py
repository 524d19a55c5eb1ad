"""One request: the contact card first, then what was said; claim it, show the number."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from app import current
from app.domain import intakes
from app.domain.intakes import Opened, Tombstone
from app.web.desk import labels
from app.web.desk.forms import DeskForm

bp = Blueprint("intake", __name__, url_prefix="/desk")


@bp.get("/<reference>")
def show(reference: str) -> str:
    with current.work() as work:
        opened = intakes.open(work, reference)
    if isinstance(opened, Tombstone):
        return render_template("desk/tombstone.html", intake=opened)
    return render_template("desk/intake.html", form=DeskForm(formdata=None), **_card(opened), **_news(opened))


@bp.post("/<reference>/claim")
def claim(reference: str) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        intakes.claim(work, reference)
    return redirect(f"/desk/{reference}", 303)


@bp.post("/<reference>/reveal")
def reveal(reference: str) -> str:
    """Show the whole number. Every showing is recorded, a reload too."""
    DeskForm().accepted()
    with current.work() as work:
        opened = intakes.reveal(work, reference)
    number = labels.number(opened.answers.phone) if opened.answers.phone else None
    return render_template("desk/number.html", number=number, **_card(opened))


def _card(opened: Opened) -> dict[str, Any]:
    practice = current.practice()
    card: dict[str, Any] = {
        "intake": opened,
        "permissions": labels.permissions(opened.wishes),
        "windows": labels.windows(opened.wishes.when),
        "language_of_call": labels.language(opened.answers),
        "facts": labels.facts(opened.answers, practice),
        "licensed": opened.answers.state in practice.licensed_states,
    }
    if opened.wishes.zone is not None:
        there = current.now().astimezone(ZoneInfo(opened.wishes.zone))
        safe = labels.safe_at(opened.wishes.when, there)
        card |= {"there": there, "zone": labels.zone(opened.wishes.zone), "safe": safe}
    return card


def _news(opened: Opened) -> dict[str, Any]:
    """Return what came by the return page, in words; a loosened wish is only a question until it was asked by voice."""
    news = opened.news
    return {
        "messages": [(one.at, labels.sentence(one.sentence), one.text) for one in news.messages],
        "loosened": [(one.at, labels.loosened(one.wishes, opened.wishes)) for one in news.asked],
        "given": [(one.at, one.number.phone) for one in news.given],
    }
