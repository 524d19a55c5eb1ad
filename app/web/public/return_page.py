"""The return page: coming back with seven words, reading, writing, changing wishes, withdrawing.

No address ever holds a code, so a good POST answers with the next page itself; sent twice, it is one entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from flask_limiter import RateLimitExceeded
from werkzeug.datastructures import MultiDict

from app import current, health
from app.crypto.secretkey import Stale
from app.crypto.words import UnknownWords, WrongCount
from app.domain.intake import returning
from app.domain.intake.returning import Seen
from app.domain.work import Missing, Reason, Refused, Work
from app.models import Status
from app.web import limits
from app.web.public.blueprint import bp
from app.web.public.return_forms import MessageForm, NumberForm, ReturnTicket, WishesForm, is_ticket, issue_key
from app.web.questions import choices, text_input, times

#: Each part of the page and where it is sent.
_PARTS = {
    "back": "come_back",
    "message": "write_message",
    "wishes": "change_wishes",
    "number": "change_wishes",
    "withdraw": "withdraw",
    "undo": "undo_withdrawal",
}
_WISHES = ("way", "ok", "when", "tz")
_WRONG, _LATER = 422, 503
_RETRY_SECONDS = {503: "300", 429: "3600"}
#: What this page says of each reason, and with which status.
REFUSED: Mapping[Reason, tuple[int, LazyString]] = {
    Reason.WITHDRAWN: (
        409,
        lazy_gettext("You took your request back. Undo that first, and then send this again."),
    ),
    Reason.TOO_LATE: (409, lazy_gettext("That is not possible any more. Please call us at %(phone)s.")),
    Reason.TOO_MANY_ENTRIES: (429, lazy_gettext("You wrote to us many times today. Please call us at %(phone)s.")),
}


@dataclass(frozen=True)
class Sent:
    """One part of the page as it came in: what was typed is shown again after every mistake."""

    part: str
    said: MultiDict[str, str] = field(repr=False)
    message: MessageForm = field(repr=False)
    wishes: WishesForm = field(repr=False)
    number: NumberForm = field(repr=False)

    @classmethod
    def of(cls, part: str, said: MultiDict[str, str]) -> "Sent":
        wished = part == "wishes" and any(name in said for name in _WISHES)
        # An empty number beside other wishes is no mistake.
        numbered = part == "wishes" and (not wished or bool(said.get("phone", "").strip()))
        return cls(
            "number" if numbered and not wished else part,
            said,
            MessageForm(said if part == "message" else None),
            WishesForm(said if wished else None),
            NumberForm(said if numbered else None),
        )

    @property
    def code(self) -> str:
        return self.said.get("code", "")

    def valid(self) -> bool:
        # Each is asked, so that all mistakes show at once.
        right = [form.validate() for form in (self.message, self.wishes, self.number) if form.sent]
        return all(right)


@bp.before_request
def only_where_it_is_offered() -> None:
    name = (request.endpoint or "").rpartition(".")[2]
    if name in {"back", *_PARTS.values()} and not current.practice().return_code:
        abort(404)


@bp.get("/return")
def back() -> Response:
    return _ask(Sent.of("back", MultiDict()))


@bp.post("/return")
def come_back() -> ResponseReturnValue:
    return _answer("back")


@bp.post("/return/message")
def write_message() -> ResponseReturnValue:
    return _answer("message")


@bp.post("/return/wishes")
def change_wishes() -> ResponseReturnValue:
    return _answer("wishes")


@bp.post("/return/withdraw")
def withdraw() -> ResponseReturnValue:
    return _answer("withdraw")


@bp.post("/return/undo")
def undo_withdrawal() -> ResponseReturnValue:
    return _answer("undo")


def _answer(part: str) -> ResponseReturnValue:
    """Do what the client asked for and show the page; where that is not possible, show what was typed."""
    sent = Sent.of(part, text_input.received(request))
    if "switch" in sent.said:
        return _ask(sent)
    try:
        ticket = ReturnTicket.read(current.secret(), sent.code, sent.said.get("token", ""), current.now())
        return _done(sent, ticket)
    except Stale:
        return _ask(sent, _WRONG, gettext("Ten minutes are over. Please enter your words again. Nothing is lost."))
    except WrongCount:
        wrong = gettext("Please enter all seven words, with a space between them.")
        return _ask(sent, _WRONG, wrong=[wrong])
    except UnknownWords as unknown:
        return _ask(sent, _WRONG, wrong=_unknown(unknown))
    except Missing:
        return _missed(sent)
    except current.Unavailable:
        remark = gettext(
            "We can't take this right now. Nothing is lost: what you typed is below. "
            "Please call us at %(phone)s, or try again in a few minutes.",
            phone=current.practice().phone,
        )
        return _ask(sent, _LATER, remark)


def _done(sent: Sent, ticket: ReturnTicket) -> Response:
    if not sent.valid():
        return _show(sent, ticket, _find(ticket), _WRONG)
    try:
        seen = _find(ticket, sent)
    except Refused as refused:
        status, sentence = REFUSED.get(refused.reason, REFUSED[Reason.TOO_LATE])
        return _show(sent, ticket, _find(ticket), status, str(sentence) % {"phone": current.practice().phone})
    return _show(Sent.of("back", MultiDict()), ticket, seen, 200, _thanks(sent.part, seen))


def _find(ticket: ReturnTicket, sent: Sent | None = None) -> Seen:
    """Return the request as it is after everything that was sent is done, in one transaction."""
    if sent is None or sent.part == "back":
        with current.read() as work:
            return returning.find(work, ticket.code)
    with current.work() as work:
        _do(sent, work, ticket)
        return returning.find(work, ticket.code)


def _do(sent: Sent, work: Work, ticket: ReturnTicket) -> None:
    code, key = ticket.code, ticket.idempotency_key
    if sent.message.sent:
        said = sent.message
        returning.say(work, code, idempotency_key=key, sentence=said.say.data, text=said.text.data or "")
    if sent.wishes.sent:
        returning.wish(work, code, idempotency_key=key, wished=sent.wishes.wishes())
    if sent.number.sent:
        returning.give_number(work, code, health.epoch(), idempotency_key=key, number=sent.number.number)
    if sent.part == "withdraw":
        returning.withdraw(work, code, idempotency_key=key)
    if sent.part == "undo":
        returning.undo(work, code, idempotency_key=key)


def _missed(sent: Sent) -> Response:
    """Say that nothing was found. After too many tries a client waits some seconds; a right code never does."""
    try:
        limits.count_miss()
    except RateLimitExceeded as error:
        page = _ask(sent, 429, gettext("Please wait a few seconds and try again. Nothing is lost."))
        page.headers["Retry-After"] = str(limits.retry_after(error))
        return page
    wrong = gettext(
        "We found nothing for these words. Check each one and their order. "
        "If you took your request back, it may be deleted. You can call us at %(phone)s.",
        phone=current.practice().phone,
    )
    return _ask(sent, _WRONG, wrong=[wrong])


def _unknown(unknown: UnknownWords) -> list[str]:
    """Name each unknown word with the nearest known ones."""
    return [
        gettext("We do not know the word “%(word)s”. Did you mean %(near)s?", word=word, near=", ".join(near))
        if near
        else gettext("We do not know the word “%(word)s”. Please check it.", word=word)
        for word, near in dict(zip(unknown.words, unknown.suggestions, strict=True)).items()
    ]


def _thanks(part: str, seen: Seen) -> str | None:
    by = _by()
    texts = {
        "message": gettext("Thank you. We have your message. A counselor will read it by %(date)s.", date=by),
        "wishes": gettext("Thank you. What you left out stops now. We ask you before we do anything new."),
        "number": gettext("Thank you. We have the new number. We will first check that it is yours."),
    }
    if part == "undo" and seen.status is not Status.WITHDRAWN:
        return gettext("Your request is back. We can call you again.")
    return texts.get(part)


def _by() -> str:
    return times.moment(current.practice(), health.promised_at())


def _show(sent: Sent, ticket: ReturnTicket, seen: Seen, status: int, remark: str | None = None) -> Response:
    """Show the page after the right words: never compressed, as it holds their ticket."""
    practice = current.practice()
    return _page(
        "back",
        status,
        sent=sent,
        ticket=ticket.issue_next(current.secret()),
        seen=seen,
        status_text=choices.status_text(seen),
        withdrawn=seen.status is Status.WITHDRAWN,
        replies=[(times.day(practice, at), choices.reply(template, practice)) for template, at in seen.replies],
        undo_until=times.moment(practice, seen.undo_until) if seen.undo_until else None,
        remark=remark,
        good=status == 200,
        slow=health.obstacle() is not None,
    )


def _ask(sent: Sent, status: int = 200, remark: str | None = None, wrong: list[str] | None = None) -> Response:
    """Ask for the words, with everything else that was typed; a ticket that may still be good stays in the form."""
    ticket = sent.code if status != _WRONG and is_ticket(sent.code) else None
    return _page(
        "return",
        status,
        sent=sent,
        action=_PARTS[sent.part],
        code="" if is_ticket(sent.code) else sent.code,
        ticket=ticket,
        idempotency_key=sent.said.get("token") or issue_key(current.secret(), current.now()),
        remark=remark,
        wrong=wrong or [],
    )


def _page(name: str, status: int, **values: Any) -> Response:
    page = make_response(render_template(f"public/{name}.html", by=_by(), days=times.day_names(), **values), status)
    if status in _RETRY_SECONDS:
        page.headers["Retry-After"] = _RETRY_SECONDS[status]
    return page
