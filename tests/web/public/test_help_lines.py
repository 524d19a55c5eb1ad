"""The help lines are there in both languages, and somebody has checked them lately (S-36)."""

from datetime import UTC, datetime, timedelta

import pytest

from app.web import layout
from app.web.layout import HelpLine

LINES = layout.help_lines()


@pytest.mark.parametrize("line", LINES, ids=[line.name["en"] for line in LINES])
def test_s36_each_line_says_who_it_is_for_and_how_in_both_languages(line: HelpLine) -> None:
    for words in (line.name, line.audience, line.how):
        assert words.keys() == {"en", "es"}
        assert all(words.values())
    assert line.call or line.text
    assert line.source.startswith("https://")


@pytest.mark.parametrize("line", LINES, ids=[line.name["en"] for line in LINES])
def test_s36_each_line_was_checked_in_the_last_180_days(line: HelpLine) -> None:
    passed = datetime.now(UTC).date() - line.checked_on
    assert passed <= timedelta(days=180), f"check it at {line.source} and write down the day"


def test_s36_emergency_and_988_come_first() -> None:
    assert [line.call for line in LINES[:2]] == ["911", "988"]
