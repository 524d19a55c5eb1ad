"""The glossary has every model, every package and every state of the code, and each word once."""

import re
from enum import StrEnum

import pytest

from app.models import AccountState, EpochState, Model, Outcome, Status
from tests.support import running

GLOSSARY = (running.ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.*\*\*.+?) \| (.+) \|$", GLOSSARY, re.MULTILINE)
PACKAGES = re.findall(r"^\| `(app/[\w/]+)` \|", GLOSSARY, re.MULTILINE)


def test_every_model_is_explained_once_and_no_other() -> None:
    explained = [name for word, _ in ROWS for name in re.findall(r"`(\w+)`", word)]

    assert sorted(explained) == sorted(mapper.class_.__name__ for mapper in Model.registry.mappers)


def test_every_package_is_explained_once_and_no_other() -> None:
    packages = [file.parent for file in (running.ROOT / "app").rglob("__init__.py")]

    assert sorted(PACKAGES) == sorted(
        package.relative_to(running.ROOT).as_posix() for package in packages if package.name != "app"
    )


@pytest.mark.parametrize(
    ("word", "states"),
    [("status", Status), ("outcome", Outcome), ("account", AccountState), ("epoch", EpochState)],
)
def test_every_state_is_explained_with_its_word(word: str, states: type[StrEnum]) -> None:
    [meaning] = [meaning for head, meaning in ROWS if head.startswith(f"**{word}**")]

    assert set(re.findall(r"`([a-z]+)`", meaning)) == set(states)


def test_a_word_is_explained_once() -> None:
    words = [word for row in ROWS for cell in row for word in re.findall(r"\*\*(.+?)\*\*", cell)]

    assert len(words) > 40
    assert sorted(words) == sorted(set(words))
