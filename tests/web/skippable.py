"""The questions that may be skipped: a practice that asks them all, and an answer to each."""

from collections.abc import Mapping
from typing import Final

from app.practice.facts import FORMATS, OPTIONAL_FIELDS
from app.practice.questions import QUESTIONS, Question, QuestionKind

#: What the practice file of the tests says, and what it says with every question switched on, or none.
AS_IT_IS: Final = 'optional_fields = ["program"]'
ALL: Final = f"optional_fields = {list(OPTIONAL_FIELDS)}\nmeet = {list(FORMATS)}"
NONE: Final = "optional_fields = []"


def _answer(question: Question) -> str:
    if question.name == "program":
        return "sabr"
    if question.kind is QuestionKind.EMAIL:
        return "sam@example.com"
    return next(iter(question.options), "x")


#: An answer to each that is kept as it was given, by the name of the question.
ANSWERS: Final[Mapping[str, str]] = {question.name: _answer(question) for question in QUESTIONS}
