"""The challenges that passkeys sign: each is a sealed ticket, so it carries its time and only we can make one."""

import base64
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import g

from app import current
from app.crypto.passkeys import SECRET_BYTES, Site
from app.crypto.secretkey import Stale
from app.domain.accounts import passkeys
from app.domain.accounts.passkeys import Assertion
from app.domain.work import Member

_NAME = "passkey"
_ISSUED = "passkey_offer"


@dataclass(frozen=True)
class Offer:
    """What a page passes to the browser, as text; `known` are the ids of the member's own passkeys."""

    challenge: str
    host: str
    salt: str
    known: tuple[str, ...]


def site() -> Site:
    """Return the site that passkeys are made for; on a local machine that is localhost, as an IP address has none."""
    parts = urlsplit(current.settings().desk_url)
    if parts.scheme == "http":
        port = f":{parts.port}" if parts.port else ""
        return Site("localhost", f"http://localhost{port}")
    return Site(parts.hostname or "", current.settings().desk_url)


def offer() -> Offer:
    """Return what this page offers to passkeys; all its forms share one challenge, as only one of them is sent."""
    if _ISSUED not in g:
        member, here = g.get("actor"), site()
        known = member.passkeys if isinstance(member, Member) else ()
        setattr(g, _ISSUED, Offer(issue(), here.host, text(here.salt), tuple(text(one) for one in known)))
    offered: Offer = g.get(_ISSUED)
    return offered


def issue() -> str:
    """Return a new challenge: for this session alone, or for anybody who is not signed in."""
    return current.secret().issue_ticket(_purpose(), None, current.now())


def assertion(challenge: str, response: str, secret: str = "") -> Assertion | None:
    """Return what a browser sent; None when the challenge is not ours, for another session, or too old."""
    try:
        current.secret().read_ticket(_purpose(), challenge, current.now(), passkeys.LASTS)
    except Stale:
        return None
    return Assertion(site(), challenge, response, _secret(secret))


def text(data: bytes) -> str:
    """Return bytes as a browser's script reads them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _secret(typed: str) -> bytes | None:
    try:
        secret = base64.urlsafe_b64decode(f"{typed}=".encode("ascii"))
    except ValueError:
        return None
    return secret if len(secret) == SECRET_BYTES else None


def _purpose() -> str:
    member = g.get("actor")
    return f"{_NAME}/{member.cookie_hash.hex()}" if isinstance(member, Member) else _NAME
