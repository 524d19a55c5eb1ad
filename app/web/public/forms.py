"""The request form: what it asks, and the rules each answer meets (F-01 to F-16)."""

from collections.abc import Iterator
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, ValidationError

from app.domain.answers import Answers
from app.practice import Practice
from app.web.public import choices
from app.web.public.contact import SafeContact, offered, only_offered
from app.web.public.fields import Checks, Line, Paragraphs, Pick, Radio
from app.web.public.ticket import Handed, TicketCheck

NAME_LETTERS, NOTE_LETTERS, PRONOUN_LETTERS, EMAIL_LETTERS = 60, 500, 30, 254
MINOR = "minor"
#: Folded on the page. The language of the call is there too, but never without an answer.
_MAY_BE_SKIPPED = frozenset({"about", "program", "meet", "pronouns", "email", "note"})


class IntakeForm(SafeContact, FlaskForm):
    """One request for a private call, as typed. `answers` and `wishes` may be asked once it is valid."""

    class Meta(FlaskForm.Meta):
        csrf = True
        csrf_class = TicketCheck  # type: ignore[assignment]
        csrf_field_name = "token"

    age = Radio(validate_choice=False)
    name = Line()
    way = Radio(validate_choice=False)
    phone = Line()
    ok = Checks(validate_choice=False)
    when = Checks(validate_choice=False)
    state = Pick(validate_choice=False)
    tz = Pick(validate_choice=False)
    about = Radio(validate_choice=False)
    program = Radio(validate_choice=False)
    meet = Radio(validate_choice=False)
    pronouns = Line()
    email = Line()
    lang = Pick(validate_choice=False)
    note = Paragraphs()
    consent = Checks(validate_choice=False)
    box = HiddenField()

    def __init__(
        self,
        practice: Practice,
        language: str,
        handed: Handed,
        *,
        formdata: MultiDict[str, str] | None,
        now: datetime,
    ) -> None:
        self.practice, self.language, self.now = practice, language, now
        self.handed = handed
        super().__init__(formdata=formdata, meta={"csrf_context": handed, "locales": False})  # type: ignore[no-untyped-call]
        self._offer()
        for field in ("email", "program", "meet", "pronouns"):
            if field not in practice.optional_fields:
                del self[field]
        if not self.lang.raw_data:
            self.lang.data = language

    def _offer(self) -> None:
        for name, options in choices.offered(self.practice, self.language).items():
            self[name].choices = options  # type: ignore[attr-defined]

    @property
    def wrong(self) -> Iterator[Field]:
        """The fields with errors, in the order of the page."""
        return (field for field in self if field.errors)

    @property
    def says_more(self) -> bool:
        """Whether a question that may be skipped was answered, or in a way that is a mistake."""
        asked = [field for field in self if field.name in _MAY_BE_SKIPPED]
        return self.lang.data != self.language or any(field.data or field.errors for field in asked)

    def validate_age(self, field: Radio) -> None:
        if field.data != "adult":
            raise ValidationError(gettext("Choose your age. We ask because the law is different for people under 18."))

    def validate_name(self, field: Line) -> None:
        if not field.data:
            raise ValidationError(gettext("Enter a name we can use. It does not have to be your real name."))
        if len(field.data) > NAME_LETTERS:
            raise ValidationError(gettext("Use a shorter name, up to 60 letters."))

    def validate_state(self, field: Pick) -> None:
        if not offered(field, field.data):
            raise ValidationError(gettext("Choose the state you will be in, or “Outside the U.S.”"))

    def validate_about(self, field: Radio) -> None:
        only_offered(field)

    validate_program = validate_about
    validate_meet = validate_about

    def validate_pronouns(self, field: Line) -> None:
        if len(field.data or "") > PRONOUN_LETTERS:
            raise ValidationError(gettext("Use up to 30 letters here."))

    def validate_email(self, field: Line) -> None:
        if not field.data:
            return
        try:
            field.data = _address(field.data)
        except EmailNotValidError as error:
            raise ValidationError(gettext("Check the email address. It should look like name@example.com.")) from error

    def validate_lang(self, field: Pick) -> None:
        if not offered(field, field.data):
            raise ValidationError(gettext("Choose a language from the list."))

    def validate_note(self, field: Paragraphs) -> None:
        if len(field.data or "") > NOTE_LETTERS:
            raise ValidationError(gettext("Make your note shorter. It can be up to 500 letters, or about 80 words."))

    def validate_consent(self, field: Checks) -> None:
        if field.data != ["yes"]:
            raise ValidationError(gettext("Check the box so that we have your OK to contact you."))

    def answers(self) -> Answers:
        number = self.number
        return Answers(
            name=self.name.data or "",
            state=self.state.data,
            phone=number.e164 if number else None,
            extension=number.extension if number else None,
            phone_doubtful=number.doubtful if number else False,
            email=self._said("email"),
            about=self._said("about"),
            program=self._program(),
            meet=self._said("meet"),
            pronouns=self._said("pronouns"),
            note=self._said("note"),
            language=self.lang.data,
        )

    def _said(self, name: str) -> str | None:
        return self[name].data or None if name in self else None

    def _program(self) -> str | None:
        if "program" in self and self.about.data == "teen" and self.practice.teen_program:
            return self.practice.teen_program
        return self._said("program")


def _address(text: str) -> str:
    if len(text) > EMAIL_LETTERS:
        raise EmailNotValidError
    return validate_email(text, check_deliverability=False, allow_smtputf8=False).ascii_email or text
