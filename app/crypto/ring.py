"""The server's own keys, newest first; never used bare, always at a place."""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import InvalidToken, MultiFernet

from app.crypto.places import Place
from app.crypto.tokens import Unreadable, fernet


class Ring:
    """Seals with the newest key and opens with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [base64.urlsafe_b64decode(key) for key in keys]
        if not self._keys or any(len(key) != 32 for key in self._keys) or len(set(self._keys)) < len(self._keys):
            raise ValueError("a ring holds one or more different Fernet keys")
        self.ids = tuple(hashlib.sha256(key).hexdigest()[:8] for key in self._keys)

    @property
    def newest(self) -> str:
        """The id of the key that seals."""
        return self.ids[0]

    def seal(self, place: Place, data: bytes) -> bytes:
        return self._at(place).encrypt_at_time(data, 0)

    def open(self, place: Place, token: bytes) -> bytes:
        """Return the bytes; raise `Unreadable` when no key of the ring opens the token here."""
        try:
            return self._at(place).decrypt(token)
        except InvalidToken as error:
            raise Unreadable(place) from error

    def _at(self, place: Place) -> MultiFernet:
        return MultiFernet([fernet(key, place) for key in self._keys])

    def __repr__(self) -> str:
        return f"<Ring of {len(self.ids)}>"
