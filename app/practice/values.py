"""The single values of practice.toml: how each is written and what it becomes."""

import datetime as dt
import functools
import itertools
import re
import zoneinfo
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

import phonenumbers
from email_validator import validate_email

from app.practice.kinds import Value

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


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value.strip()


def _matching(value: object, pattern: str) -> str:
    text = _text(value)
    if not re.fullmatch(pattern, text):
        raise ValueError
    return text


def _phone(value: object) -> Phone:
    text = _text(value)
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError from error
    if not phonenumbers.is_possible_number(number) or not text.isprintable():
        raise ValueError
    return Phone(text, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.RFC3966))


def _shown_number(value: object) -> str:
    return NO_NUMBER if value == NO_NUMBER else _phone(value).shown


def _email(value: object) -> str:
    return validate_email(_text(value), check_deliverability=False).normalized


@functools.cache
def _time_zones() -> frozenset[str]:
    return frozenset(name for name in zoneinfo.available_timezones() if "/" in name)


def _one_of(value: object, names: Collection[str]) -> str:
    if not isinstance(value, str) or value not in names:
        raise ValueError
    return value


def _time_zone(value: object) -> str:
    return _one_of(value, _time_zones())


def _whole(value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError
    return value


def _yes_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _date(value: object) -> dt.date:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise ValueError
    return value


def _address(value: object) -> str:
    text = _text(value)
    # urlsplit raises for ports out of range, too, once asked for the port.
    if not _ADDRESS.fullmatch(text) or urlsplit(text).port == 0:
        raise ValueError
    return text


def _origin(value: object) -> str:
    text = _text(value).lower()
    if not _ORIGIN.fullmatch(text) or urlsplit(text).port == 0:
        raise ValueError
    return text


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
    text = _text(value)
    if text == "closed":
        return ()
    spans = tuple(_span(part) for part in text.split(","))
    for earlier, later in itertools.pairwise(spans):
        if earlier.until_midnight or earlier.closes >= later.opens:
            raise ValueError
    return spans


def one_of(*names: str) -> Value[str]:
    listed = ", ".join(f'"{name}"' for name in names)
    return Value(f"one of {listed}", lambda value: _one_of(value, names))


def whole(low: int, high: int) -> Value[int]:
    return Value(f"a whole number from {low} to {high}", lambda value: _whole(value, low, high))


def matching(expected: str, pattern: str) -> Value[str]:
    return Value(expected, lambda value: _matching(value, pattern))


PHONE = Value('a phone number like "480-555-0142"', _phone)
SHOWN_NUMBER = Value(f'a phone number like "480-555-0142", or "{NO_NUMBER}"', _shown_number)
EMAIL = Value('an email address like "alarm@example.org"', _email)
TIME_ZONE = Value('a time zone like "America/Phoenix"', _time_zone)
STATE = Value('a state as two letters like "AZ"', lambda value: _one_of(value, STATES))
YES_NO = Value("true or false", _yes_no)
DATE = Value("a date like 2026-12-25 without quotes", _date)
DATE_KEY = Value("a date like 2026-12-25", lambda name: dt.date.fromisoformat(_text(name)))
ADDRESS = Value('an https address like "https://www.weather.gov/"', _address)
ORIGIN = Value('an https origin without a path like "https://www.example.org"', _origin)
COLOR = matching('a color like "#1C5850"', r"#[0-9A-Fa-f]{6}")
SLUG = matching(
    'a short name of 3 to 30 small letters, digits and dashes like "sabr" (not "unsure")',
    # Two letters would look like a language.
    r"(?!unsure$)[a-z][a-z0-9-]{2,29}",
)
DAY = Value('two times like "09:00-17:00" (several with commas), or "closed"', _day)
