"""Who calls us is known by name and time, and what they want is written down once; until then nothing is."""

from dataclasses import replace

import pytest

from app.domain.accounts.throttle import TooSoon
from app.domain.calls import incoming_calls
from app.domain.calls.incoming_calls import IncomingCall
from app.domain.intake import thread
from app.domain.intake.answers import Wishes
from app.domain.work import Refused
from app.models import LetterKind, LogEntry, LogKind, Status
from tests.domain import builders
from tests.domain.helpers import call_logs, returning_clients
from tests.domain.helpers.call_logs import WISHED
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def reference(office: Office, supervisor: Person, monkeypatch: pytest.MonkeyPatch) -> str:
    return call_logs.ask_among_others(office, monkeypatch)


def verify(office: Office, person: Person, references: tuple[str, ...], name: str, when: str | None) -> str | None:
    with office.work(person) as work:
        return incoming_calls.verify(work, references, IncomingCall(name, when))


def settle(office: Office, person: Person, reference: str, said: str, nonce: str = "page", note: str = "") -> None:
    with office.work(person) as work:
        incoming_calls.log_incoming_call(work, reference, said, idempotency_key=nonce, note=note)


def test_name_and_time_verify_a_caller(office: Office, supervisor: Person, reference: str) -> None:
    """Which name they gave us, and one time they checked."""
    for name in ("José Luis", "jose", "JOSE LUIZ", "Hose Luis"):
        assert verify(office, supervisor, tuple(call_logs.references(office)), name, "wed-am") == reference

    assert call_logs.trail(office) == ["call.verified"] * 4


def test_whatever_does_not_fit_verifies_nobody_and_nothing_is_written_about_a_request(
    office: Office, supervisor: Person, reference: str, clock: Clock
) -> None:
    wrong = (
        ("Josefa", "mon-am"),
        ("Luis", "mon-am"),
        ("José Luis", "mon-pm"),
        ("José Luis", None),
        ("", "mon-am"),
    )
    for name, when in wrong:
        assert verify(office, supervisor, (reference,), name, when) is None
        clock.forward(seconds=30)

    assert call_logs.trail(office) == ["call.refused"] * len(wrong)
    assert call_logs.log(office, supervisor, reference) == []
    assert call_logs.row(office, reference).status is Status.WAITING


def test_who_checked_no_time_says_so(office: Office, supervisor: Person) -> None:
    reference = call_logs.ask(office, said=call_logs.NAMED, wished=Wishes("icall"))

    assert verify(office, supervisor, (reference,), "José", "mon-am") is None
    office.clock.forward(seconds=2)
    assert verify(office, supervisor, (reference,), "José", None) == reference


def test_times_from_the_return_page_prove_nothing(office: Office, supervisor: Person, clock: Clock) -> None:
    """The finder of the seven words may be the person they fear."""
    client = returning_clients.client(office, said=call_logs.NAMED, wished=WISHED)
    client.wish(replace(WISHED, when=("fri-eve",)))

    assert verify(office, supervisor, (client.reference,), "José", "fri-eve") is None
    clock.forward(seconds=2)
    assert verify(office, supervisor, (client.reference,), "José", "mon-am") == client.reference


def test_name_and_time_tell_twins_apart(
    office: Office, supervisor: Person, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = call_logs.ask(office, monkeypatch, nonce=b"twin", said=replace(call_logs.NAMED, name="Robin"))

    assert verify(office, supervisor, (reference, twin), "Robin", "mon-am") == twin


def test_wrong_answers_are_counted_and_slowed(office: Office, supervisor: Person, reference: str, clock: Clock) -> None:
    assert verify(office, supervisor, (reference,), "Josefa", "mon-am") is None
    with pytest.raises(TooSoon):
        verify(office, supervisor, (reference,), "José", "mon-am")
    clock.forward(seconds=1)
    assert verify(office, supervisor, (reference,), "Josefa", "mon-am") is None
    clock.forward(seconds=1)
    with pytest.raises(TooSoon):
        verify(office, supervisor, (reference,), "José", "mon-am")
    clock.forward(seconds=1)

    assert verify(office, supervisor, (reference,), "José", "mon-am") == reference
    assert verify(office, supervisor, (reference,), "José", "mon-am") == reference


def test_what_a_caller_wanted_is_written_down_and_nothing_is_due(
    office: Office, supervisor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for said, outcome in (("talked", "reached"), ("could_not_talk", "bad_time"), ("again", "reached")):
        reference = call_logs.ask(office, monkeypatch, nonce=said.encode())

        settle(office, supervisor, reference, said, note="From a phone at work.")

        value = {"outcome": outcome, "direction": "in", "happened_at": "2026-11-23T15:00", "said": said}
        log = [(LogKind.ATTEMPT, value), (LogKind.NOTE, {"text": "From a phone at work."})]
        assert call_logs.log(office, supervisor, reference) == log
        assert call_logs.due(office, reference) == (None, None)
        assert call_logs.row(office, reference).claimed_by == builders.account_id(office, supervisor)


def test_who_asks_to_stop_is_called_no_more_and_all_is_erased_after_a_day(
    office: Office, supervisor: Person, counselor: Person, clock: Clock
) -> None:
    """S-47: by phone words stop contact at once, and erasing waits 24 hours."""
    client = returning_clients.client(office, wished=WISHED)
    call_logs.call(office, counselor, client.reference, "no_answer", follow_up_at=None)

    settle(office, supervisor, client.reference, "stop")

    found = client.intake()
    assert (found.status, found.withdrawn_at) == (Status.WITHDRAWN, clock())
    assert call_logs.due(office, client.reference) == (None, None)
    assert call_logs.letters(office, LetterKind.NEW_REQUEST) == []
    assert call_logs.letters(office, LetterKind.NEWS) == ["ada@example.org"]
    assert client.seen().undo_until is not None
    with office.work(supervisor) as work:
        key, intake = builders.thread_key(work, client.reference)
        last = thread.THREAD.open(intake.id, key, thread.THREAD.read(work, intake.id))[-1]
    assert last.value == {"v": 1, "withdrawn": True, "from": "staff"}
    with pytest.raises(Refused, match="gone"):
        call_logs.call(office, counselor, client.reference, "reached")


def test_who_asked_to_stop_can_undo_it_with_the_seven_words(office: Office, supervisor: Person) -> None:
    client = returning_clients.client(office, wished=WISHED)
    settle(office, supervisor, client.reference, "stop")

    client.undo()

    assert client.intake().status is Status.WAITING
    said = [value.get("said") for _, value in call_logs.log(office, supervisor, client.reference)]
    assert said == ["stop"]


def test_one_page_sent_twice_is_one_call(office: Office, supervisor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for said in incoming_calls.SAID:
        reference = call_logs.ask(office, monkeypatch, nonce=said.encode())
        for _ in range(2):
            settle(office, supervisor, reference, said)

    assert builders.count(office, LogEntry) == len(incoming_calls.SAID)


def test_another_page_about_a_request_that_is_gone_is_refused(
    office: Office, supervisor: Person, reference: str
) -> None:
    settle(office, supervisor, reference, "stop")

    with pytest.raises(Refused, match="gone"):
        settle(office, supervisor, reference, "talked", nonce="another")


def test_a_colleague_s_client_leaves_it_with_the_colleague_who_gets_a_letter(
    office: Office, supervisor: Person, counselor: Person, reference: str
) -> None:
    call_logs.call(office, counselor, reference, "no_answer")

    settle(office, supervisor, reference, "talked")

    assert call_logs.row(office, reference).claimed_by == builders.account_id(office, counselor)
    assert call_logs.letters(office, LetterKind.NEWS) == ["ada@example.org"]


def test_new_words_are_the_same_for_the_same_page(office: Office, supervisor: Person, reference: str) -> None:
    with office.work(supervisor) as work:
        first = incoming_calls.renew_words(work, reference, "page")
    with office.work(supervisor) as work:
        again = incoming_calls.renew_words(work, reference, "page")

    assert first == again == returning_clients.opened(office, supervisor, reference).answers.words
