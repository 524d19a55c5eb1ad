"""The version that every sealed form carries: a form of a newer one is refused, never half understood."""

from collections.abc import Mapping
from typing import Any

from app.domain.work import Altered

VERSION = 1


def mark(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form with the version that this service writes."""
    return {"v": VERSION, **form}


def check(form: Mapping[str, Any], place: str) -> None:
    """Raise `Altered`, which names the place, unless this service can read the form's version."""
    if form.get("v") not in range(1, VERSION + 1):
        raise Altered(place)
