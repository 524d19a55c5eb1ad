"""What a practice is: each class is a table of practice.toml, each field a key with its kind."""

# `key` makes a dataclass field, not a shared default.
# ruff: noqa: RUF009

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.practice.contrast import Colors
from app.practice.kinds import ListOf, Mistake, Section, TableOf, key
from app.practice.questions import ABOUT, QUESTIONS
from app.practice.values import (
    ADDRESS,
    DATE,
    DATE_KEY,
    DAY,
    EMAIL,
    NO_NUMBER,
    ORIGIN,
    PHONE,
    SHOWN_NUMBER,
    SLUG,
    STATE,
    TIME_ZONE,
    YES_NO,
    Phone,
    Span,
    matching,
    one_of,
    whole,
)
from app.practice.wording import LANGUAGES, Label, Translated, Words, one_line, paragraphs

OPTIONAL_FIELDS = tuple(question.name for question in QUESTIONS if question.switched)
FORMATS = ("person", "video")
TOPICS = tuple(ABOUT.options)
_FIELDS = ("age", "name", "way", "phone", "ok", "when", "tz", "state", "lang", "note", "consent")
_HELPED = ("name", "way", "phone", "ok", "when", "state", "note")
#: Texts of the form that a practice may word in its own way; warnings and limits are not among them.
LABELS = (
    *("h1", "lead", *_FIELDS, *(question.name for question in QUESTIONS)),
    *(f"{name}_help" for name in (*_HELPED, *(question.name for question in QUESTIONS if question.help))),
)


@dataclass(frozen=True, kw_only=True)
class Week:
    """The parts of each weekday in which the practice is there. A day left out is closed."""

    monday: tuple[Span, ...] = key(DAY, ())
    tuesday: tuple[Span, ...] = key(DAY, ())
    wednesday: tuple[Span, ...] = key(DAY, ())
    thursday: tuple[Span, ...] = key(DAY, ())
    friday: tuple[Span, ...] = key(DAY, ())
    saturday: tuple[Span, ...] = key(DAY, ())
    sunday: tuple[Span, ...] = key(DAY, ())

    @property
    def days(self) -> tuple[tuple[Span, ...], ...]:
        """Monday first, as `date.weekday` counts."""
        return (
            self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday,
        )  # fmt: skip


def _never_there(week: Week) -> Iterator[Mistake]:
    if not any(week.days):
        yield Mistake((), 'at least one day with times like monday = "09:00-17:00", found none')


@dataclass(frozen=True, kw_only=True)
class Promise:
    """By when somebody has read and called: so many work days, or so many hours of calling time."""

    work_days: int | None = key(whole(1, 10), None)
    work_hours: int | None = key(whole(1, 80), None)


def _not_one_promise(promise: Promise) -> Iterator[Mistake]:
    if (promise.work_days is None) == (promise.work_hours is None):
        found = "neither" if promise.work_days is None else "both"
        yield Mistake((), f"either work_days or work_hours, found {found}")


@dataclass(frozen=True, kw_only=True)
class Calls:
    """From where the practice calls, and what that leaves behind."""

    line: str = key(one_line(80))
    #: What the called person sees: a number, or the words "no number".
    shows: str = key(SHOWN_NUMBER)
    answered_as: str = key(one_line(120))

    @property
    def withheld(self) -> bool:
        return self.shows == NO_NUMBER


@dataclass(frozen=True, kw_only=True)
class Escalation:
    minutes: int = key(whole(1, 1440), 15)
    pause_minutes: int = key(whole(1, 1440), 60)


@dataclass(frozen=True, kw_only=True)
class Retention:
    days: int = key(whole(1, 3650), 90)
    backup_days: int = key(whole(1, 365), 35)


@dataclass(frozen=True, kw_only=True)
class Program:
    label: Words = key(Translated(one_line(60)))
    #: None: for anybody, and the form says nothing about it.
    audience: str | None = key(one_of("adults", "students", "teens"), None)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The privacy notice. Its version is stored with each request."""

    version: str = key(matching('a version like "2026-11" (letters, digits, dots, dashes)', r"[A-Za-z0-9.-]{1,20}"))
    date: dt.date = key(DATE)
    contact: Words = key(Translated(one_line(200)))
    #: None: the notice that ships with the service.
    text: Words | None = key(Translated(paragraphs(2000)), None)


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What staff do in an emergency, in the practice's own words, and how soon it must be reported."""

    #: 0 means at once.
    report_within_hours: int = key(whole(0, 168))
    steps: tuple[Words, ...] = key(ListOf(Translated(one_line(300)), at_least=1))


@dataclass(frozen=True, kw_only=True)
class Emergencies:
    child_harm: Steps = key(Section(Steps))
    danger: Steps = key(Section(Steps))


@dataclass(frozen=True, kw_only=True)
class Page:
    """How the public page appears in a history list. Neutral unless the practice wants otherwise."""

    #: None: "Contact us", in the language of the page.
    title: Words | None = key(Label(one_line(60)), None)


@dataclass(frozen=True, kw_only=True)
class Practice:
    """The organization this installation serves."""

    name: str = key(one_line(60))
    phone: Phone = key(PHONE)
    languages: tuple[str, ...] = key(ListOf(one_of(*LANGUAGES), at_least=1))
    #: Languages a counselor can speak on a call; the same as `languages` unless given.
    call_languages: tuple[str, ...] = key(ListOf(one_of(*LANGUAGES, "other"), at_least=1), ())
    time_zone: str = key(TIME_ZONE)
    licensed_states: tuple[str, ...] = key(ListOf(STATE, at_least=1))
    alarm_email: str = key(EMAIL)
    night: str = key(one_of("wait", "tell"), "wait")
    tries: int = key(whole(1, 10), 2)
    return_code: bool = key(YES_NO, True)
    meet: tuple[str, ...] = key(ListOf(one_of(*FORMATS)), ())
    optional_fields: tuple[str, ...] = key(ListOf(one_of(*OPTIONAL_FIELDS)), ())
    exit_address: str = key(ADDRESS, "https://www.weather.gov/")
    embed_origins: tuple[str, ...] = key(ListOf(ORIGIN), ())
    #: When the phone is answered.
    hours: Week = key(Section(Week, _never_there))
    #: When counselors call clients; the same as `hours` unless given.
    calling_hours: Week = key(Section(Week, _never_there), Week())
    holidays: Mapping[dt.date, Words] = key(TableOf("<date>", DATE_KEY, Translated(one_line(60))), MappingProxyType({}))
    promise: Promise = key(Section(Promise, _not_one_promise), Promise(work_days=1))
    calls: Calls = key(Section(Calls))
    escalation: Escalation = key(Section(Escalation), Escalation())
    retention: Retention = key(Section(Retention), Retention())
    programs: Mapping[str, Program] = key(TableOf("<slug>", SLUG, Section(Program)), MappingProxyType({}))
    topics: Mapping[str, Words] = key(TableOf("<topic>", one_of(*TOPICS), Label(one_line(80))), MappingProxyType({}))
    labels: Mapping[str, Words] = key(TableOf("<text>", one_of(*LABELS), Label(one_line(300))), MappingProxyType({}))
    notice: Notice = key(Section(Notice))
    emergencies: Emergencies = key(Section(Emergencies))
    page: Page = key(Section(Page), Page())
    colors: Colors = key(Section(Colors), Colors())

    @property
    def teen_program(self) -> str | None:
        """The slug that a request about a teen gets (F-14)."""
        return next((slug for slug, program in self.programs.items() if program.audience == "teens"), None)
