"""Puts the outcomes of calls and of requests into words, and asks for one."""

from typing import NamedTuple

from flask_babel import gettext
from wtforms.validators import AnyOf

from app.domain.intake.opening import Opened
from app.models import LogKind, Outcome, Status
from app.web.desk.forms import DeskForm, lazy_gettext
from app.web.questions.fields import Radio

CALLS = {
    "reached": lazy_gettext("Reached them"),
    "no_answer": lazy_gettext("No answer"),
    "voicemail": lazy_gettext("Left a voicemail"),
    "bad_time": lazy_gettext("Not a good time"),
    "other_person": lazy_gettext("Somebody else answered"),
    "wrong_number": lazy_gettext("Wrong number"),
}


class End(NamedTuple):
    #: In the form that closes a request.
    full: str
    #: In a line of a list.
    short: str
    #: Above a column of figures.
    head: str


ENDS = {
    Outcome.CLIENT: End(
        lazy_gettext("Became a client"), lazy_gettext("became a client"), lazy_gettext("Became a client")
    ),
    Outcome.REFERRED: End(
        lazy_gettext("Was sent to somebody who can help better"), lazy_gettext("referred"), lazy_gettext("Referred on")
    ),
    Outcome.DECLINED: End(
        lazy_gettext("Did not want to go on"), lazy_gettext("declined"), lazy_gettext("Does not want it")
    ),
    Outcome.UNREACHABLE: End(
        lazy_gettext("Could not be reached"), lazy_gettext("not reached"), lazy_gettext("Could not be reached")
    ),
    Outcome.SPAM: End(
        lazy_gettext("Was no real request"), lazy_gettext("not serious"), lazy_gettext("Not a real request")
    ),
}


def state(status: Status, outcome: Outcome | None, claimed_by: str | None, *, mine: bool) -> str:
    """Return which member has it, or how it ended."""
    if status in (Status.WITHDRAWN, Status.ERASED):
        return gettext("Taken back")
    if outcome is not None:
        return gettext("Closed: %(outcome)s", outcome=ENDS[outcome].short)
    if mine:
        return gettext("With you")
    return gettext("With %(name)s", name=claimed_by) if claimed_by else gettext("New")


class CloseForm(DeskForm):
    outcome = Radio(
        choices=lambda: [(outcome, end.full) for outcome, end in ENDS.items()],
        validate_choice=False,
        validators=[AnyOf(list(Outcome), lazy_gettext("Choose how it ended."))],
    )


class ClosedWith(NamedTuple):
    """How a request ended, in words, and who closed it; None once their account is gone."""

    text: str
    by: str | None


def closed_with(opened: Opened) -> ClosedWith | None:
    if opened.outcome is None:
        return None
    closers = [entry.by for entry in opened.history if entry.kind is LogKind.OUTCOME]
    return ClosedWith(str(ENDS[opened.outcome].full), closers[-1] if closers else None)
