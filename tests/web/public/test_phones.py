"""Which numbers a counselor can call (F-04)."""

import pytest
from flask import Flask
from wtforms import ValidationError

from app.web.questions.contact import read_number

CALLABLE = {
    "602 555 0199": "+16025550199",
    "(480) 555-0142": "+14805550142",
    "1-602-555-0199": "+16025550199",
    "602.555.0199": "+16025550199",
    "602\u00a0555\u20110199": "+16025550199",
    "６０２５５５０１９９": "+16025550199",
    "1-800-FLOWERS": "+18003569377",
    "+52 55 1234 5678": "+525512345678",
}
NO_NUMBERS = [
    "", "911", "988", "741741", "12345", "555 0199", "26025550199", "160255501999", "words here", "602 555 0199 pm",
    "602 555 0199 😀", "602 555 0199 or 480 555 0142", "6" * 10_000, "+", "x12",
]  # fmt: skip


@pytest.mark.parametrize("text", CALLABLE)
def test_f04_a_number_is_read_in_any_punctuation(text: str) -> None:
    number = read_number(text)

    assert number.phone == CALLABLE[text]
    assert not number.doubtful


@pytest.mark.parametrize(
    "text", ["602 555 0199 x12", "602-555-0199 ext. 12", "602 555 0199, ext 12", "602 555 0199 int 12"]
)
def test_f04_an_extension_is_kept(text: str) -> None:
    number = read_number(text)

    assert (number.phone, number.extension) == ("+16025550199", "12")


@pytest.mark.parametrize("text", NO_NUMBERS, ids=range(len(NO_NUMBERS)))
def test_f04_what_cannot_be_dialled_is_no_number(plain_app: Flask, text: str) -> None:
    with plain_app.test_request_context(), pytest.raises(ValidationError, match="10 digits"):
        read_number(text)


def test_f04_a_number_that_costs_extra_is_not_called(plain_app: Flask) -> None:
    with plain_app.test_request_context(), pytest.raises(ValidationError, match="can't call that number"):
        read_number("900 555 1234")


def test_f04_a_number_that_may_not_exist_is_taken_and_marked() -> None:
    assert read_number("+44 7700 900123").doubtful


def test_a_number_never_shows_itself() -> None:
    assert "555" not in repr(read_number("602 555 0199"))
