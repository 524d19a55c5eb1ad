"""What is derived from SECRET_KEY: form tickets, confirmation addresses, origin tags, return codes."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet

from app.crypto.places import Place
from app.crypto.tokens import Unreadable, fernet, sub_key
from app.crypto.words import ReturnCode


class Stale(Exception):
    """A ticket is not ours, not for this form, or too old."""


@dataclass(frozen=True, repr=False)
class ReturnKeys:
    """What a return code gives: how its intake is found, and the key to its thread."""

    lookup: bytes
    key: bytes


class SecretKey:
    """A list of keys, newest first, of which only sub-keys are ever used."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)

    def issue_ticket(self, form: str, value: Any, now: datetime) -> str:
        """Return a sealed ticket for one form that carries a value and the time."""
        return self._tickets(form).encrypt_at_time(json.dumps(value).encode(), int(now.timestamp())).decode()

    def read_ticket(self, form: str, ticket: str, now: datetime, max_age: timedelta) -> Any:
        """Return what a ticket carries; raise `Stale`."""
        try:
            text = self._tickets(form).decrypt_at_time(
                ticket.encode(), int(max_age.total_seconds()), int(now.timestamp())
            )
        except (InvalidToken, ValueError) as error:
            raise Stale from error
        return json.loads(text)

    def done_token(self, nonce: bytes, answers_digest: bytes) -> str:
        tag = hmac.digest(sub_key(self._keys[0], "done"), nonce + answers_digest, hashlib.sha256)
        return base64.urlsafe_b64encode(tag[:16]).rstrip(b"=").decode()

    def blind(self, purpose: str, text: str) -> bytes:
        """Return a keyed hash of a text that should not be kept as it is."""
        return hmac.digest(sub_key(self._keys[0], f"blind/{purpose}"), text.encode(), hashlib.sha256)

    def tag_origin(self, facts: Sequence[bytes]) -> bytes:
        return self._tag(self._keys[0], facts)

    def check_origin(self, facts: Sequence[bytes], tag: bytes) -> None:
        """Raise `Unreadable` unless a key of the list made the tag."""
        if not any(hmac.compare_digest(self._tag(key, facts), tag) for key in self._keys):
            raise Unreadable(Place("origin"))

    def return_keys(self, code: ReturnCode) -> list[ReturnKeys]:
        """Return what the code gives under each key, newest first."""
        keys = [sub_key(sub_key(key, "return") + code.canonical.encode(), "return-code") for key in self._keys]
        return [ReturnKeys(sub_key(key, "return-lookup"), sub_key(key, "return-key")) for key in keys]

    def _tickets(self, form: str) -> MultiFernet:
        return MultiFernet([fernet(key, Place(f"form-token/{form}")) for key in self._keys])

    def _tag(self, key: bytes, facts: Sequence[bytes]) -> bytes:
        framed = b"".join(len(fact).to_bytes(4, "big") + fact for fact in facts)
        return hmac.digest(sub_key(key, "origin"), framed, hashlib.sha256)

    def __repr__(self) -> str:
        return "<SecretKey>"
