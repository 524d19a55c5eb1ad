"""Calling: the number, shown for a call that may start now."""

from flask import Blueprint, render_template

from app import current
from app.domain import calls
from app.web.desk import card, labels
from app.web.desk.forms import DeskForm

bp = Blueprint("calls", __name__, url_prefix="/desk")


@bp.post("/<reference>/reveal")
def reveal(reference: str) -> str:
    """Show the whole number. Every showing is recorded, a reload too."""
    DeskForm().accepted()
    with current.work() as work:
        opened = calls.reveal(work, reference)
    number = labels.number(opened.answers.phone) if opened.answers.phone else None
    return render_template("desk/number.html", number=number, **card.facts(opened))
