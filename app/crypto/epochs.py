"""Epochs under our signature: who can write the database alone cannot add a key of their own."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.crypto.contexts import Context
from app.crypto.tokens import Unreadable, framed


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
            self._key.verify(signature, signed_bytes(epoch))
        except InvalidSignature as error:
            raise Unreadable(Context(f"epoch/{epoch.id}")) from error


def signed_bytes(epoch: EpochFacts) -> bytes:
    if epoch.starts_at.tzinfo is None:
        raise ValueError("an epoch starts at a time with a time zone")
    starts_at = epoch.starts_at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [epoch.id.bytes, str(epoch.number).encode(), starts_at.encode(), epoch.public_key, epoch.state.encode()]
    return b"quietword/1 epoch" + framed(fields)
