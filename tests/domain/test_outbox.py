"""Letters: one worker each, hidden while it is on its way, tried for seven days."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.domain.intake import arrivals
from app.domain.letters import outbox
from app.domain.letters.outbox import Taken
from app.domain.work import Party
from app.models import Letter, LetterKind
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def person(office: Office) -> Person:
    """A supervisor whose letters have all been read."""
    found = office.found()
    while letter := take(office):
        sent(office, letter.id)
    return found


def write(office: Office, person: Person, count: int = 1) -> None:
    account_id = builders.account_id(office, person)
    with office.work() as work:
        for _ in range(count):
            outbox.write(work, LetterKind.TEAM_CHANGE, [(account_id, work.now)])


def take(office: Office) -> Taken | None:
    with office.work(Party.WORKER) as work:
        return outbox.take(work)


def sent(office: Office, letter_id: UUID) -> None:
    with office.work(Party.WORKER) as work:
        outbox.mark_sent(work, letter_id)


def failed(office: Office, letter_id: UUID) -> None:
    with office.work(Party.WORKER) as work:
        outbox.mark_failed(work, letter_id, "SMTPServerDisconnected")


def due(office: Office) -> bool:
    with office.work(Party.WORKER) as work:
        return outbox.due(work)


def only(office: Office) -> Letter:
    """Return the one letter that was not sent before the test."""
    newest = max(letter.wanted_at for letter in builders.copies(office, Letter))
    return next(letter for letter in builders.copies(office, Letter) if letter.wanted_at == newest)


def test_a_taken_letter_is_hidden_for_five_minutes(office: Office, person: Person, clock: Clock) -> None:
    write(office, person)
    first = take(office)
    assert first is not None
    clock.forward(minutes=4, seconds=59)
    assert take(office) is None
    clock.forward(seconds=1)

    again = take(office)

    assert again is not None
    assert again.id == first.id


def test_a_sent_letter_is_never_taken_again(office: Office, person: Person, clock: Clock) -> None:
    write(office, person)
    letter = take(office)
    assert letter is not None
    sent(office, letter.id)
    clock.forward(days=8)

    assert not due(office)
    assert take(office) is None


def test_a_letter_waits_for_its_moment(office: Office, person: Person, clock: Clock) -> None:
    account_id = builders.account_id(office, person)
    with office.work() as work:
        outbox.write(work, LetterKind.TEAM_CHANGE, [(account_id, work.now + timedelta(hours=2))])
    assert not due(office)
    clock.forward(hours=2)

    assert due(office)
    assert take(office) is not None


def test_failures_pause_thirty_seconds_and_double_to_an_hour(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(minutes=1)
    write(office, person)
    pauses = []
    for _ in range(9):
        letter = take(office)
        assert letter is not None
        failed(office, letter.id)
        pauses.append((only(office).next_at - clock()).total_seconds())
        clock.set(only(office).next_at)

    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_letter_is_given_up_after_seven_days_and_not_before(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(minutes=1)
    write(office, person)
    clock.forward(days=6, hours=23, minutes=59)
    letter = take(office)
    assert letter is not None
    failed(office, letter.id)
    assert only(office).failed_at is None
    clock.forward(minutes=1)

    letter = take(office)
    assert letter is not None
    failed(office, letter.id)

    assert only(office).failed_at == clock()
    assert only(office).failure == "SMTPServerDisconnected"
    clock.forward(days=1)
    assert take(office) is None


def test_of_many_workers_no_two_take_the_same_letter(office: Office, person: Person) -> None:
    """V-46: real threads and connections."""
    write(office, person, count=12)

    def work_off() -> list[UUID]:
        mine = []
        while letter := take(office):
            mine.append(letter.id)
        return mine

    outcomes = builders.in_parallel([work_off] * 4)

    taken = [letter_id for outcome in outcomes if isinstance(outcome, list) for letter_id in outcome]
    assert len(taken) == len(set(taken)) == 12


def test_the_most_urgent_letter_is_taken_first(office: Office, person: Person, clock: Clock) -> None:
    write(office, person)
    clock.forward(minutes=1)
    write(office, person)

    first = take(office)

    assert first is not None
    [wanted_at] = [letter.wanted_at for letter in builders.copies(office, Letter) if letter.id == first.id]
    assert wanted_at < clock()


def test_a_cancelled_letter_is_not_sent(office: Office, person: Person) -> None:
    office.on_call(person)
    token = builders.send(office)
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)

    assert take(office) is None


def test_a_letter_cancelled_on_its_way_counts_as_sent(office: Office, person: Person, clock: Clock) -> None:
    """The mail server took it before we knew: both are true, and the row says the one that happened."""
    clock.forward(minutes=1)
    office.on_call(person)
    token = builders.send(office)
    letter = take(office)
    assert letter is not None
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)

    sent(office, letter.id)

    assert (only(office).sent_at, only(office).failed_at) == (clock(), None)


def test_a_cancelled_letter_stays_cancelled_when_it_also_failed(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(minutes=1)
    office.on_call(person)
    token = builders.send(office)
    letter = take(office)
    assert letter is not None
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)

    failed(office, letter.id)

    assert only(office).failure == "cancelled"


def test_a_slow_workers_failure_does_not_undo_anothers_success(office: Office, person: Person, clock: Clock) -> None:
    clock.forward(minutes=1)
    write(office, person)
    letter = take(office)
    assert letter is not None
    sent(office, letter.id)
    clock.forward(days=8)

    failed(office, letter.id)

    assert (only(office).failed_at, only(office).failure) == (None, None)


def test_a_letter_that_is_gone_fails_silently(office: Office, person: Person) -> None:
    failed(office, uuid4())


def test_a_letter_knows_a_reference_and_how_many_wait(office: Office, person: Person) -> None:
    office.on_call(person)
    office.ask(nonce=b"one")
    with office.work(Party.WORKER) as work:
        first = outbox.take(work)
    office.ask(nonce=b"two")

    second = take(office)

    assert first is not None
    assert second is not None
    assert (first.kind, first.to, first.waiting) == (LetterKind.NEW_REQUEST, person.email, 1)
    assert second.waiting == 2
    assert first.reference != second.reference
