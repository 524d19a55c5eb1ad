"""Answers machines: does the process run, and can it do its work?"""

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
    """Requests can be taken and delivered; otherwise 503 with the name of the obstacle. For alarms.

    A daily check that fails is reported here, and does not close the form.
    """
    obstacle = health.obstacle() or ("canary" if health.unchecked() else None)
    return (f"{obstacle}\n", 503, _PLAIN) if obstacle else ("ok\n", 200, _PLAIN)
