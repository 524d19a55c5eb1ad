"""Holds two words, return codes, passphrases and fingerprints."""

import unicodedata
from collections.abc import Callable
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import words
from app.crypto.hpke import PrivateKey, PublicKey
from app.crypto.words import LANGUAGES, ReturnCode, UnknownWords, WrongCount
from tests.crypto.every_place import IDS

KEY = PrivateKey.decode(b"\x01" + bytes(range(96))).public
CODE = ReturnCode("es", ("ábaco", "añadir", "pingüino", "ñandú", "jabón", "árbol", "zumo"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_words_come_from_their_two_lists(language: str) -> None:
    """S-55."""
    for _ in range(100):
        first, second = words.code_words(language)
        assert first in words.word_list("first", language)
        assert second in words.word_list("second", language)


def test_a_pair_that_means_something_is_drawn_again() -> None:
    """S-55."""
    with patch("secrets.choice", side_effect=["brown", "sugar", "taco", "pink", "taco", "sugar"]):
        assert words.code_words("en") == ("taco", "sugar")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_return_code_is_seven_listed_words_and_never_the_same(language: str) -> None:
    made = [words.return_code(language) for _ in range(50)]

    assert len({code.words for code in made}) == 50
    assert all(len(code.words) == 7 and set(code.words) <= set(words.word_list("return", language)) for code in made)
    assert all(one.language == language for one in made)


def typed_somehow(code: ReturnCode, style: int, separator: str) -> str:
    styles: list[Callable[[str], str]] = [
        str.upper,
        str.title,
        words.plain,
        lambda text: unicodedata.normalize("NFD", text),
        str,
    ]
    return separator + separator.join(styles[style](word) for word in code.words) + separator


@given(
    st.sampled_from(LANGUAGES),
    st.integers(0, 4),
    st.sampled_from([" ", "  ", "\n", "-", ", ", " 1. ", "_", "\u00a0", ";", "…", "–"]),
)
def test_a_return_code_is_read_however_it_is_typed(language: str, style: int, separator: str) -> None:
    code = words.return_code(language)

    found = words.parse_return_code(typed_somehow(code, style, separator))

    assert found.words == code.words
    assert found.canonical == code.canonical


def test_a_code_of_words_that_both_languages_know_is_the_same_code_in_both() -> None:
    english = {words.plain(word) for word in words.word_list("return", "en")}
    shared = [word for word in words.word_list("return", "es") if words.plain(word) in english][:7]
    code = ReturnCode("es", tuple(shared))

    assert len(shared) == 7
    assert words.parse_return_code(" ".join(shared)).canonical == code.canonical


@pytest.mark.parametrize("count", [0, 1, 6, 8, 40])
def test_too_few_or_too_many_words_are_said_so(count: int) -> None:
    with pytest.raises(WrongCount):
        words.parse_return_code(" ".join(["able"] * count))


@pytest.mark.parametrize(
    "typed", ["", "1 2 3 4 5 6 7", "able " * 7 + "x" * 400, "\ud83d" * 7, "🐈 " * 7, "able" * 10**6]
)
def test_what_is_no_code_has_the_wrong_count(typed: str) -> None:
    with pytest.raises(WrongCount):
        words.parse_return_code(typed)


@pytest.mark.parametrize(
    ("typed", "unknown", "near"),
    [
        ("able zoo yellow dolphn zebra zone zero", "dolphn", "dolphin"),
        ("abeja arbol zumo zona jabom yate yoga", "jabom", "jabón"),
    ],
)
def test_a_mistyped_word_is_named_with_the_nearest_in_right_spelling(typed: str, unknown: str, near: str) -> None:
    with pytest.raises(UnknownWords) as refused:
        words.parse_return_code(typed)

    assert refused.value.words == (unknown,)
    assert refused.value.suggestions[0][0] == near


def test_a_word_that_is_like_no_other_has_no_suggestion() -> None:
    with pytest.raises(UnknownWords) as refused:
        words.parse_return_code("able zoo yellow qqqqqqqqq zebra zone xxxxxxxx")

    assert refused.value.suggestions == ((), ())


def test_what_was_typed_does_not_show_in_the_error() -> None:
    """Must hold 7."""
    with pytest.raises(UnknownWords) as refused:
        words.parse_return_code("able zoo yellow marker zebra zone zero")

    assert "zoo" not in repr(refused.value)
    assert "marker" not in str(refused.value) + repr(refused.value)


@given(st.text(st.characters(), max_size=80))
def test_any_text_is_a_code_or_told_why_not(typed: str) -> None:
    try:
        words.parse_return_code(typed)
    except (WrongCount, UnknownWords):
        return
    raise AssertionError("a random text was read as a code")


def test_a_code_does_not_show_in_its_repr() -> None:
    """Must hold 7."""
    assert not any(word in repr(CODE) for word in CODE.words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_passphrase_is_six_words_that_any_keyboard_can_type(language: str) -> None:
    listed = {words.plain(word) for word in words.word_list("return", language)}

    for _ in range(50):
        made = words.passphrase(language)
        assert made.isascii()
        assert len(made.split(" ")) == 6
        assert set(made.split(" ")) <= listed


def test_a_fingerprint_is_the_same_six_words_for_both_people() -> None:
    """Two versions that show different words for one key would make people distrust each other."""
    decoded = PublicKey.decode(KEY.encoded)

    assert words.fingerprint(IDS[0], decoded, "en") == ("little", "inherit", "debate", "image", "decrease", "frost")
    assert words.fingerprint(IDS[0], decoded, "es") == ("madre", "jazmín", "creído", "inmune", "cuadro", "gacela")


def test_another_holder_or_another_key_has_another_fingerprint() -> None:
    other = PrivateKey.generate().public

    made = [words.fingerprint(holder, key, "en") for holder in IDS for key in (KEY, other)]

    assert len(set(made)) == 4
