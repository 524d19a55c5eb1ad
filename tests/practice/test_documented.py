"""docs/practice.md and the loader name the same keys."""

import operator
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_origin

import pytest
from pydantic import TypeAdapter

from app.practice import Practice
from app.practice.facts import LABELS, OPTIONAL_FIELDS
from app.practice.kinds import bare, keys

PAGE = (Path(__file__).parents[2] / "docs" / "practice.md").read_text(encoding="utf-8")
#: Key, default, example.
ROWS = re.findall(r"^\| `([^`]+)` \| ([^|]*) \| .* \| `([^`]+)` \|$", PAGE, re.MULTILINE)

#: Defaults written as values, not in words.
PLAIN = re.compile(r'[0-9]+|true|"[^"]*"')


#: How the page writes a key that the owner chooses.
CHOSEN = {"holidays": "<date>", "programs": "<slug>", "topics": "<topic>", "labels": "<text>"}


class Known(NamedTuple):
    """A key that holds a value rather than a table: its type, and whether its table is wrong without it."""

    hint: Any
    required: bool


def known(hint: Any, path: str = "") -> Iterator[tuple[str, Known]]:
    section, kind = bare(hint)
    if kind is not None:
        yield path, Known(hint, required=False)
        return
    needed = {field.name for field in fields(section) if field.default is field.default_factory is MISSING}
    for name, inner in keys(section).items():
        below = f"{path}.{name}".lstrip(".")
        if name in CHOSEN:
            entry = get_args(bare(inner)[0])[1]
            is_table = bare(entry)[1] is None
            yield from known(entry if is_table else inner, f"{below}.{CHOSEN[name]}")
        elif bare(inner)[1] is None:
            yield from known(inner, below)
        else:
            yield below, Known(inner, name in needed)


def holds_a_table(key: str) -> bool:
    return get_origin(bare(KNOWN[key].hint)[0]) is Mapping and key.endswith(">")


KNOWN = dict(known(Practice))


def test_every_key_is_documented_and_every_documented_key_exists() -> None:
    assert sorted(key for key, _, _ in ROWS) == sorted(KNOWN)


def test_the_page_says_which_keys_must_be_given() -> None:
    documented = {key for key, default, _ in ROWS if default == "required"}

    assert documented == {key for key, what in KNOWN.items() if what.required}


@pytest.mark.parametrize(("key", "example"), [(key, example) for key, _, example in ROWS])
def test_every_example_is_a_value_of_its_key(key: str, example: str) -> None:
    line = example if holds_a_table(key) else f"value = {example}"
    table = tomllib.loads(line.replace('"""…"""', '"…"'))

    TypeAdapter(KNOWN[key].hint).validate_python(table if holds_a_table(key) else table["value"])


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
