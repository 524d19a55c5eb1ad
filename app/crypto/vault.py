"""The keys that this process holds, by its role."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.crypto import tokens
from app.crypto.contexts import Context
from app.crypto.epochs import EpochFacts, EpochVerifier, signed_bytes
from app.crypto.secretkey import SecretKey
from app.crypto.tokens import framed, sub_key


class NotHeld(Exception):
    """This process does not hold the key that this needs."""


class Ring:
    """The server's own keys, newest first, never used bare: the newest seals, any of them opens."""

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


class AuditKey:
    """Links audit lines, and signs epochs. It never rotates: with another key the whole chain would look forged."""

    def __init__(self, key: bytes) -> None:
        """Take a random key; raise ValueError when it is too short to be one."""
        if len(key) < 32:
            raise ValueError("the audit key is shorter than 32 bytes")
        self._chain = sub_key(key, "audit-chain")
        self._signer = Ed25519PrivateKey.from_private_bytes(sub_key(key, "epoch-sign"))

    def link(self, previous: bytes, fields: Sequence[bytes]) -> bytes:
        """Return the code of a line that follows the one coded `previous` (HMAC-SHA256)."""
        return hmac.digest(self._chain, framed([previous, *fields]), hashlib.sha256)

    @property
    def verify_key(self) -> bytes:
        return self._signer.public_key().public_bytes_raw()

    def sign(self, epoch: EpochFacts) -> bytes:
        return self._signer.sign(signed_bytes(epoch))

    def __repr__(self) -> str:
        return "<AuditKey>"


class Vault:
    """The public process holds the secret key and the verifier; only the desk's has the ring and the audit key."""

    def __init__(
        self, secret: SecretKey, verifier: EpochVerifier, ring: Ring | None, audit_key: AuditKey | None
    ) -> None:
        self.secret = secret
        self.verifier = verifier
        self._ring = ring
        self._audit_key = audit_key

    @property
    def ring(self) -> Ring:
        if self._ring is None:
            raise NotHeld("ring")
        return self._ring

    @property
    def audit_key(self) -> AuditKey:
        if self._audit_key is None:
            raise NotHeld("audit key")
        return self._audit_key

    def __repr__(self) -> str:
        return "<Vault>"


def _raw(key: str) -> bytes:
    text = key.encode("ascii", "replace")
    try:
        raw = base64.urlsafe_b64decode(tokens.exact(text))
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ValueError("the ring holds a key that is no Fernet key")
    return raw
