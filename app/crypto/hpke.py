"""Boxes that only one holder opens: HPKE (RFC 9180) with a KEM that joins ML-KEM-768 and X25519.

The library has no byte format for the joined keys, so ours is: one version byte, then both keys.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from app.crypto.contexts import Context
from app.crypto.tokens import Unreadable

KEM_NAME = "MLKEM768_X25519"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_VERSION = b"\x01"
_SEED, _PUBLIC, _CURVE = 64, 1184, 32


@dataclass(frozen=True, repr=False)
class PublicKey:
    """1 + 1,184 + 32 bytes: version, ML-KEM-768, X25519."""

    encoded: bytes

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """Return the key; raise ValueError when the bytes are not one."""
        if len(encoded) != 1 + _PUBLIC + _CURVE or encoded[:1] != _VERSION:
            raise ValueError("not a public key of version 1")
        key = cls(encoded)
        _ = key.parts
        return key

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.encoded).digest()

    @cached_property
    def parts(self) -> MLKEM768X25519PublicKey:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.encoded[1 : 1 + _PUBLIC]),
            X25519PublicKey.from_public_bytes(self.encoded[1 + _PUBLIC :]),
        )


@dataclass(frozen=True, repr=False)
class PrivateKey:
    """1 + 64 + 32 bytes: version, ML-KEM-768 seed, X25519."""

    encoded: bytes

    @classmethod
    def generate(cls) -> Self:
        return cls(
            _VERSION
            + MLKEM768PrivateKey.generate().private_bytes_raw()
            + X25519PrivateKey.generate().private_bytes_raw()
        )

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """Return the key; raise ValueError when the bytes are not one."""
        if len(encoded) != 1 + _SEED + _CURVE or encoded[:1] != _VERSION:
            raise ValueError("not a private key of version 1")
        return cls(encoded)

    @cached_property
    def public(self) -> PublicKey:
        mlkem, curve = self._halves
        return PublicKey(_VERSION + mlkem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw())

    @cached_property
    def parts(self) -> MLKEM768X25519PrivateKey:
        return MLKEM768X25519PrivateKey(*self._halves)

    @property
    def _halves(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        return (
            MLKEM768PrivateKey.from_seed_bytes(self.encoded[1 : 1 + _SEED]),
            X25519PrivateKey.from_private_bytes(self.encoded[1 + _SEED :]),
        )


def seal(public: PublicKey, context: Context, data: bytes) -> bytes:
    """Return a box that only the private key opens, and only for this context."""
    return _SUITE.encrypt(data, public.parts, info=_info(context))


def open(private: PrivateKey, context: Context, sealed: bytes | None) -> bytes:
    """Return what the box holds; raise `Unreadable` for another key, another context or altered bytes."""
    try:
        return _SUITE.decrypt(sealed or b"", private.parts, info=_info(context))
    except (InvalidTag, ValueError) as error:
        raise Unreadable(context) from error


def _info(context: Context) -> bytes:
    return b"quietword/1 " + context.path.encode()
