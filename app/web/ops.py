"""What machines ask: is the process there, and can it do its work?"""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app import health

bp = Blueprint("ops", __name__)

_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers; for load balancers."""
    return "ok\n", 200, _PLAIN


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Requests can be taken and delivered; otherwise 503 with the name of what keeps them. For alarms.

    A daily check that does not come through is told here, and closes no form.
    """
    obstacle = health.obstacle() or ("canary" if health.unchecked() else None)
    return (f"{obstacle}\n", 503, _PLAIN) if obstacle else ("ok\n", 200, _PLAIN)
