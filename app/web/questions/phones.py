"""Phone numbers as people write them, and whether a counselor can call them (F-04)."""

import unicodedata

import phonenumbers
from phonenumbers import PhoneNumberType, ValidationResult

from app.domain.intake.numbers import Number

_HOME = "US"
_LONGEST = 60
_SIGNS = frozenset("+()-./,;:#*~ ‐‑‒–—−－（）．／＋")


class NotANumber(Exception):
    """This cannot be dialled as it stands."""


class NotCallable(Exception):
    """A real number that we do not call: it would cost the person money."""


def read(text: str) -> Number:
    """Return the number somebody typed, in any punctuation; raise `NotANumber` or `NotCallable`."""
    # The length first: the parser's patterns are not meant for whole letters.
    if len(text) > _LONGEST or not all(map(_usual, text)):
        raise NotANumber
    try:
        number = phonenumbers.parse(text, _HOME)
    except phonenumbers.NumberParseException as error:
        raise NotANumber from error
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise NotANumber
    if not number.extension and 0 < sum(map(str.isalpha, text)) < 3:
        # The parser would drop one or two letters; from three on it reads them as a word on the keys.
        raise NotANumber
    if phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE:
        raise NotCallable
    return Number(
        phone=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        extension=number.extension or None,
        doubtful=not phonenumbers.is_valid_number(number),
    )


def _usual(letter: str) -> bool:
    return letter in _SIGNS or unicodedata.category(letter) in {"Nd", "Lu", "Ll", "Zs"}
