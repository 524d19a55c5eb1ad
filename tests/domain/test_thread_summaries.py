"""What a list tells of a thread: when a call is safe, what is new; and nothing that was altered is believed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.intake.answers import Wishes
from app.domain.lists import queue
from app.domain.lists.bulk_open import ThreadSummary
from app.domain.lists.queue import View
from app.models import ThreadEntry
from tests.domain import builders, many_requests
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def grace(office: Office) -> Person:
    return office.found()


def glance(office: Office, person: Person, view: View = View.OPEN) -> ThreadSummary:
    with office.work(person) as work:
        [row] = queue.page(work, view).rows
    return row.glance


def look(office: Office, person: Person, reference: str) -> None:
    with office.work(person) as work:
        opening.open(work, reference)


# Chicago's clocks went from 2 to 1 am on 1 November 2026: its day had 25 hours.
@pytest.mark.parametrize(
    ("now", "safe", "changes_at"),
    [
        pytest.param("2026-10-31 16:00", False, "2026-11-01 15:00", id="the day before"),
        pytest.param("2026-11-01 14:59", False, "2026-11-01 15:00", id="a minute too early"),
        pytest.param("2026-11-01 15:00", True, "2026-11-01 18:00", id="as it begins"),
        pytest.param("2026-11-01 17:59", True, "2026-11-01 18:00", id="as it ends"),
        pytest.param("2026-11-01 18:00", False, "2026-11-08 15:00", id="a week ahead"),
    ],
)
def test_a_call_is_safe_by_the_clients_own_clock(
    office: Office, grace: Person, now: str, safe: bool, changes_at: str
) -> None:
    """S-51: also on the day on which their clocks change."""
    builders.send(office, wished=Wishes("call", when=("sun-am",), zone="America/Chicago"))

    with office.work(grace) as work:
        work.now = datetime.fromisoformat(now).replace(tzinfo=UTC)
        [row] = queue.page(work, View.NEW).rows

    assert row.glance.contact is not None
    assert row.glance.contact.safe == (safe, datetime.fromisoformat(changes_at).replace(tzinfo=UTC))


def test_who_calls_us_has_no_safe_time(office: Office, grace: Person) -> None:
    builders.send(office, wished=Wishes("icall"))

    contact = glance(office, grace).contact

    assert contact is not None
    assert (contact.they_call, contact.safe) == (True, None)


def test_the_strictest_of_all_wishes_counts(office: Office, grace: Person) -> None:
    """A loosened wish is only a question, so the list offers no call at the new time."""
    client = returning_clients.client(office)
    client.wish(replace(builders.WISHED, when=("tue-am",)))

    contact = glance(office, grace).contact

    assert contact is not None
    assert (contact.they_call, contact.safe) == (False, None)


def test_news_stay_until_whoever_has_the_request_has_seen_them(office: Office, grace: Person, clock: Clock) -> None:
    ada = office.hire(grace, "ada@example.org")
    client = returning_clients.client(office)
    look(office, grace, client.reference)
    with office.work(ada) as work:
        claims.claim(work, client.reference)
    assert glance(office, grace).news_at is None
    client.say()
    at = clock().replace(second=0, microsecond=0)

    assert glance(office, grace).news_at == at
    look(office, grace, client.reference)
    assert glance(office, grace).news_at == at, "a supervisor who looks in is not who has it"
    look(office, ada, client.reference)
    assert glance(office, grace).news_at is None


def test_news_of_a_request_that_nobody_has_are_seen_by_anybody(office: Office, grace: Person) -> None:
    client = returning_clients.client(office)
    client.say()
    assert glance(office, grace).news_at is not None

    look(office, grace, client.reference)

    assert glance(office, grace).news_at is None


def test_what_staff_write_is_no_news(office: Office, grace: Person) -> None:
    client = returning_clients.client(office)

    returning_clients.answer(office, grace, client.reference, "read")

    assert glance(office, grace).news_at is None


def test_a_withdrawal_that_was_undone_is_news(office: Office, grace: Person) -> None:
    client = returning_clients.client(office)
    client.withdraw()
    client.undo()

    assert glance(office, grace).news_at is not None


def _forge_an_entry(office: Office, client: Client) -> None:
    with builders.writer(office) as session:
        session.execute(update(ThreadEntry).values(sealed_entry=b"forged"))


def _drop_an_entry(office: Office, client: Client) -> None:
    client.say()
    with builders.writer(office) as session:
        session.execute(delete(ThreadEntry).where(ThreadEntry.number == 2))


def _drop_the_thread(office: Office, client: Client) -> None:
    with builders.writer(office) as session:
        session.execute(delete(ThreadEntry))


def _change_the_arrival(office: Office, client: Client) -> None:
    many_requests.change(office, client.reference, received_at=datetime(2026, 1, 1, tzinfo=UTC))


def _bring_back(office: Office, client: Client) -> None:
    client.withdraw()
    many_requests.change(office, client.reference, status="waiting", withdrawn_at=None)


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(_forge_an_entry, id="a forged entry"),
        pytest.param(_drop_an_entry, id="a lost entry"),
        pytest.param(_drop_the_thread, id="no entry at all"),
        pytest.param(_change_the_arrival, id="another arrival"),
        pytest.param(_bring_back, id="brought back after it was withdrawn"),
    ],
)
def test_an_altered_request_is_marked_and_the_others_are_shown(
    office: Office, grace: Person, alter: Callable[[Office, Client], None]
) -> None:
    """Must hold 1."""
    client = returning_clients.client(office)
    alter(office, client)
    builders.send(office, b"another")

    with office.work(grace) as work:
        rows = queue.page(work, View.OPEN).rows

    found = {row.reference: (row.glance.altered, row.glance.contact is None) for row in rows}
    assert found.pop(client.reference) == (True, True)
    assert list(found.values()) == [(False, False)]


def test_a_request_that_the_members_key_does_not_open_is_told_as_such(office: Office, grace: Person) -> None:
    builders.send(office)
    with builders.writer(office) as session:
        session.execute(builders.GRANTS_GONE)

    assert glance(office, grace) == ThreadSummary(locked=True)


def test_a_list_opens_threads_and_no_answers(office: Office, grace: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    builders.send(office)
    opened = builders.opened_boxes(monkeypatch)

    glance(office, grace)

    assert any("thread-key" in path for path in opened)
    assert not any("answers" in path for path in opened)
