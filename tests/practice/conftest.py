"""The two example practices, and one that says only what it must."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from app import practice
from app.practice.reading import understand
from tests.practice.clocks import OFFICE

EXAMPLES = Path(__file__).parents[2] / "practices"


@pytest.fixture(scope="session")
def arizona() -> practice.Practice:
    return practice.load(EXAMPLES / "family-strategies.toml")


@pytest.fixture(scope="session")
def texas() -> practice.Practice:
    return practice.load(EXAMPLES / "resilient-mind.toml")


@pytest.fixture(scope="session")
def usual() -> practice.Practice:
    """A practice that keeps every default."""
    table = tomllib.loads((EXAMPLES / "family-strategies.toml").read_text(encoding="utf-8"))
    needed = ("name", "phone", "languages", "time_zone", "licensed_states", "alarm_email")
    return understand({key: table[key] for key in (*needed, "hours", "calls", "notice", "emergencies")})


@pytest.fixture(scope="session")
def office(arizona: practice.Practice) -> practice.Practice:
    """Arizona, Monday to Friday, nine to five, one work day."""
    return replace(arizona, hours=OFFICE, calling_hours=OFFICE)


@pytest.fixture(scope="session")
def office_in_texas(office: practice.Practice) -> practice.Practice:
    return replace(office, time_zone="America/Chicago", holidays={})
