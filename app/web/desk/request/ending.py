"""How a request may end, and has ended: the question and the words for the page."""

from typing import Any

from wtforms.validators import AnyOf

from app.domain.intake.opening import Opened
from app.models import LogKind, Outcome
from app.web.desk import outcomes
from app.web.desk.forms import DeskForm, lazy_gettext
from app.web.questions.fields import Radio


class CloseForm(DeskForm):
    outcome = Radio(validate_choice=False, validators=[AnyOf(list(Outcome), lazy_gettext("Choose how it ended."))])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.outcome.choices = [(outcome.value, str(end.full)) for outcome, end in outcomes.ENDS.items()]


def facts(opened: Opened) -> dict[str, Any]:
    """Return the question how it ends, and the answer once it has."""
    if opened.outcome is None:
        return {"close_form": CloseForm(formdata=None)}
    said = [entry for entry in opened.history if entry.kind is LogKind.OUTCOME]
    return {"outcome": str(outcomes.ENDS[opened.outcome].full), "closed_by": said[-1].by if said else None}
