"""What whoever works on a request sees beside the contact card: who may have it, dangers, answers, what was done."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale, get_locale, gettext, ngettext

from app import current
from app.domain.casework import claims, drafts, safety
from app.domain.casework.claims import Candidate
from app.domain.casework.drafts import StoredDraft
from app.domain.casework.safety import Emergency
from app.domain.intake.opening import Opened
from app.domain.intake.returning import TEMPLATES
from app.domain.work import Work
from app.models import LogKind
from app.practice import Practice
from app.web.desk import dates
from app.web.desk.request import history
from app.web.questions import choices, return_texts

_MINUTES_AN_HOUR = 60
_HOURS_TOLD_IN_MINUTES = 2


@dataclass(frozen=True)
class Beside:
    """What is read with the request, in the same transaction."""

    team: tuple[Candidate, ...]
    draft: StoredDraft | None


@dataclass(frozen=True)
class Clock:
    """An open emergency, as words: what it is, by when to report it, and what the practice wrote down to do."""

    kind: str
    title: str
    by: str | None
    begun_at: datetime
    due: str
    steps: Sequence[str]


def read(work: Work, opened: Opened) -> Beside:
    return Beside(claims.candidates(work, opened), drafts.read(work, opened.reference))


def facts(opened: Opened, beside: Beside) -> dict[str, Any]:
    practice, now = current.practice(), current.now()
    may_have = [one for one in beside.team if one.active and not one.has_it and not one.excluded]
    return {
        "may_have": may_have,
        "may_exclude": [one for one in beside.team if not one.excluded],
        "excluded": [one for one in beside.team if one.excluded],
        "draft": beside.draft,
        "once": secrets.token_hex(16),
        "clocks": [_clock(practice, one, now) for one in safety.open_emergencies(practice, opened.history)],
        "dangers": [(kind, _title(kind), _soon(practice, kind), _steps(practice, kind)) for kind in _kinds(opened)],
        "now_written": dates.written(now),
        "states": choices.states(practice),
        "located": any(one.kind is LogKind.LOCATION for one in opened.history),
        "client_language": opened.language,
        "templates": _templates(practice, opened.language) if opened.returns else [],
        "history": history.lines(opened, practice),
    }


def _kinds(opened: Opened) -> list[str]:
    """Return which emergencies may begin: those that are not open."""
    running = {one.kind for one in safety.open_emergencies(current.practice(), opened.history)}
    return [kind for kind in (safety.CHILD_HARM, safety.DANGER) if kind not in running]


def _title(kind: str) -> str:
    if kind == safety.CHILD_HARM:
        return gettext("A child is being hurt")
    return gettext("Somebody's life is in danger")


def _steps(practice: Practice, kind: str) -> list[str]:
    return [words[_language()] for words in safety.steps(practice, kind).steps]


def _soon(practice: Practice, kind: str) -> str:
    """Return how soon the practice has to report it."""
    hours = safety.steps(practice, kind).report_within_hours
    if not hours:
        return gettext("Report it at once.")
    return ngettext("Report it within %(num)d hour.", "Report it within %(num)d hours.", hours)


def _clock(practice: Practice, emergency: Emergency, now: datetime) -> Clock:
    return Clock(
        kind=emergency.kind,
        title=_title(emergency.kind),
        by=emergency.by,
        begun_at=emergency.begun_at,
        due=_due(emergency.report_by, now),
        steps=_steps(practice, emergency.kind),
    )


def _due(report_by: datetime | None, now: datetime) -> str:
    if report_by is None:
        return gettext("Report it at once.")
    clock = dates.moment(report_by)
    if report_by <= now:
        return gettext("It had to be reported by %(clock)s. Report it now.", clock=clock)
    return gettext("Report it by %(clock)s, %(left)s.", clock=clock, left=_left(report_by - now))


def _left(left: timedelta) -> str:
    minutes = max(1, int(left.total_seconds()) // 60)
    if minutes < _HOURS_TOLD_IN_MINUTES * _MINUTES_AN_HOUR:
        return ngettext("in %(num)d minute", "in %(num)d minutes", minutes)
    return ngettext("in %(num)d hour", "in %(num)d hours", minutes // _MINUTES_AN_HOUR)


def _templates(practice: Practice, language: str) -> list[tuple[str, str, str | None]]:
    """Return each answer as the client will read it, and in the language of the desk where that is another one."""
    with force_locale(language):
        read_there = {template: return_texts.reply(template, practice) for template in TEMPLATES}
    here = (
        {template: return_texts.reply(template, practice) for template in TEMPLATES} if language != _language() else {}
    )
    return [(template, read_there[template], here.get(template)) for template in TEMPLATES]


def _language() -> str:
    locale = get_locale()
    return locale.language if locale else "en"
