"""What somebody came back with: seven words, or the ticket that carries them from page to page for ten minutes.

The words travel in form bodies only, and after the first page only inside the ticket, which nobody can read.
"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from app.crypto import words
from app.crypto.secretkey import SecretKey, Stale
from app.crypto.words import ReturnCode

LASTS = timedelta(minutes=10)
_FORM = "return"
#: Marks a page that asks for the words again: what is sent from it twice is still one entry.
_ONCE = "return/once"
_ONCE_LASTS = timedelta(hours=24)
#: Every ticket begins like this, and no words do.
_BEGINS = "gAAAA"


@dataclass(frozen=True)
class Passage:
    """A way in. The nonce is new on every page, so that a page sent twice is one entry."""

    code: ReturnCode = field(repr=False)
    since: datetime
    nonce: bytes = field(repr=False)

    @classmethod
    def read(cls, secret: SecretKey, code: str, once: str, now: datetime) -> Self:
        """Return what a form brought; `Stale`, `UnknownWords` or `WrongCount` when it opens nothing."""
        if not ticketed(code):
            return cls(words.parse_return_code(code), now, _read_once(secret, once, now))
        value: Any = secret.read_ticket(_FORM, code.strip(), now, LASTS)
        return cls(words.parse_return_code(value["code"]), _at(value["since"]), bytes.fromhex(value["nonce"]))

    def ticket(self, secret: SecretKey) -> str:
        """Return the ticket of this page. It is as old as the words are: ten minutes after them it ends."""
        value = {"code": " ".join(self.code.words), "since": self.since.isoformat(), "nonce": self.nonce.hex()}
        return secret.issue_ticket(_FORM, value, self.since)

    def onward(self) -> Self:
        """Return the way in for the next page."""
        return replace(self, nonce=secrets.token_bytes(16))


def ticketed(code: str) -> bool:
    return code.strip().startswith(_BEGINS)


def once(secret: SecretKey, now: datetime) -> str:
    """Return the mark of a page that asks for the words."""
    return secret.issue_ticket(_ONCE, secrets.token_hex(16), now)


def _read_once(secret: SecretKey, text: str, now: datetime) -> bytes:
    try:
        return bytes.fromhex(secret.read_ticket(_ONCE, text, now, _ONCE_LASTS))
    except Stale:
        return secrets.token_bytes(16)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
