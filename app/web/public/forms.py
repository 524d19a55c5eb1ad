"""The request form: the questions, with the ticket of one showing of the page and a trap for scripts."""

from collections.abc import Iterator
from datetime import datetime

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField

from app.practice import Practice
from app.web.public.form_ticket import Handed, TicketCheck
from app.web.questions.questions import Questions

MINOR = "minor"


class IntakeForm(Questions):
    """One request for a private call, as a client types it."""

    class Meta(FlaskForm.Meta):
        csrf = True
        csrf_class = TicketCheck  # type: ignore[assignment]
        csrf_field_name = "token"

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
        self.offer()

    @property
    def wrong(self) -> Iterator[Field]:
        """The fields with errors, in the order of the page."""
        return (field for field in self if field.errors)

    @property
    def says_more(self) -> bool:
        """Note and language of the call are folded with the others here; the language always has an answer."""
        return super().says_more or bool(self.note.data or self.note.errors) or self.lang.data != self.language
