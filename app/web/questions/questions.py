"""The questions of a request, and the rules each answer meets (F-01 to F-16)."""

from collections.abc import Iterator
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from wtforms import Field, ValidationError

from app.domain.intake.answers import Answers
from app.practice.questions import ABOUT, PROGRAM, QUESTIONS, Question, QuestionKind
from app.web.questions.contact import SafeContact
from app.web.questions.fields import Checks, LineField, ParagraphsField, Pick, Radio, offered, only_offered

NAME_LETTERS, NOTE_LETTERS = 60, 500


def _field(question: Question) -> Any:
    """Return the form field of a question that may be skipped, with the rule for its kind."""
    if question.kind in (QuestionKind.RADIO, QuestionKind.PICK):
        kind = Radio if question.kind is QuestionKind.RADIO else Pick
        return kind(validators=[lambda _form, field: only_offered(field)], validate_choice=False)
    rule = _working_address if question.kind is QuestionKind.EMAIL else _short_enough
    return LineField(validators=[lambda _form, field: rule(field, question.longest)])


def _short_enough(field: LineField, longest: int) -> None:
    if len(field.data or "") > longest:
        raise ValidationError(gettext("Use up to %(letters)s letters here.", letters=longest))


def _working_address(field: LineField, longest: int) -> None:
    if not field.data:
        return
    try:
        if len(field.data) > longest:
            raise EmailNotValidError
        found = validate_email(field.data, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValidationError(gettext("Check the email address. It should look like name@example.com.")) from error
    field.data = found.ascii_email or field.data


class Questions(SafeContact):
    """One request for a private call, as typed. `answers` and `wishes` may be asked once it is valid.

    A subclass sets practice, language and time before the fields are filled in, and calls `offer` after.
    """

    language: str

    age = Radio(validate_choice=False)
    name = LineField()
    way = Radio(validate_choice=False)
    phone = LineField()
    ok = Checks(validate_choice=False)
    when = Checks(validate_choice=False)
    state = Pick(validate_choice=False)
    tz = Pick(validate_choice=False)
    # WTForms lists fields, and so mistakes, in the order in which they are made: that of the page.
    vars().update((question.name, _field(question)) for question in QUESTIONS)
    lang = Pick(validate_choice=False)
    note = ParagraphsField()
    consent = Checks(validate_choice=False)

    def offer(self) -> None:
        """Fill in the choices, and remove the questions that the practice does not ask."""
        self.offer_contact()
        for question in QUESTIONS:
            if question.switched and question.name not in self.practice.optional_fields:
                del self[question.name]
        if not self.lang.raw_data:
            self.lang.data = self.language

    @property
    def more(self) -> Iterator[tuple[Question, Field]]:
        """The optional questions that the practice asks, each with its field."""
        return ((question, self[question.name]) for question in QUESTIONS if question.name in self)

    @property
    def says_more(self) -> bool:
        """Whether an optional question has an answer or a mistake."""
        return any(field.data or field.errors for _, field in self.more)

    def validate_age(self, field: Radio) -> None:
        if field.data != "adult":
            raise ValidationError(gettext("Choose your age. We ask because the law is different for people under 18."))

    def validate_name(self, field: LineField) -> None:
        if not field.data:
            raise ValidationError(gettext("Enter a name we can use. It does not have to be your real name."))
        if len(field.data) > NAME_LETTERS:
            raise ValidationError(gettext("Use a shorter name, up to 60 letters."))

    def validate_state(self, field: Pick) -> None:
        if not offered(field):
            raise ValidationError(gettext("Choose the state you will be in, or “Outside the U.S.”"))

    def validate_lang(self, field: Pick) -> None:
        if not offered(field):
            raise ValidationError(gettext("Choose a language from the list."))

    def validate_note(self, field: ParagraphsField) -> None:
        if len(field.data or "") > NOTE_LETTERS:
            raise ValidationError(gettext("Make your note shorter. It can be up to 500 letters, or about 80 words."))

    def validate_consent(self, field: Checks) -> None:
        if field.data != ["yes"]:
            raise ValidationError(gettext("Check the box so that we have your OK to contact you."))

    def answers(self) -> Answers:
        number = self.number
        said: dict[str, Any] = {question.name: field.data or None for question, field in self.more}
        if PROGRAM.name in said and said[ABOUT.name] == "teen" and self.practice.teen_program:
            said[PROGRAM.name] = self.practice.teen_program
        return Answers(
            name=self.name.data or "",
            state=self.state.data,
            phone=number.phone if number else None,
            extension=number.extension if number else None,
            phone_doubtful=number.doubtful if number else False,
            note=self.note.data or None,
            language=self.lang.data,
            **said,
        )
