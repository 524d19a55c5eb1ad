"""Puts the client's answers and wishes into words for the counselor."""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import get_day_names, get_timezone_location
from flask_babel import get_locale, gettext, lazy_gettext, ngettext
from phonenumbers import PhoneNumberFormat

from app.domain.intake import call_rules, safe_times
from app.domain.intake.answers import Answers, Wishes
from app.practice import Practice, hours
from app.practice.facts import Steps
from app.practice.questions import PROGRAM, QUESTIONS, Question
from app.practice.wording import in_language
from app.web.desk import dates

#: Reasons for a call outside the safe times.
REASONS = {
    "now": lazy_gettext("They asked for a call now"),
    "agreed": lazy_gettext("They agreed to this time"),
    "danger": lazy_gettext("A life is in danger"),
    "noted": lazy_gettext("Another reason, written in the notes"),
}


def permissions(wishes: Wishes) -> list[tuple[bool, str]]:
    """Return all permissions as orders, and whether each is allowed; what is not allowed is forbidden (S-50)."""
    orders = [
        (wishes.voicemail, gettext("Leave a voicemail"), gettext("Do NOT leave a voicemail")),
        (wishes.text, gettext("Send a text to set a time"), gettext("Do NOT send a text")),
        (
            wishes.ask,
            gettext("Ask for them if somebody else answers"),
            gettext("Do NOT ask for them if somebody else answers"),
        ),
        (wishes.say_practice, gettext("Say the name of the practice"), gettext("Do NOT say the name of the practice")),
    ]
    calling = [] if wishes.way == "call" else [(False, gettext("Do NOT call: they will call us"))]
    return calling + [(allowed, yes if allowed else no) for allowed, yes, no in orders]


def loosened(asked: Wishes, holds: Wishes) -> list[str]:
    """Return what a change would allow beyond the wishes in force."""
    held = permissions(holds)
    new = [text for allowed, text in permissions(asked) if allowed and (allowed, text) not in held]
    if asked.way != "call":
        return new
    city = zone(asked.zone) if asked.zone else "?"
    return [gettext("Call at these times in %(city)s: %(times)s", city=city, times=week(asked.when)), *new]


def days() -> list[tuple[str, str]]:
    names = get_day_names("wide", locale=get_locale())
    return [(day, names[index]) for index, day in enumerate(hours.WEEKDAYS)]


def windows(when: Collection[str]) -> list[tuple[str, str]]:
    """Return days and times of the checked windows, Monday first; neighboring days with the same times are one."""
    names = get_day_names("abbreviated", locale=get_locale())
    week = [(names[index], _times(day, when)) for index, day in enumerate(hours.WEEKDAYS)]
    together = [(times, [day for day, _ in days]) for times, days in groupby(week, key=lambda day: day[1])]
    return [(_span(days), times) for times, days in together if times]


def week(when: Collection[str]) -> str:
    return "; ".join(" ".join(days) for days in windows(when))


def outlook(wishes: Wishes, now: datetime) -> str:
    """Return whether to call now, and when that changes."""
    if wishes.way != "call":
        return gettext("They will call us")
    found = call_rules.outlook(wishes, now)
    if found is None or wishes.zone is None:
        return gettext("No safe time is known")
    there = ZoneInfo(wishes.zone)
    today, then = now.astimezone(there).date(), found.changes_at.astimezone(there)
    if found.safe:
        return gettext("Safe now until %(time)s", time=dates.hour(then.time()))
    if then.date() == today:
        return gettext("Not now, safe from %(time)s", time=dates.hour(then.time()))
    day = get_day_names("abbreviated", locale=get_locale())[then.weekday()]
    return gettext("Not today, next %(day)s %(time)s", day=day, time=dates.hour(then.time()))


def zone(name: str) -> str:
    """Return the city of a time zone."""
    return get_timezone_location(name, locale=get_locale(), return_city=True)


def report_within(steps: Steps) -> str:
    """Return how soon the practice has to report an emergency."""
    hours = steps.report_within_hours
    if not hours:
        return gettext("Report it at once.")
    return ngettext("Report it within %(num)d hour.", "Report it within %(num)d hours.", hours)


def number(e164: str) -> str:
    """Return a number in groups, as people read and dial it."""
    parsed = phonenumbers.parse(e164)
    home = parsed.country_code == 1
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def facts(answers: Answers, practice: Practice) -> Sequence[tuple[str, str]]:
    """Return the other answers as heading and text, without those that the client left out."""
    said = [(question, getattr(answers, question.name)) for question in QUESTIONS]
    found = [(gettext(question.heading), _answer(question, answer, practice)) for question, answer in said if answer]
    return [(heading, text) for heading, text in found if text]


def _answer(question: Question, answer: str, practice: Practice) -> str | None:
    if question is PROGRAM:
        program = practice.programs.get(answer)
        return in_language(program.label, str(get_locale() or "en")) if program else None
    if not question.options:
        return answer
    option = question.options.get(answer)
    return gettext(option.desk or option.label) if option else None


def _times(day: str, when: Collection[str]) -> str:
    """Return the checked times of one day; adjacent ones are joined."""
    spans: list[tuple[time, time]] = []
    for part, span in safe_times.PARTS.items():
        if f"{day}-{part}" not in when:
            continue
        if spans and spans[-1][1] == span.opens:
            spans[-1] = (spans[-1][0], span.closes)
        else:
            spans.append((span.opens, span.closes))
    return ", ".join(
        gettext("%(opens)s to %(closes)s", opens=dates.hour(opens), closes=dates.hour(closes))
        for opens, closes in spans
    )


def _span(days: Sequence[str]) -> str:
    if len(days) < 3:
        return ", ".join(days)
    return gettext("%(first)s to %(last)s", first=days[0], last=days[-1])
