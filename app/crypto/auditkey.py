"""The key of the audit chain. It never rotates with the ring, or the whole chain would read as forged."""

import hashlib
import hmac
from collections.abc import Sequence

from app.crypto.epochs import EpochSigner
from app.crypto.tokens import sub_key


class AuditKey:
    """Links audit lines, and gives the signer of epochs."""

    def __init__(self, key: bytes) -> None:
        self._chain = sub_key(key, "audit-chain")
        self._signer = EpochSigner(key)

    def link(self, previous: bytes, fields: Sequence[bytes]) -> bytes:
        """Return the code of a line that follows the one coded `previous` (HMAC-SHA256)."""
        parts = [previous, *fields]
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._chain, framed, hashlib.sha256)

    def signer(self) -> EpochSigner:
        return self._signer

    def __repr__(self) -> str:
        return "<AuditKey>"
