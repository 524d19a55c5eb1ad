"""The keys that this process holds, by its role."""

import hashlib
import hmac
from collections.abc import Sequence

from app.crypto.epochs import EpochSigner, EpochVerifier
from app.crypto.ring import Ring
from app.crypto.secretkey import SecretKey
from app.crypto.tokens import framed, sub_key


class NotHeld(Exception):
    """This process does not hold the key that this needs."""


class AuditKey:
    """Links audit lines, and signs epochs. It never rotates: with another key the whole chain would look forged."""

    def __init__(self, key: bytes) -> None:
        """Take a random key; raise ValueError when it is too short to be one."""
        if len(key) < 32:
            raise ValueError("the audit key is shorter than 32 bytes")
        self._chain = sub_key(key, "audit-chain")
        self._signer = EpochSigner(key)

    def link(self, previous: bytes, fields: Sequence[bytes]) -> bytes:
        """Return the code of a line that follows the one coded `previous` (HMAC-SHA256)."""
        return hmac.digest(self._chain, framed([previous, *fields]), hashlib.sha256)

    def signer(self) -> EpochSigner:
        return self._signer

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
