"""Every reason for which a rule refuses reaches somebody as a sentence."""

import pytest

from app.cli import output
from app.crypto.locks import Weakness
from app.domain.work import Reason
from app.web import errors
from app.web.desk.account import account_forms
from app.web.public import return_page


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_said_in_a_sentence_by_the_desk_the_return_page_or_a_command(reason: Reason) -> None:
    """A reason without one would answer "That is not possible now.", and nobody would know why."""
    assert {*errors.SENTENCES, *return_page.REFUSED, *output.SENTENCES} >= {reason}


def test_every_weakness_of_a_password_is_said_in_a_sentence() -> None:
    assert set(account_forms.WEAKNESSES) == set(Weakness)
