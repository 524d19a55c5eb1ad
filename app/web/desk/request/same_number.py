"""Shows supervisors which requests share a number, so that nobody mentions one client to the other (S-57)."""

from flask import Blueprint, render_template

from app import current
from app.domain.lists import search
from app.web.desk.forms import DeskForm

bp = Blueprint("same_number", __name__, url_prefix="/desk")


@bp.post("/<reference>/same-number")
def compare(reference: str) -> str:
    """Show the requests with the same number. No link between them is stored."""
    DeskForm().accepted()
    with current.read() as work:
        twins = search.same_number(work, reference)
    with current.work() as work:
        search.record_comparison(work, reference, twins)
    return render_template("desk/request/same_number.html", reference=reference, twins=twins, newest=search.NEWEST)
