"""How, when and where contact is safe: the questions that the request and the return page share (F-03 to F-07)."""

import unicodedata
from datetime import datetime

import phonenumbers
from flask_babel import gettext
from flask_wtf import FlaskForm
from phonenumbers import PhoneNumberType, ValidationResult
from wtforms import ValidationError

from app.domain.intake import safe_times
from app.domain.intake.answers import Wishes
from app.domain.intake.numbers import Number
from app.practice import Practice
from app.web.questions import choices, times
from app.web.questions.fields import Checks, LineField, Pick, Radio, offered, only_offered

_HOME = "US"
_LONGEST = 60
_SIGNS = frozenset("+()-./,;:#*~ ‐‑‒–—−－（）．／＋")


class SafeContact(FlaskForm):
    practice: Practice
    now: datetime
    way: Radio
    phone: LineField
    ok: Checks
    when: Checks
    tz: Pick
    number: Number | None = None

    def offer_contact(self) -> None:
        """Fill in the choices of these and all other questions of the form."""
        for name, options in choices.offered(self.practice).items():
            if name in self:
                self[name].choices = options  # type: ignore[attr-defined]

    def validate_way(self, field: Radio) -> None:
        if not offered(field):
            raise ValidationError(gettext("Choose if we should call you or if you will call us."))

    def validate_phone(self, field: LineField) -> None:
        if not field.data:
            if self.way.data == "call":
                raise ValidationError(gettext("Enter a phone number so we can call you, or choose “I will call you”."))
            return
        self.number = read_number(field.data)

    def validate_ok(self, field: Checks) -> None:
        only_offered(field)

    def validate_when(self, field: Checks) -> None:
        only_offered(field)
        if self.way.data != "call":
            return
        if not field.data:
            raise ValidationError(gettext("Check at least one time that is safe for you."))
        zone = self.tz.data
        if offered(self.tz) and not safe_times.callable_windows(self.practice, field.data, zone, self.now):
            raise ValidationError(times.not_open_then(self.practice, zone, self.now))

    def validate_tz(self, field: Pick) -> None:
        # Times without a zone mean nothing.
        needed = self.way.data == "call" or self.when.data or field.data
        if needed and not offered(field):
            raise ValidationError(gettext("Choose your time zone from the list."))

    def wishes(self) -> Wishes:
        allowed, checked = set(self.ok.data or ()), set(self.when.data or ())
        return Wishes(
            way=self.way.data,
            voicemail="vm" in allowed,
            text="sms" in allowed,
            ask="ask" in allowed,
            say_practice="name" in allowed,
            when=tuple(window for window in safe_times.WINDOWS if window in checked),
            zone=self.tz.data or None,
        )


def read_number(text: str) -> Number:
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
