"""What was chosen in the form, in words for the person who calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel.dates import get_day_names, get_timezone_location
from flask_babel import get_locale, gettext, lazy_gettext

from app.domain.answers import Answers, Wishes
from app.practice import Practice

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PARTS = {
    "am": lazy_gettext("9 am to 12"),
    "pm": lazy_gettext("12 to 5 pm"),
    "eve": lazy_gettext("5 to 8 pm"),
}
_TOPICS = {
    "betrayed": lazy_gettext("Somebody they love broke their trust"),
    "betrayer": lazy_gettext("They broke somebody's trust"),
    "couple": lazy_gettext("Help as a couple"),
    "self": lazy_gettext("Their own use of porn or sex"),
    "teen": lazy_gettext("Their teen: a parent or guardian asks"),
    "unsure": lazy_gettext("Not sure, or will say on the call"),
}
_LANGUAGES = {"en": lazy_gettext("English"), "es": lazy_gettext("Spanish"), "other": lazy_gettext("Another language")}
_MEETING = {
    "person": lazy_gettext("In person"),
    "video": lazy_gettext("By video"),
    "unsure": lazy_gettext("Not sure yet"),
}


@dataclass(frozen=True)
class Permission:
    """One thing they allow or do not; what was not allowed is forbidden (S-50)."""

    allowed: bool
    text: str


def permissions(wishes: Wishes) -> list[Permission]:
    """Return all four, as orders: what to do, and what not."""
    asked = [
        (wishes.voicemail, gettext("Leave a voicemail"), gettext("Do NOT leave a voicemail")),
        (wishes.text, gettext("Send a text to set a time"), gettext("Do NOT send a text")),
        (wishes.ask, gettext("Ask for them if somebody else answers"), gettext("Do NOT ask for them by name")),
        (wishes.say_practice, gettext("Say the name of the practice"), gettext("Do NOT say the name of the practice")),
    ]
    return [Permission(allowed, yes if allowed else no) for allowed, yes, no in asked]


def windows(when: Iterable[str]) -> list[tuple[str, str]]:
    """Return day and times of the checked windows, Monday first."""
    names = get_day_names("wide", locale=get_locale())
    checked = {tuple(window.split("-", 1)) for window in when}
    rows: list[tuple[str, str]] = []
    for index, day in enumerate(_DAYS):
        parts = [str(text) for part, text in _PARTS.items() if (day, part) in checked]
        if parts:
            rows.append((names[index].capitalize(), ", ".join(parts)))
    return rows


def zone(name: str | None) -> str | None:
    return get_timezone_location(name, locale=get_locale(), return_city=True) if name else None


def facts(answers: Answers, practice: Practice) -> Sequence[tuple[str, str]]:
    """Return what else they said, as label and text; what they left out is left out here."""
    program = practice.programs.get(answers.program or "")
    language = str(get_locale() or "en")
    said = [
        (gettext("Help with"), _TOPICS.get(answers.about or "")),
        (gettext("Program"), program.label[language] if program else None),
        (gettext("Would meet"), _MEETING.get(answers.meet or "")),
        (gettext("Refer to them as"), answers.pronouns),
        (gettext("Email"), answers.email),
        (gettext("Language for the call"), _LANGUAGES.get(answers.language)),
    ]
    return [(label, str(text)) for label, text in said if text]
