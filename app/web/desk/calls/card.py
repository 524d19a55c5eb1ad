"""The contact card: what a caller needs, as values for the page."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app import current
from app.domain.calls import dialing
from app.domain.intake.opening import Opened
from app.domain.work import Refused
from app.models import LogKind
from app.web import errors
from app.web.desk import labels
from app.web.desk.calls import sentences

_OLD_AFTER = timedelta(days=7)


def facts(opened: Opened) -> dict[str, Any]:
    practice, now = current.practice(), current.now()
    obstacle = dialing.obstacle(opened)
    asked_in, state = _location(opened)
    card: dict[str, Any] = {
        "intake": opened,
        "outlook": labels.outlook(opened.wishes, now),
        "safe": opened.may_call.safe,
        "days_old": _days_old(opened, now),
        "obstacle": obstacle and errors.sentence(Refused(obstacle)),
        "needs_reason": dialing.needs_reason(opened),
        "script": sentences.script(opened, practice, now, last=opened.may_call.left <= 1),
        "permissions": labels.permissions(opened.wishes),
        "windows": labels.windows(opened.wishes.when),
        "language_of_call": labels.language(opened.answers),
        # The address stands beside the number, behind the same button.
        "facts": labels.facts(replace(opened.answers, email=None), practice),
        "state": state,
        "asked_in": asked_in,
        "licensed": state in practice.licensed_states,
    }
    if opened.wishes.zone is not None:
        there = now.astimezone(ZoneInfo(opened.wishes.zone))
        card |= {"there": there, "zone": labels.zone(opened.wishes.zone)}
    return card


def _location(opened: Opened) -> tuple[datetime | None, str]:
    """Return where they are as they said last, and when staff asked; None: as they wrote it."""
    asked = [one for one in opened.history if one.kind is LogKind.LOCATION]
    return (asked[-1].at, asked[-1].value["state"]) if asked else (None, opened.answers.state)


def _days_old(opened: Opened, now: datetime) -> int | None:
    """Return how old the safe times are, once that is too old to trust them (F-06)."""
    age = now - opened.wished_at
    return age.days if opened.wishes.when and age >= _OLD_AFTER else None
