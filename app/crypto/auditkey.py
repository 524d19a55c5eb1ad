"""The key of the audit chain. It never rotates: with another key the whole chain would look forged."""

import hashlib
import hmac
from collections.abc import Sequence

from app.crypto.epochs import EpochSigner
from app.crypto.tokens import framed, sub_key


class AuditKey:
    """Links audit lines, and gives the signer of epochs."""

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
