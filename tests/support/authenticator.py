"""An authenticator in software, as the WebAuthn standard describes it. A test can make it misbehave."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _ATTESTED = 1, 4, 64


@dataclass
class Authenticator:
    """One passkey and its device. Change a field to make it lie."""

    host: str = "localhost"
    origin: str = "http://localhost"
    verifies: bool = True
    #: How often it signed; None for a passkey that never counts, such as one on several devices.
    count: int | None = 0
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user: bytes = b""
    _private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    _seed: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def make(self, challenge: str, user: bytes) -> str:
        """Make the passkey for this person; return what the browser's script sends."""
        self.user = user
        point = self._private.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        named = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(key)
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(_ATTESTED) + named}
        return self._answer(
            clientDataJSON=self._client("webauthn.create", challenge), attestationObject=cbor2.dumps(made)
        )

    def use(self, challenge: str) -> str:
        """Sign a challenge; return what the browser's script sends."""
        data, client = self._data(0), self._client("webauthn.get", challenge)
        signature = self._private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.user)

    def secret(self, salt: bytes) -> bytes:
        """Return the secret that it derives from a salt for this passkey (PRF)."""
        return hmac.digest(self._seed, hashlib.sha256(b"WebAuthn PRF\0" + salt).digest(), hashlib.sha256)

    def _data(self, flags: int) -> bytes:
        if self.count is not None:
            self.count += 1
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + (self.count or 0).to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": text(challenge.encode()), "origin": self.origin}).encode()

    def _answer(self, **parts: bytes) -> str:
        said: dict[str, Any] = {name: text(part) for name, part in parts.items()}
        name = text(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
