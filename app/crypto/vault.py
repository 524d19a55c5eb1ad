"""The keys that this process holds, by its role."""

from app.crypto.auditkey import AuditKey
from app.crypto.epochs import EpochVerifier
from app.crypto.ring import Ring
from app.crypto.secretkey import SecretKey


class NotHeld(Exception):
    """This process does not hold the key that this needs."""


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
