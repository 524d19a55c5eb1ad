"""The help lines shown to clients: one dated file, checked at its sources (S-36)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class HelpLine:
    """Texts are by language. A number is written as people say it; None where there is no such way."""

    name: Mapping[str, str]
    audience: Mapping[str, str]
    how: Mapping[str, str]
    checked_on: date
    source: str
    call: str | None = None
    text: str | None = None
    chat: str | None = None


@cache
def load() -> tuple[HelpLine, ...]:
    """Return the help lines in the order of the file."""
    return tuple(HelpLine(**line) for line in tomllib.loads(_FILE.read_text(encoding="utf-8"))["line"])
