"""How a request may end, and has ended: the question and the words for the page."""

from typing import Any

from wtforms.validators import AnyOf

from app.domain.intake.intakes import Opened
from app.models import LogKind, Outcome
from app.web.asking.fields import Radio
from app.web.desk.forms import DeskForm, lazy_gettext

_WORDS = {
    Outcome.CLIENT: lazy_gettext("Became a client"),
    Outcome.REFERRED: lazy_gettext("Was sent to somebody who can help better"),
    Outcome.DECLINED: lazy_gettext("Did not want to go on"),
    Outcome.UNREACHABLE: lazy_gettext("Could not be reached"),
    Outcome.SPAM: lazy_gettext("Was no real request"),
}


class CloseForm(DeskForm):
    outcome = Radio(validate_choice=False, validators=[AnyOf(list(Outcome), lazy_gettext("Choose how it ended."))])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.outcome.choices = [(outcome.value, str(words)) for outcome, words in _WORDS.items()]


def facts(opened: Opened) -> dict[str, Any]:
    """Return the question how it ends, and the answer once it has."""
    if opened.outcome is None:
        return {"close_form": CloseForm(formdata=None)}
    said = [entry for entry in opened.history if entry.kind is LogKind.OUTCOME]
    return {"outcome": str(_WORDS[opened.outcome]), "closed_by": said[-1].by if said else None}
