"""Two new words: for whom a call has reached, once somebody else knows the old ones, in the language of the call."""

from dataclasses import replace

import pytest

from app.crypto import words
from app.domain.calls import code_words
from app.domain.work import Refused
from tests.domain import builders
from tests.domain.helpers import call_logs, returning_clients
from tests.support.office import Office, Person


def renew(office: Office, person: Person, reference: str, nonce: str | None = "page") -> tuple[str, str]:
    with office.work(person) as work:
        return code_words.renew(work, reference, nonce)


def test_words_are_renewed_after_somebody_else_knew_them_and_the_client_was_reached(
    office: Office, supervisor: Person
) -> None:
    reference = call_logs.ask(office)
    call_logs.call(office, supervisor, reference, "other_person")
    call_logs.call(office, supervisor, reference, "reached")

    pair = renew(office, supervisor, reference)

    found = returning_clients.opened(office, supervisor, reference)
    assert (found.answers.words, found.words_burnt) == (pair, False)
    assert renew(office, supervisor, reference) == pair
    assert builders.kinds(office).count("log.words") == 1


@pytest.mark.parametrize("outcomes", [(), ("reached",), ("other_person",), ("other_person", "reached", "no_answer")])
def test_words_are_not_renewed_otherwise(office: Office, supervisor: Person, outcomes: tuple[str, ...]) -> None:
    reference = call_logs.ask(office)
    for outcome in outcomes:
        call_logs.call(office, supervisor, reference, outcome)

    with pytest.raises(Refused, match="not_reached"):
        renew(office, supervisor, reference)


@pytest.mark.parametrize(("spoken", "listed"), [("en", "en"), ("es", "es"), ("other", "en")])
def test_new_words_are_of_the_language_of_the_call(
    office: Office, supervisor: Person, spoken: str, listed: str
) -> None:
    """Where we have no words in it, of the language of their page."""
    reference = call_logs.ask(office, said=replace(builders.SAID, language=spoken))
    call_logs.call(office, supervisor, reference, "other_person")
    call_logs.call(office, supervisor, reference, "reached")

    first, second = renew(office, supervisor, reference, None)

    assert first in words.word_list("first", listed)
    assert second in words.word_list("second", listed)
