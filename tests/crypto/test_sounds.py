"""What was heard leads to the words that were said, in English and in Spanish, and to no others."""

import pytest

from app.crypto import phonetics, words


@pytest.mark.parametrize("word", ["kettle", "KETTLE", "Árbol", "arbol", "cigueña"])
def test_a_word_of_ours_is_known_in_any_spelling(word: str) -> None:
    """S-55: case and accents are ignored, both languages count."""
    assert phonetics.is_listed(word)


@pytest.mark.parametrize("word", ["kettel", "", "kettle harbor", "1", "明"])
def test_what_is_in_no_list_is_not(word: str) -> None:
    assert not phonetics.is_listed(word)


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("kettel", "kettle"),
        ("akustic", "acoustic"),
        ("seegul", "seagull"),
        ("kwilt", "quilt"),
        ("jiraffe", "giraffe"),
        ("umbrela", "umbrella"),
        ("avanico", "abanico"),
        ("azeite", "aceite"),
        ("abeha", "abeja"),
        ("ardiya", "ardilla"),
        ("sigueña", "cigüeña"),
    ],
)
def test_a_misheard_word_offers_the_one_that_was_said_first(heard: str, said: str) -> None:
    """S-55."""
    offered = phonetics.nearest(heard)

    assert offered[0] == said
    assert len(offered) <= 4
    assert words.plain(said) in phonetics.could_be(heard)


@pytest.mark.parametrize("heard", ["", "ffff", "明", "12"])
def test_what_sounds_like_nothing_offers_nothing(heard: str) -> None:
    assert phonetics.nearest(heard) == []
    assert phonetics.could_be(heard) == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sam", "SAM"), ("José", "jose"), ("Catherine", "Kathryn"), ("Jon", "John"), ("Sara", "Sarah"), ("明", "明"),
        ("Ximena", "Jimena"), ("Stephen", "Steven"), ("Vanesa", "Banesa"), ("Hugo", "Ugo"), ("Quinn", "Kwin"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_name_are_alike(one: str, other: str) -> None:
    assert phonetics.alike(one, other)
    assert phonetics.alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sam", "Pam"),
        ("Tim", "Tom"),
        ("Dan", "Don"),
        ("Maria", "Mario"),
        ("明", "李"),
        ("", ""),
        ("Sam", ""),
        ("1", "1"),
    ],
)
def test_two_names_are_not(one: str, other: str) -> None:
    assert not phonetics.alike(one, other)
