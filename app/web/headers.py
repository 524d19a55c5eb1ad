"""The headers of every response: nothing is cached, nothing comes from another site, no other site frames a page."""

from flask import Flask, request
from werkzeug.wrappers import Response

from app import current
from app.web import layout

_FEATURES = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), display-capture=(), "
    "fullscreen=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), "
    "publickey-credentials-get={passkeys}, screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"
)
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {framed_by}; require-trusted-types-for 'script'"
)
_ALWAYS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
_UNFRAMED = {
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def install(app: Flask) -> None:
    app.after_request(_add)


def _add(response: Response) -> Response:
    desk = layout.at_desk()
    response.headers.update(_ALWAYS)
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["Permissions-Policy"] = _FEATURES.format(passkeys="(self)" if desk else "()")
    if (request.endpoint or "").endswith(".embed"):
        framed_by = " ".join(current.practice().embed_origins) or "'none'"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    else:
        framed_by = "'none'"
        response.headers.update(_UNFRAMED)
    policy = _POLICY.format(framed_by=framed_by)
    response.headers["Content-Security-Policy"] = f"{policy}; connect-src 'self'" if desk else policy
    return response
