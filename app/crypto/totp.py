"""Time-based one-time passwords (RFC 6238), each good once."""

import secrets
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP

_STEP_SECONDS = 30
_DIGITS = 6


class WrongCode(Exception):
    """The code is not of this moment, or it was used before."""


def new_secret() -> bytes:
    return secrets.token_bytes(20)


def uri(secret: bytes, account: str, issuer: str) -> str:
    """Return what an authenticator's QR code says."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def code(secret: bytes, now: datetime) -> str:
    return _totp(secret).generate(int(now.timestamp())).decode()


def check(secret: bytes, typed: str, now: datetime, last_step: int | None) -> int:
    """Return the step of the code, one either side of now; raise `WrongCode`, also when it is not newer than the last."""
    current = int(now.timestamp()) // _STEP_SECONDS
    for step in (current, current - 1, current + 1):
        expected = _totp(secret).generate(step * _STEP_SECONDS)
        if secrets.compare_digest(expected, typed.encode()) and (last_step is None or step > last_step):
            return step
    raise WrongCode


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what authenticators speak; HMAC does not need it to resist collisions.
    return TOTP(secret, _DIGITS, hashes.SHA1(), _STEP_SECONDS)  # noqa: S303
