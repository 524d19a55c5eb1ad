"""They called: whose words these are, whether the caller is that client, and what they wanted."""

import pytest
from sqlalchemy import delete, select, update

from app.crypto import words
from app.domain.calls import incoming_calls
from app.domain.calls.code_words import CodeWords
from app.domain.calls.incoming_calls import Heard, IncomingCall, Match
from app.domain.work import Missing
from app.models import Exclusion, Intake, LogEntry
from tests.domain import builders
from tests.domain.helpers import call_logs, returning_clients
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def reference(office: Office, supervisor: Person, monkeypatch: pytest.MonkeyPatch) -> str:
    return call_logs.ask_among_others(office, monkeypatch)


def match(office: Office, person: Person, *heard: str, picked: bool = False) -> Match:
    with office.work(person) as work:
        return incoming_calls.match(work, Heard(heard, picked))


def test_both_words_find_their_request_and_are_enough(office: Office, supervisor: Person, reference: str) -> None:
    """S-55: in any order, case and accents ignored."""
    found = Match((reference,), exact=True, certain=True, more=False, altered=())

    for heard in (("kettle", "harbor"), ("harbor", "kettle"), ("KETTLE", "Hárbor")):
        assert match(office, supervisor, *heard) == found


def test_spanish_words_are_found_without_their_accents(
    office: Office, supervisor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = call_logs.ask(office, monkeypatch, ("acordeón", "pirámide"))

    assert match(office, supervisor, "acordeon", "PIRAMIDE").references == (reference,)


def test_what_only_sounds_alike_or_is_half_is_found_and_not_enough(
    office: Office, supervisor: Person, reference: str
) -> None:
    for heard in (("kettel", "harbor"), ("harber", "kettle"), ("kettle",), ("harbor",)):
        found = match(office, supervisor, *heard)

        assert (found.references, found.certain) == ((reference,), False)


def test_a_word_picked_from_a_list_is_not_enough(office: Office, supervisor: Person, reference: str) -> None:
    found = match(office, supervisor, "kettle", "harbor", picked=True)

    assert (found.references, found.exact, found.certain) == ((reference,), True, False)


def test_words_that_are_not_a_pair_find_nothing(office: Office, supervisor: Person, reference: str) -> None:
    assert reference
    for heard in (("kettle", "almanac"), ("kettle", "table"), ("banana", "table"), ("kettle", "kettle"), ("table",)):
        assert match(office, supervisor, *heard).references == ()


def test_twins_are_both_found_and_words_are_not_enough(
    office: Office, supervisor: Person, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-55: a rare twin is possible and the desk shows every match."""
    twin = call_logs.ask(office, monkeypatch, nonce=b"twin")

    found = match(office, supervisor, "kettle", "harbor")

    assert (set(found.references), found.certain) == ({reference, twin}, False)


def test_burnt_words_find_nothing_and_new_ones_do(
    office: Office, supervisor: Person, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_logs.call(office, supervisor, reference, "other_person")
    burnt = match(office, supervisor, "kettle", "harbor")
    monkeypatch.setattr(words, "code_words", lambda _language: ("canoe", "lantern"))
    with office.work(supervisor) as work:
        incoming_calls.renew_words(work, reference, "page")

    assert burnt.references == ()
    assert match(office, supervisor, "kettle", "harbor").references == ()
    assert match(office, supervisor, "canoe", "lantern").certain


def test_only_open_requests_are_found(
    office: Office, supervisor: Person, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "code_words", lambda _language: ("canoe", "lantern"))
    client = returning_clients.client(office, b"withdrawn")
    client.withdraw()
    call_logs.close(office, supervisor, reference)

    assert match(office, supervisor, "canoe", "lantern").references == ()
    assert match(office, supervisor, "kettle", "harbor").references == ()


def test_s57_what_a_client_keeps_from_somebody_is_neither_found_nor_counted(
    office: Office, supervisor: Person, counselor: Person, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both the column and the log keep it from them."""
    by_log = call_logs.ask(office, monkeypatch, ("canoe", "lantern"), nonce=b"log")
    call_logs.exclude(office, supervisor, by_log, counselor)
    excluded = builders.account_id(office, counselor)
    with office.work() as work:
        intake_id = work.session.scalars(select(Intake.id).where(Intake.reference == reference)).one()
        work.session.add(Exclusion(intake_id=intake_id, account_id=excluded))
    assert match(office, supervisor, "kettle", "harbor").certain
    monkeypatch.setattr(incoming_calls, "MOST", 3)

    assert match(office, counselor, "kettle", "harbor") == Match((), exact=False, certain=False, more=False, altered=())
    assert match(office, counselor, "canoe", "lantern").references == ()


def test_it_says_when_there_are_more_requests_than_were_compared(
    office: Office, supervisor: Person, reference: str, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    clock.forward(minutes=1)
    newest = call_logs.ask(office, monkeypatch, ("canoe", "lantern"), nonce=b"newest")
    monkeypatch.setattr(incoming_calls, "MOST", 1)

    assert match(office, supervisor, "canoe", "lantern").references == (newest,)
    assert match(office, supervisor, "kettle", "harbor") == Match((), exact=False, certain=False, more=True, altered=())
    assert reference


def test_many_requests_take_as_many_statements_as_a_few(
    office: Office, supervisor: Person, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_logs.call(office, supervisor, reference, "no_answer")

    def said() -> int:
        with office.work(supervisor) as work, builders.counted(office) as statements:
            assert incoming_calls.match(work, Heard(("kettle", "harbor"))).references
        return len(statements)

    few = said()
    for number in range(12):
        call_logs.ask(office, monkeypatch, nonce=b"more" + bytes([number]))

    assert said() == few <= 6


@pytest.mark.parametrize("column", ["sealed_answers", "origin_tag"])
def test_an_altered_record_is_named_and_hides_no_other(
    office: Office, supervisor: Person, reference: str, column: str
) -> None:
    other = next(one for one in call_logs.references(office) if one != reference)
    with office.work() as work:
        work.session.execute(update(Intake).where(Intake.reference == other).values({column: b"altered"}))

    assert match(office, supervisor, "kettle", "harbor").references == (reference,)
    assert match(office, supervisor, "kettle", "harbor").altered == (other,)


def test_burnt_words_do_not_come_back_when_the_database_forgets_who_answered(
    office: Office, supervisor: Person, reference: str
) -> None:
    """Must hold 1: a lost entry of the log shows."""
    call_logs.call(office, supervisor, reference, "other_person")
    with office.work() as work:
        work.session.execute(delete(LogEntry))

    found = match(office, supervisor, "kettle", "harbor")

    assert (found.references, found.altered) == ((), (reference,))


def test_comparing_is_recorded_and_no_word_of_it(office: Office, counselor: Person, reference: str) -> None:
    """V-49, V-50."""
    assert reference
    with office.work(counselor) as work:
        incoming_calls.note_comparing(work)

    assert call_logs.trail(office) == ["call.compared"]


def test_who_waits_for_approval_compares_nothing(office: Office, supervisor: Person, reference: str) -> None:
    newcomer = office.join("ben@example.org")
    assert reference

    with office.work(newcomer) as work, pytest.raises(Missing):
        incoming_calls.match(work, Heard(("kettle", "harbor")))
    with office.work(newcomer) as work, pytest.raises(Missing):
        incoming_calls.note_comparing(work)


def test_what_was_heard_and_told_never_shows_itself(clock: Clock) -> None:
    """V-49."""
    secrets = (
        Heard(("kettle",)),
        IncomingCall("kettle", "mon-am"),
        CodeWords("K7QF-3MDX", clock(), ("kettle", "harbor")),
    )

    assert "kettle" not in repr(secrets)
    assert "mon-am" not in repr(secrets)
