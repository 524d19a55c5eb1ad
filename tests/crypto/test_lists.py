"""Holds what the word lists promise: enough words, no give-away, nothing that is easily misheard."""

import math
import re
import unicodedata
from collections import Counter

import pytest

from app.crypto import words
from app.crypto.words import LANGUAGES, plain

NAMES = ("first", "second", "return")
EVERY = [(name, language) for name in NAMES for language in LANGUAGES]
SPOKEN = [(name, language) for name in ("first", "second") for language in LANGUAGES]

#: S-07 and F-30: such a beginning inside a word tells what the practice does.
GIVE_AWAY = (
    *("betray", "affair", "porn", "sex", "addict", "trauma", "abuse", "counsel", "cheat", "victim", "perpetrat"),
    *("offend", "pervert", "invalid", "illegal", "infid", "adict", "enganar", "terap", "aconsej", "infiel"),
)
WHOLE = (
    *("sin", "must", "failed", "liar", "lyre", "secret"),
    *("amante", "ilegal", "pecado", "victima", "abuso", "engano", "secreto"),
)


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_list_has_at_least_1024_different_words(name: str, language: str) -> None:
    """S-55."""
    listed = words.word_list(name, language)

    assert len(listed) >= 1024
    assert [word for word, count in Counter(map(plain, listed)).items() if count > 1] == []


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_word_is_spelled_with_letters_in_one_way(name: str, language: str) -> None:
    for word in words.word_list(name, language):
        assert re.fullmatch(r"[^\W\d_]{2,13}", word), word
        assert word == unicodedata.normalize("NFC", word).lower(), word


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_no_word_gives_anything_away(name: str, language: str) -> None:
    """S-07, F-30."""
    spelled = [plain(word) for word in words.word_list(name, language)]

    assert [word for word in spelled if word in WHOLE or any(part in word for part in GIVE_AWAY)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_both_said_and_answered(language: str) -> None:
    said, answered = ({plain(word) for word in words.word_list(name, language)} for name in ("first", "second"))

    assert said & answered == set()


@pytest.mark.parametrize(("name", "language"), SPOKEN)
def test_no_two_words_differ_in_one_letter(name: str, language: str) -> None:
    """Two words that differ in one letter are alike once that letter is struck from the longer or from both."""
    listed = [plain(word) for word in words.word_list(name, language)]
    struck = Counter(
        short for word in listed for short in {word[:at] + "?" + word[at + 1 :] for at in range(len(word))}
    )
    shorter = {word[:at] + word[at + 1 :] for word in listed for at in range(len(word))}

    assert [short for short, count in struck.items() if count > 1] == []
    assert shorter & set(listed) == set()


def as_heard(word: str) -> str:
    """Return how a Spanish word sounds in most of the Americas, in a spelling of our own."""
    word = word.replace("ñ", "ny").replace("qu", "k").replace("ch", "#").replace("ll", "y")
    word = re.sub("gu(?=[ei])", "G", plain(word).replace("gü", "gw"))
    word = re.sub("g(?=[ei])", "j", re.sub("c(?=[ei])", "s", word))
    return word.translate(str.maketrans("zvcx", "sbkS", "h"))


@pytest.mark.parametrize("name", ["first", "second"])
def test_no_two_spanish_words_sound_alike(name: str) -> None:
    heard = Counter(as_heard(word) for word in words.word_list(name, "es"))

    assert [word for word, count in heard.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pair_that_means_something_is_made_of_listed_words(language: str) -> None:
    for pair in words.word_list("pairs", language):
        first, second = pair.split(" ")
        assert first in words.word_list("first", language)
        assert second in words.word_list("second", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_and_passphrases_have_the_bits_they_promise(language: str) -> None:
    bits = math.log2(len(words.word_list("return", language)))

    assert 7 * bits >= 75
    assert 6 * bits >= 64


def test_a_language_without_lists_is_refused() -> None:
    with pytest.raises(ValueError, match="no word lists in this language"):
        words.code_words("../../etc/passwd")
