"""The daily check: sent, opened and replaced once a day, by one worker, and kept from everything else."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, func, select

from app.crypto import contexts, hpke, tokens
from app.crypto.hpke import PrivateKey
from app.crypto.vault import Ring
from app.domain import audit
from app.domain.calls import incoming_calls
from app.domain.calls.incoming_calls import Heard
from app.domain.health import daily_check, readiness
from app.domain.letters import outbox
from app.domain.vault import epochs, holders
from app.domain.work import Party, Work
from app.models import (
    AuditLine,
    Confirmation,
    DailyCheckKey,
    Epoch,
    EpochState,
    Grant,
    Intake,
    Letter,
    LetterKind,
    ThreadEntry,
)
from tests.domain import builders
from tests.domain.helpers import daily_checks
from tests.domain.helpers.daily_checks import check, stored, watch
from tests.support.clock import Clock
from tests.support.office import Office, Person

#: Seven in the morning of a day in Arizona, where clocks never change.
SEVEN = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def letters(office: Office, kind: LetterKind = LetterKind.CANARY) -> int:
    with office.work() as work:
        return work.session.scalars(select(func.count(Letter.id)).where(Letter.kind == kind)).one()


def test_before_the_form_is_live_nothing_is_checked(office: Office) -> None:
    assert not check(office)
    watch(office)

    assert stored(office) == (0, 0, 0)
    assert daily_checks.alarms(office) == []


def test_a_check_is_sealed_kept_and_told_as_a_clients_request_is(office: Office, supervisor: Person) -> None:
    """The same lengths, the same rows, and one letter: to the alarm address and nobody of the team."""
    office.ask()
    [theirs] = builders.copies(office, Intake)
    team = letters(office, LetterKind.NEW_REQUEST)

    assert check(office)

    ours = daily_checks.row(office)
    for column in ("sealed_answers", "sealed_answers_key", "sealed_thread_key", "sealed_return_key", "origin_tag"):
        assert len(getattr(ours, column)) == len(getattr(theirs, column))
    assert len(builders.copies(office, ThreadEntry)) == len(builders.copies(office, Confirmation)) == 2
    assert (letters(office), letters(office, LetterKind.NEW_REQUEST)) == (1, team)
    with office.work() as work:
        assert work.session.scalars(select(Letter.account_id).where(Letter.kind == LetterKind.CANARY)).one() is None


def test_a_new_check_comes_at_seven_and_nothing_of_the_last_one_stays(
    office: Office, supervisor: Person, clock: Clock
) -> None:
    """By the practice's clock, whatever the server's; rows, thread, words and letters of yesterday are gone."""
    assert check(office)
    first = daily_checks.row(office)
    clock.set(SEVEN - timedelta(seconds=1))
    early = check(office)
    clock.set(SEVEN)

    assert check(office)
    again = check(office)

    assert (early, again) == (False, False)
    assert daily_checks.row(office).id != first.id
    assert stored(office) == (1, 1, 1)
    assert (
        letters(office) == len(builders.copies(office, ThreadEntry)) == len(builders.copies(office, Confirmation)) == 1
    )


def test_two_workers_at_once_send_one_check(office: Office, supervisor: Person) -> None:
    done = builders.in_parallel([lambda: check(office)] * 4)

    assert sorted(map(str, done)) == ["False", "False", "False", "True"]
    assert stored(office) == (1, 1, 1)
    assert letters(office) == 1


def test_of_a_check_that_was_broken_off_nothing_stays_and_the_next_round_sends_it(
    office: Office, supervisor: Person
) -> None:
    """As when a worker is killed before its commit."""
    with pytest.raises(KeyboardInterrupt), office.work(Party.WORKER) as work:  # noqa: PT012
        daily_check.check(work)
        raise KeyboardInterrupt
    between = (stored(office), letters(office))

    assert check(office)

    assert between == ((0, 0, 0), 0)
    assert (stored(office), letters(office)) == ((1, 1, 1), 1)


def test_a_check_that_does_not_come_back_letter_for_letter_is_not_kept(
    office: Office, supervisor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sealing that loses a sign would lose a client's, too."""
    seal = tokens.seal_text

    def losing(key: bytes, place: contexts.Context, value: tokens.Json) -> bytes:
        return seal(key, place, value | {"note": value["note"][:-1]} if "note" in value else value)

    with monkeypatch.context() as broken:
        broken.setattr(tokens, "seal_text", losing)
        stopped = daily_checks.round_(office)

    assert stopped == 1
    assert stored(office) == (0, 0, 0)
    assert daily_checks.round_(office) == 0
    assert stored(office) == (1, 1, 1)


def test_its_key_opens_nothing_but_checks_and_only_through_the_ring(office: Office, supervisor: Person) -> None:
    check(office)
    office.ask()
    [key], [client] = builders.copies(office, DailyCheckKey), builders.copies(office, Intake)
    vault, place = builders.vault(office), contexts.canary_key(key.epoch_id)
    private = PrivateKey.decode(vault.ring.open(place, key.sealed_key))

    for box, where in (
        (client.sealed_answers_key, contexts.answers_key(client.id, client.epoch_id)),
        (client.sealed_thread_key, contexts.thread_key(client.id, client.epoch_id)),
    ):
        with pytest.raises(tokens.Unreadable):
            hpke.open(private, where, box)
    with pytest.raises(tokens.Unreadable):
        Ring([Fernet.generate_key().decode()]).open(place, key.sealed_key)
    with pytest.raises(tokens.Unreadable):
        vault.ring.open(contexts.grant(key.epoch_id, key.epoch_id), key.sealed_key)


def test_its_epoch_is_no_epoch_of_the_practice(office: Office, supervisor: Person, clock: Clock) -> None:
    """Not the newest, not granted, not marked, not renewed with the others, not on the sheet."""
    check(office)
    with office.work() as work:
        [beside] = work.session.scalars(select(Epoch).where(Epoch.state == EpochState.CANARY))
    colleague = office.hire(supervisor, "ada@example.org")
    with office.work(Party.WORKER) as work:
        epochs.fill_markers(work)
        holders.drill(work, supervisor.recovery_code or "")
    clock.forward(days=30)

    with office.work(Party.WORKER) as work:
        assert epochs.renew(work)
        assert [epoch.number for epoch in epochs.live(work)] == [1, 2]
        assert builders.epoch(work).number == 2
    office.renewed(colleague)
    with office.work(colleague) as work:
        assert beside.id not in epochs.granted(work)
    assert beside.id not in {grant.epoch_id for grant in builders.copies(office, Grant)}
    assert (beside.number, beside.sealed_marker) == (0, None)


def test_its_epoch_is_begun_anew_each_month(office: Office, supervisor: Person, clock: Clock) -> None:
    check(office)
    first = daily_checks.row(office).epoch_id
    clock.forward(days=29)
    check(office)
    same = daily_checks.row(office).epoch_id
    clock.forward(days=1)

    check(office)

    assert same == first
    assert daily_checks.row(office).epoch_id != first
    assert stored(office) == (1, 1, 1)


def test_the_record_says_nothing_of_a_check_that_comes_through(office: Office, supervisor: Person) -> None:
    """A line a day that nobody needs would hide those that somebody does."""
    with office.work() as work:
        before = audit.head(work)

    check(office)
    watch(office)

    with office.work() as work:
        assert audit.head(work) == before
        assert work.session.scalar(select(AuditLine.id).where(AuditLine.number.is_(None))) is None


def test_its_two_words_are_nobodys_when_somebody_calls(office: Office, supervisor: Person) -> None:
    check(office)
    [key], ours = builders.copies(office, DailyCheckKey), daily_checks.row(office)
    private = PrivateKey.decode(builders.vault(office).ring.open(contexts.canary_key(key.epoch_id), key.sealed_key))
    answers_key = hpke.open(private, contexts.answers_key(ours.id, ours.epoch_id), ours.sealed_answers_key)
    words = tuple(tokens.open_text(answers_key, contexts.answers(ours.id), ours.sealed_answers)["words"])

    with office.work(supervisor) as work:
        match = incoming_calls.match(work, Heard(words))

    assert len(words) == 2
    assert (match.references, match.altered) == ((), ())


def test_its_letter_waits_at_nobodys_door(office: Office, supervisor: Person, clock: Clock) -> None:
    """A mailbox for alarms that is full keeps no client from the form."""
    with builders.writer(office) as session:
        session.execute(delete(Letter))
    check(office)
    clock.forward(hours=3)

    with office.work() as work:
        assert readiness.health(work, 0).oldest_letter_at is None
        assert outbox.due(work)


def test_a_worker_that_looks_while_another_replaces_the_check_sees_no_trouble(
    office: Office, supervisor: Person, clock: Clock
) -> None:
    """Its rows are read one after the other, and each must be of the same check."""
    check(office)
    replaced: list[threading.Thread] = []
    opened = daily_check._unlocked

    def slow(work: Work) -> object:
        if not replaced:
            replaced.append(threading.Thread(target=lambda: check(office)))
            replaced[0].start()
            replaced[0].join(0.5)
        return opened(work)

    clock.set(SEVEN)
    with pytest.MonkeyPatch.context() as slowed:
        slowed.setattr(daily_check, "_unlocked", slow)
        watch(office)
        replaced[0].join(20)

    assert daily_checks.alarms(office) == []
    assert stored(office) == (1, 1, 1)
    assert daily_checks.row(office).received_at == SEVEN
