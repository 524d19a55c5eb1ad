"""The lists of requests: what is on which, in which order, page by page, and at what price."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.lists import queue
from app.domain.lists.queue import Cursor, View
from app.domain.work import Missing
from tests.domain import builders, many_requests
from tests.support.clock import Clock
from tests.support.office import Office, Person


def page(office: Office, person: Person, view: View, after: Cursor | None = None) -> queue.QueuePage:
    with office.work(person) as work:
        return queue.page(work, view, after)


def listed(office: Office, person: Person, view: View) -> list[str]:
    """Return the references of a whole list, read page by page."""
    found, after = [], None
    while True:
        part = page(office, person, view, after)
        found += [row.reference for row in part.rows]
        if part.after is None:
            return found
        after = Cursor.decode(part.after)


@pytest.fixture
def grace(office: Office) -> Person:
    return office.found()


@pytest.fixture
def ada(office: Office, grace: Person) -> Person:
    return office.hire(grace, "ada@example.org")


def test_what_is_due_first_is_first_then_who_waits_longest(office: Office, grace: Person, clock: Clock) -> None:
    one, two, three, four, five = (office.ask(nonce=bytes([number])) for number in range(5))
    now = clock()
    for reference, due, received in ((one, None, 3), (two, 5, 1), (three, 5, 4), (four, -2, 0), (five, None, 5)):
        due_at = None if due is None else now + timedelta(hours=due)
        many_requests.change(office, reference, due_at=due_at, received_at=now - timedelta(hours=received))

    assert listed(office, grace, View.NEW) == [four, three, two, five, one]


def test_each_list_holds_its_own_and_says_how_many_there_are(
    office: Office, grace: Person, ada: Person, clock: Clock
) -> None:
    new, due, later, planned, others, closed = (office.ask(nonce=bytes([number])) for number in range(6))
    for reference in (due, later, planned):
        many_requests.claim(office, grace, reference)
    many_requests.claim(office, ada, others)
    tomorrow = clock() + timedelta(hours=25)
    many_requests.change(office, later, due_at=tomorrow)
    many_requests.change(office, planned, due_at=tomorrow, follow_up_at=tomorrow)
    many_requests.close(office, closed)

    lists = {view: set(listed(office, grace, view)) for view in View}

    assert lists == {
        View.NOW: {new, due},
        View.NEW: {new},
        View.MINE: {due, later, planned},
        View.OPEN: {new, due, later, planned, others},
        View.FOLLOW_UPS: {planned},
        View.CLOSED: {closed},
    }
    assert page(office, grace, View.NOW).counts == {view: len(found) for view, found in lists.items()}


def test_whose_it_is_stands_beside_each(office: Office, grace: Person, ada: Person) -> None:
    for number, person in enumerate((None, grace, ada)):
        reference = office.ask(nonce=bytes([number]))
        if person:
            many_requests.claim(office, person, reference)

    rows = page(office, grace, View.OPEN).rows

    assert {(row.claimed_by, row.mine) for row in rows} == {(None, False), ("Grace", True), ("Ada", False)}


@pytest.mark.parametrize("view", [View.OPEN, View.CLOSED])
def test_page_after_page_shows_each_request_once(office: Office, grace: Person, clock: Clock, view: View) -> None:
    """Half of the open ones have nothing due: the way goes on from those that have."""
    first = office.ask()
    many_requests.claim(office, grace, first)
    now = clock()
    ended = {"status": "closed", "outcome": "spam", "closed_at": now, "claimed_by": None, "claimed_at": None}
    facts: dict[str, Any] = ended if view is View.CLOSED else {}
    asked = [
        *many_requests.gather(office, first, 40, due_at=None if facts else now, **facts),
        *many_requests.gather(office, first, 40, due_at=None, **facts),
    ]
    if view is View.CLOSED:
        many_requests.close(office, first)

    found = listed(office, grace, view)

    assert len(found) == 81
    assert set(found) == {first, *asked}


def test_what_arrives_meanwhile_neither_repeats_nor_hides_a_row(office: Office, grace: Person, clock: Clock) -> None:
    first = office.ask()
    asked = [first, *many_requests.gather(office, first, 29, due_at=clock())]
    many_requests.change(office, first, due_at=clock() - timedelta(seconds=1))
    before = page(office, grace, View.NEW)
    many_requests.change(office, office.ask(nonce=b"2"), due_at=clock() - timedelta(days=1))

    after = page(office, grace, View.NEW, Cursor.decode(before.after or ""))

    assert [row.reference for row in (*before.rows, *after.rows)] == asked


def test_what_a_member_is_excluded_from_is_neither_shown_nor_counted(
    office: Office, grace: Person, ada: Person
) -> None:
    """S-57: for them it does not exist."""
    theirs, hidden = office.ask(nonce=b"1"), office.ask(nonce=b"2")
    many_requests.exclude(office, ada, hidden)

    assert listed(office, ada, View.OPEN) == [theirs]
    assert page(office, ada, View.NOW).counts[View.OPEN] == 1
    assert set(listed(office, grace, View.OPEN)) == {theirs, hidden}


@pytest.mark.parametrize("text", ["", "x", "fHx8", "MjAyNi0xMS0yM3wyMDI2fEs3", "né"])
def test_a_cursor_that_is_none_leads_nowhere(text: str) -> None:
    with pytest.raises(Missing):
        Cursor.decode(text)


def test_a_list_is_missing_for_who_waits_for_approval(office: Office, grace: Person) -> None:
    pending = office.join("new@example.org")

    with office.work(pending) as work, pytest.raises(Missing):
        queue.page(work, View.NOW)


def test_ten_thousand_open_requests_cost_as_many_statements_as_ten_and_no_sorting(
    office: Office, grace: Person, clock: Clock
) -> None:
    now, first = clock(), office.ask()
    many_requests.claim(office, grace, first)
    claimed: dict[str, Any] = {"due_at": now, "follow_up_at": now}
    waiting = claimed | {"status": "waiting", "claimed_by": None, "claimed_at": None}
    many_requests.gather(office, first, 10, **claimed)
    with builders.counted(office) as few:
        page(office, grace, View.OPEN)
    many_requests.gather(office, first, 5_000, **claimed)
    many_requests.gather(office, first, 5_000, **waiting)

    for view in (View.NOW, View.MINE, View.FOLLOW_UPS, View.OPEN):
        with many_requests.plans(office) as sorted_rows, builders.counted(office) as many:
            found = page(office, grace, view)
        assert (len(found.rows), len(many)) == (25, len(few)), view
        assert max(sorted_rows) < 200, view
