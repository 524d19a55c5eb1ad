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
    """Return 160 random bits, as RFC 4226 advises."""
    return secrets.token_bytes(20)


def uri(secret: bytes, account: str, issuer: str) -> str:
    """Return what an authenticator's QR code says."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def code(secret: bytes, now: datetime) -> str:
    """Return what an authenticator shows now."""
    return _totp(secret).generate(int(now.timestamp())).decode()


def check(secret: bytes, typed: str, now: datetime, last_step: int | None) -> int:
    """Return the code's step: now or one beside it, and newer than the last one used; raise `WrongCode`."""
    current = int(now.timestamp()) // _STEP_SECONDS
    given = typed.encode("ascii", "replace")
    for step in (current, current - 1, current + 1):
        right = secrets.compare_digest(_totp(secret).generate(step * _STEP_SECONDS), given)
        if right and (last_step is None or step > last_step):
            return step
    raise WrongCode


def _totp(secret: bytes) -> TOTP:
    # Authenticators use SHA-1; in HMAC it need not resist collisions.
    return TOTP(secret, _DIGITS, hashes.SHA1(), _STEP_SECONDS)  # noqa: S303
