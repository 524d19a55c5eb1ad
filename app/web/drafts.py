"""Stores a note that arrives after the lock for its author: the ticket of its form, and the page that says so."""

from datetime import datetime
from uuid import UUID

from flask import g, render_template, request

from app import current
from app.crypto.secretkey import Stale
from app.domain.accounts import sessions
from app.domain.casework import notes
from app.domain.intake import opening
from app.domain.work import Missing, Party
from app.web import typed_answers
from app.web.questions import text_input

_FORM = "note"


def ticket(reference: str) -> str:
    """Return a signed ticket that names the author and the request; the session's token ends with the session.

    No two tickets are the same, so one also shows a double tap.
    """
    return current.secret().issue_ticket(_FORM, [str(g.actor.account_id), reference], current.now())


def issued(text: str | None, account_id: UUID, reference: str) -> bool:
    """Return whether we issued this ticket to this member, for this request, not too long ago."""
    try:
        carried = current.secret().read_ticket(_FORM, text or "", current.now(), notes.DRAFT_LASTS)
    except Stale:
        return False
    return bool(carried == [str(account_id), reference])


def moment(text: str | None) -> datetime | None:
    """Return the moment of the newest stored note that the box already showed; None without one."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else None


def signed_out(cookie: str | None) -> str:
    """Return the page after a lock: a note is stored for its author, all other text is shown to be copied."""
    text = text_input.paragraphs(text_input.received(request).get("text", ""))
    kept = bool(text and cookie) and _store(cookie or "", text)
    typed_too = [one for one in typed_answers.sent() if not kept or one.name != "text"]
    return render_template("desk/signed_out.html", kept=kept, given_back=typed_too, back=request.view_args)


def _store(cookie: str, text: str) -> bool:
    seen = moment(request.form.get("kept"))
    try:
        reference = opening.canonical((request.view_args or {})["reference"])
        with current.work(Party.SERVICE) as work:
            author = sessions.whose(work, cookie)
            if author is None or not issued(request.form.get("once"), author, reference):
                return False
            return notes.keep_draft(work, author, reference, text, instead_of=seen)
    except (Missing, current.Unavailable):
        return False
