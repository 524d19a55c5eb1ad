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

#: Parts of a day in words: of today, of another day, and of the same day next week.
_PARTS = {
    "am": (lazy_gettext("this morning"), lazy_gettext("%(day)s morning"), lazy_gettext("next %(day)s morning")),
    "pm": (lazy_gettext("this afternoon"), lazy_gettext("%(day)s afternoon"), lazy_gettext("next %(day)s afternoon")),
    "eve": (lazy_gettext("this evening"), lazy_gettext("%(day)s evening"), lazy_gettext("next %(day)s evening")),
}


@dataclass(frozen=True)
class Script:
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
        first = gettext("Hi, this is %(caller)s.", caller=first_name(opened.me))
        stranger = gettext("Hi, may I speak with %(name)s? No message, thank you.", name=answers.name)
        text = gettext("Hi %(name)s, is %(time)s still good? Reply Y or N.", name=answers.name, time=again)
        forgotten = gettext("Which name did you give us? And can you tell me one time you checked?")
        return Script(
            language=language,
            first=first if opened.words_burnt else f"{first} {answers.words[0].capitalize()}.",
            both=gettext("Is now a good time to talk in private? If not, just say ‘wrong number’ and I will hang up."),
            forgotten=forgotten if wishes.when else gettext("Which name did you give us?"),
            otherwise=otherwise,
            stranger=stranger if wishes.ask else otherwise,
            voicemail=_voicemail(opened, practice, None if last else again) if wishes.voicemail else None,
            text=text if wishes.text and again else None,
            email=gettext("Please call us.") if answers.email else None,
        )


def first_name(name: str) -> str:
    """Return a counselor's first name, without titles such as "Dr."."""
    names = [part for part in name.split() if not part.endswith(".")]
    return (names or [name])[0]


def _voicemail(opened: Opened, practice: Practice, again: str | None) -> str:
    if opened.wishes.say_practice and again:
        text = gettext(
            "Hi %(name)s, this is %(caller)s from %(practice)s. I will try again %(window)s, or call us at %(number)s."
        )
    elif opened.wishes.say_practice:
        text = gettext("Hi %(name)s, this is %(caller)s from %(practice)s. Please call us at %(number)s.")
    elif again:
        text = gettext("Hi %(name)s, this is %(caller)s, calling you back. I will try again %(window)s.")
    else:
        text = gettext("Hi %(name)s, this is %(caller)s, calling you back.")
    facts = {"practice": practice.name, "number": practice.phone, "window": again}
    return text % {"name": opened.answers.name, "caller": first_name(opened.me), **facts}


def _next_time(wishes: Wishes, practice: Practice, now: datetime) -> str | None:
    """Return the next safe time in our calling hours after now, in words; None without one this week."""
    if wishes.way != "call" or wishes.zone is None:
        return None
    windows = safe_times.callable_windows(practice, wishes.when, wishes.zone, now)
    later = next((window for window in windows if window.starts_at > now), None)
    if later is None:
        return None
    zone = ZoneInfo(wishes.zone)
    today, then = now.astimezone(zone).date(), later.starts_at.astimezone(zone).date()
    this_day, this_week, next_week = _PARTS[later.value.partition("-")[2]]
    if then == today:
        return str(this_day)
    day = get_day_names("wide", locale=get_locale())[then.weekday()]
    return str(next_week if then.weekday() == today.weekday() else this_week) % {"day": day}
