"""Holds that every place has a path of its own."""

from collections import Counter

import pytest

from app.crypto import places
from tests.crypto.every_place import ALL, IDS, MAKERS


def test_no_two_places_share_a_path() -> None:
    counted = Counter(place.path for place in ALL)

    assert [path for path, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("name", MAKERS)
def test_a_place_never_says_more_than_ids_and_numbers(name: str) -> None:
    assert set(MAKERS[name].__annotations__.values()) <= {type(IDS[0]), int, bytes, places.Place}


def test_paths_are_those_of_the_vault() -> None:
    """A path is part of every key below it: another spelling would close whatever is stored."""
    one, other = IDS

    assert [
        places.answers(one).path,
        places.wishes(one, 2).path,
        places.message(one, 2).path,
        places.note(one, 2).path,
        places.attempt(one, 2).path,
        places.draft(one, other).path,
        places.lock(one, other).path,
        places.grant(one, other).path,
        places.grant_box(one, other).path,
        places.answers_key(one, other).path,
    ] == [
        f"intake/{one}/answers",
        f"intake/{one}/wishes/2",
        f"intake/{one}/message/2",
        f"intake/{one}/note/2",
        f"intake/{one}/attempt/2",
        f"draft/{one}/{other}",
        f"holder/{one}/lock/{other}",
        f"grant/{one}/{other}",
        f"grant epoch/{one} holder/{other}",
        f"intake/{one}/answers-key epoch/{other}",
    ]
