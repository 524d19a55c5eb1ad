"""The questions of a request, and the rules each answer meets (F-01 to F-16)."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import ValidationError

from app.domain.answers import Answers
from app.web.asking import choices
from app.web.asking.contact import SafeContact, offered, only_offered
from app.web.asking.fields import Checks, Line, Paragraphs, Pick, Radio

NAME_LETTERS, NOTE_LETTERS, PRONOUN_LETTERS, EMAIL_LETTERS = 60, 500, 30, 254


class Questions(SafeContact, FlaskForm):
    """One request for a private call, as typed. `answers` and `wishes` may be asked once it is valid.

    Whoever makes one knows practice, language and time before the fields are filled in, and calls `offer` after.
    """

    language: str

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

    def offer(self) -> None:
        """Fill in what can be chosen, and leave out what the practice does not ask."""
        for name, options in choices.offered(self.practice, self.language).items():
            if name in self:
                self[name].choices = options  # type: ignore[attr-defined]
        for name in ("email", "program", "meet", "pronouns"):
            if name in self and name not in self.practice.optional_fields:
                del self[name]
        if not self.lang.raw_data:
            self.lang.data = self.language

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
            phone=number.phone if number else None,
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
