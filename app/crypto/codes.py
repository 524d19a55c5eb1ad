"""Codes that people read, type or follow: references, one-time links, the recovery code, backup codes."""

import hashlib
import re
import secrets

_SYMBOLS = "0123456789BCDFGHJKMNPQRSTVWXYZ"
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECOVERY_BYTES = 16
_CHECK_BYTES = 4
_RECOVERY_SYMBOLS = 32
_LOOKALIKES = str.maketrans("OIL", "011")


class BadCode(Exception):
    """This is no such code; a letter may be mistyped."""


def reference() -> str:
    """Return an intake's public name, such as K7QF-3MDX: uniform, and it tells nothing."""
    symbols = "".join(secrets.choice(_SYMBOLS) for _ in range(8))
    return f"{symbols[:4]}-{symbols[4:]}"


def parse_reference(text: str) -> str:
    """Return the reference however it was typed; raise `BadCode`."""
    symbols = re.sub(r"[\s-]", "", text[:20]).upper()
    if len(symbols) != 8 or not set(symbols) <= set(_SYMBOLS):
        raise BadCode
    return f"{symbols[:4]}-{symbols[4:]}"


def link_token() -> str:
    """Return 256 random bits for an address or a cookie."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def recovery_code() -> str:
    """Return 128 random bits with a 32-bit checksum, in eight groups of four."""
    secret = secrets.token_bytes(_RECOVERY_BYTES)
    number = int.from_bytes(secret + _check(secret), "big")
    symbols = "".join(_BASE32[number >> 5 * place & 31] for place in reversed(range(_RECOVERY_SYMBOLS)))
    return "-".join(symbols[start : start + 4] for start in range(0, _RECOVERY_SYMBOLS, 4))


def parse_recovery_code(text: str) -> bytes:
    """Return the 16 secret bytes however the code was typed; raise `BadCode` when the checksum does not fit."""
    symbols = re.sub(r"[\s-]", "", text[:200]).upper().translate(_LOOKALIKES)
    if len(symbols) != _RECOVERY_SYMBOLS or not set(symbols) <= set(_BASE32):
        raise BadCode
    number = 0
    for symbol in symbols:
        number = number << 5 | _BASE32.index(symbol)
    whole = number.to_bytes(_RECOVERY_BYTES + _CHECK_BYTES, "big")
    secret, check = whole[:_RECOVERY_BYTES], whole[_RECOVERY_BYTES:]
    if not secrets.compare_digest(check, _check(secret)):
        raise BadCode
    return secret


def backup_codes(count: int = 10) -> list[str]:
    """Return single-use codes of the second factor, 60 bits each, such as 4Q7K-90ZB-M2XD."""
    return ["-".join("".join(secrets.choice(_BASE32) for _ in range(4)) for _ in range(3)) for _ in range(count)]


def normal_backup_code(text: str) -> str:
    """Return the code as it is hashed, however it was typed."""
    return re.sub(r"[\s-]", "", text[:40]).upper().translate(_LOOKALIKES)


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"quietword/1 recovery-code" + secret).digest()[:_CHECK_BYTES]
