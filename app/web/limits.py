"""Limits how often one network, and everybody together, may do what is costly; networks are hashed (S-10)."""

import hashlib
import hmac
import ipaddress
import math
import secrets
import threading
from dataclasses import dataclass
from datetime import date
from typing import Any

import redis
from flask import Flask, current_app, request
from flask_limiter import Limiter, RateLimitExceeded
from limits import parse_many

from app import current


@dataclass(frozen=True)
class Limited:
    """Pages that are counted together. A public page counts as one in all its languages."""

    endpoints: tuple[str, ...]
    network: str
    #: Over spans no shorter than the network's: a request that exceeds the network's limit does not count here.
    everybody: str | None = None


_SIGN_IN = "20 per minute; 200 per hour"
LIMITED = (
    # These limits apply before the sign-in delay of an account, and long before Argon2id.
    *(Limited((name,), _SIGN_IN) for name in ("signin.submit", "signin.touch", "signin.finish", "forgotten.submit")),
    Limited(("invite.submit",), "20 per minute"),
    # Many people may share one exit: a school, a clinic, a phone company.
    Limited(("public.send", "public_es.send"), "30 per minute; 300 per hour", "3000 per hour"),
)

#: Wrong return codes. A right one is never counted; a wrong one behind a shared exit waits a few seconds at most.
MISSES = Limited(("public.come_back",), "10 per 5 seconds", "100 per 5 seconds")

_IPV4_PREFIX, _IPV6_PREFIX = 24, 56
_A_DAY_SECONDS = 86_400
_MISS = "quietword.miss"


class _KeyOfTheDay:
    """32 random bytes that change every day: in this process, or shared through Redis by all of them."""

    def __init__(self, redis_url: str | None) -> None:
        self._shared = redis.Redis.from_url(redis_url, socket_timeout=1) if redis_url else None
        self._lock = threading.Lock()
        self._day: date | None = None
        self._key = b""

    def of(self, day: date) -> bytes:
        with self._lock:
            if self._day != day:
                self._day, self._key = day, self._draw(day)
            return self._key

    def _draw(self, day: date) -> bytes:
        drawn = secrets.token_bytes(32)
        if self._shared is None:
            return drawn
        name = f"quietword/day-key/{day.isoformat()}"
        try:
            self._shared.set(name, drawn, nx=True, ex=_A_DAY_SECONDS)
            shared = self._shared.get(name)
        except redis.RedisError:
            # Then this process counts in its own memory.
            return drawn
        return shared if isinstance(shared, bytes) else drawn


def install(app: Flask) -> None:
    """Limit the views. While Redis is down each process counts in its memory: never an error, never unlimited."""
    settings = app.extensions["quietword"].settings
    keys = _KeyOfTheDay(settings.redis_url)
    limiter = Limiter(
        lambda: network(request.remote_addr, keys.of(current.now().date())),
        app=app,
        storage_uri=settings.redis_url or "memory://",
        in_memory_fallback_enabled=settings.redis_url is not None,
        strategy="moving-window",
        key_prefix="quietword",
    )
    counting_alone = 1 if settings.redis_url else settings.processes
    for limited in LIMITED:
        here = [endpoint for endpoint in limited.endpoints if endpoint in app.view_functions]
        if here:
            view = _limit(limiter, app.view_functions[here[0]], limited, counting_alone)
            app.view_functions.update(dict.fromkeys(here, view))
    # Only the call is counted; it does nothing.
    app.extensions[_MISS] = _limit(limiter, lambda: None, MISSES, counting_alone)


def count_miss() -> None:
    """Count a wrong return code; `RateLimitExceeded` when this network, or everybody, had too many."""
    current_app.extensions[_MISS]()


def _limit(limiter: Limiter, view: Any, limited: Limited, processes: int) -> Any:
    scope = limited.endpoints[0]
    view = limiter.shared_limit(_share(limited.network, processes), scope)(view)
    if limited.everybody:
        everybody = _share(limited.everybody, processes)
        view = limiter.shared_limit(everybody, f"{scope}/everybody", key_func=lambda: "everybody")(view)
    return view


def _share(most: str, processes: int) -> str:
    """Return the share of each process that counts alone, so that all together keep the limit."""
    each = ((max(1, one.amount // processes), one.multiples, one.GRANULARITY.name) for one in parse_many(most))
    return "; ".join(f"{amount} per {multiples} {span}" for amount, multiples, span in each)


def network(address: str | None, key: bytes) -> str:
    """Return a keyed hash of the network an address belongs to; the address itself is not stored."""
    name = around(address, ipv4=_IPV4_PREFIX, ipv6=_IPV6_PREFIX)
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest() if name else "unknown"


def around(address: str | None, *, ipv4: int, ipv6: int) -> str:
    """Return the network of that many bits an address belongs to; an empty text where there is no address."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    plain = mapped or parsed
    return str(ipaddress.ip_network((plain, ipv4 if plain.version == 4 else ipv6), strict=False))


def retry_after(error: RateLimitExceeded) -> int:
    return max(1, math.ceil(error.limit.limit.get_expiry()))
