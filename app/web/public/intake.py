"""The request form: showing it, taking it, confirming it, taking it back."""

from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_limiter import RateLimitExceeded
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app import current, health
from app.domain.intake import arrivals
from app.domain.work import Missing
from app.practice import hours
from app.web import errors, layout, limits
from app.web.layout import compress
from app.web.public.blueprint import bp
from app.web.public.forms import MINOR, SHORTEST, Handed, IntakeForm, Ticket, take
from app.web.questions import text_input, times

#: Holds the ticket's place in the form kept in memory. No practice and no translation contains it.
_PLACE = Markup("TICKET-OF-THIS-SHOWING")
_RETRY_AFTER = "300"


@bp.get("/")
@compress.compressed()
def form() -> ResponseReturnValue:
    return _fresh(autofill=False)


@bp.get("/autofill")
@compress.compressed()
def form_with_autofill() -> ResponseReturnValue:
    """The same form, for a browser that may fill it in (S-16)."""
    return _fresh(autofill=True)


@bp.post("/")
def send() -> ResponseReturnValue:
    said = text_input.received(request)
    if (other := _other_page(said)) is not None:
        return other
    filled = _filled(said)
    if not filled.validate():
        return _again(filled, 422)
    ticket = filled.handed.presented
    assert ticket is not None
    if filled.box.data or current.now() - ticket.shown_at < SHORTEST:
        remark = gettext(
            "Please press “Send my request” once more. Nothing is lost. You can also call us at %(phone)s.",
            phone=current.practice().phone,
        )
        return _again(filled, 422, remark)
    try:
        epoch = health.epoch()
        with current.work() as work:
            token = arrivals.submit(
                work,
                epoch,
                idempotency_key=ticket.idempotency_key,
                language=filled.language,
                answers=filled.answers(),
                wishes=filled.wishes(),
            )
    except current.Unavailable:
        remark = gettext(
            "We can't take your request right now. Nothing is lost: what you typed is below. "
            "Please call us at %(phone)s, or try again in a few minutes.",
            phone=current.practice().phone,
        )
        return _again(filled, 503, remark, retry_after=_RETRY_AFTER)
    return redirect(layout.address("done", token=token), 303)


@bp.errorhandler(RateLimitExceeded)
def too_many(error: RateLimitExceeded) -> ResponseReturnValue:
    """Show the form with everything typed (S-18)."""
    if not (request.endpoint or "").endswith(".send"):
        return errors.too_many(error)
    said = text_input.received(request)
    if (other := _other_page(said)) is not None:
        return other
    remark = gettext("We are getting many requests right now. Please wait a few minutes and try again, or call us.")
    return _again(_filled(said), 429, remark, retry_after=str(limits.retry_after(error)))


@bp.get("/done/<token>")
def done(token: str) -> ResponseReturnValue:
    try:
        with current.read() as work:
            confirmed = arrivals.done(work, token)
    except Missing:
        # A history entry opened later tells nothing (S-13).
        return redirect(layout.address("form"), 303)
    practice = current.practice()
    return render_template(
        "public/done.html",
        done=confirmed,
        token=token,
        by=times.moment(practice, confirmed.heard_by),
        hours=times.opening_hours(practice),
        closed_today=times.closed_today(practice, current.now()),
        zone=times.zone(confirmed.zone) if confirmed.zone else None,
        slow=health.obstacle() is not None,
        return_address=current.settings().public_url.partition("://")[2] + layout.address("back"),
    )


@bp.post("/done/<token>/undo")
def undo(token: str) -> ResponseReturnValue:
    """Delete the request. The token is all that proves whose it is."""
    try:
        with current.work() as work:
            erased = arrivals.undo(work, token)
    except Missing:
        return render_template("public/not_undone.html"), 410
    if not erased:
        return render_template("public/held.html")
    return redirect(layout.address("undone"), 303)


def _other_page(said: MultiDict[str, str]) -> ResponseReturnValue | None:
    """Return the page of another language or the one for teens where the form asks for it, else None."""
    if "switch" in said:
        return _in_this_language(said)
    if MINOR in said.getlist("age"):
        # Nothing a minor typed is looked at any further (S-40).
        return redirect(layout.address("teen"), 303)
    return None


def _filled(said: MultiDict[str, str]) -> IntakeForm:
    return IntakeForm(take(current.secret(), layout.language(), said.get("token", ""), current.now()), said)


def _fresh(*, autofill: bool) -> ResponseReturnValue:
    if health.obstacle() is not None:
        opening_hours = times.opening_hours(current.practice())
        return render_template("public/closed.html", hours=opening_hours), 503, {"Retry-After": _RETRY_AFTER}
    before, after = _halves(autofill=autofill)
    now = current.now()
    return before + Ticket.new(now, autofill=autofill).issue(current.secret(), layout.language(), now) + after


def _halves(*, autofill: bool) -> tuple[str, str]:
    """Return the empty form before and after its ticket: rendered once, as it is the same for everybody just now."""
    pages: dict[tuple[str, bool], tuple[str, str, str]] = current_app.extensions.setdefault("quietword.form", {})
    key, reply = (layout.language(), autofill), _reply()
    if key not in pages or pages[key][0] != reply:
        page = _page(IntakeForm(Handed(None, _PLACE), None), autofill=autofill)
        before, _, after = page.partition(_PLACE)
        pages[key] = reply, before, after
    return pages[key][1:]


def _page(filled: IntakeForm, *, autofill: bool, remark: str | None = None) -> str:
    practice = current.practice()
    return render_template(
        "public/form.html",
        form=filled,
        autofill=autofill,
        remark=remark,
        days=times.day_names(),
        hours=times.opening_hours(practice),
        reply=_reply(),
    )


def _reply() -> str:
    """Return how soon we reply: as usual, or the day where the rota makes it later."""
    practice, by = current.practice(), health.promised_at()
    if by > hours.due_at(practice, current.now()):
        return gettext("Most people hear from us by %(date)s.", date=times.moment(practice, by))
    return times.usual_reply(practice)


def _again(
    filled: IntakeForm, status: int, remark: str | None = None, retry_after: str | None = None
) -> ResponseReturnValue:
    """Show the form with everything typed: never compressed, as it mixes a secret with typed text."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return _page(filled, autofill=filled.handed.autofill, remark=remark), status, headers


def _in_this_language(said: MultiDict[str, str]) -> ResponseReturnValue:
    """Show in this language what was typed in another one, with its ticket (F-25)."""
    language, now, secret = layout.language(), current.now(), current.secret()
    others = [other for other in current.practice().languages if other != language]
    presented = next(
        (found for other in others if (found := take(secret, other, said.get("token", ""), now).presented)),
        Ticket.new(now, autofill=False).seasoned(),
    )
    moved = said.copy()
    if said.get("lang") in others:
        # The page's language was chosen for the call; now it is this one.
        moved["lang"] = language
    return _again(IntakeForm(Handed(presented, presented.issue(secret, language, now)), moved), 200)
