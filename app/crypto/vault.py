"""The keys that this process holds, by its role."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.crypto import tokens
from app.crypto.contexts import Context
from app.crypto.secretkey import SecretKey
from app.crypto.tokens import Unreadable, framed, sub_key


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


@dataclass(frozen=True)
class EpochFacts:
    """What the signature covers; nothing in it is secret."""

    id: UUID
    number: int
    starts_at: datetime
    public_key: bytes
    state: str


class EpochVerifier:
    """Checks signatures; has nothing secret."""

    def __init__(self, verify_key: bytes) -> None:
        """Take the 32 bytes of the signer's `verify_key`; raise ValueError when they are not a key."""
        self._key = Ed25519PublicKey.from_public_bytes(verify_key)

    def verify(self, epoch: EpochFacts, signature: bytes) -> None:
        """Raise `Unreadable` unless the signature is ours (Ed25519, RFC 8032)."""
        try:
            self._key.verify(signature, _signed(epoch))
        except InvalidSignature as error:
            raise Unreadable(Context(f"epoch/{epoch.id}")) from error


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
        return self._signer.sign(_signed(epoch))

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


def _signed(epoch: EpochFacts) -> bytes:
    if epoch.starts_at.tzinfo is None:
        raise ValueError("an epoch starts at a time with a time zone")
    starts_at = epoch.starts_at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [epoch.id.bytes, str(epoch.number).encode(), starts_at.encode(), epoch.public_key, epoch.state.encode()]
    return b"quietword/1 epoch" + framed(fields)
