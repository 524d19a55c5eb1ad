"""The forms of the return page: a message, new wishes, a new number. A mistake loses nothing typed."""

from datetime import datetime

from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from app.domain.intake.numbers import Number
from app.domain.intake.returning import TEXT_LETTERS
from app.practice import Practice
from app.web.questions import choices
from app.web.questions.contact import SafeContact, read_number
from app.web.questions.fields import Checks, LineField, ParagraphsField, Pick, Radio, offered


class _Part(FlaskForm):
    """A part of the page. The return code in the same body takes the place of a form token."""

    class Meta(FlaskForm.Meta):
        csrf = False

    def __init__(self, practice: Practice, now: datetime, formdata: MultiDict[str, str] | None) -> None:
        self.practice, self.now, self.sent = practice, now, formdata is not None
        super().__init__(formdata=formdata, meta={"locales": False})  # type: ignore[no-untyped-call]
        self.offer()

    def offer(self) -> None:
        """Fill in what can be chosen."""


class MessageForm(_Part):
    """One of the sentences, and 200 letters."""

    say = Radio(validate_choice=False)
    text = ParagraphsField()

    def offer(self) -> None:
        self.say.choices = choices.sentences()

    def validate_say(self, field: Radio) -> None:
        if not offered(field):
            raise ValidationError(gettext("Choose what you want to tell us."))

    def validate_text(self, field: ParagraphsField) -> None:
        if len(field.data or "") > TEXT_LETTERS:
            raise ValidationError(gettext("Make it shorter. It can be up to 200 letters, or about 35 words."))


class WishesForm(SafeContact, _Part):
    """Everything that is safe now: an empty box is a no."""

    way = Radio(validate_choice=False)
    ok = Checks(validate_choice=False)
    when = Checks(validate_choice=False)
    tz = Pick(validate_choice=False)

    def offer(self) -> None:
        self.offer_contact()


class NumberForm(_Part):
    """A new number to call."""

    number: Number
    phone = LineField()

    def validate_phone(self, field: LineField) -> None:
        if not field.data:
            raise ValidationError(gettext("Enter the new phone number."))
        self.number = read_number(field.data)
