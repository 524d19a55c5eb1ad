"""Turns the errors of the rules and of HTTP into plain pages. Each still has the exit link and the help lines."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from flask_limiter import RateLimitExceeded
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from app import current
from app.crypto import locks
from app.domain import audit
from app.domain.accounts.throttle import TooSoon
from app.domain.intake.opening import Gone
from app.domain.work import Altered, Missing, Party, Reason, Refused
from app.web import layout, limits, typed_answers

#: What a page says for each reason. The return page and the commands have sentences of their own.
SENTENCES: Mapping[Reason, LazyString] = {
    Reason.SIGNED_OUT: lazy_gettext("You were signed out. Please sign in again."),
    Reason.PROVE_AGAIN: lazy_gettext("Please give your second factor again."),
    Reason.SUPERVISORS_ONLY: lazy_gettext(
        "Only a supervisor uses the sheet here. Leave this empty, and ask one to approve you."
    ),
    Reason.NOT_YOURS: lazy_gettext("Only whoever has this request, or a supervisor, can do that."),
    Reason.NO_GRANT: lazy_gettext("You cannot open this request yet. Ask a supervisor."),
    Reason.CLAIMED: lazy_gettext("A colleague was first."),
    Reason.GONE: lazy_gettext("This request was taken back. Do not call."),
    Reason.ERASED: lazy_gettext("Everything in this request was erased."),
    Reason.CLOSED: lazy_gettext("This request is closed. Open it again first."),
    Reason.NOT_CLOSED: lazy_gettext("This request is open."),
    Reason.NOT_WAITING_ANY_MORE: lazy_gettext("This request does not wait any more."),
    Reason.HELD: lazy_gettext("There is a legal hold: nothing is erased while it lasts."),
    Reason.THREAD_GREW: lazy_gettext("Something new came meanwhile. Look at it first."),
    Reason.CANNOT_HAVE_IT: lazy_gettext("This person cannot open this request."),
    Reason.LAST_WHO_COULD_OPEN: lazy_gettext("Nobody else could open this request. Let a colleague join first."),
    Reason.NOBODY_LEFT_TO_NOTIFY: lazy_gettext("Everybody who could take it has been told."),
    Reason.NO_SUCH_ACCOUNT: lazy_gettext("There is no such account."),
    Reason.NO_NUMBER: lazy_gettext("They left no number. They will call and say the two words."),
    Reason.WRONG_NUMBER: lazy_gettext("Somebody else has this number. Do not call it again."),
    Reason.ENOUGH_TRIES: lazy_gettext("That is enough tries: close it, or wait until they come back."),
    Reason.REASON_NEEDED: lazy_gettext("Choose one of the reasons."),
    Reason.VOICEMAIL: lazy_gettext("They did not allow a voicemail. Did you leave one?"),
    Reason.NOT_REACHED: lazy_gettext("New words are told in a call that reached them. Write that down first."),
    Reason.THEY_CALL: lazy_gettext("They want to call us. Plan no call."),
    Reason.PLAN_WRONG_NUMBER: lazy_gettext("The number was wrong. Plan no call before they gave another."),
    Reason.TRIES: lazy_gettext("That was the last try. Plan no other before they write or call."),
    Reason.FOLLOW_UP_PAST: lazy_gettext("This time is over. Choose one that is still to come."),
    Reason.FOLLOW_UP_FAR: lazy_gettext("Choose a day within the next 90 days."),
    Reason.FOLLOW_UP_UNSAFE: lazy_gettext("They did not check this time. Choose one of their safe times."),
    Reason.NOTHING_TO_CALL: lazy_gettext("There is no number to call. Enter one, or choose that they will call."),
    Reason.NO_RETURN: lazy_gettext("They cannot come back to read an answer: they have no seven words."),
    Reason.OTHER_TIME: lazy_gettext("Enter a time after the request came, and not in the future."),
    Reason.SHIFT_BACKWARDS: lazy_gettext("A shift has to end after it starts."),
    Reason.SHIFT_TWICE: lazy_gettext("This person is on call then already."),
    Reason.NOT_IN_SHIFT: lazy_gettext("This is not inside the shift."),
    Reason.OWN_SHIFT: lazy_gettext("This is their shift already."),
    Reason.NOT_ACTIVE: lazy_gettext("This person cannot be on call yet."),
    Reason.KNOWN_EMAIL: lazy_gettext("Somebody with this email is in the team already."),
    Reason.OWN_EMAIL: lazy_gettext("This is your address already."),
    Reason.LINK_OVER: lazy_gettext("This link has expired. Ask for the change once more, on your account page."),
    Reason.NO_SUCH_LANGUAGE: lazy_gettext("Choose one of the two."),
    Reason.PASSKEY: lazy_gettext("This passkey was not accepted."),
    Reason.MANY_PASSKEYS: lazy_gettext("You have ten passkeys. Remove one first."),
    Reason.NOT_WAITING: lazy_gettext("This person is not waiting for approval any more."),
    Reason.KEY_CHANGED: lazy_gettext("The key changed since the words were shown. Compare the words again."),
    Reason.LAST_SUPERVISOR: lazy_gettext("The last supervisor cannot be suspended."),
    Reason.LAST_TO_SUPERVISE: lazy_gettext("The last supervisor stays one. Make a colleague a supervisor first."),
    Reason.NOT_AT_WORK: lazy_gettext("Only somebody who is active changes roles. Approve them first."),
    Reason.NOBODY_LEFT_TO_APPROVE: lazy_gettext(
        "Nobody else can approve you. Type the code of the printed recovery sheet here."
    ),
    Reason.OTHER_SHEET: lazy_gettext("This is not the code of the sheet. Check each group of letters."),
    Reason.LINE_UNTESTED: lazy_gettext("Make the test call first, then check this box."),
}

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 30
_BARE = Markup(
    '<!doctype html><html lang="en"><title>Contact us</title><h1>Something went wrong</h1>'
    "<p>It is not your fault. You can call us at {phone}. If someone is in danger, call 911. "
    "If you are thinking about suicide, call or text 988 at any time.</p></html>"
)


def install(app: Flask) -> None:
    handlers: Mapping[type[Exception], Callable[[Any], ResponseReturnValue]] = {
        Refused: _refused,
        Gone: _gone,
        Missing: lambda _error: _page(404),
        Altered: _altered,
        TooSoon: lambda error: _later(429, error.retry_after),
        locks.Busy: lambda _error: _later(503, _RETRY_SECONDS),
        current.Unavailable: lambda _error: _later(503, _RETRY_SECONDS),
        RateLimitExceeded: too_many,
        HTTPException: _http,
        Exception: _unexpected,
        InternalServerError: _last_resort,
    }
    for error, handler in handlers.items():
        app.register_error_handler(error, handler)
    app.log_exception = _broke  # type: ignore[method-assign]


def sentence(error: Refused) -> str:
    return str(SENTENCES.get(error.reason, gettext("That is not possible now.")))


def say(status: int, text: str) -> tuple[str, int]:
    return _page(status, heading=text)


def _refused(error: Refused) -> ResponseReturnValue:
    return _page(409, heading=sentence(error), **error.facts)


def _gone(error: Gone) -> ResponseReturnValue:
    """Show the tombstone to somebody who only looks."""
    if request.method == "POST":
        return _refused(error)
    return render_template("desk/request/tombstone.html", intake=error.tombstone)


def _altered(error: Altered) -> ResponseReturnValue:
    # The public process cannot chain an audit line: the worker does. At the desk, the member's own row may be altered.
    desk = layout.at_desk()
    with current.work(Party.SERVICE if desk else Party.CLIENT) as work:
        audit.record(work, "record.altered", error.place)
    _log.error("a stored record was altered: %s", error.place)
    # The page tells a client what to do, not what happened to the record.
    return _page(409, heading=gettext("This record was altered.") if desk else None, place=error.place)


def too_many(error: RateLimitExceeded) -> ResponseReturnValue:
    """Answer a form that had nothing to give back."""
    return _later(429, limits.retry_after(error))


def _later(status: int, seconds: int) -> ResponseReturnValue:
    return *_page(status), {"Retry-After": str(seconds)}


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
    """Log that the page for an error failed, too. Flask's own message would repeat the address."""
    _log.error("the error page broke on %s", request.endpoint, exc_info=exc_info)


def _last_resort(_error: InternalServerError) -> ResponseReturnValue:
    """Answer without template, language or database: one of them is what broke."""
    return _BARE.format(phone=current.practice().phone), 500


def _page(status: int, heading: str | None = None, **facts: object) -> tuple[str, int]:
    at_desk = layout.at_desk()
    # A process that does not serve the desk has no page to go back to.
    home = url_for("queue.show") if at_desk and "queue" in current_app.blueprints else None
    page = render_template(
        "error.html",
        status=status,
        heading=heading,
        facts=facts,
        at_desk=at_desk,
        home=home,
        given_back=typed_answers.to_member(),
        # Nothing about the member: a page that is missing and one that is not theirs are the same, byte for byte.
        member=None,
        idle_seconds=None,
        mail_waits_since=None,
    )
    return page, status
