"""Locks guard a holder's private key: by a password, or by a secret of high entropy.

Passwords that are guessed first are refused: common ones, runs, walks on the keyboard and repeated pieces.
"""

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.crypto import tokens
from app.crypto.contexts import Context
from app.crypto.hpke import PrivateKey
from app.crypto.tokens import Unreadable, sub_key
from app.crypto.words import plain

_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 1
_SHORTEST, _LONGEST = 15, 128
#: A shorter word of the practice's name, such as "of", is in half of all sentences.
_TELLING = 4
_FEWEST_CHARACTERS, _FEWEST_PIECES = 5, 4
# Two at a time is the most that 1 GB of memory should carry: each takes 64 MiB.
_TURNS = threading.BoundedSemaphore(2)
_LONGEST_QUEUE_SECONDS = 3.0

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


class Weakness(StrEnum):
    """Why a password is easy to guess."""

    SHORT = auto()
    LONG = auto()
    PRACTICE = auto()
    COMMON = auto()


class WeakPassword(Exception):
    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness)
        self.weakness = weakness


class Busy(Exception):
    """Too many passwords are being stretched at this moment; try again."""


@dataclass(frozen=True, repr=False)
class Stretched:
    """A password after Argon2id (RFC 9106), or a passkey's secret, in two halves: one is stored, one opens the lock."""

    verifier: bytes
    key: bytes


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def stretch(secret: str, salt: bytes) -> Stretched:
    """Return both halves: a cheaper hash of the password, stored beside the lock, would be easier to guess."""
    root = Argon2id(salt=salt, length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB).derive(
        secret.encode("utf-8", "surrogatepass")
    )
    return Stretched(hashlib.sha256(sub_key(root, "password-verifier")).digest(), sub_key(root, "password-lock"))


def stretch_in_turn(secret: str, salt: bytes) -> Stretched:
    """Return both halves when it is this thread's turn; raise `Busy` after three seconds in line."""
    if not _TURNS.acquire(timeout=_LONGEST_QUEUE_SECONDS):
        raise Busy
    try:
        return stretch(secret, salt)
    finally:
        _TURNS.release()


def matches(stretched: Stretched, verifier: bytes) -> None:
    """Raise `Unreadable` unless it is the same password or secret."""
    if not hmac.compare_digest(stretched.verifier, verifier):
        raise Unreadable(Context("password"))


def entropy_key(secret: bytes, kind: Literal["recovery", "passkey"]) -> bytes:
    """Return the lock's key from a secret that nobody can guess: it needs no slow hash."""
    return sub_key(secret, f"{kind}-lock")


def split(secret: bytes) -> Stretched:
    """Return both halves of a passkey's secret."""
    verifier = hashlib.sha256(sub_key(secret, "passkey-verifier")).digest()
    return Stretched(verifier, entropy_key(secret, "passkey"))


def lock(key: bytes, context: Context, private: PrivateKey) -> bytes:
    """Return the private key as a token that the same key opens, in this context only."""
    return tokens.seal_bytes(key, context, private.encoded)


def unlock(key: bytes, context: Context, token: bytes | None) -> PrivateKey:
    """Return the private key; raise `Unreadable` with another key or in another context."""
    encoded = tokens.open_bytes(key, context, token)
    try:
        return PrivateKey.decode(encoded)
    except ValueError as error:
        raise Unreadable(context) from error


def check_password(text: str, *, practice_words: Collection[str]) -> None:
    """Raise `WeakPassword` for a password that is too short, too long, or easy to guess."""
    if len(text) < _SHORTEST:
        raise WeakPassword(Weakness.SHORT)
    if len(text) > _LONGEST:
        raise WeakPassword(Weakness.LONG)
    spelled = _bare(text)
    if any(len(word) >= _TELLING and word in spelled for word in map(_bare, practice_words)):
        raise WeakPassword(Weakness.PRACTICE)
    if len(set(spelled)) < _FEWEST_CHARACTERS or _pieces(text) < _FEWEST_PIECES:
        raise WeakPassword(Weakness.COMMON)


def _bare(text: str) -> str:
    """Return the text without case, accents and separators."""
    return _SEPARATORS.sub("", plain(text))


def _pieces(text: str) -> int:
    """Return the number of pieces from which a guesser builds this; a character outside of all is one itself."""
    spelled = _bare(text)
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
