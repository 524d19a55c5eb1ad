"""Finds requests by name, code words or reference; by number for supervisors."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, ValidationError

from app import current
from app.domain.lists import search
from app.domain.lists.search import MatchedBy
from app.web.desk import outcomes
from app.web.desk.forms import DeskForm
from app.web.questions import text_input

bp = Blueprint("search", __name__, url_prefix="/desk/search")

_WHY = {
    MatchedBy.REFERENCE: lazy_gettext("by reference"),
    MatchedBy.NAME: lazy_gettext("by name"),
    MatchedBy.WORDS: lazy_gettext("by two words"),
    MatchedBy.NUMBER: lazy_gettext("by number"),
}


class SearchForm(DeskForm):
    q = StringField(filters=[text_input.line])

    def validate_q(self, q: StringField) -> None:
        if len(q.data or "") > 80:
            raise ValidationError(gettext("Type a few words at most."))
        if not search.enough(q.data or ""):
            raise ValidationError(gettext("Type at least two letters."))


@bp.get("")
def show() -> str:
    return render_template("desk/lists/search.html", form=SearchForm(formdata=None), found=None)


@bp.post("")
def find() -> ResponseReturnValue:
    """Show the hits. The text is in the box again, and nowhere else."""
    form = SearchForm()
    if not form.accepted():
        return render_template("desk/lists/search.html", form=form, found=None), 422
    with current.read() as work:
        found = search.find(work, form.q.data or "")
    with current.work() as work:
        search.record(work, found)
    hits = [
        (hit, outcomes.state(hit.status, hit.outcome, hit.claimed_by, mine=hit.mine), [_WHY[why] for why in hit.why])
        for hit in found.hits
    ]
    return render_template("desk/lists/search.html", form=form, found=found, hits=hits, newest=search.NEWEST)
