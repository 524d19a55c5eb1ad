"""Kinds of form fields that lose nothing: a value sent twice is shown and asked about, never picked from."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError

from app.web.questions import text_input


class _Text(StringField):
    @staticmethod
    def tidy(text: str) -> str:
        return text_input.line(text)

    @staticmethod
    def together(texts: Sequence[str]) -> str:
        return " ".join(texts)

    def process_formdata(self, valuelist: list[Any]) -> None:
        said = (self.tidy(str(value)) for value in valuelist)
        distinct = list(dict.fromkeys(filter(None, said)))
        self.data = self.together(distinct)
        if len(distinct) > 1:
            raise ValueError(gettext("This answer came twice. Keep one and send it again."))
        if text_input.UNREADABLE in self.data:
            raise ValueError(gettext("We could not read some letters here. Please type them again."))


class LineField(_Text):
    """One line of text."""


class ParagraphsField(_Text, TextAreaField):
    """Text with line breaks."""

    @staticmethod
    def tidy(text: str) -> str:
        return text_input.paragraphs(text)

    @staticmethod
    def together(texts: Sequence[str]) -> str:
        return "\n".join(texts)


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


def _offers(field: Radio | Pick | Checks) -> set[str]:
    return {str(choice[0]) for choice in field.choices or ()}


def offered(field: Radio | Pick, value: str) -> bool:
    return value in _offers(field)


def only_offered(field: Radio | Pick | Checks) -> None:
    """Refuse a choice that the page did not offer; none is fine."""
    chosen = field.data if isinstance(field, Checks) else list(filter(None, [field.data]))
    unclear = not isinstance(field, Checks) and len(set(field.raw_data or ())) > 1
    if unclear or not set(chosen or ()) <= _offers(field):
        raise ValidationError(gettext("Choose from the list."))
