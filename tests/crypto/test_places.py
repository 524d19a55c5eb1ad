"""Holds that every place has a path of its own."""

from collections import Counter

import pytest

from app.crypto import contexts
from app.models import LogKind
from tests.crypto.every_place import ALL, IDS, MAKERS, takes


def test_no_two_places_share_a_path() -> None:
    counted = Counter(place.path for place in ALL)

    assert [path for path, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("name", MAKERS)
def test_a_place_never_says_more_than_ids_and_numbers(name: str) -> None:
    said = {str} if name == "log_entry" else set()
    assert takes(name) <= {type(IDS[0]), int, bytes, *said}


def test_a_log_entry_has_a_place_for_each_kind_of_entry_and_for_no_other_text() -> None:
    sizes = {kind: contexts.log_entry(kind, IDS[0], 1).size for kind in LogKind}

    assert sizes == {kind: 4096 if kind is LogKind.NOTE else 1024 for kind in LogKind}
    with pytest.raises(KeyError):
        contexts.log_entry("Sam", IDS[0], 1)


def test_paths_are_those_of_the_vault() -> None:
    """A path is part of every key below it: another spelling would close whatever is stored."""
    one, other = IDS

    assert [
        contexts.answers(one).path,
        contexts.wishes(one, 2).path,
        contexts.message(one, 2).path,
        *(contexts.log_entry(kind, one, 2).path for kind in LogKind),
        contexts.draft(one, other).path,
        contexts.lock(one, other).path,
        contexts.grant(one, other).path,
        contexts.grant_box(one, other).path,
        contexts.answers_key(one, other).path,
    ] == [
        f"intake/{one}/answers",
        f"intake/{one}/wishes/2",
        f"intake/{one}/message/2",
        f"intake/{one}/note/2",
        f"intake/{one}/attempt/2",
        f"intake/{one}/reason/2",
        f"intake/{one}/words/2",
        f"intake/{one}/follow-up/2",
        f"intake/{one}/location/2",
        f"intake/{one}/emergency/2",
        f"intake/{one}/exclusion/2",
        f"intake/{one}/outcome/2",
        f"intake/{one}/hold/2",
        f"draft/{one}/{other}",
        f"holder/{one}/lock/{other}",
        f"grant/{one}/{other}",
        f"grant epoch/{one} holder/{other}",
        f"intake/{one}/answers-key epoch/{other}",
    ]
