"""Calls that were made or taken: who may write them down, what they set in motion, and what is never allowed."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import product

import pytest

from app.domain.calls import call_log, dialing
from app.domain.calls.call_log import CallReport
from app.domain.work import Missing, Refused
from app.models import LetterKind, LogEntry, LogKind, Status
from tests.domain import builders
from tests.domain.helpers import call_logs, returning_clients
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def reference(office: Office, supervisor: Person) -> str:
    return call_logs.ask(office)


def test_a_call_is_written_down_with_who_when_and_how(office: Office, supervisor: Person) -> None:
    for number, (outcome, direction) in enumerate(product(call_log.OUTCOMES, call_log.DIRECTIONS)):
        reference = call_logs.ask(office, nonce=bytes([number]))

        call_logs.call(office, supervisor, reference, outcome, direction)

        assert call_logs.log(office, supervisor, reference) == [
            (LogKind.ATTEMPT, {"outcome": outcome, "direction": direction, "happened_at": "2026-11-23T15:00"})
        ]
        [entry] = builders.logged(returning_clients.opened(office, supervisor, reference))
        assert entry.by == "Grace"
    assert builders.kinds(office).count("log.attempt") == number + 1


def test_a_note_is_an_entry_of_its_own(office: Office, supervisor: Person, reference: str) -> None:
    note = "Ruft später zurück, „ja“.\n" * 30

    call_logs.call(office, supervisor, reference, "reached", note=note)

    assert call_logs.log(office, supervisor, reference)[1] == (LogKind.NOTE, {"text": note})


def test_the_first_call_is_remembered_and_nothing_is_due(office: Office, supervisor: Person, clock: Clock) -> None:
    reference, first = call_logs.ask(office), clock()
    before = call_logs.row(office, reference)

    call_logs.call(office, supervisor, reference, "no_answer")
    clock.forward(minutes=10)
    call_logs.call(office, supervisor, reference, "reached")

    after = call_logs.row(office, reference)
    assert (before.attempted_at, before.opened_at, before.due_at is None) == (None, None, False)
    assert (after.attempted_at, after.opened_at, after.due_at) == (first, first, None)


def test_whoever_calls_first_has_the_request(office: Office, counselor: Person, reference: str) -> None:
    call_logs.call(office, counselor, reference, "no_answer")

    found = call_logs.row(office, reference)
    assert (found.status, found.claimed_by) == (Status.CLAIMED, builders.account_id(office, counselor))
    assert builders.kinds(office).count("intake.claimed") == 1


def test_a_colleague_s_call_is_refused_with_who_and_when(
    office: Office, supervisor: Person, counselor: Person, reference: str, clock: Clock
) -> None:
    call_logs.call(office, counselor, reference, "no_answer")
    claimed_at = clock()
    clock.forward(minutes=5)

    with pytest.raises(Refused, match="claimed") as refused:
        call_logs.call(office, supervisor, reference, "reached", note="never kept")

    assert refused.value.facts == {"who": "Ada", "at": claimed_at}
    assert len(call_logs.log(office, counselor, reference)) == 1


def test_anybody_writes_down_that_they_called_and_whoever_has_it_gets_a_letter(
    office: Office, supervisor: Person, counselor: Person, reference: str
) -> None:
    call_logs.call(office, counselor, reference, "no_answer")

    call_logs.call(office, supervisor, reference, "reached", "in")

    assert call_logs.letters(office, LetterKind.NEWS) == ["ada@example.org"]
    assert call_logs.row(office, reference).claimed_by == builders.account_id(office, counselor)


def test_who_takes_a_call_about_their_own_request_gets_no_letter(
    office: Office, counselor: Person, reference: str
) -> None:
    call_logs.call(office, counselor, reference, "reached", "in")

    assert call_logs.letters(office, LetterKind.NEWS) == []
    assert call_logs.row(office, reference).claimed_by == builders.account_id(office, counselor)


def test_s47_a_withdrawn_request_takes_no_call(office: Office, supervisor: Person) -> None:
    client = returning_clients.client(office)
    client.withdraw()

    with pytest.raises(Refused, match="gone"):
        call_logs.call(office, supervisor, client.reference, "reached")


def test_a_closed_request_takes_no_call(office: Office, supervisor: Person, reference: str) -> None:
    call_logs.call(office, supervisor, reference, "reached")
    call_logs.close(office, supervisor, reference)

    for direction in call_log.DIRECTIONS:
        with pytest.raises(Refused, match="closed"):
            call_logs.call(office, supervisor, reference, "reached", direction)


def test_v25_whom_the_client_does_not_want_writes_nothing(
    office: Office, supervisor: Person, counselor: Person, reference: str
) -> None:
    call_logs.exclude(office, supervisor, reference, counselor)

    for direction in call_log.DIRECTIONS:
        with pytest.raises(Missing):
            call_logs.call(office, counselor, reference, "reached", direction)


def test_one_page_sent_twice_is_one_call(office: Office, supervisor: Person, reference: str) -> None:
    call_logs.call(office, supervisor, reference, "no_answer", note="twice", idempotency_key="page")
    call_logs.call(office, supervisor, reference, "no_answer", note="twice", idempotency_key="page")
    call_logs.call(office, supervisor, reference, "no_answer", note="twice", idempotency_key="another page")

    assert len(call_logs.log(office, supervisor, reference)) == 4


def test_two_taps_at_the_same_moment_are_one_call(office: Office, supervisor: Person, reference: str) -> None:
    tap = partial(call_logs.call, office, supervisor, reference, "no_answer", idempotency_key="page")

    assert builders.in_parallel([tap, tap, tap]) == [None, None, None]
    assert builders.count(office, LogEntry) == 1


def test_words_that_nobody_else_heard_go_on(office: Office, supervisor: Person, reference: str) -> None:
    for outcome in (name for name in call_log.OUTCOMES if name != "other_person"):
        call_logs.call(office, supervisor, reference, outcome)

    assert not returning_clients.opened(office, supervisor, reference).words_burnt


def test_somebody_else_on_the_line_burns_the_two_words(office: Office, supervisor: Person) -> None:
    """S-54."""
    for direction in call_log.DIRECTIONS:
        reference = call_logs.ask(office, nonce=direction.encode())

        call_logs.call(office, supervisor, reference, "other_person", direction)

        found = returning_clients.opened(office, supervisor, reference)
        assert (found.words_burnt, found.answers.words) == (True, ("", ""))


def test_a_voicemail_they_did_not_allow_is_written_down_only_when_it_is_confirmed(
    office: Office, supervisor: Person, counselor: Person
) -> None:
    """S-50, S-54: a recorded incident, told to the supervisors."""
    reference = call_logs.ask(office, wished=replace(call_logs.WISHED, voicemail=False))

    with pytest.raises(Refused, match="voicemail"):
        call_logs.call(office, counselor, reference, "voicemail")
    assert call_logs.log(office, counselor, reference) == []
    call_logs.call(office, counselor, reference, "voicemail", confirmed=True)

    assert call_logs.log(office, counselor, reference)[0][1]["incident"] is True
    assert builders.kinds(office).count("incident.voicemail") == 1
    assert call_logs.letters(office, LetterKind.INCIDENT) == ["grace@example.org"]


@pytest.mark.parametrize(
    ("allowed", "outcome", "direction"),
    [(True, "voicemail", "out"), (False, "voicemail", "in"), (False, "no_answer", "out")],
    ids=["allowed", "theirs to us", "none was left"],
)
def test_no_other_call_is_an_incident(
    office: Office, supervisor: Person, allowed: bool, outcome: str, direction: str
) -> None:
    reference = call_logs.ask(office, wished=replace(call_logs.WISHED, voicemail=allowed))

    call_logs.call(office, supervisor, reference, outcome, direction, confirmed=True)

    assert "incident" not in call_logs.log(office, supervisor, reference)[0][1]
    assert call_logs.letters(office, LetterKind.INCIDENT) == []


def test_a_voicemail_forbidden_on_the_return_page_is_forbidden_at_once(office: Office, supervisor: Person) -> None:
    client = returning_clients.client(office, wished=call_logs.WISHED)
    client.wish(replace(call_logs.WISHED, voicemail=False))

    with pytest.raises(Refused, match="voicemail"):
        call_logs.call(office, supervisor, client.reference, "voicemail")


def test_a_call_entered_late_counts_from_when_it_was(
    office: Office, supervisor: Person, reference: str, clock: Clock
) -> None:
    call_logs.call(office, supervisor, reference, "no_answer")
    earlier = clock() - timedelta(days=2, minutes=3)

    call_logs.call(office, supervisor, reference, "reached", "in", happened_at=earlier, said="talked")

    value = call_logs.log(office, supervisor, reference)[1][1]
    assert (value["happened_at"], value["said"]) == ("2026-11-21T14:57", "talked")
    assert call_logs.row(office, reference).attempted_at == earlier


def test_what_was_said_about_a_call_never_shows_itself() -> None:
    """V-49."""
    assert "secret" not in repr(CallReport("reached", note="secret"))


def test_a_call_that_was_written_down_is_not_starting_any_more(
    office: Office, supervisor: Person, reference: str, clock: Clock
) -> None:
    """The return page says no longer that a call may be starting."""
    with office.work(supervisor) as work:
        dialing.reveal(work, reference, "agreed")
    clock.forward(seconds=40)

    call_logs.call(office, supervisor, reference, "no_answer")

    assert call_logs.row(office, reference).calling_until == clock()
