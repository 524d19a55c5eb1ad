"""Two at once on one request: client and staff, two tabs, withdrawing while the number is shown. The chain holds."""

from collections.abc import Callable
from functools import partial
from typing import Any

from app.domain.calls import dialing
from app.domain.intake import returning
from app.domain.intake.answers import Wishes
from app.domain.work import Party, Reason, Refused
from app.models import Status
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.office import Office, Person


def test_entries_of_many_tabs_follow_each_other(office: Office, supervisor: Person, client: Client) -> None:
    rules: list[Callable[[], Any]] = [partial(client.say, f"tab {tab}", b"%d" % tab) for tab in range(6)]
    rules += [partial(client.wish, Wishes("icall"), b"wish")]

    assert builders.in_parallel(rules) == [None] * 7

    assert [entry.number for entry in client.entries()] == list(range(1, 9))
    opened = returning_clients.opened(office, supervisor, client.reference)
    assert sorted(message.text for message in opened.news.messages) == [f"tab {tab}" for tab in range(6)]


def test_one_page_sent_by_an_impatient_thumb_is_one_entry(client: Client) -> None:
    assert builders.in_parallel([partial(client.say, "once", b"same")] * 5) == [None] * 5

    assert len(client.entries()) == 2


def test_staff_open_while_a_client_writes_and_nothing_looks_altered(
    office: Office, supervisor: Person, client: Client
) -> None:
    rules: list[Callable[[], Any]] = []
    for tab in range(4):
        rules += [
            partial(client.say, f"tab {tab}", b"%d" % tab),
            partial(returning_clients.opened, office, supervisor, client.reference),
            client.seen,
        ]

    outcomes = builders.in_parallel(rules)

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def test_either_the_number_was_shown_first_or_not_at_all(office: Office, supervisor: Person, client: Client) -> None:
    def reveal() -> bool:
        with office.work(supervisor) as work:
            dialing.reveal(work, client.reference, "agreed")
        return True

    both: list[Callable[[], Any]] = [reveal, client.withdraw]
    shown, withdrawn = builders.in_parallel(both)

    assert withdrawn is None
    assert shown is True or (isinstance(shown, Refused) and shown.reason is Reason.GONE)
    seen = client.seen()
    assert seen.status is Status.WITHDRAWN
    assert seen.calling is (shown is True)


def test_withdrawing_and_undoing_at_once_leaves_one_of_both(office: Office, client: Client) -> None:
    client.withdraw()

    tabs: list[Callable[[], Any]] = [client.undo, partial(client.withdraw, b"again"), client.undo]
    outcomes = builders.in_parallel(tabs)

    assert outcomes == [None] * 3
    with office.work(Party.CLIENT) as work:
        seen = returning.find(work, client.code)
    assert (seen.status is Status.WITHDRAWN) == (seen.undo_until is not None)
