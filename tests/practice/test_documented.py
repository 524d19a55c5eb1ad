"""docs/practice.md and the loader name the same keys."""

import operator
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from app.practice import Practice
from app.practice.facts import LABELS, OPTIONAL_FIELDS
from app.practice.kinds import Kind, Section, TableOf, kind_of, required
from app.practice.reading import PRACTICE

PAGE = (Path(__file__).parents[2] / "docs" / "practice.md").read_text(encoding="utf-8")
#: Key, default, example.
ROWS = re.findall(r"^\| `([^`]+)` \| ([^|]*) \| .* \| `([^`]+)` \|$", PAGE, re.MULTILINE)

#: Defaults written as values, not in words.
PLAIN = re.compile(r'[0-9]+|true|"[^"]*"')


class Known(NamedTuple):
    """A key that holds a value rather than a table, and whether its table is wrong without it."""

    kind: Kind[object]
    required: bool


def known(kind: Kind[object], path: str) -> Iterator[tuple[str, Known]]:
    if isinstance(kind, Section):
        for field in kind.fields:
            below = f"{path}.{field.name}".lstrip(".")
            inner = kind_of(field)
            if isinstance(inner, Section | TableOf):
                yield from known(inner, below)
            else:
                yield below, Known(inner, required(field))
    elif isinstance(kind, TableOf):
        below = f"{path}.{kind.placeholder}"
        if isinstance(kind.item, Section):
            yield from known(kind.item, below)
        else:
            yield below, Known(kind, required=False)


KNOWN = dict(known(PRACTICE, ""))


def test_every_key_is_documented_and_every_documented_key_exists() -> None:
    assert sorted(key for key, _, _ in ROWS) == sorted(KNOWN)


def test_the_page_says_which_keys_must_be_given() -> None:
    documented = {key for key, default, _ in ROWS if default == "required"}

    assert documented == {key for key, what in KNOWN.items() if what.required}


@pytest.mark.parametrize(("key", "example"), [(key, example) for key, _, example in ROWS])
def test_every_example_is_a_value_of_its_key(key: str, example: str) -> None:
    line = example if isinstance(KNOWN[key].kind, TableOf) else f"value = {example}"
    table = tomllib.loads(line.replace('"""…"""', '"…"'))

    KNOWN[key].kind.read(table if isinstance(KNOWN[key].kind, TableOf) else table["value"])


def test_the_defaults_on_the_page_are_the_defaults_of_the_loader(usual: Practice) -> None:
    written = {key: default.strip("`") for key, default, _ in ROWS}
    plain = {key: tomllib.loads(f"v = {text}")["v"] for key, text in written.items() if PLAIN.fullmatch(text)}

    assert {key: operator.attrgetter(key)(usual) for key in plain} == plain
    assert len(plain) == 12


@pytest.mark.parametrize(("key", "names"), [("optional_fields", OPTIONAL_FIELDS), ("labels.<text>", LABELS)])
def test_every_question_and_every_label_is_named_on_the_page(key: str, names: tuple[str, ...]) -> None:
    [row] = re.findall(rf"^\| `{key}` \| .*$", PAGE, re.MULTILINE)
    named = re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", row)))

    assert [name for name in names if name not in named] == []
