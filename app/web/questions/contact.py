"""How, when and where contact is safe: the questions that the request and the return page share (F-03 to F-07)."""

from datetime import datetime

from flask_babel import gettext
from wtforms import ValidationError

from app.domain.intake import safe_times
from app.domain.intake.answers import Wishes
from app.domain.intake.numbers import Number
from app.practice import Practice
from app.web.questions import choices, phones, times
from app.web.questions.fields import Checks, LineField, Pick, Radio, offered, only_offered


class SafeContact:
    """The rules of these questions, for a form that asks them."""

    practice: Practice
    now: datetime
    way: Radio
    phone: LineField
    ok: Checks
    when: Checks
    tz: Pick
    number: Number | None = None

    def offer_contact(self) -> None:
        self.way.choices = choices.ways()
        self.ok.choices = choices.permissions()
        self.when.choices = [(window, window) for window in safe_times.WINDOWS]
        self.tz.choices = choices.zones()

    def validate_way(self, field: Radio) -> None:
        if not offered(field, field.data):
            raise ValidationError(gettext("Choose if we should call you or if you will call us."))

    def validate_phone(self, field: LineField) -> None:
        if not field.data:
            if self.way.data == "call":
                raise ValidationError(gettext("Enter a phone number so we can call you, or choose “I will call you”."))
            return
        self.number = phones.read(field.data)

    def validate_ok(self, field: Checks) -> None:
        only_offered(field)

    def validate_when(self, field: Checks) -> None:
        only_offered(field)
        if self.way.data != "call":
            return
        if not field.data:
            raise ValidationError(gettext("Check at least one time that is safe for you."))
        zone = self.tz.data
        if offered(self.tz, zone) and not safe_times.callable_windows(self.practice, field.data, zone, self.now):
            raise ValidationError(times.not_open_then(self.practice, zone, self.now))

    def validate_tz(self, field: Pick) -> None:
        # Times without a zone mean nothing.
        needed = self.way.data == "call" or self.when.data or field.data
        if needed and not offered(field, field.data):
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
