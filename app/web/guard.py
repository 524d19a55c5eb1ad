"""Checks every request before its view: host, origin, body, and who may see the page; one in no set here is closed."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, g, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app import current, health
from app.domain.accounts import sessions
from app.domain.accounts.sessions import Resumed
from app.domain.work import Member, Missing, Party
from app.models import AccountState, Role
from app.web import drafts, layout

#: Blueprints that everybody may see, without signing in.
OPEN = frozenset({"public", "public_es", "ops", "layout"})
#: The pages of the desk on which somebody signs in or joins the team.
LEADS_IN = frozenset(
    {f"{page}.{deed}" for page in ("signin", "invite", "forgotten") for deed in ("show", "submit")}
    | {"signin.challenge", "signin.touch", "signin.finish"}
)
#: What a member may see before a supervisor has approved their key.
PENDING = frozenset({"signin.approval", "signin.sign_out", "signin.sign_out_everywhere"})

#: Blueprints for each approved member.
TEAM = frozenset(
    {"signin", "account", "password", "queue", "search", "rota", "phone_in", "incoming_calls", "intake"}
    | {"claims", "dialing", "call_log", "notes", "wishes", "safety", "export"}
)
#: Blueprints for supervisors; a counselor gets the page for an address that does not exist.
SUPERVISORS = frozenset({"team", "recovery_sheet", "paper_card", "audit_trail", "figures", "retention", "same_number"})

#: What a page asks for by itself: it does not show that anybody is there, and is never redirected to the sign-in page.
QUIET = frozenset({"dialing.pulse", "queue.beat"})

#: Forms that carry a note and its ticket: when one arrives after the lock, the note is stored for its author.
NOTES = frozenset({"notes.write", "claims.claim", "call_log.attempt"})

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_TOUCH_AFTER_SECONDS = 60


class DeskSessions(SessionInterface):
    """Stores the data of a signed-in browser sealed in its row. Public pages have no session: writing to it fails."""

    def open_session(self, app: Flask, request: Any) -> SecureCookieSession | None:
        # Flask's own mapping that knows whether it was changed; none of it goes into the cookie.
        return SecureCookieSession() if layout.at_desk() else None

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        member = g.get("actor")
        if not isinstance(member, Member) or not g.get("signed_in", True):
            return
        # One statement each, without a member: to read the account once more would double the cost.
        if session.modified:
            with current.work(Party.SERVICE) as work:
                sessions.save_data(work, _cookie() or "", session)
        elif request.endpoint not in QUIET and (current.now() - g.seen_at).total_seconds() >= _TOUCH_AFTER_SECONDS:
            with current.work(Party.SERVICE) as work:
                sessions.touch(work, member)


def install(app: Flask) -> None:
    app.session_interface = DeskSessions()
    app.context_processor(_known)
    app.before_request(_check_host)
    app.before_request(_check_origin)
    app.before_request(_check_body)
    app.before_request(_check_member)


def _known() -> dict[str, Any]:
    member = g.get("actor")
    signed_in = isinstance(member, Member) and g.get("signed_in", True)
    return {
        "member": member,
        "csrf_token": generate_csrf,
        "note_ticket": drafts.ticket,
        "idle_seconds": int(sessions.IDLE.total_seconds()) if signed_in else None,
        "mail_waits_since": health.mail_waits_since() if signed_in else None,
    }


def cookie_name() -> str:
    return "__Host-s" if current.settings().secure_cookie else "s"


def sign_in(cookie: str, path: str) -> Response:
    """Sign this browser in, and lead it on. Lax, as a link in an email must arrive signed in; a POST makes changes."""
    response = redirect(path, 303)
    response.set_cookie(cookie_name(), cookie, **_cookie_options())
    return response


def sign_out() -> Response:
    """Sign this browser out: it forgets what it stored, and goes to the sign-in page."""
    g.signed_in = False
    response = redirect(url_for("signin.show"), 303)
    response.delete_cookie(cookie_name(), **_cookie_options())
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _cookie_options() -> dict[str, Any]:
    return {"path": "/", "secure": current.settings().secure_cookie, "httponly": True, "samesite": "Lax"}


def _check_host() -> None:
    if request.blueprint != "ops" and request.host.lower() not in {urlsplit(origin).netloc for origin in _origins()}:
        abort(400)


def _origins() -> frozenset[str]:
    """Return the origins of our own pages; on a local machine its three names are one."""
    known = set()
    for url in (current.settings().public_url, current.settings().desk_url):
        parts = urlsplit(url)
        known.add(url)
        if parts.scheme == "http":
            port = f":{parts.port}" if parts.port else ""
            known |= {f"http://{name}{port}" for name in _LOOPBACK}
    return frozenset(known)


def _check_origin() -> None:
    """Refuse forms that another site made a browser send (S-19, V-42); without these headers the token decides."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site != "same-origin":
        abort(403)
    if origin == "null":
        if site != "same-origin":
            abort(403)
    elif origin is not None and origin.lower() not in _origins():
        abort(403)


def _check_body() -> None:
    if request.method != "POST":
        return
    if request.mimetype not in ("application/x-www-form-urlencoded", ""):
        abort(415)
    # A body in chunks has no length, and the parser would cut it at the limit without an error.
    if request.content_length is None and len(request.get_data()) >= (request.max_content_length or 0):
        abort(413)


def _check_member() -> ResponseReturnValue | None:
    if request.blueprint in OPEN or request.endpoint in LEADS_IN or request.endpoint is None:
        return None
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        abort(503)
    found = _resume()
    if found is None:
        return _to_sign_in()
    g.actor, g.seen_at = found.member, found.seen_at
    session.update(found.data)
    session.modified = False
    if found.member.state is AccountState.PENDING and request.endpoint not in PENDING:
        return redirect(url_for("signin.approval"), code=303)
    if request.blueprint not in (TEAM | SUPERVISORS if found.member.role is Role.SUPERVISOR else TEAM):
        raise Missing
    return None


def _resume() -> Resumed | None:
    """Return the session of this browser. One that was idle too long is locked now."""
    cookie = _cookie()
    if cookie is None:
        return None
    with current.read(Party.CLIENT) as work:
        found = sessions.resume(work, cookie)
        overdue = found is None and sessions.overdue(work)
    if overdue:
        with current.work(Party.SERVICE) as work:
            sessions.lock_idle(work)
    return found


def _to_sign_in() -> ResponseReturnValue:
    if request.method not in ("GET", "HEAD"):
        return drafts.signed_out(_cookie() if request.endpoint in NOTES else None), 401
    if request.endpoint in QUIET:
        return render_template("desk/signed_out.html"), 401
    return redirect(url_for("signin.show", next=request.path), code=303)


def _cookie() -> str | None:
    return request.cookies.get(cookie_name())
