"""Turns the rules' words, and HTTP's own, into plain pages. Every page keeps the way out and the help lines."""

import logging
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_limiter import RateLimitExceeded
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from app import current
from app.domain import audit
from app.domain.signin import TooSoon
from app.domain.work import Altered, Missing, Party, Refused
from app.web import limits

_log = logging.getLogger(__name__)
_RETRY_SECONDS = "30"
_BARE = Markup(
    '<!doctype html><html lang="en"><title>Contact us</title><h1>Something went wrong</h1>'
    "<p>It is not your fault. You can call us at {phone}. If someone is in danger, call 911. "
    "If you are thinking about suicide, call or text 988 at any time.</p></html>"
)


def install(app: Flask) -> None:
    """Register one handler per word."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Missing, _missing)
    app.register_error_handler(Altered, _altered)
    app.register_error_handler(TooSoon, _too_soon)
    app.register_error_handler(current.Busy, _unavailable)
    app.register_error_handler(current.Unavailable, _unavailable)
    app.register_error_handler(RateLimitExceeded, too_many)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
    app.register_error_handler(InternalServerError, _last_resort)
    app.log_exception = _broke  # type: ignore[method-assign]


def sentence(error: Refused) -> str:
    """Return what a page says of a rule's no."""
    return _reasons().get(error.reason, gettext("That is not possible now."))


def say(status: int, text: str) -> tuple[str, int]:
    """Answer with one sentence, where nothing that was typed has to be given back."""
    return _page(status, heading=text)


def _refused(error: Refused) -> ResponseReturnValue:
    return _page(409, heading=sentence(error), **error.facts)


def _reasons() -> dict[str, str]:
    return {
        "refused.claimed": gettext("A colleague was first."),
        "refused.gone": gettext("This request was taken back. Do not call."),
        "refused.erased": gettext("Everything in this request was erased."),
        "refused.closed": gettext("This request is closed. Open it again first."),
        "refused.not_closed": gettext("This request is open."),
        "refused.not_yours": gettext("Only whoever has this request, or a supervisor, can do that."),
        "refused.held": gettext("There is a legal hold: nothing is erased while it lasts."),
        "refused.they_call": gettext("They want to call us. Plan no call."),
        "refused.plan_wrong_number": gettext("The number was wrong. Plan no call before they gave another."),
        "refused.tries": gettext("That was the last try. Plan no other before they write or call."),
        "refused.follow_up_past": gettext("This time is over. Choose one that is still to come."),
        "refused.follow_up_far": gettext("Choose a day within the next 90 days."),
        "refused.follow_up_unsafe": gettext("They did not check this time. Choose one of their safe times."),
        "refused.not_reached": gettext("New words are told in a call that reached them. Write that down first."),
        "refused.no_number": gettext("They left no number. They will call and say the two words."),
        "refused.wrong_number": gettext("Somebody else has this number. Do not call it again."),
        "refused.enough_tries": gettext("That is enough tries: close it, or wait until they come back."),
        "refused.cannot_have_it": gettext("This person cannot open this request."),
        "refused.last_who_could_open": gettext("Nobody else could open this request. Let a colleague join first."),
        "refused.nothing_to_call": gettext("There is no number to call. Enter one, or choose that they will call."),
        "refused.no_return": gettext("They cannot come back to read an answer: they have no seven words."),
        "refused.thread_grew": gettext("Something new came meanwhile. Look at it first."),
        "refused.other_time": gettext("Enter a time after the request came, and not in the future."),
        "refused.no_grant": gettext("You cannot open this request yet. Ask a supervisor."),
        "refused.no_such_account": gettext("There is no such account."),
        "refused.signed_out": gettext("You were signed out. Please sign in again."),
        "refused.known_email": gettext("Somebody with this email is in the team already."),
        "refused.own_email": gettext("This is your address already."),
        "refused.link_over": gettext("This link has expired. Ask for the change once more, on your account page."),
        "refused.passkey": gettext("This passkey was not accepted."),
        "refused.many_passkeys": gettext("You have ten passkeys. Remove one first."),
        "refused.not_waiting": gettext("This person is not waiting for approval any more."),
        "refused.key_changed": gettext("The key changed since the words were shown. Compare the words again."),
        "refused.last_supervisor": gettext("The last supervisor cannot be suspended."),
        "refused.last_to_supervise": gettext("The last supervisor stays one. Make a colleague a supervisor first."),
        "refused.not_at_work": gettext("Only somebody who is active changes roles. Approve them first."),
        "refused.prove_again": gettext("Please give your second factor again."),
        "refused.other_sheet": gettext("This code belongs to another sheet."),
        "refused.shift_twice": gettext("This person is on call then already."),
        "refused.shift_backwards": gettext("A shift has to end after it starts."),
        "refused.not_active": gettext("This person cannot be on call yet."),
        "refused.not_waiting_any_more": gettext("This request does not wait any more."),
        "refused.nobody_left": gettext("Everybody who could take it has been told."),
    }


def _missing(_error: Missing) -> ResponseReturnValue:
    return _page(404)


def _altered(error: Altered) -> ResponseReturnValue:
    # The public process cannot chain a line, so a client's waits for the worker; a member may be what was altered.
    desk = request.path.startswith("/desk")
    with current.work(Party.WORKER if desk else Party.CLIENT) as work:
        audit.record(work, "record.altered", error.place)
    _log.error("a stored record was altered: %s", error.place)
    # A client is told what to do, not what happened to the record.
    return _page(409, heading=gettext("This record was altered.") if desk else None, place=error.place)


def _too_soon(error: TooSoon) -> ResponseReturnValue:
    return *_page(429), {"Retry-After": str(error.retry_after)}


def too_many(error: RateLimitExceeded) -> ResponseReturnValue:
    """Answer where there is nothing typed to give back."""
    return *_page(429), {"Retry-After": str(limits.retry_after(error))}


def _unavailable(_error: Exception) -> ResponseReturnValue:
    return *_page(503), {"Retry-After": _RETRY_SECONDS}


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    allowed = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    return *_page(error.code), headers


def _unexpected(error: Exception) -> ResponseReturnValue:
    _log.error("unexpected %s on %s", type(error).__name__, request.endpoint, exc_info=error)
    return _page(500)


def _broke(exc_info: Any) -> None:
    """Log that making a page for an error failed itself. Flask's own words would repeat the address asked for."""
    _log.error("the error page broke on %s", request.endpoint, exc_info=exc_info)


def _last_resort(_error: InternalServerError) -> ResponseReturnValue:
    """Answer without template, language or database: one of them is what broke."""
    return _BARE.format(phone=current.practice().phone), 500


def _page(status: int, heading: str | None = None, **facts: object) -> tuple[str, int]:
    # The same whoever asks: what is not there and what is not yours do not differ in a byte.
    anybody = {"member": None, "idle_seconds": None, "mail_waits_since": None}
    at_desk = request.path.startswith("/desk")
    page = render_template("error.html", status=status, heading=heading, facts=facts, at_desk=at_desk, **anybody)
    return page, status
