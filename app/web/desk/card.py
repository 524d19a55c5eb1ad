"""The contact card: what a caller needs, as values for the page."""

from typing import Any
from zoneinfo import ZoneInfo

from app import current
from app.domain.intakes import Opened
from app.web.desk import labels


def facts(opened: Opened) -> dict[str, Any]:
    practice = current.practice()
    card: dict[str, Any] = {
        "intake": opened,
        "permissions": labels.permissions(opened.wishes),
        "windows": labels.windows(opened.wishes.when),
        "language_of_call": labels.language(opened.answers),
        "facts": labels.facts(opened.answers, practice),
        "licensed": opened.answers.state in practice.licensed_states,
    }
    if opened.wishes.zone is not None:
        there = current.now().astimezone(ZoneInfo(opened.wishes.zone))
        safe = labels.safe_at(opened.wishes.when, there)
        card |= {"there": there, "zone": labels.zone(opened.wishes.zone), "safe": safe}
    return card
