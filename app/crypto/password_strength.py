"""Estimates passwords: common ones, runs, walks on the keyboard and repeated pieces are guessed first."""

import re
from functools import cache
from pathlib import Path

from app.crypto.words import plain

_COMMON = Path(__file__).parent / "lists" / "common-passwords.txt"
_SEPARATORS = re.compile(r"[\s\-_.,]+")
_DISGUISES = str.maketrans("@4310!$57", "aaeloisst")
_PATHS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()+",
)
_WALKS = " ".join(path + " " + path[::-1] for path in _PATHS)
_SHORTEST_PIECE = 3
#: A guesser can try all texts of fewer characters, so a repeated one is one piece.
_TRIED_WHOLE = 8


def bare(text: str) -> str:
    """Return the text without case, accents and separators."""
    return _SEPARATORS.sub("", plain(text))


def pieces(text: str) -> int:
    """Return the number of pieces from which a guesser builds this; a character outside of all is one itself."""
    spelled = bare(text)
    squeezed = re.sub(r"(.)\1+", r"\1", spelled)
    return min(_count(spelling) for spelling in (spelled, spelled.translate(_DISGUISES), squeezed))


def _count(text: str) -> int:
    text = _once(text)
    if len(text) < _TRIED_WHOLE:
        return 1
    at = count = 0
    while at < len(text):
        at += _longest(text[at:])
        count += 1
    return count


def _once(text: str) -> str:
    """Return the shortest beginning whose repetition gives the whole text."""
    return next((text[:size] for size in range(1, len(text)) if text.startswith(text[size:])), text)


def _longest(text: str) -> int:
    """Return how many characters from the start are one piece."""
    sizes = range(len(text), _SHORTEST_PIECE - 1, -1)
    return next((size for size in sizes if _one_piece(text[:size])), 1)


def _one_piece(text: str) -> bool:
    return text in _common() or text in _WALKS or text == text[0] * len(text)


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split("\n"))
