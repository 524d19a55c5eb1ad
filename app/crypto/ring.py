"""The server's own keys, newest first; never used bare, always in a context."""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import MultiFernet

from app.crypto import tokens
from app.crypto.contexts import Context


class Ring:
    """Seals with the newest key and opens with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take Fernet keys, newest first; raise ValueError, without the key, when they are not."""
        self._keys = [_raw(key) for key in keys]
        if not self._keys:
            raise ValueError("the ring holds no key")
        if len(set(self._keys)) < len(self._keys):
            raise ValueError("the ring holds the same key twice")
        self.ids = tuple(hashlib.sha256(key).hexdigest()[:8] for key in self._keys)

    @property
    def newest(self) -> str:
        """The id of the key that seals."""
        return self.ids[0]

    def seal(self, context: Context, data: bytes) -> bytes:
        """Return a token that any ring with the newest key opens, in this context only."""
        return self._at(context).encrypt_at_time(data, 0)

    def open(self, context: Context, token: bytes | None) -> bytes:
        """Return the bytes; raise `Unreadable` when no key of the ring opens the token here."""
        return tokens.open_with(self._at(context), context, token)

    def _at(self, context: Context) -> MultiFernet:
        return MultiFernet([tokens.fernet(key, context) for key in self._keys])

    def __repr__(self) -> str:
        return f"<Ring of {len(self.ids)}>"


def _raw(key: str) -> bytes:
    text = key.encode("ascii", "replace")
    try:
        raw = base64.urlsafe_b64decode(tokens.exact(text))
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ValueError("the ring holds a key that is no Fernet key")
    return raw
