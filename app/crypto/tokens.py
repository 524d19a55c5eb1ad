"""Fernet tokens that belong to one place: padded to one length, and silent about the time."""

import base64
import json
import secrets
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.crypto.places import Place

Json = Any

_LENGTH_BYTES = 4


class Unreadable(Exception):
    """A stored value did not open at its place: wrong key, moved, replayed or altered."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.path)
        self.place = place


class TooLong(ValueError):
    """A text does not fit the one length of its place."""


def random_key() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(32)


def sub_key(key: bytes, purpose: str) -> bytes:
    """Return the 32-byte key for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"quietword/1 " + purpose.encode()).derive(key)


def seal_text(key: bytes, place: Place, value: Json) -> bytes:
    """Return a token whose length depends on the place alone; raise `TooLong` when the text does not fit."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert place.size is not None
    if len(text) + _LENGTH_BYTES > place.size:
        raise TooLong(place.path)
    padded = len(text).to_bytes(_LENGTH_BYTES, "big") + text
    return seal_bytes(key, place, padded.ljust(place.size, b"\0"))


def open_text(key: bytes, place: Place, token: bytes) -> Json:
    """Return what was sealed at this place; raise `Unreadable` for anything else."""
    padded = open_bytes(key, place, token)
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    return json.loads(padded[_LENGTH_BYTES : _LENGTH_BYTES + length])


def seal_bytes(key: bytes, place: Place, data: bytes) -> bytes:
    return fernet(key, place).encrypt_at_time(data, 0)


def open_bytes(key: bytes, place: Place, token: bytes) -> bytes:
    """Return the bytes sealed at this place; raise `Unreadable` for anything else."""
    try:
        return fernet(key, place).decrypt(token)
    except InvalidToken as error:
        raise Unreadable(place) from error


def fernet(key: bytes, place: Place) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sub_key(key, place.path)))
