"""The choices of the form and the fixed sentences of the return page, in the language of the page."""

from collections.abc import Mapping
from typing import Final

from flask import current_app
from flask_babel import get_locale, gettext, lazy_gettext

from app.domain.intake import safe_times
from app.domain.intake.returning import SENTENCES, Seen
from app.models import Status
from app.practice import Practice
from app.practice.questions import ABOUT, MEET, PROGRAM, QUESTIONS, Question
from app.practice.wording import in_language

Choice = tuple[str, str]

OUTSIDE: Final = "XX"

#: IANA names with what people call them. Arizona stands alone: its clocks never change.
ZONES: Final[Mapping[str, object]] = {
    "America/New_York": lazy_gettext("Eastern time"),
    "America/Chicago": lazy_gettext("Central time"),
    "America/Denver": lazy_gettext("Mountain time"),
    "America/Phoenix": lazy_gettext("Arizona time"),
    "America/Los_Angeles": lazy_gettext("Pacific time"),
    "America/Anchorage": lazy_gettext("Alaska time"),
    "Pacific/Honolulu": lazy_gettext("Hawaii time"),
    "America/Puerto_Rico": lazy_gettext("Puerto Rico time"),
    "Pacific/Guam": lazy_gettext("Guam time"),
    "America/Halifax": lazy_gettext("Halifax time"),
    "America/Tijuana": lazy_gettext("Tijuana time"),
    "America/Mexico_City": lazy_gettext("Mexico City time"),
    "America/Cancun": lazy_gettext("Cancún time"),
    "America/Guatemala": lazy_gettext("Guatemala time"),
    "America/Bogota": lazy_gettext("Bogotá time"),
    "America/Caracas": lazy_gettext("Caracas time"),
    "America/Santiago": lazy_gettext("Santiago time"),
    "America/Argentina/Buenos_Aires": lazy_gettext("Buenos Aires time"),
    "Europe/London": lazy_gettext("London time"),
    "Europe/Madrid": lazy_gettext("Madrid, Paris and Berlin time"),
    "Europe/Athens": lazy_gettext("Athens time"),
    "Asia/Dubai": lazy_gettext("Dubai time"),
    "Asia/Kolkata": lazy_gettext("India time"),
    "Asia/Manila": lazy_gettext("Manila and Singapore time"),
    "Asia/Tokyo": lazy_gettext("Japan and Korea time"),
    "Australia/Sydney": lazy_gettext("Sydney time"),
}

STATES: Final[Mapping[str, object]] = {
    "AL": lazy_gettext("Alabama"), "AK": lazy_gettext("Alaska"), "AS": lazy_gettext("American Samoa"),
    "AZ": lazy_gettext("Arizona"), "AR": lazy_gettext("Arkansas"), "CA": lazy_gettext("California"),
    "CO": lazy_gettext("Colorado"), "CT": lazy_gettext("Connecticut"), "DE": lazy_gettext("Delaware"),
    "DC": lazy_gettext("District of Columbia"), "FL": lazy_gettext("Florida"), "GA": lazy_gettext("Georgia"),
    "GU": lazy_gettext("Guam"), "HI": lazy_gettext("Hawaii"), "ID": lazy_gettext("Idaho"),
    "IL": lazy_gettext("Illinois"), "IN": lazy_gettext("Indiana"), "IA": lazy_gettext("Iowa"),
    "KS": lazy_gettext("Kansas"), "KY": lazy_gettext("Kentucky"), "LA": lazy_gettext("Louisiana"),
    "ME": lazy_gettext("Maine"), "MD": lazy_gettext("Maryland"), "MA": lazy_gettext("Massachusetts"),
    "MI": lazy_gettext("Michigan"), "MN": lazy_gettext("Minnesota"), "MS": lazy_gettext("Mississippi"),
    "MO": lazy_gettext("Missouri"), "MT": lazy_gettext("Montana"), "NE": lazy_gettext("Nebraska"),
    "NV": lazy_gettext("Nevada"), "NH": lazy_gettext("New Hampshire"), "NJ": lazy_gettext("New Jersey"),
    "NM": lazy_gettext("New Mexico"), "NY": lazy_gettext("New York"), "NC": lazy_gettext("North Carolina"),
    "ND": lazy_gettext("North Dakota"), "MP": lazy_gettext("Northern Mariana Islands"),
    "OH": lazy_gettext("Ohio"),
    "OK": lazy_gettext("Oklahoma"), "OR": lazy_gettext("Oregon"), "PA": lazy_gettext("Pennsylvania"),
    "PR": lazy_gettext("Puerto Rico"), "RI": lazy_gettext("Rhode Island"),
    "SC": lazy_gettext("South Carolina"),
    "SD": lazy_gettext("South Dakota"), "TN": lazy_gettext("Tennessee"), "TX": lazy_gettext("Texas"),
    "UT": lazy_gettext("Utah"), "VT": lazy_gettext("Vermont"), "VI": lazy_gettext("Virgin Islands"),
    "VA": lazy_gettext("Virginia"), "WA": lazy_gettext("Washington"), "WV": lazy_gettext("West Virginia"),
    "WI": lazy_gettext("Wisconsin"), "WY": lazy_gettext("Wyoming"),
}  # fmt: skip


#: Languages of a call, by the value that is sent.
CALL_LANGUAGES: Final[Mapping[str, object]] = {
    "en": lazy_gettext("English"),
    "es": lazy_gettext("Spanish"),
    "other": lazy_gettext("Another language"),
}


def offered(practice: Practice) -> Mapping[str, list[Choice]]:
    """Return what each field of the form offers; made once per language, as it is the same for everybody."""
    made: dict[str, Mapping[str, list[Choice]]] = current_app.extensions.setdefault("quietword.choices", {})
    language = str(get_locale())
    if language not in made:
        programs = [(slug, in_language(program.label, language)) for slug, program in practice.programs.items()]
        *meetings, unsure = options(MEET)
        formats = dict(meetings)
        made[language] = {
            "age": [("adult", gettext("18 or older")), ("minor", gettext("Under 18"))],
            "way": [("call", gettext("Please call me")), ("icall", gettext("I will call you"))],
            "ok": [
                ("vm", gettext("Leave a voicemail")),
                ("sms", gettext("Send a text to set a time")),
                ("ask", gettext("Ask for me if someone else answers")),
                ("name", gettext("Say or show the name of our practice")),
            ],
            "when": [(window, window) for window in safe_times.WINDOWS],
            "state": states(practice),
            "tz": [(zone, str(name)) for zone, name in ZONES.items()],
            **{question.name: options(question) for question in QUESTIONS if question.options},
            "about": [(topic, practice.topics.get(topic, {}).get(language, label)) for topic, label in options(ABOUT)],
            "program": [*programs, *options(PROGRAM)],
            "meet": [*((way, formats[way]) for way in practice.meet), unsure],
            "lang": [(code, str(CALL_LANGUAGES[code])) for code in practice.call_languages],
            "consent": [("yes", "yes")],
        }
    return made[language]


def states(practice: Practice) -> list[Choice]:
    """Where the practice is licensed first; the others by name; abroad last."""
    named = [(code, str(name)) for code, name in STATES.items()]
    here_first = sorted(named, key=lambda choice: choice[0] not in practice.licensed_states)
    return [*here_first, (OUTSIDE, gettext("Outside the U.S."))]


def options(question: Question) -> list[Choice]:
    return [(value, gettext(option.label)) for value, option in question.options.items()]


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
