"""What guards a holder's private key: a password, or a secret of high entropy."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.crypto import tokens
from app.crypto.boxes import PrivateKey
from app.crypto.places import Place
from app.crypto.tokens import Unreadable, sub_key

_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 1


class WeakPassword(Exception):
    """The password is easy to guess; `reason` is a message id."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, repr=False)
class Stretched:
    """One Argon2id (RFC 9106) of a password, split: what may be stored, and what opens the lock."""

    verifier: bytes
    key: bytes


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def stretch(secret: str, salt: bytes) -> Stretched:
    """Return both halves. A cheaper hash beside the lock would be the weaker door."""
    root = Argon2id(salt=salt, length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB).derive(
        secret.encode()
    )
    return Stretched(hashlib.sha256(sub_key(root, "password-verifier")).digest(), sub_key(root, "password-lock"))


def matches(stretched: Stretched, verifier: bytes) -> None:
    """Raise `Unreadable` unless it is the same password."""
    if not hmac.compare_digest(stretched.verifier, verifier):
        raise Unreadable(Place("password"))


def entropy_key(secret: bytes, kind: Literal["recovery", "passkey"]) -> bytes:
    return sub_key(secret, f"{kind}-lock")


def lock(key: bytes, place: Place, private: PrivateKey) -> bytes:
    return tokens.seal_bytes(key, place, private.encoded)


def unlock(key: bytes, place: Place, token: bytes) -> PrivateKey:
    """Return the private key; raise `Unreadable` with another key or at another place."""
    try:
        return PrivateKey.decode(tokens.open_bytes(key, place, token))
    except ValueError as error:
        raise Unreadable(place) from error


def check_password(text: str, *, practice_words: Collection[str]) -> None:
    folded = text.casefold()
    if len(text) < 15:
        raise WeakPassword("weak.short")
    if len(text) > 128:
        raise WeakPassword("weak.long")
    if folded in _common() or len(set(folded)) < 5:
        raise WeakPassword("weak.common")
    if any(word.casefold() in folded for word in practice_words if len(word) > 3):
        raise WeakPassword("weak.practice")


@cache
def _common() -> frozenset[str]:
    path = Path(__file__).parent / "words" / "common-passwords.txt"
    return frozenset(line.strip().casefold() for line in path.read_text(encoding="utf-8").splitlines())
