"""Makes the paper card for calls away from the desk: for supervisors with a fresh second factor."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app import current
from app.domain.calls import code_words
from app.web.desk.forms import ProvenForm

bp = Blueprint("paper_card", __name__, url_prefix="/desk/called/card")


@bp.get("")
def show() -> str:
    return render_template("desk/calls/paper_card.html", form=ProvenForm(formdata=None), card=None)


@bp.post("")
def make() -> ResponseReturnValue:
    """Show the card once, to be printed. It is not stored."""
    form = ProvenForm()
    if not form.proven():
        return render_template("desk/calls/paper_card.html", form=form, card=None), 422
    with current.work() as work:
        card = code_words.make_paper_card(work)
    return render_template("desk/calls/paper_card.html", form=form, card=card)
