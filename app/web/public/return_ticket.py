"""The ticket of the return page: it carries the seven words from page to page for ten minutes.

The words travel in form bodies only, and after the first page only inside the ticket, which is sealed.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from app.crypto import words
from app.crypto.secretkey import SecretKey, Stale
from app.crypto.words import ReturnCode

LASTS = timedelta(minutes=10)
_FORM = "return"
#: Carries the idempotency key of a page that asks for the words.
_KEY = "return/once"
_KEY_LASTS = timedelta(hours=24)
#: Every ticket begins like this, and no words do.
_BEGINS = "gAAAA"


@dataclass(frozen=True)
class ReturnTicket:
    """What opens the page. The key is new on every page, so that a page sent twice is one entry."""

    code: ReturnCode = field(repr=False)
    since: datetime
    idempotency_key: bytes = field(repr=False)

    @classmethod
    def read(cls, secret: SecretKey, code: str, key: str, now: datetime) -> Self:
        """Return the ticket or words of a form; raise `Stale`, `UnknownWords` or `WrongCount`."""
        if not is_ticket(code):
            return cls(words.parse_return_code(code), now, _read_key(secret, key, now))
        value: Any = secret.read_ticket(_FORM, code.strip(), now, LASTS)
        since = datetime.fromisoformat(value["since"])
        return cls(words.parse_return_code(value["code"]), since, bytes.fromhex(value["nonce"]))

    def issue_next(self, secret: SecretKey) -> str:
        """Return the ticket of the next page. It is as old as the words are: ten minutes after them it ends."""
        key = secrets.token_hex(16)
        value = {"code": " ".join(self.code.words), "since": self.since.isoformat(), "nonce": key}
        return secret.issue_ticket(_FORM, value, self.since)


def is_ticket(code: str) -> bool:
    return code.strip().startswith(_BEGINS)


def issue_key(secret: SecretKey, now: datetime) -> str:
    """Return the sealed idempotency key of a page that asks for the words."""
    return secret.issue_ticket(_KEY, secrets.token_hex(16), now)


def _read_key(secret: SecretKey, text: str, now: datetime) -> bytes:
    try:
        return bytes.fromhex(secret.read_ticket(_KEY, text, now, _KEY_LASTS))
    except Stale:
        return secrets.token_bytes(16)
