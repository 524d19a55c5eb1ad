"""The page of a newcomer: six words, until a supervisor has compared them."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import current
from app.domain.team import team
from app.models import AccountState

bp = Blueprint("approval", __name__, url_prefix="/desk/words")


@bp.get("")
def show() -> ResponseReturnValue:
    with current.read() as work:
        if work.member.state is not AccountState.PENDING:
            return redirect(url_for("queue.show"), 303)
        return render_template("desk/team/approval.html", words=team.own_words(work))
