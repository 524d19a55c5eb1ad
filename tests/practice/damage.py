"""A practice file with every key, and the ways to break it."""

import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app import practice
from app.practice.reading import understand

EXAMPLES = Path(__file__).parents[2] / "practices"
FULL = tomllib.loads((EXAMPLES / "family-strategies.toml").read_text(encoding="utf-8")) | {
    "meet": ["person"],
    "topics": {"teen": {"en": "My teen", "es": "Mi hijo o hija adolescente"}},
    "labels": {"h1": {"en": "Would you like to talk?", "es": "¿Le gustaría hablar?"}},
    "page": {"title": {"en": "Contact", "es": "Contacto"}},
    "colors": {
        "light": {"brand": "#1C5850", "brand_hover": "#174A45", "ground": "#FBF8F3"},
        "dark": {"brand": "#8CCFC3", "brand_hover": "#A9DED4", "ground": "#141C1B"},
    },
}


def changed(path: str, value: object) -> dict[str, Any]:
    table = deepcopy(FULL)
    *above, last = path.split(".")
    place = table
    for name in above:
        place = place.setdefault(name, {})
    place[last] = value
    return table


def without(path: str) -> dict[str, Any]:
    table = deepcopy(FULL)
    *above, last = path.split(".")
    place = table
    for name in above:
        place = place[name]
    del place[last]
    return table


def lines(table: dict[str, Any], **more: Any) -> tuple[str, ...]:
    with pytest.raises(practice.Mistakes) as caught:
        understand(table, **more)
    return caught.value.lines
