"""Hours and promises in words for clients, in the language and time zone of the page."""

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_day_names, get_timezone_location
from flask_babel import get_locale, gettext, ngettext

from app.practice import Practice, Span, WeekHours, hours
from app.practice.hours import DayGroup
from app.web.questions.choices import ZONES


def opening_hours(practice: Practice) -> str:
    return _week(practice, practice.hours)


def usual_reply(practice: Practice) -> str:
    promise = practice.promise
    if promise.work_hours is not None:
        return ngettext(
            "Most people hear from us within %(num)d hour of the time we are open.",
            "Most people hear from us within %(num)d hours of the time we are open.",
            promise.work_hours,
        )
    return ngettext(
        "Most people hear from us within one work day.",
        "Most people hear from us within %(num)d work days.",
        promise.work_days or 1,
    )


def moment(practice: Practice, at: datetime) -> str:
    """Return a day and an hour on the practice's clock."""
    there = at.astimezone(ZoneInfo(practice.time_zone))
    return gettext(
        "%(day)s, %(clock)s, %(zone)s",
        day=day(practice, at),
        clock=_clock(there.time()),
        zone=zone(practice.time_zone),
    )


def day(practice: Practice, at: datetime) -> str:
    """Return a day of the practice, such as "Monday, November 23"."""
    pattern = gettext("EEEE, MMMM d")
    return format_date(at.astimezone(ZoneInfo(practice.time_zone)).date(), pattern, locale=get_locale())


def closed_today(practice: Practice, now: datetime) -> str | None:
    """Return a sentence that today is a holiday, and when we answer again; None on any other day."""
    name = practice.holidays.get(now.astimezone(ZoneInfo(practice.time_zone)).date())
    if name is None:
        return None
    again = day(practice, hours.next_opening(practice, now))
    return gettext(
        "We are closed today: %(holiday)s. We answer again on %(day)s.", holiday=name[str(get_locale())], day=again
    )


def not_open_then(practice: Practice, tz: str, now: datetime) -> str:
    ours, theirs = _week(practice, practice.calling_hours), _days(hours.calling_hours_in(practice, tz, now))
    if ours.startswith(theirs):
        return gettext("We are not open then. Our hours are %(hours)s.", hours=ours)
    return gettext(
        "We are not open then. Our hours are %(hours)s, which is %(local)s for you.", hours=ours, local=theirs
    )


def zone(name: str) -> str:
    known = ZONES.get(name)
    if known:
        return str(known)
    city = get_timezone_location(ZoneInfo(name), locale=get_locale(), return_city=True)
    return gettext("%(city)s time", city=city)


def day_names() -> list[tuple[str, str]]:
    """Return the short and the full name of each day, Monday first."""
    short = get_day_names("abbreviated", locale=get_locale())
    full = get_day_names("wide", locale=get_locale())
    return [(short[day].rstrip("."), full[day]) for day in range(7)]


def _week(practice: Practice, week: WeekHours) -> str:
    return gettext("%(days)s, %(zone)s", days=_days(hours.grouped(week.days)), zone=zone(practice.time_zone))


def _days(groups: Sequence[DayGroup]) -> str:
    return "; ".join(_group(group) for group in groups)


def _group(group: DayGroup) -> str:
    names = get_day_names("wide", locale=get_locale())
    spans = gettext(" and ").join(_span(span) for span in group.spans)
    if group.first == group.last:
        return gettext("%(day)s, %(hours)s", day=names[group.first], hours=spans)
    return gettext("%(first)s to %(last)s, %(hours)s", first=names[group.first], last=names[group.last], hours=spans)


def _span(span: Span) -> str:
    return gettext("%(opens)s to %(closes)s", opens=_clock(span.opens), closes=_clock(span.closes))


def _clock(at: time) -> str:
    """Return "9 am", "12:30 pm", or "9 a. m." in Spanish, never broken over two lines."""
    locale = get_locale()
    written = format_time(at, "h:mm a" if at.minute else "h a", locale=locale)
    return written.lower().replace(" ", "\N{NO-BREAK SPACE}")
