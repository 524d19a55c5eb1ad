"""The help lines shown to clients: one dated file, checked at its sources (S-36)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("help_lines.toml")
GOOD_FOR = timedelta(days=180)


@dataclass(frozen=True)
class HelpLine:
    """Texts are by language. A number stands as people say it; None where there is no such way."""

    name: Mapping[str, str]
    audience: Mapping[str, str]
    how: Mapping[str, str]
    call: str | None
    text: str | None
    chat: str | None
    checked_on: date
    source: str

    def outdated(self, today: date) -> bool:
        return today - self.checked_on > GOOD_FOR


@cache
def load() -> tuple[HelpLine, ...]:
    """Return the help lines in the order of the file."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        HelpLine(
            name=line["name"],
            audience=line["for"],
            how=line["how"],
            call=line.get("call"),
            text=line.get("text"),
            chat=line.get("chat"),
            checked_on=line["checked_on"],
            source=line["source"],
        )
        for line in table["line"]
    )
