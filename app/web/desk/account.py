"""One's own account: who one is here, in which language, and the way out on every device."""

from typing import Any

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from app import current
from app.domain import accounts
from app.web.desk.forms import DeskForm

bp = Blueprint("account", __name__, url_prefix="/desk/account")


#: Each in its own words, so that whoever is lost finds theirs.
_LANGUAGES = [("en", "English"), ("es", "Español")]


class LanguageForm(DeskForm):
    language = RadioField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.language.choices = _LANGUAGES


@bp.get("")
def show() -> str:
    return _page(LanguageForm(formdata=None))


@bp.post("/language")
def speak() -> ResponseReturnValue:
    form = LanguageForm()
    if not form.accepted():
        return _page(form), 422
    with current.work() as work:
        accounts.speak(work, form.language.data)
    return redirect("/desk/account", 303)


def _page(form: LanguageForm) -> str:
    with current.look() as work:
        profile = accounts.profile(work)
    form.language.data = form.language.data or profile.language
    return render_template("desk/account.html", profile=profile, form=form)
