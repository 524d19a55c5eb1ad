"""Whatever is wrong in a practice file, only mistakes come of it."""

import contextlib
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import practice
from app.practice.reading import understand
from tests.practice.damage import FULL, lines


def _places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for name, entry in value.items():
            found += _places(entry, (*path, name))
    if isinstance(value, list):
        for place, entry in enumerate(value):
            found += _places(entry, (*path, place))
    return found


def _damaged(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    table: Any = deepcopy(FULL)
    place = table
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert isinstance(table, dict)
    return table


def _named(path: tuple[str | int, ...]) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in path)


#: Nothing in the file may be one of these, wherever it stands.
NONSENSE = st.one_of(
    st.just([[]]),
    st.just({"?": 1}),
    st.integers(max_value=-1),
    st.floats(),
    st.datetimes(),
    st.times(),
    st.sampled_from(["", " ", "\x00", "a\u202eb", "9 to 5", "\u202e\n"]).filter(lambda text: text != "9 to 5"),
    st.text(alphabet="\x00\x1b\n\u202e", max_size=5),
)


@given(st.sampled_from(_places(FULL)), NONSENSE)
def test_any_single_damaged_value_is_named_and_nothing_else_is_raised(
    path: tuple[str | int, ...], value: object
) -> None:
    found = lines(_damaged(path, value))

    assert any(line.startswith(_named(path)) for line in found), found


TOML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates() | st.times(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["en", "es", "label"]) | st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(_places(FULL)), TOML)
def test_whatever_stands_in_a_place_it_is_read_or_named(path: tuple[str | int, ...], value: object) -> None:
    with contextlib.suppress(practice.Mistakes):
        understand(_damaged(path, value))


@given(st.text(max_size=200))
def test_any_text_at_all_ends_in_mistakes(text: str) -> None:
    with pytest.raises(practice.Mistakes):
        practice.read(text)


@given(st.dictionaries(st.text(min_size=1, max_size=12), TOML, max_size=3))
def test_a_key_nobody_knows_is_always_a_mistake(strange: dict[str, object]) -> None:
    unknown = {name: value for name, value in strange.items() if name not in FULL}
    if not unknown:
        return

    found = lines(FULL | unknown)

    assert all(any(line.startswith(f"{name}: no such key") for line in found) for name in unknown)
