"""One's own name, as colleagues see it."""

import pytest

from tests.domain import builders
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Seat
from tests.web.desk.touching import ACCOUNT

pytestmark = pytest.mark.both_databases

NAME = f"{ACCOUNT}/name"


@pytest.fixture
def here(counselor: Person, sit: Sit) -> Seat:
    return sit(counselor)


def test_another_name_is_shown_to_colleagues(office: Office, supervisor: Person, here: Seat, sit: Sit) -> None:
    answer = here.send(NAME, ACCOUNT, name="  Ada \t Lovelace <b> ")

    assert (answer.status, answer.leads_to) == (303, ACCOUNT)
    assert "Ada Lovelace <b>" in here.look(ACCOUNT).text
    assert "Ada Lovelace <b>" in sit(supervisor).look("/desk/team").text
    assert builders.kinds(office).count("account.renamed") == 1


def test_a_name_is_shown_as_its_letters_join(here: Seat) -> None:
    here.send(NAME, ACCOUNT, name="می\u200cخواهم")

    assert "می\u200cخواهم" in here.look(ACCOUNT).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param("", "Enter a name.", id="none"),
        pytest.param(" \t\0 ", "Enter a name.", id="blank"),
        pytest.param("\u200d\u200b\u202e", "Enter a name.", id="unseen"),
        pytest.param("x" * 81, "Use up to 80 letters.", id="long"),
    ],
)
def test_a_mistaken_name_says_what_is_wrong_and_stays(here: Seat, typed: str, sentence: str) -> None:
    """A-03."""
    answer = here.send(NAME, ACCOUNT, name=typed)

    assert (answer.status, answer.title) == (422, "Error: Account")
    assert answer.text.count(sentence) == 2
    assert "#name" in answer.links()
    assert answer.find("input", id="name", value=typed.strip(" \t\0\u200d\u200b\u202e"))
