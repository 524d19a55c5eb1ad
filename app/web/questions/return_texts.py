"""The fixed sentences of the return page: clients' messages, replies of staff, the status of a request."""

from flask_babel import gettext

from app.domain.intake.returning import SENTENCES, Seen
from app.models import Status
from app.practice import Practice
from app.web.questions.choices import Choice


def sentences() -> list[Choice]:
    """Return the sentences a client may send, in the order of the rule."""
    texts = {
        "question": gettext("I have a question for our call."),
        "missed": gettext("I missed your call. Please try again."),
        "later": gettext("I need more time before we talk."),
        "changed": gettext("Something has changed. Please ask me about it first."),
        "still": gettext("I still want to talk with you."),
        "thanks": gettext("I am okay. Thank you."),
    }
    return [(sentence, texts[sentence]) for sentence in SENTENCES]


def reply(template: str, practice: Practice) -> str:
    """Return the text of a reply; for a template of another version it asks the client to call."""
    call_us = gettext("Please call us at %(phone)s when it is safe for you.", phone=practice.phone)
    texts = {
        "read": gettext("Thank you. We read what you wrote."),
        "will_call": gettext("We will call you at a time you checked."),
        "tried": gettext("We tried to call you. We will try again at a time you checked."),
        "stopped": gettext("We tried to call you and will not try again. You can call us at any time."),
        "times": gettext("We could not call at the times you checked. Please choose more times below."),
        "number": gettext("We could not reach you at your number. You can give us a new one below."),
        "refer": gettext("Someone else can help you better. Please call us, and we will tell you who."),
    }
    return texts.get(template, call_us)


def status_text(seen: Seen) -> str:
    """Return the status of the request, in words that do not reveal its subject."""
    texts = {
        Status.WAITING: gettext("We have your request. It is waiting for a counselor."),
        Status.CLAIMED: gettext("A counselor has your request."),
        Status.CLOSED: gettext("Your request is closed. You can still write to us here."),
        Status.WITHDRAWN: gettext("We have stopped contact."),
    }
    if seen.status is Status.WITHDRAWN and seen.held:
        return gettext("We have stopped contact. The law asks us to keep the record for now.")
    return texts.get(seen.status, texts[Status.CLOSED])
