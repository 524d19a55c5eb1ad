"""Requests on arrival: sealed once, confirmed for minutes, taken back for good."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.casework import claims
from app.domain.intake import arrivals, opening
from app.domain.intake.answers import Answers, digest
from app.domain.work import Missing, Party
from app.models import Confirmation, Intake, Letter, Status, ThreadEntry
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.support.clock import Clock
from tests.support.office import Office


def the_intake(office: Office) -> Intake:
    with office.work() as work:
        return work.session.scalars(select(Intake)).one()


def test_a_request_opens_for_who_holds_a_grant(office: Office) -> None:
    supervisor = office.found()
    reference = office.ask("Marker Person", note="only for the call")

    with office.work(supervisor) as work:
        opened = opening.open(work, reference)

    assert isinstance(opened, opening.Opened)
    assert opened.answers.name == "Marker Person"
    assert opened.answers.note == "only for the call"
    assert opened.wishes.voicemail
    assert not opened.wishes.ask
    assert all(opened.answers.words)


def test_the_same_answers_sent_twice_are_one_request_with_one_letter(office: Office) -> None:
    """V-46."""
    supervisor = office.found()
    office.on_call(supervisor)

    first, again = builders.send(office), builders.send(office)

    assert first == again
    assert [builders.count(office, table) for table in (Intake, ThreadEntry, Confirmation)] == [1, 1, 1]
    with office.work() as work:
        assert len(work.session.scalars(select(Letter).where(Letter.intake_id.is_not(None))).all()) == 1
    assert builders.kinds(office).count("intake.received") == 1


def test_a_double_submit_at_the_same_moment_is_one_request(office: Office) -> None:
    """V-46: two connections, one row, one confirmation for both."""
    office.found()

    outcomes = builders.in_parallel([lambda: builders.send(office)] * 4)

    assert len(set(map(str, outcomes))) == 1
    assert builders.count(office, Intake) == 1
    with office.work(Party.CLIENT) as work:
        assert all(arrivals.done(work, str(outcomes[0])).words)


def test_different_answers_under_one_nonce_are_two_requests(office: Office) -> None:
    office.found()

    tokens = {builders.send(office), builders.send(office, said=replace(builders.SAID, name="Alex"))}

    assert len(tokens) == 2
    assert builders.count(office, Intake) == 2


def test_different_wishes_under_one_nonce_are_two_requests(office: Office) -> None:
    office.found()

    tokens = {builders.send(office), builders.send(office, wished=replace(builders.WISHED, voicemail=False))}

    assert len(tokens) == 2
    assert builders.count(office, Intake) == 2


@settings(max_examples=60)
@given(a=st.text(max_size=30), b=st.text(max_size=30))
def test_equal_answers_have_equal_digests_and_no_others(a: str, b: str) -> None:
    one, other = (digest(Answers(name, "AZ"), builders.WISHED) for name in (a, b))

    assert (one == other) == (a == b)


def test_only_the_hash_of_the_confirmation_token_is_stored(office: Office) -> None:
    office.found()

    token = builders.send(office)

    assert the_intake(office).receipt_hash == hashlib.sha256(token.encode()).digest()


def test_the_arrival_is_kept_to_the_minute(office: Office, clock: Clock) -> None:
    office.found()
    clock.forward(seconds=42.5)

    builders.send(office)

    received_at = the_intake(office).received_at
    assert (received_at.second, received_at.microsecond) == (0, 0)
    assert clock() - received_at < timedelta(minutes=1)


def test_the_confirmation_shows_the_words_the_counselor_sees(office: Office) -> None:
    supervisor = office.found()
    token = builders.send(office)

    with office.work(Party.CLIENT) as work:
        done = arrivals.done(work, token)
    reference = builders.reference(office, token)
    with office.work(supervisor) as work:
        found = opening.open(work, reference)

    assert isinstance(found, opening.Opened)
    assert done.words == found.answers.words
    assert done.way == "call"
    assert done.return_code is not None
    assert len(done.return_code) == 7


def test_the_confirmation_is_shown_for_three_minutes(office: Office, clock: Clock) -> None:
    """S-13."""
    office.found()
    token = builders.send(office)

    clock.forward(minutes=2, seconds=59)
    with office.work(Party.CLIENT) as work:
        assert arrivals.done(work, token).way == "call"
    clock.forward(seconds=1)

    with office.work(Party.CLIENT) as work, pytest.raises(Missing):
        arrivals.done(work, token)


def test_an_unknown_confirmation_is_missing(office: Office) -> None:
    office.found()

    with office.work(Party.CLIENT) as work, pytest.raises(Missing):
        arrivals.done(work, "AAAAAAAAAAAAAAAAAAAAAA")


def test_taking_back_leaves_a_tombstone_without_keys_or_text(office: Office) -> None:
    office.found()
    token = builders.send(office)

    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)

    intake = the_intake(office)
    assert intake.status is Status.WITHDRAWN
    sealed = [column.key for column in Intake.__table__.columns if column.key.startswith("sealed_")]
    assert [getattr(intake, name) for name in sealed] == [None] * len(sealed)
    assert (intake.receipt_hash, intake.return_lookup, intake.claimed_by) == (None, None, None)
    assert builders.count(office, ThreadEntry) == 0
    assert builders.count(office, Confirmation) == 0


def test_taking_back_cancels_letters_that_have_not_left(office: Office) -> None:
    supervisor = office.found()
    office.on_call(supervisor)
    token = builders.send(office)

    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)

    with office.work() as work:
        letter = work.session.scalars(select(Letter).where(Letter.intake_id.is_not(None))).one()
    assert letter.failure == "cancelled"
    assert letter.failed_at is not None


def test_a_claimed_request_can_be_taken_back_too(office: Office) -> None:
    supervisor = office.found()
    token = builders.send(office)
    reference = builders.reference(office, token)
    with office.work(supervisor) as work:
        claims.claim(work, reference)

    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)

    assert returning_clients.gone(office, supervisor, reference).status is Status.WITHDRAWN


def test_the_same_form_may_be_sent_again_after_it_was_taken_back(office: Office) -> None:
    supervisor = office.found()
    token = builders.send(office)
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)

    assert builders.send(office) == token

    reference = builders.reference(office, token)
    with office.work(supervisor) as work:
        assert isinstance(opening.open(work, reference), opening.Opened)
    assert builders.count(office, Intake) == 2


def test_taking_back_is_possible_for_fifteen_minutes(office: Office, clock: Clock) -> None:
    office.found()
    early, late = builders.send(office, b"early"), builders.send(office, b"late")

    clock.forward(minutes=14, seconds=59)
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, early)
    clock.forward(seconds=1)

    with office.work(Party.CLIENT) as work, pytest.raises(Missing):
        arrivals.undo(work, late)


def test_taking_back_twice_at_once_leaves_one_tombstone(office: Office) -> None:
    office.found()
    token = builders.send(office)

    def undo() -> None:
        with office.work(Party.CLIENT) as work:
            arrivals.undo(work, token)

    outcomes = builders.in_parallel([undo, undo])

    assert all(outcome is None or isinstance(outcome, Missing) for outcome in outcomes)
    assert None in outcomes
    assert the_intake(office).status is Status.WITHDRAWN


def test_old_confirmations_are_forgotten_and_young_ones_kept(office: Office, clock: Clock) -> None:
    office.found()
    builders.send(office, b"old")
    clock.forward(minutes=10)
    young = builders.send(office, b"young")
    clock.forward(minutes=5)

    with office.work(Party.WORKER) as work:
        arrivals.forget_confirmations(work)

    with office.work() as work:
        [kept] = work.session.scalars(select(Confirmation)).all()
    assert kept.token_hash == hashlib.sha256(young.encode()).digest()


def test_a_confirmation_says_nothing_that_was_answered(office: Office) -> None:
    """S-13."""
    office.found()
    token = builders.send(office, said=Answers("Zzyzx", "AZ", phone="+16025550123", note="Zzyzx"))

    with office.work(Party.CLIENT) as work:
        done = arrivals.done(work, token)

    shown = str(vars(done))
    assert "Zzyzx" not in shown
    assert "5550123" not in shown
    assert done.words[0] not in repr(done)


def test_a_long_note_and_none_have_one_length_on_disk(office: Office) -> None:
    """Must hold 5: 400 Spanish letters look like nothing at all."""
    office.found()

    for nonce, note in ((b"none", None), (b"short", "sí"), (b"long", "ñ" * 400)):
        builders.send(office, nonce, said=replace(builders.SAID, note=note))

    with office.work() as work:
        stored = work.session.scalars(select(Intake)).all()
    assert len({len(intake.sealed_answers or b"") for intake in stored}) == 1
    assert len({len(intake.sealed_answers_key or b"") for intake in stored}) == 1
