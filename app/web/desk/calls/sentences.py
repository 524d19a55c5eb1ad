"""Writes the exact sentences of a call, in its language, within what the client allowed.

No sentence says who we are or why we call unless the client allowed that, and none is a cover story.
"""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from flask_babel import force_locale, get_locale, gettext, lazy_gettext

from app.domain.intake import safe_times
from app.domain.intake.answers import Wishes
from app.domain.intake.opening import Opened
from app.practice import Practice

_TODAY = {
    "am": lazy_gettext("this morning"),
    "pm": lazy_gettext("this afternoon"),
    "eve": lazy_gettext("this evening"),
}
_THIS_WEEK = {
    "am": lazy_gettext("%(day)s morning"),
    "pm": lazy_gettext("%(day)s afternoon"),
    "eve": lazy_gettext("%(day)s evening"),
}
_NEXT_WEEK = {
    "am": lazy_gettext("next %(day)s morning"),
    "pm": lazy_gettext("next %(day)s afternoon"),
    "eve": lazy_gettext("next %(day)s evening"),
}


@dataclass(frozen=True)
class Script:
    """The sentences of one call."""

    language: str
    #: When somebody answers.
    first: str = field(repr=False)
    #: When they answered with the second word.
    both: str
    #: When they forgot the word, or somebody else may know it.
    forgotten: str
    #: When they say anything else, or in doubt.
    otherwise: str
    #: When somebody else answers.
    stranger: str = field(repr=False)
    #: None: hang up, and leave nothing.
    voicemail: str | None = field(repr=False)
    #: None: send none.
    text: str | None = field(repr=False)
    #: None: they left no address.
    email: str | None


def script(opened: Opened, practice: Practice, now: datetime, *, last: bool) -> Script:
    """Return the sentences. After the last try a voicemail does not promise another call."""
    answers, wishes = opened.answers, opened.wishes
    language = "es" if answers.language == "es" else "en"
    with force_locale(language):
        again, otherwise = _next_time(wishes, practice, now), gettext("Sorry, wrong number.")
        return Script(
            language=language,
            first=_first(first_name(opened.me), None if opened.words_burnt else answers.words[0]),
            both=gettext("Is now a good time to talk in private? If not, just say ‘wrong number’ and I will hang up."),
            forgotten=_forgotten(wishes),
            otherwise=otherwise,
            stranger=gettext("Hi, may I speak with %(name)s? No message, thank you.", name=answers.name)
            if wishes.ask
            else otherwise,
            voicemail=_voicemail(answers.name, first_name(opened.me), wishes, practice, None if last else again),
            text=gettext("Hi %(name)s, is %(time)s still good? Reply Y or N.", name=answers.name, time=again)
            if wishes.text and again
            else None,
            email=gettext("Please call us.") if answers.email else None,
        )


def first_name(name: str) -> str:
    """Return a counselor's first name, without titles such as "Dr."."""
    names = [part for part in name.split() if not part.endswith(".")]
    return (names or [name])[0]


def _first(caller: str, word: str | None) -> str:
    if word is None:
        return gettext("Hi, this is %(caller)s.", caller=caller)
    return gettext("Hi, this is %(caller)s. %(word)s.", caller=caller, word=word.capitalize())


def _forgotten(wishes: Wishes) -> str:
    if not wishes.when:
        return gettext("Which name did you give us?")
    return gettext("Which name did you give us? And can you tell me one time you checked?")


def _voicemail(name: str, caller: str, wishes: Wishes, practice: Practice, again: str | None) -> str | None:
    if not wishes.voicemail:
        return None
    if wishes.say_practice:
        known = {"name": name, "caller": caller, "practice": practice.name, "number": practice.phone}
        if again is None:
            return gettext("Hi %(name)s, this is %(caller)s from %(practice)s. Please call us at %(number)s.", **known)
        return gettext(
            "Hi %(name)s, this is %(caller)s from %(practice)s. I will try again %(window)s, or call us at %(number)s.",
            window=again,
            **known,
        )
    if again is None:
        return gettext("Hi %(name)s, this is %(caller)s, calling you back.", name=name, caller=caller)
    return gettext(
        "Hi %(name)s, this is %(caller)s, calling you back. I will try again %(window)s.",
        name=name,
        caller=caller,
        window=again,
    )


def _next_time(wishes: Wishes, practice: Practice, now: datetime) -> str | None:
    """Return the next safe time in our calling hours after now, in words; None without one this week."""
    if wishes.way != "call" or wishes.zone is None:
        return None
    later = [
        window
        for window in safe_times.callable_windows(practice, wishes.when, wishes.zone, now)
        if window.starts_at > now
    ]
    if not later:
        return None
    zone = ZoneInfo(wishes.zone)
    today, then = now.astimezone(zone).date(), later[0].starts_at.astimezone(zone).date()
    part = later[0].value.partition("-")[2]
    if then == today:
        return str(_TODAY[part])
    day = get_day_names("wide", locale=get_locale())[then.weekday()]
    texts = _NEXT_WEEK if then.weekday() == today.weekday() else _THIS_WEEK
    return str(texts[part]) % {"day": day}
