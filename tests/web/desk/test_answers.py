"""Answers on the return page: from templates, in the client's language, and never one that does not fit any more."""

import pytest

from app.domain.intake.returning import TEMPLATES
from app.models import ThreadEntry
from tests.domain import builders
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit

pytestmark = pytest.mark.both_databases


def test_an_answer_reaches_the_client_word_for_word(
    office: Office, supervisor: Person, sit: Sit, client: Client, address: str, clock: Clock
) -> None:
    seat = sit(supervisor)
    page = seat.look(address)
    offered = [facts.get("value") for facts in page.find("input", name="template")]
    assert offered == list(TEMPLATES)
    assert "We will call you at a time you checked." in page.text

    answer = seat.send(f"{address}/message", page, template="will_call")

    assert (answer.status, answer.leads_to) == (303, f"{address}#history")
    assert client.seen().replies == (("will_call", clock()),)
    assert "Grace Answer on the return page We will call you at a time you checked." in seat.look(address).text


def test_the_desk_shows_what_a_spanish_client_will_read(
    office: Office, supervisor: Person, sit: Sit, client: Client, address: str
) -> None:
    with office.work() as work:
        # As if it had come by the Spanish page.
        client.row(work).language = "es"
    seat = sit(supervisor)

    page = seat.look(address)

    assert "Le llamaremos en un horario que usted marcó. We will call you at a time you checked." in page.text
    assert page.find("span", lang="es")
    seat.send(f"{address}/message", page, template="will_call")
    assert "Answer on the return page Le llamaremos" in seat.look(address).text


def test_an_unsteady_thumb_answers_once(supervisor: Person, sit: Sit, client: Client, address: str) -> None:
    seat = sit(supervisor)
    page = seat.look(address)

    for _ in range(2):
        assert seat.send(f"{address}/message", page, template="read").status == 303

    assert len(client.seen().replies) == 1


@pytest.mark.parametrize("template", ["", "Dear Sam", None])
def test_nothing_but_a_template_is_sent(
    supervisor: Person, sit: Sit, client: Client, address: str, template: str | None
) -> None:
    """Free text never leaves the desk."""
    seat = sit(supervisor)

    page = seat.send(f"{address}/message", address, template=template)

    assert page.status == 422
    assert "Choose an answer." in page.text
    assert client.seen().replies == ()


def test_what_came_meanwhile_is_read_before_it_is_answered(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, client: Client, address: str
) -> None:
    """Two counselors at once, and a client who writes while one of them chooses."""
    late, first = sit(supervisor), sit(counselor)
    page = late.look(address)
    first.send(f"{address}/message", address, template="read")

    answer = late.send(f"{address}/message", page, template="refer")

    assert answer.status == 409
    assert "Something new came meanwhile. Look at it first." in answer.text
    assert address in answer.links()
    assert [template for template, _ in client.seen().replies] == ["read"]


def test_answers_do_not_use_up_what_a_client_may_write_in_a_day(
    supervisor: Person, sit: Sit, client: Client, address: str
) -> None:
    seat = sit(supervisor)
    for _ in range(20):
        seat.send(f"{address}/message", address, template="read")

    client.say("still here")

    assert client.entries()[-1].number == 22


def test_who_has_no_seven_words_is_not_answered_in_writing(
    office: Office, supervisor: Person, sit: Sit, client: Client, address: str
) -> None:
    seat = sit(supervisor)
    page = seat.look(address)
    with office.work() as work:
        kept = client.row(work)
        kept.return_lookup = kept.sealed_return_key = None

    answer = seat.send(f"{address}/message", page, template="read")

    assert answer.status == 409
    assert "They cannot come back to read an answer" in answer.text
    assert not seat.look(address).find("input", name="template")


def test_the_thread_never_says_who_answered(
    office: Office, supervisor: Person, sit: Sit, client: Client, address: str
) -> None:
    """The seven words open the thread; who wrote to them stands in the trail alone."""
    sit(supervisor).send(f"{address}/message", address, template="read")

    with office.work(supervisor) as work:
        key, _ = builders.thread_key(work, client.reference)
    entry = builders.opened_entry(client.entries()[-1], key)
    assert entry["value"] == {"v": 1, "from": "staff", "template": "read"}
    assert builders.count(office, ThreadEntry) == 2
    assert builders.kinds(office).count("thread.written") == 1
