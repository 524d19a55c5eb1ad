"""What a practice is: each class is a table of practice.toml, each field a key with its kind."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, ConfigDict

from app.practice.contrast import Colors
from app.practice.kinds import ListOf, Mistake, SomeOf, TableOf, refusal
from app.practice.questions import ABOUT, QUESTIONS
from app.practice.values import (
    NO_NUMBER,
    Address,
    Date,
    DateKey,
    Day,
    Email,
    Origin,
    PhoneNumber,
    ShownNumber,
    Slug,
    Span,
    State,
    TimeZone,
    YesNo,
    matching,
    one_of,
    whole,
)
from app.practice.wording import LANGUAGES, Label, Translated, one_line, paragraphs

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
class WeekHours:
    """The parts of each weekday in which the practice is there. A day left out is closed."""

    monday: Day = ()
    tuesday: Day = ()
    wednesday: Day = ()
    thursday: Day = ()
    friday: Day = ()
    saturday: Day = ()
    sunday: Day = ()

    @property
    def days(self) -> tuple[tuple[Span, ...], ...]:
        """Monday first, as `date.weekday` counts."""
        return (
            self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday,
        )  # fmt: skip


def _some_day(week: WeekHours) -> WeekHours:
    if not any(week.days):
        raise refusal([Mistake((), 'at least one day with times like monday = "09:00-17:00", found none')])
    return week


@dataclass(frozen=True, kw_only=True)
class Promise:
    """How soon a counselor has read and called: in so many work days, or so many hours of calling time."""

    work_days: Annotated[int, whole(1, 10)] | None = None
    work_hours: Annotated[int, whole(1, 80)] | None = None


def _one_promise(promise: Promise) -> Promise:
    if (promise.work_days is None) == (promise.work_hours is None):
        found = "neither" if promise.work_days is None else "both"
        raise refusal([Mistake((), f"either work_days or work_hours, found {found}")])
    return promise


@dataclass(frozen=True, kw_only=True)
class Calls:
    """The line from which the practice calls, and what the called person sees."""

    line: Annotated[str, one_line(80)]
    #: What the called person sees: a number, or the words "no number".
    shows: ShownNumber
    answered_as: Annotated[str, one_line(120)]

    @property
    def withheld(self) -> bool:
        return self.shows == NO_NUMBER


@dataclass(frozen=True, kw_only=True)
class Escalation:
    minutes: Annotated[int, whole(1, 1440)] = 15
    pause_minutes: Annotated[int, whole(1, 1440)] = 60


@dataclass(frozen=True, kw_only=True)
class Retention:
    days: Annotated[int, whole(1, 3650)] = 90
    backup_days: Annotated[int, whole(1, 365)] = 35


@dataclass(frozen=True, kw_only=True)
class Program:
    label: Translated[Annotated[str, one_line(60)]]
    #: None: for anybody, and the form says nothing about it.
    audience: Annotated[str, one_of("adults", "students", "teens")] | None = None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The privacy notice. Its version is stored with each request."""

    version: Annotated[
        str, matching('a version like "2026-11" (letters, digits, dots, dashes)', r"[A-Za-z0-9.-]{1,20}")
    ]
    date: Date
    contact: Translated[Annotated[str, one_line(200)]]
    #: None: the notice that ships with the service.
    text: Translated[Annotated[str, paragraphs(2000)]] | None = None


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What staff do in an emergency, in the practice's own words, and how soon it must be reported."""

    #: 0 means at once.
    report_within_hours: Annotated[int, whole(0, 168)]
    steps: SomeOf[Translated[Annotated[str, one_line(300)]]]


@dataclass(frozen=True, kw_only=True)
class Emergencies:
    child_harm: Steps
    danger: Steps


@dataclass(frozen=True, kw_only=True)
class PracticePage:
    """How the public page appears in a history list. Neutral unless the practice wants otherwise."""

    #: None: "Contact us", in the language of the page.
    title: Label[Annotated[str, one_line(60)]] | None = None


@dataclass(frozen=True, kw_only=True)
class Practice:
    __pydantic_config__ = ConfigDict(extra="forbid")

    name: Annotated[str, one_line(60)]
    phone: PhoneNumber
    languages: SomeOf[Annotated[str, one_of(*LANGUAGES)]]
    #: Languages a counselor can speak on a call; the same as `languages` unless given.
    call_languages: SomeOf[Annotated[str, one_of(*LANGUAGES, "other")]] = ()
    time_zone: TimeZone
    licensed_states: SomeOf[State]
    alarm_email: Email
    night: Annotated[str, one_of("wait", "tell")] = "wait"
    tries: Annotated[int, whole(1, 10)] = 2
    return_code: YesNo = True
    meet: ListOf[Annotated[str, one_of(*FORMATS)]] = ()
    optional_fields: ListOf[Annotated[str, one_of(*OPTIONAL_FIELDS)]] = ()
    exit_address: Address = "https://www.weather.gov/"
    embed_origins: ListOf[Origin] = ()
    #: When the phone is answered.
    hours: Annotated[WeekHours, AfterValidator(_some_day)]
    #: When counselors call clients; the same as `hours` unless given.
    calling_hours: Annotated[WeekHours, AfterValidator(_some_day)] = WeekHours()
    holidays: TableOf[DateKey, Translated[Annotated[str, one_line(60)]]] = field(default_factory=dict)
    promise: Annotated[Promise, AfterValidator(_one_promise)] = Promise(work_days=1)
    calls: Calls
    escalation: Escalation = Escalation()
    retention: Retention = Retention()
    programs: TableOf[Slug, Program] = field(default_factory=dict)
    topics: TableOf[Annotated[str, one_of(*TOPICS)], Label[Annotated[str, one_line(80)]]] = field(default_factory=dict)
    labels: TableOf[Annotated[str, one_of(*LABELS)], Label[Annotated[str, one_line(300)]]] = field(default_factory=dict)
    notice: Notice
    emergencies: Emergencies
    page: PracticePage = PracticePage()
    colors: Colors = field(default_factory=Colors)

    @property
    def teen_program(self) -> str | None:
        """The slug that a request about a teen gets (F-14)."""
        return next((slug for slug, program in self.programs.items() if program.audience == "teens"), None)
