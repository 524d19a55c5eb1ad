"""The words that never stand on a public page."""

import pytest

from app.practice import wording


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "My ADDICTION"),
        ("en", "an affair partner"),
        ("en", "that is Your Problem"),
        ("en", "a sin"),
        ("es", "Adictos"),
        ("es", "la víctima"),
        ("es", "un pecado"),
    ],
)
def test_words_that_hurt_are_found_however_they_are_written(language: str, text: str) -> None:
    """F-30."""
    assert wording.banned(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "since then, in business"),
        ("en", "must we talk?"),
        ("es", "hablar sin prisa"),
        ("es", "amanecer"),
    ],
)
def test_ordinary_words_pass(language: str, text: str) -> None:
    assert wording.banned(text, language) == []
