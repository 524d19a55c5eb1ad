"""What is typed keeps every letter somebody can see."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.questions import text_input


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("  Sam \t Smith ", "Sam Smith"),
        ("Zoe\u0308", "Zoë"),
        ("S\x00a\x07m", "S a m"),
        ("\u202eSam\u2069", "Sam"),
        ("שלום\u200f", "שלום"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("Sam\r\nSmith", "Sam Smith"),
        ("Sam\u00a0Smith", "Sam Smith"),
        ("12\u200b34\u00ad56\u2060", "123456"),
        ("\u200d \u200c", ""),
        ("Sam\u200d \u200cSmith\u200d", "Sam Smith"),
    ],
)
def test_a_line_is_one_line_of_what_can_be_seen(raw: str, meant: str) -> None:
    assert text_input.line(raw) == meant


def test_paragraphs_keep_their_breaks_and_nothing_else_unseen() -> None:
    assert text_input.paragraphs("one\r\ntwo\rthree\n\n\x0bfour \n") == "one\ntwo\nthree\n\n four"


def test_paragraphs_keep_what_stands_between_letters() -> None:
    """A tab or a wide space between two words never makes them one, and a joiner stays where it joins."""
    assert text_input.paragraphs("one\ttwo\u00a0three \u200d\n👩\u200d👧") == "one two\u00a0three\n👩\u200d👧"


def test_what_was_not_sent_is_an_empty_text() -> None:
    assert (text_input.line(None), text_input.paragraphs(None)) == ("", "")


def _seen(text: str) -> str:
    """Return the letters somebody can see, composed as they are read."""
    visible = "".join(letter for letter in text if unicodedata.category(letter)[0] not in "CZ")
    return unicodedata.normalize("NFC", visible)


@given(st.text())
def test_no_visible_letter_is_lost(raw: str) -> None:
    assert _seen(text_input.line(raw)) == _seen(raw)
    assert _seen(text_input.paragraphs(raw)) == _seen(raw)


@given(st.text())
def test_tidying_twice_changes_nothing(raw: str) -> None:
    assert text_input.line(text_input.line(raw)) == text_input.line(raw)
    assert text_input.paragraphs(text_input.paragraphs(raw)) == text_input.paragraphs(raw)
