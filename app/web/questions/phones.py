"""Phone numbers as people write them, and whether a counselor can call them (F-04)."""

import unicodedata

import phonenumbers
from flask_babel import gettext
from phonenumbers import PhoneNumberType, ValidationResult
from wtforms import ValidationError

from app.domain.intake.numbers import Number

_HOME = "US"
_LONGEST = 60
_SIGNS = frozenset("+()-./,;:#*~ ‐‑‒–—−－（）．／＋")


def read(text: str) -> Number:
    """Return the number somebody typed, in any punctuation; `ValidationError` says what to do about any other text."""
    try:
        # The length first: the parser's patterns are not meant for whole letters.
        number = phonenumbers.parse(text, _HOME) if len(text) <= _LONGEST and all(map(_usual, text)) else None
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not _can_be_dialled(number, text):
        raise ValidationError(gettext("Check the phone number. It should have 10 digits, like 602 555 0199."))
    if phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE:
        # It would cost the person money.
        raise ValidationError(gettext("We can't call that number. Enter a home or cell phone number."))
    return Number(
        phone=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        extension=number.extension or None,
        doubtful=not phonenumbers.is_valid_number(number),
    )


def _can_be_dialled(number: phonenumbers.PhoneNumber, text: str) -> bool:
    # The parser drops one or two letters; from three on it reads them as a word on the keys.
    dropped = not number.extension and 0 < sum(map(str.isalpha, text)) < 3
    return not dropped and phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _usual(letter: str) -> bool:
    return letter in _SIGNS or unicodedata.category(letter) in {"Nd", "Lu", "Ll", "Zs"}
