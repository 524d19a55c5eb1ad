"""Coming back: what the seven words open, what is written with them, and who hears of it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.crypto import contexts, secretkey, tokens, words
from app.crypto.secretkey import SecretKey
from app.crypto.tokens import Unreadable
from app.crypto.vault import EpochFacts
from app.domain import audit
from app.domain.calls import dialing
from app.domain.casework import claims
from app.domain.intake import returning
from app.domain.intake.answers import Wishes
from app.domain.intake.numbers import Number
from app.domain.work import Altered, Missing, Party, Refused
from app.models import AuditLine, EntryKind, Intake, Outcome, Status, ThreadEntry
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.support.clock import Clock
from tests.support.office import Office


def test_the_words_show_a_status_and_nothing_that_was_told(office: Office) -> None:
    """Never wishes, number, name or topic."""
    office.found()
    client = returning_clients.client(office)
    client.say("Zzyzx")

    seen = client.seen()

    assert (seen.status, seen.replies, seen.calling, seen.undo_until, seen.held) == (
        Status.WAITING, (), False, None, False,
    )  # fmt: skip
    assert not [told for told in ("Zzyzx", "Sam", "5550123", "mon-am", "Phoenix") if told in repr(seen)]


def test_the_words_open_the_thread_and_never_the_answers(office: Office) -> None:
    """Must hold 2."""
    supervisor = office.found()
    client = returning_clients.client(office)
    intake = client.intake()
    key = builders.vault(office).secret.return_keys(client.code)[0].key
    thread_key = tokens.open_bytes(key, contexts.thread_key_by_return_code(intake.id), intake.sealed_return_key)

    for held in (key, thread_key):
        with pytest.raises(Unreadable):
            tokens.open_text(held, contexts.answers(intake.id), intake.sealed_answers)

    with office.work(supervisor) as work:
        assert builders.thread_key(work, client.reference)[0] == thread_key


def test_words_are_found_under_every_key_of_the_list(office: Office) -> None:
    """An older SECRET_KEY entry serves until the requests of its time are gone."""
    office.found()
    client = returning_clients.client(office)
    vault = builders.vault(office)
    vault.secret = SecretKey([bytes(range(32)), *vault.secret._keys])

    client.say("still here")

    assert client.seen().status is Status.WAITING
    assert len(client.entries()) == 2


@pytest.mark.parametrize("rule", ["find", "say", "withdraw", "undo"])
def test_unknown_words_find_nothing(office: Office, rule: str) -> None:
    office.found()
    returning_clients.client(office)
    said = {"say": {"sentence": "question", "text": ""}}.get(rule, {})
    nonce = {} if rule == "find" else {"idempotency_key": b"n"}

    with office.work(Party.CLIENT) as work, pytest.raises(Missing):
        getattr(returning, rule)(work, words.return_code("en"), **nonce, **said)


def test_unknown_words_take_the_same_statements_and_derivations(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who measures the answer learns nothing more than it says."""
    office.found()
    client = returning_clients.client(office)
    client.say()
    derived: list[str] = []
    derive = tokens.sub_key

    def note(key: bytes, purpose: str, *, salt: bytes | None = None) -> bytes:
        derived.append(purpose)
        return derive(key, purpose, salt=salt)

    for module in (tokens, secretkey):
        monkeypatch.setattr(module, "sub_key", note)
    counts = []
    for code in (client.code, words.return_code("en")):
        derived.clear()
        with builders.counted(office) as statements, office.app.app_context():
            try:
                with office.work(Party.CLIENT) as work:
                    returning.find(work, code)
            except Missing:
                pass
        counts.append(([one for one in statements if one != "COMMIT"], len(derived)))

    assert counts[0] == counts[1]
    assert counts[0][1] >= 11


def test_an_entry_is_chained_recorded_and_told(office: Office, clock: Clock) -> None:
    """Every entry: its number in thread and trail, a letter, and the clock."""
    supervisor = office.found()
    office.on_call(supervisor)
    client = returning_clients.client(office)
    clock.forward(minutes=5)

    client.say("hello")
    client.wish(Wishes("icall"))
    client.withdraw()
    client.undo()

    assert [entry.number for entry in client.entries()] == [1, 2, 3, 4, 5]
    with office.work() as work:
        lines = work.session.scalars(select(AuditLine).where(AuditLine.subject == f"intake/{client.reference}")).all()
        assert audit.chain_waiting(work) >= 5
        assert audit.verify(work).first_broken is None
    assert sorted((line.entry, line.kind) for line in lines) == [
        (1, "intake.received"), (2, "thread.written"), (3, "thread.written"),
        (4, "intake.withdrawn"), (5, "intake.restored"),
    ]  # fmt: skip
    assert {line.actor for line in lines} == {"client"}
    letters = client.letters()
    assert len(letters) == 4
    assert {letter.account_id for letter in letters} == {builders.account_id(office, supervisor)}
    assert client.intake().heard_at == clock().replace(second=0, microsecond=0)
    assert returning_clients.opened(office, supervisor, client.reference).news.messages[0].text == "hello"


def test_the_letter_goes_to_whoever_has_the_request(office: Office) -> None:
    supervisor = office.found()
    office.on_call(supervisor)
    colleague = office.hire(supervisor, "ada@example.org")
    client = returning_clients.client(office)
    with office.work(colleague) as work:
        claims.claim(work, client.reference)

    client.say()

    assert [letter.account_id for letter in client.letters()] == [builders.account_id(office, colleague)]


def test_the_letter_goes_to_who_is_on_call_when_whoever_had_it_has_left(office: Office) -> None:
    supervisor = office.found()
    office.on_call(supervisor)
    colleague = office.hire(supervisor, "ada@example.org")
    client = returning_clients.client(office)
    with office.work(colleague) as work:
        claims.claim(work, client.reference)
    builders.suspend(office, supervisor, colleague)

    client.say()

    assert [letter.account_id for letter in client.letters()] == [builders.account_id(office, supervisor)]


def test_a_message_opens_a_closed_request_again(office: Office) -> None:
    """Somebody has to see it."""
    office.found()
    client = returning_clients.client(office)
    close(office, client)

    client.say()

    assert client.seen().status is Status.WAITING


def close(office: Office, client: returning_clients.Client) -> None:
    with builders.writer(office) as session:
        ended = {"status": Status.CLOSED, "outcome": Outcome.DECLINED, "closed_at": office.clock()}
        session.execute(update(Intake).where(Intake.reference == client.reference).values(ended))


def test_a_page_that_is_sent_twice_is_one_entry(office: Office) -> None:
    """S-14: the same nonce and the same words."""
    office.found()
    client = returning_clients.client(office)

    for _ in range(2):
        client.say("twice", b"one page")
        client.wish(Wishes("icall"), b"one page")
        client.do(returning.give_number, epoch=_epoch(office), idempotency_key=b"one page", number=NUMBER)
    client.say("twice", b"another page")
    client.say("something else", b"one page")

    assert len(client.entries()) == 1 + 3 + 2
    assert len(client.letters()) == 5


NUMBER = Number("+14805550188", "7", doubtful=True)


def _epoch(office: Office) -> EpochFacts:
    with office.work() as work:
        return builders.epoch(work)


def test_staff_answers_are_templates_and_nothing_else(office: Office, clock: Clock) -> None:
    supervisor = office.found()
    client = returning_clients.client(office)
    client.say("mine")
    returning_clients.answer(office, supervisor, client.reference, "tried")

    assert client.seen().replies == (("tried", clock().replace(second=0, microsecond=0)),)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc"]), max_size=returning.TEXT_LETTERS))
def test_any_200_letters_fit_and_take_the_same_room(text: str) -> None:
    """Must hold 5: equal on disk, whatever the language."""
    value = {"v": 1, "from": "client", "sentence": max(returning.SENTENCES, key=len), "text": text}
    envelope = {"number": 999_999, "after": "0" * 64, "at": "2026-11-23T12:00", "value": value}
    place = contexts.message(UUID(int=0), 1)

    token = tokens.seal_text(bytes(32), place, envelope)

    assert len(token) == len(tokens.seal_text(bytes(32), place, {}))
    assert tokens.open_text(bytes(32), place, token) == envelope


def test_a_lost_code_does_not_fill_mailboxes(office: Office, clock: Clock) -> None:
    office.found()
    client = returning_clients.client(office)
    for number in range(returning.MOST_IN_A_DAY):
        client.say(str(number), b"%d" % number)

    with pytest.raises(Refused, match="too_many"):
        client.say("one more", b"more")
    client.withdraw()

    assert client.seen().status is Status.WITHDRAWN
    clock.forward(hours=24)
    assert len(client.letters()) == returning.MOST_IN_A_DAY + 1


@pytest.mark.parametrize("column", ["sealed_return_key", "return_lookup"])
def test_words_of_an_altered_row_open_nothing(office: Office, column: str) -> None:
    office.found()
    client = returning_clients.client(office)
    with builders.writer(office) as session:
        session.execute(update(Intake).values({column: b"nothing of ours"}))

    with pytest.raises((Altered, Missing)):
        client.seen()


def test_an_entry_that_was_dropped_is_noticed_by_the_page_too(office: Office) -> None:
    office.found()
    client = returning_clients.client(office)
    client.say()
    with builders.writer(office) as session:
        session.delete(session.scalars(select(ThreadEntry).where(ThreadEntry.number == 2)).one())

    with pytest.raises(Altered, match="thread"):
        client.seen()


def test_a_call_may_be_starting_for_two_minutes_after_the_number_was_shown(office: Office, clock: Clock) -> None:
    supervisor = office.found()
    client = returning_clients.client(office)
    assert not client.seen().calling

    with office.work(supervisor) as work:
        dialing.reveal(work, client.reference, "agreed")

    assert client.seen().calling
    clock.forward(minutes=2)
    assert not client.seen().calling


def test_without_ring_and_audit_key_everything_works(office: Office) -> None:
    """The public process holds neither."""
    office.found()
    client = returning_clients.client(office)
    vault = builders.vault(office)
    ring, key = vault._ring, vault._audit_key
    epoch = _epoch(office)
    vault._ring = vault._audit_key = None

    client.say()
    client.wish(Wishes("icall"))
    client.do(returning.give_number, epoch=epoch, idempotency_key=b"n", number=NUMBER)
    client.withdraw()
    client.undo()
    seen = client.seen()

    vault._ring, vault._audit_key = ring, key
    assert seen.status is Status.WAITING
    assert [entry.kind for entry in client.entries()].count(EntryKind.WISHES) == 3
