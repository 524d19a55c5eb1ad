"""Codes that people read, type or follow: references, one-time links, the recovery code, backup codes."""

import base64
import hashlib
import re
import secrets
from string import ascii_lowercase, ascii_uppercase

#: No vowels, so no words; no L, which reads as 1.
_SYMBOLS = "0123456789BCDFGHJKMNPQRSTVWXYZ"
_RFC4648 = ascii_uppercase + "234567"
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: The alphabet of RFC 4648 and ours, in both directions.
_OURS = str.maketrans(_RFC4648, _BASE32)
_STANDARD = str.maketrans(_BASE32, _RFC4648)
_RECOVERY_BYTES = 16
_CHECK_BYTES = 4
_RECOVERY_SYMBOLS = 32
_GROUP = 4
_AS_READ = str.maketrans(ascii_lowercase + "OILoil", ascii_uppercase + "011011")
#: White space, and every dash that a phone makes of the one typed.
_SEPARATORS = re.compile(r"[\s\u2010-\u2015\u2212-]+")


class BadCode(Exception):
    """This is no such code; a letter may be mistyped."""


def reference() -> str:
    """Return an intake's public name, such as K7QF-3MDX: random, so it says nothing about the intake."""
    return _grouped("".join(secrets.choice(_SYMBOLS) for _ in range(2 * _GROUP)))


def parse_reference(text: str) -> str:
    """Return the reference however it was typed; raise `BadCode`."""
    symbols = symbols_of(text)
    if len(symbols) != 2 * _GROUP or not set(symbols) <= set(_SYMBOLS):
        raise BadCode
    return _grouped(symbols)


def is_part_of_reference(symbols: str) -> bool:
    """Return whether a reference may hold these symbols."""
    return set(symbols) <= set(_SYMBOLS)


def link_token() -> str:
    """Return 256 random bits for an address or a cookie."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """Return what is stored of a token. A plain hash is enough where nobody can try all tokens."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def recovery_code() -> str:
    """Return 128 random bits with a 32-bit checksum, in eight groups of four."""
    secret = secrets.token_bytes(_RECOVERY_BYTES)
    return _grouped(base64.b32encode(secret + _check(secret)).decode().translate(_OURS))


def parse_recovery_code(text: str) -> bytes:
    """Return the 16 secret bytes however the code was typed; raise `BadCode` when the checksum does not fit."""
    symbols = symbols_of(text)
    if len(symbols) != _RECOVERY_SYMBOLS or not set(symbols) <= set(_BASE32):
        raise BadCode
    whole = base64.b32decode(symbols.translate(_STANDARD))
    secret, check = whole[:_RECOVERY_BYTES], whole[_RECOVERY_BYTES:]
    if not secrets.compare_digest(check, _check(secret)):
        raise BadCode
    return secret


def backup_codes(count: int = 10) -> list[str]:
    """Return single-use codes of the second factor, 60 bits each, such as 4Q7K-90ZB-M2XD."""
    return [_grouped("".join(secrets.choice(_BASE32) for _ in range(3 * _GROUP))) for _ in range(count)]


def symbols_of(text: str) -> str:
    """Return the symbols of a code, however it was typed."""
    return _SEPARATORS.sub("", text).translate(_AS_READ)


def _grouped(symbols: str) -> str:
    return "-".join(symbols[start : start + _GROUP] for start in range(0, len(symbols), _GROUP))


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"quietword/1 recovery-code" + secret).digest()[:_CHECK_BYTES]
