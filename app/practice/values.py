"""The types of single values in practice.toml."""

import datetime as dt
import functools
import itertools
import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import phonenumbers
from annotated_types import Ge, Le, Predicate
from email_validator import validate_email
from pydantic import AfterValidator, PlainValidator, Strict

from app.practice.kinds import Kind

REGION = "US"
NO_NUMBER = "no number"
MIDNIGHT = dt.time(0, 0)

#: USPS codes of the states, the district and the territories.
STATES = (
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL",
    "IN", "IA", "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE",
    "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD",
    "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "AS", "GU", "MP", "PR", "VI",
)  # fmt: skip

_HOST = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
_ADDRESS = re.compile(rf"https://{_HOST}(?::[0-9]+)?(?:[/?#][!#-&(-;=?-Z_a-z~]*)?", re.IGNORECASE)
_ORIGIN = re.compile(rf"(?:https://{_HOST}|http://(?:localhost|127\.0\.0\.1|\[::1\]))(?::[0-9]+)?")
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?[-–] ?([0-9]{1,2}):([0-9]{2})")


@dataclass(frozen=True)
class Phone:
    """A phone number as the practice writes it, and as a link that dials it."""

    shown: str
    uri: str

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True)
class Span:
    """A part of one day. Closing at 00:00 means the midnight at the end of that day."""

    opens: dt.time
    closes: dt.time

    @property
    def until_midnight(self) -> bool:
        return self.closes == MIDNIGHT


def one_of(*names: str) -> Kind:
    listed = ", ".join(f'"{name}"' for name in names)
    return Kind(f"one of {listed}", Strict(), Predicate(names.__contains__))


def whole(low: int, high: int) -> Kind:
    return Kind(f"a whole number from {low} to {high}", Strict(), Ge(low), Le(high))


def matching(expected: str, pattern: str) -> Kind:
    return text(expected, lambda value: _fitting(value, re.compile(pattern)))


def text(expected: str, read: Callable[[str], str]) -> Kind:
    """Return the kind of a text that `read` takes without the space around it; ValueError refuses it."""
    return Kind(expected, Strict(), AfterValidator(lambda value: read(value.strip())))


def _fitting(value: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(value):
        raise ValueError
    return value


def _url(value: str, pattern: re.Pattern[str]) -> str:
    # urlsplit raises for ports out of range, too, once asked for the port.
    if urlsplit(_fitting(value, pattern)).port == 0:
        raise ValueError
    return value


def _phone(value: object) -> Phone:
    if not isinstance(value, str) or not value.strip().isprintable():
        raise ValueError
    try:
        number = phonenumbers.parse(value.strip(), REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError
    return Phone(value.strip(), phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.RFC3966))


@functools.cache
def _time_zones() -> frozenset[str]:
    return frozenset(name for name in zoneinfo.available_timezones() if "/" in name)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise ValueError
    hour, minute, last_hour, last_minute = map(int, found.groups())
    opens = dt.time(hour, minute)
    ends_with_day = (last_hour, last_minute) == (24, 0)
    closes = MIDNIGHT if ends_with_day else dt.time(last_hour, last_minute)
    if not ends_with_day and opens >= closes:
        raise ValueError
    return Span(opens, closes)


def _day(value: object) -> tuple[Span, ...]:
    if not isinstance(value, str):
        raise ValueError
    if value.strip() == "closed":
        return ()
    spans = tuple(_span(part) for part in value.split(","))
    for earlier, later in itertools.pairwise(spans):
        if earlier.until_midnight or earlier.closes >= later.opens:
            raise ValueError
    return spans


PhoneNumber = Annotated[Phone, Kind('a phone number like "480-555-0142"', PlainValidator(_phone))]
ShownNumber = Annotated[
    str,
    text(
        f'a phone number like "480-555-0142", or "{NO_NUMBER}"',
        lambda value: value if value == NO_NUMBER else _phone(value).shown,
    ),
]
Email = Annotated[
    str,
    text(
        'an email address like "alarm@example.org"',
        lambda value: validate_email(value, check_deliverability=False).normalized,
    ),
]
TimeZone = Annotated[
    str, Kind('a time zone like "America/Phoenix"', Strict(), Predicate(lambda name: name in _time_zones()))
]
State = Annotated[str, Kind('a state as two letters like "AZ"', Strict(), Predicate(STATES.__contains__))]
YesNo = Annotated[bool, Kind("true or false", Strict())]
Date = Annotated[dt.date, Kind("a date like 2026-12-25 without quotes", Strict())]
DateKey = Annotated[
    dt.date, Kind("a date like 2026-12-25", PlainValidator(lambda name: dt.date.fromisoformat(name.strip())))
]
Address = Annotated[str, text('an https address like "https://www.weather.gov/"', lambda value: _url(value, _ADDRESS))]
Origin = Annotated[
    str,
    text('an https origin without a path like "https://www.example.org"', lambda value: _url(value.lower(), _ORIGIN)),
]
Color = Annotated[str, matching('a color like "#1C5850"', r"#[0-9A-Fa-f]{6}")]
Slug = Annotated[
    str,
    matching(
        'a short name of 3 to 30 small letters, digits and dashes like "sabr" (not "unsure")',
        # Two letters would look like a language.
        r"(?!unsure$)[a-z][a-z0-9-]{2,29}",
    ),
]
Day = Annotated[
    tuple[Span, ...],
    Kind('two times like "09:00-17:00" (several with commas), or "closed"', PlainValidator(_day)),
]
