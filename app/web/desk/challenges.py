"""The challenges that passkeys answer: each is a sealed ticket, so it carries its time and nobody else makes one."""

import base64
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import g

from app import current
from app.crypto import passkeys as answers
from app.crypto.passkeys import Site
from app.crypto.secretkey import Stale
from app.domain.accounts import passkeys
from app.domain.accounts.passkeys import Assertion
from app.domain.work import Member

_NAME = "passkey"
_ISSUED = "passkey_offer"


@dataclass(frozen=True)
class Offer:
    """What a page tells the browser, as text; `known` has the ids of the member's own passkeys."""

    challenge: str
    host: str
    salt: str
    known: tuple[str, ...]


def site() -> Site:
    """Return whom passkeys belong to here. On a machine of one's own that is localhost: an address cannot have any."""
    parts = urlsplit(current.settings().desk_url)
    if parts.scheme == "http":
        port = f":{parts.port}" if parts.port else ""
        return Site("localhost", f"http://localhost{port}")
    return Site(parts.hostname or "", current.settings().desk_url)


def offer() -> Offer:
    """Return what this page offers to passkeys; all its forms share one challenge, as only one of them is sent."""
    if _ISSUED not in g:
        member = g.get("actor")
        known = member.passkeys if isinstance(member, Member) else ()
        here = site()
        setattr(g, _ISSUED, Offer(issue(), here.host, text(here.salt), tuple(text(one) for one in known)))
    offered: Offer = g.get(_ISSUED)
    return offered


def issue() -> str:
    """Return a new challenge for whoever asks: a stranger, or this session alone."""
    return current.secret().issue_ticket(_name(), None, current.now())


def answer(challenge: str, response: str, secret: str = "") -> Assertion | None:
    """Return what a browser brought; None when the challenge is not ours, not for it, or too old."""
    try:
        current.secret().read_ticket(_name(), challenge, current.now(), passkeys.LASTS)
    except Stale:
        return None
    return Assertion(site(), challenge, response, _secret(secret))


def text(data: bytes) -> str:
    """Return bytes as a browser's script takes them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _secret(typed: str) -> bytes | None:
    try:
        secret = base64.urlsafe_b64decode(f"{typed}=".encode("ascii"))
    except ValueError:
        return None
    return secret if len(secret) == answers.SECRET_BYTES else None


def _name() -> str:
    member = g.get("actor")
    return f"{_NAME}/{member.cookie_hash.hex()}" if isinstance(member, Member) else _NAME
