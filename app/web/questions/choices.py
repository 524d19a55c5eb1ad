"""The choices of the form, each as value and label, in the language of the page."""

from collections.abc import Mapping
from typing import Final

from flask import current_app
from flask_babel import gettext, lazy_gettext

from app.domain.intake import safe_times
from app.practice import Practice
from app.practice.questions import ABOUT, MEET, PROGRAM, QUESTIONS, Question
from app.practice.wording import in_language

Choice = tuple[str, str]

_KEPT = "quietword.choices"

PERMISSIONS: Final = ("vm", "sms", "ask", "name")
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


def offered(practice: Practice, language: str) -> Mapping[str, list[Choice]]:
    """Return what each field of the form offers; made once per language, as it is the same for everybody."""
    kept: dict[str, Mapping[str, list[Choice]]] = current_app.extensions.setdefault(_KEPT, {})
    if language not in kept:
        programs = [(slug, in_language(program.label, language)) for slug, program in practice.programs.items()]
        *meetings, unsure = options(MEET)
        formats = dict(meetings)
        kept[language] = {
            "age": [("adult", gettext("18 or older")), ("minor", gettext("Under 18"))],
            "way": ways(),
            "ok": permissions(),
            "when": [(window, window) for window in safe_times.WINDOWS],
            "state": states(practice),
            "tz": zones(),
            **{question.name: options(question) for question in QUESTIONS if question.options},
            "about": [(topic, practice.topics.get(topic, {}).get(language, label)) for topic, label in options(ABOUT)],
            "program": [*programs, *options(PROGRAM)],
            "meet": [*((way, formats[way]) for way in practice.meet), unsure],
            "lang": [(code, str(CALL_LANGUAGES[code])) for code in practice.call_languages],
            "consent": [("yes", "yes")],
        }
    return kept[language]


def ways() -> list[Choice]:
    return [("call", gettext("Please call me")), ("icall", gettext("I will call you"))]


def permissions() -> list[Choice]:
    labels = (
        gettext("Leave a voicemail"),
        gettext("Send a text to set a time"),
        gettext("Ask for me if someone else answers"),
        gettext("Say or show the name of our practice"),
    )
    return list(zip(PERMISSIONS, labels, strict=True))


def states(practice: Practice) -> list[Choice]:
    """Where the practice is licensed first; the others by name; abroad last."""
    named = [(code, str(name)) for code, name in STATES.items()]
    here = [choice for choice in named if choice[0] in practice.licensed_states]
    others = [choice for choice in named if choice[0] not in practice.licensed_states]
    return [*here, *others, (OUTSIDE, gettext("Outside the U.S."))]


def zones() -> list[Choice]:
    return [(zone, str(name)) for zone, name in ZONES.items()]


def options(question: Question) -> list[Choice]:
    return [(value, gettext(option.label)) for value, option in question.options.items()]
