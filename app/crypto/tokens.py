"""Fernet tokens that belong to one context: padded to one length, without the time."""

import base64
import json
import secrets
from collections.abc import Iterable
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.crypto.contexts import Context

Json = Any

_LENGTH_BYTES = 4


class Unreadable(Exception):
    """A stored value did not open in its context: wrong key, moved, replayed, altered or erased."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.path)
        self.context = context


class TooLong(ValueError):
    """A text does not fit the one length of its context."""


def random_key() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(32)


def sub_key(key: bytes, purpose: str, *, salt: bytes | None = None) -> bytes:
    """Return the 32-byte key for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, salt=salt, info=b"quietword/1 " + purpose.encode()).derive(key)


def framed(parts: Iterable[bytes]) -> bytes:
    """Return the parts behind each other, each after its length: no two lists become the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def seal_text(key: bytes, context: Context, value: Json) -> bytes:
    """Return a token whose length depends on the context alone; raise `TooLong` when the text does not fit."""
    size = _text_size(context)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Half a surrogate pair is no UTF-8, but a broken browser may send one: it is stored as it came.
    framed_text = framed([text.encode("utf-8", "surrogatepass")])
    if len(framed_text) > size:
        raise TooLong(context.path)
    return fernet(key, context).encrypt_at_time(framed_text.ljust(size, b"\0"), 0)


def open_text(key: bytes, context: Context, token: bytes | None) -> Json:
    """Return what was sealed in this context; raise `Unreadable` for anything else."""
    size = _text_size(context)
    padded = open_with(fernet(key, context), context, token)
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    text = padded[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if padded != framed([text]).ljust(size, b"\0"):
        raise Unreadable(context)
    try:
        return json.loads(text)
    except ValueError:
        # The parser's error carries the whole text.
        raise Unreadable(context) from None


def seal_bytes(key: bytes, context: Context, data: bytes) -> bytes:
    """Return a token for bytes whose length tells nothing, such as a key."""
    if context.size is not None:
        raise ValueError("this context keeps text, and text is padded")
    return fernet(key, context).encrypt_at_time(data, 0)


def open_bytes(key: bytes, context: Context, token: bytes | None) -> bytes:
    """Return the bytes sealed in this context; raise `Unreadable` for anything else."""
    return open_with(fernet(key, context), context, token)


def fernet(key: bytes, context: Context) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sub_key(key, context.path)))


def open_with(cipher: Fernet | MultiFernet, context: Context, token: bytes | None) -> bytes:
    """Return what a token holds; raise `Unreadable`, also for None: what was erased does not open."""
    try:
        return cipher.decrypt(exact(token or b""))
    except (InvalidToken, ValueError) as error:
        raise Unreadable(context) from error


def exact(token: bytes) -> bytes:
    """Return the token; raise ValueError when it is not written as Fernet writes it.

    The decoder skips what is not base64, so without this a token could be altered and still open.
    """
    if base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)) != token:
        raise ValueError("not a token")
    return token


def _text_size(context: Context) -> int:
    if context.size is None:
        raise ValueError("this context keeps bytes, not text")
    return context.size
