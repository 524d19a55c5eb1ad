"""Kinds of form fields that lose nothing: a value sent twice is shown and asked about, never picked from."""

from typing import Any

from flask_babel import gettext
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError

from app.web.questions import text_input


class LineField(StringField):
    tidy = staticmethod(text_input.line)
    between = " "

    def process_formdata(self, valuelist: list[Any]) -> None:
        said = (self.tidy(str(value)) for value in valuelist)
        distinct = list(dict.fromkeys(filter(None, said)))
        self.data = self.between.join(distinct)
        if len(distinct) > 1:
            raise ValueError(gettext("This answer came twice. Keep one and send it again."))
        if text_input.UNREADABLE in self.data:
            raise ValueError(gettext("We could not read some letters here. Please type them again."))


class ParagraphsField(LineField, TextAreaField):
    """Text with line breaks."""

    tidy = staticmethod(text_input.paragraphs)
    between = "\n"


class _One:
    """Keeps a choice only when it was clear."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        distinct = set(valuelist)
        self.data = str(valuelist[0]) if len(distinct) == 1 else ""


class Radio(_One, RadioField):
    """One of a few, all in view."""


class Pick(_One, SelectField):
    """One of many, from a list."""


class Checks(SelectMultipleField):
    """Any number of choices; a choice sent twice counts once."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = list(dict.fromkeys(str(value) for value in valuelist))


def offered(field: Radio | Pick | Checks) -> bool:
    """Return whether the page offered what is chosen; False for no choice where one is needed."""
    chosen = field.data if isinstance(field, Checks) else [field.data]
    return set(chosen or ()) <= {str(choice[0]) for choice in field.choices or ()}


def only_offered(field: Radio | Pick | Checks) -> None:
    """Refuse a choice that the page did not offer; none is fine."""
    if not offered(field) and (field.data or len(set(field.raw_data or ())) > 1):
        raise ValidationError(gettext("Choose from the list."))
