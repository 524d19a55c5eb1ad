"""Derives form tickets, confirmation addresses, origin tags and return codes' keys from SECRET_KEY."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken, MultiFernet

from app.crypto.contexts import Context
from app.crypto.tokens import Json, Unreadable, exact, fernet, framed, sub_key
from app.crypto.words import ReturnCode


class Stale(Exception):
    """A ticket is not ours, not for this form, too old, or from the future."""


@dataclass(frozen=True, repr=False)
class ReturnKeys:
    """What a return code gives: how its intake is found, and the key to its thread."""

    lookup: bytes
    key: bytes


class SecretKey:
    """Keys, newest first; only their sub-keys are used. The newest key makes, and each of them checks."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take random keys, newest first; raise ValueError, without the key, when they are not."""
        if not keys:
            raise ValueError("there is no secret key")
        if any(len(key) < 32 for key in keys):
            raise ValueError("a secret key is shorter than 32 bytes")
        if len(set(keys)) < len(keys):
            raise ValueError("the same secret key is there twice")
        self._keys = tuple(keys)

    def issue_ticket(self, form: str, value: Json, now: datetime) -> str:
        """Return a sealed ticket for one form that carries a value and the time."""
        return self._tickets(form).encrypt_at_time(json.dumps(value).encode(), int(now.timestamp())).decode()

    def read_ticket(self, form: str, ticket: str, now: datetime, max_age: timedelta) -> Json:
        """Return what a ticket carries; raise `Stale`. A clock may be ahead of ours by a minute, not more."""
        try:
            token = exact(ticket.encode("ascii", "replace"))
            text = self._tickets(form).decrypt_at_time(token, int(max_age.total_seconds()), int(now.timestamp()))
        except (InvalidToken, ValueError) as error:
            raise Stale from error
        return json.loads(text)

    def done_token(self, idempotency_key: bytes, answers_digest: bytes) -> str:
        """Return 128 bits for the address of a confirmation: the same for the same answers on one form."""
        tag = hmac.digest(sub_key(self._keys[0], "done"), framed([idempotency_key, answers_digest]), hashlib.sha256)
        return base64.urlsafe_b64encode(tag[:16]).rstrip(b"=").decode()

    def blind(self, purpose: str, text: str) -> bytes:
        """Return a keyed hash of a text that must not be stored in clear."""
        key = sub_key(self._keys[0], f"blind/{purpose}")
        return hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def tag_origin(self, facts: Sequence[bytes]) -> bytes:
        """Return the proof that this service wrote these facts."""
        return _tag(self._keys[0], facts)

    def check_origin(self, facts: Sequence[bytes], tag: bytes | None) -> None:
        """Raise `Unreadable` unless a key of the list made the tag."""
        if not any(hmac.compare_digest(_tag(key, facts), tag or b"") for key in self._keys):
            raise Unreadable(Context("origin"))

    def return_keys(self, code: ReturnCode) -> list[ReturnKeys]:
        """Return what the code gives under each key, newest first.

        The code alone gives nothing, so a stolen database is no list to try codes on.
        """
        spoken = code.canonical.encode()
        salts = [sub_key(key, "return") for key in self._keys]
        return [
            ReturnKeys(sub_key(spoken, "return-lookup", salt=salt), sub_key(spoken, "return-key", salt=salt))
            for salt in salts
        ]

    def _tickets(self, form: str) -> MultiFernet:
        return MultiFernet([fernet(key, Context(f"form-token/{form}")) for key in self._keys])

    def __repr__(self) -> str:
        return f"<SecretKey of {len(self._keys)}>"


def _tag(key: bytes, facts: Sequence[bytes]) -> bytes:
    return hmac.digest(sub_key(key, "origin"), framed(facts), hashlib.sha256)
