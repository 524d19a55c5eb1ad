"""How often one network may do what costs us: counted under a key of the day that is never written to disk (S-10)."""

import hashlib
import hmac
import ipaddress
import math
import secrets
import threading
from datetime import date
from typing import Any

import redis
from flask import Flask, request
from flask_limiter import Limiter, RateLimitExceeded

from app import current

#: Per network. Sign-in comes before the slower waits of one account, and long before Argon2id.
LIMITS = {"signin.submit": "20 per minute; 200 per hour", "invite.submit": "20 per minute"}

_IPV4_PREFIX, _IPV6_PREFIX = 24, 56
_A_DAY_SECONDS = 86_400


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
            kept = self._shared.get(name)
        except redis.RedisError:
            # Counting then falls back to this process's memory, too.
            return drawn
        return kept if isinstance(kept, bytes) else drawn


def install(app: Flask) -> None:
    """Put the limits before the views they name. Redis down means memory, never an error, never unlimited."""
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
    for endpoint, limit in LIMITS.items():
        if endpoint in app.view_functions:
            limited: Any = limiter.limit(limit)(app.view_functions[endpoint])
            app.view_functions[endpoint] = limited


def network(address: str | None, key: bytes) -> str:
    """Return a keyed hash of the network an address belongs to; the address itself is kept nowhere."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    plain = mapped or parsed
    prefix = _IPV4_PREFIX if plain.version == 4 else _IPV6_PREFIX
    name = ipaddress.ip_network((plain, prefix), strict=False)
    return hmac.new(key, str(name).encode(), hashlib.sha256).hexdigest()


def retry_after(error: RateLimitExceeded) -> int:
    """Return the seconds after which the next try may pass."""
    return max(1, math.ceil(error.limit.limit.get_expiry()))
