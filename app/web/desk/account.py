"""One's own account: who one is here, and the way out on every device."""

from flask import Blueprint, render_template

from app import current
from app.domain import accounts
from app.web.desk.forms import DeskForm

bp = Blueprint("account", __name__, url_prefix="/desk/account")


@bp.get("")
def show() -> str:
    with current.look() as work:
        profile = accounts.profile(work)
    return render_template("desk/account.html", profile=profile, form=DeskForm(formdata=None))
