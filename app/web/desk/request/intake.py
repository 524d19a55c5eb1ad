"""Shows one request: the contact card first, then claims, dangers, replies and history."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from flask import Blueprint, render_template
from flask_babel import force_locale, gettext

from app import current
from app.domain.calls import dialing
from app.domain.casework import claims, notes, safety
from app.domain.casework.claims import Candidate
from app.domain.casework.notes import StoredDraft
from app.domain.casework.safety import Emergency
from app.domain.intake import opening
from app.domain.intake.opening import Opened
from app.domain.intake.returning import TEMPLATES
from app.domain.work import Work
from app.models import Status
from app.practice import Practice
from app.web import layout
from app.web.desk import dates, labels, outcomes
from app.web.desk.calls.card import CallHistory, Card, Updates
from app.web.desk.outcomes import CloseForm
from app.web.desk.request import history
from app.web.desk.request.history import DeliveryLine, HistoryLine
from app.web.questions import choices
from app.web.questions.choices import Choice

bp = Blueprint("intake", __name__, url_prefix="/desk")


class Danger(NamedTuple):
    """An emergency: how soon to report it, and what the practice wrote down to do."""

    kind: str
    title: str
    due: str
    steps: Sequence[str]
    #: Who started its clock, and when; None while it has not begun.
    begun: Emergency | None


@dataclass(frozen=True, repr=False)
class Casework:
    """The parts of the page besides card, calls and updates."""

    candidates: Sequence[Candidate]
    may_exclude: Sequence[Candidate]
    excluded: Sequence[Candidate]
    draft: StoredDraft | None
    #: Dangers that have to be reported, and those that may begin.
    open_dangers: Sequence[Danger]
    dangers: Sequence[Danger]
    now_written: str
    states: Sequence[Choice]
    #: Answers as the client reads them, and in the language of the desk where that is another one.
    templates: Sequence[tuple[str, str, str | None]]
    history: Sequence[HistoryLine]
    letters: Sequence[DeliveryLine]
    once: str

    @classmethod
    def read(cls, work: Work, opened: Opened) -> Self:
        practice, team = current.practice(), claims.candidates(work, opened)
        emergencies = safety.open_emergencies(practice, opened.history)
        begun = {one.kind for one in emergencies}
        return cls(
            candidates=[one for one in team if one.active and not one.has_it and not one.excluded],
            may_exclude=[one for one in team if not one.excluded],
            excluded=[one for one in team if one.excluded],
            draft=notes.read_draft(work, opened.reference),
            open_dangers=[_danger(practice, one.kind, one) for one in emergencies],
            dangers=[_danger(practice, kind) for kind in (safety.CHILD_HARM, safety.DANGER) if kind not in begun],
            now_written=dates.written(work.now),
            states=choices.states(practice),
            templates=_templates(practice, opened.language) if opened.returns else (),
            history=history.lines(opened, practice),
            letters=history.letters(work, opened.reference),
            once=secrets.token_hex(16),
        )


@bp.get("/<reference>")
def show(reference: str) -> str:
    with current.work() as work:
        opened, version = opening.open(work, reference), dialing.version(work, reference)
        casework = Casework.read(work, opened)
    return render_template(
        "desk/request/closed.html" if opened.status is Status.CLOSED else "desk/request/intake.html",
        intake=opened,
        version=version,
        card=Card.of(opened),
        calls=CallHistory.of(opened),
        updates=Updates.of(opened),
        casework=casework,
        outcome=outcomes.closed_with(opened),
        close_form=CloseForm(formdata=None),
    )


def _danger(practice: Practice, kind: str, begun: Emergency | None = None) -> Danger:
    steps = safety.steps(practice, kind)
    title = gettext("A child is being hurt") if kind == safety.CHILD_HARM else gettext("Somebody's life is in danger")
    here = [words[layout.language()] for words in steps.steps]
    due, now, by = labels.report_within(steps), current.now(), begun.report_by if begun else None
    if by and by <= now:
        due = gettext("It had to be reported by %(clock)s. Report it now.", clock=dates.moment(by))
    elif by:
        due = gettext("Report it by %(clock)s, %(left)s.", clock=dates.moment(by), left=dates.left(by, now))
    return Danger(kind, title, due, here, begun)


def _templates(practice: Practice, language: str) -> list[tuple[str, str, str | None]]:
    """Return answers as the client reads them, and in the language of the desk where that is another one."""
    with force_locale(language):
        texts = {name: choices.reply(name, practice) for name in TEMPLATES}
    same = language == layout.language()
    return [(name, text, None if same else choices.reply(name, practice)) for name, text in texts.items()]
