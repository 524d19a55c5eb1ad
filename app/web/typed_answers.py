"""Shows the text that a member typed, to be copied, when no form can take it any more.

Passwords, codes and tokens are never shown again, and the page is the same whether or not a request exists.
"""

from dataclasses import dataclass, field

from flask import g, request
from flask_babel import lazy_gettext
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain.work import Member
from app.practice.questions import QUESTIONS
from app.web.questions import text_input

#: The fields of the desk's forms in which somebody types or, in a long form, chooses; with their labels.
TYPED = {
    "text": lazy_gettext("Note for the team"),
    "follow_up": lazy_gettext("Call again"),
    "at": lazy_gettext("Call again"),
    "called_at": lazy_gettext("When did they call?"),
    "happened_at": lazy_gettext("When was it reported?"),
    "first": lazy_gettext("First word"),
    "second": lazy_gettext("Second word"),
    "q": lazy_gettext("Search"),
    "name": lazy_gettext("Name"),
    "way": lazy_gettext("How would you like to talk?"),
    "phone": lazy_gettext("Phone number"),
    "ok": lazy_gettext("What is safe for us to do?"),
    "when": lazy_gettext("When is it safe to call?"),
    "state": lazy_gettext("What state will you be in when we talk?"),
    "tz": lazy_gettext("Your time zone"),
    "lang": lazy_gettext("Language for the call"),
    **{question.name: lazy_gettext(question.label) for question in QUESTIONS},
    "note": lazy_gettext("Is there anything we should know before we talk?"),
    "starts_at": lazy_gettext("From"),
    "ends_at": lazy_gettext("To"),
    "weeks": lazy_gettext("For how many weeks"),
}
#: The answers of a minor are not read (S-40).
_MINOR = "minor"
#: In these forms `at` is a page; elsewhere it is a time.
_NOTHING_TYPED = frozenset({"rota.be_busy", "rota.be_free"})


@dataclass(frozen=True)
class Answer:
    """One answer, under the name of its field."""

    name: str
    label: str
    text: str = field(repr=False)


def to_member() -> list[Answer]:
    """Return what a member sent with this request; nothing before the guard has let them in."""
    return sent() if isinstance(g.get("actor"), Member) else []


def sent() -> list[Answer]:
    if request.method != "POST" or request.endpoint in _NOTHING_TYPED:
        return []
    try:
        form = text_input.received(request)
    except RequestEntityTooLarge:
        # The browser still has it, on the page before.
        return []
    if _MINOR in form.getlist("age"):
        return []
    answers = [
        Answer(name, str(label), text_input.paragraphs(", ".join(filter(None, form.getlist(name)))))
        for name, label in TYPED.items()
    ]
    return [answer for answer in answers if answer.text]
