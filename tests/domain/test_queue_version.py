"""The pulse of the queue: it beats when a list looks different, and for nothing else."""

from collections.abc import Callable

import pytest

from app.domain import audit
from app.domain.calls import dialing
from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.lists import queue, search
from app.domain.lists.queue import QueueVersion, View
from app.domain.work import Party
from app.models import LogKind
from tests.domain import builders, many_requests
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person

Deed = Callable[[Office, Person, Client], object]


@pytest.fixture
def grace(office: Office) -> Person:
    return office.found()


@pytest.fixture
def client(office: Office, grace: Person) -> Client:
    return returning_clients.client(office)


def taken(office: Office, person: Person) -> QueueVersion:
    with office.work(person) as work:
        return queue.version(work)


def _arrive(office: Office, _grace: Person, _client: Client) -> None:
    builders.send(office, b"another")


def _say(_office: Office, _grace: Person, client: Client) -> None:
    client.say()


def _withdraw(_office: Office, _grace: Person, client: Client) -> None:
    client.withdraw()


def _claim(office: Office, grace: Person, client: Client) -> None:
    with office.work(grace) as work:
        claims.claim(work, client.reference)


def _reveal(office: Office, grace: Person, client: Client) -> None:
    with office.work(grace) as work:
        dialing.reveal(work, client.reference, "agreed")


def _log(kind: LogKind) -> Deed:
    """Write to the log as the rules do that close, plan or hand over."""

    def log(office: Office, grace: Person, client: Client) -> None:
        with office.work(grace) as work:
            opening.write(work, opening.unlock(work, client.reference), kind, {})

    return log


def _look(office: Office, grace: Person, client: Client) -> None:
    with office.work(grace) as work:
        opening.open(work, client.reference)
        queue.record(work, queue.page(work, View.NOW))
        search.record(work, search.find(work, "Sam"))
        search.record_comparison(work, client.reference, search.same_number(work, client.reference))


def _chain(office: Office, _grace: Person, client: Client) -> None:
    with office.work(Party.WORKER) as work:
        assert audit.chain_waiting(work) > 0


def _sign_out(office: Office, _grace: Person, _client: Client) -> None:
    with office.work(Party.WORKER) as work:
        audit.record(work, "sign_out", "account/somebody")


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param(_arrive, id="an arrival"),
        pytest.param(_say, id="news"),
        pytest.param(_withdraw, id="a withdrawal"),
        pytest.param(_claim, id="a claim"),
        pytest.param(_reveal, id="a call that may start"),
        pytest.param(_log(LogKind.OUTCOME), id="closing"),
        pytest.param(_log(LogKind.FOLLOW_UP), id="a plan"),
        pytest.param(_log(LogKind.ATTEMPT), id="an attempt"),
    ],
)
def test_it_beats_when_a_list_looks_different(office: Office, grace: Person, client: Client, deed: Deed) -> None:
    before = taken(office, grace)

    deed(office, grace, client)

    assert taken(office, grace).version != before.version


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param(_look, id="looking"),
        pytest.param(_log(LogKind.NOTE), id="a note"),
        pytest.param(_chain, id="chaining what waited"),
        pytest.param(_sign_out, id="something else"),
    ],
)
def test_it_rests_when_no_list_looks_different(office: Office, grace: Person, client: Client, deed: Deed) -> None:
    before = taken(office, grace)

    deed(office, grace, client)

    assert taken(office, grace) == before


def test_a_clients_line_counts_though_its_time_is_a_minute_old(office: Office, grace: Person, clock: Clock) -> None:
    """Clients' lines tell the minute and no more, so a colleague's may already stand behind it."""
    first = office.ask()
    clock.forward(seconds=50 - clock().second)
    with office.work(grace) as work:
        claims.claim(work, first)
    before = taken(office, grace)
    clock.forward(seconds=5)

    builders.send(office, b"another")

    assert taken(office, grace).version != before.version


def test_it_counts_who_waits(office: Office, grace: Person, client: Client) -> None:
    builders.send(office, b"another")
    assert taken(office, grace).waiting == 2

    _claim(office, grace, client)

    assert taken(office, grace).waiting == 1


def test_what_a_member_is_excluded_from_neither_counts_nor_beats(office: Office, grace: Person, client: Client) -> None:
    """S-57: not even that something happened."""
    ada = office.hire(grace, "ada@example.org")
    many_requests.exclude(office, ada, client.reference)
    before = taken(office, ada)

    client.say()

    assert taken(office, ada) == before == QueueVersion(before.version, 0)
