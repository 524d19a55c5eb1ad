"""Somebody leaves: their requests wait for anybody again, what is open is sealed anew, and what they saw is listed."""

import pytest
from sqlalchemy import delete, select, update

from app.crypto import contexts, hpke
from app.crypto.tokens import Unreadable
from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.team import offboarding
from app.domain.work import Altered, Missing, Party, Reason, Refused
from app.models import Epoch, Grant, Intake, Letter, LetterKind, Outcome, Status
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.support.office import Office, Person


@pytest.fixture
def leaver(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "ada@example.org")


def leave(office: Office, supervisor: Person, leaver: Person) -> int:
    office.prove(supervisor)
    who = builders.account_id(office, leaver)
    with office.work(supervisor) as work:
        return offboarding.leave(work, who)


def row(office: Office, reference: str) -> Intake:
    with office.work() as work:
        return work.session.scalars(select(Intake).where(Intake.reference == reference)).one()


def test_a_key_that_was_taken_along_opens_nothing_that_is_open(
    office: Office, supervisor: Person, leaver: Person
) -> None:
    """Must hold 4: with the leaver's key, their old grants, and every row of today's database."""
    reference = office.ask("Marker")
    private = office.member(leaver).key()
    holder_id = office.member(leaver).holder_id
    vault = builders.vault(office)
    [grant] = [one for one in builders.copies(office, Grant) if one.holder_id == holder_id]
    box = vault.ring.open(contexts.grant(grant.epoch_id, holder_id), grant.sealed_key)
    epoch_key = hpke.PrivateKey.decode(hpke.open(private, contexts.grant_box(grant.epoch_id, holder_id), box))

    assert leave(office, supervisor, leaver) == 1

    now = row(office, reference)
    for epoch_id in (grant.epoch_id, now.epoch_id):
        for place, sealed in (
            (contexts.answers_key(now.id, epoch_id), now.sealed_answers_key),
            (contexts.thread_key(now.id, epoch_id), now.sealed_thread_key),
        ):
            with pytest.raises(Unreadable):
                hpke.open(epoch_key, place, sealed)
    newest = max(builders.copies(office, Epoch), key=lambda epoch: epoch.number)
    assert now.epoch_id == newest.id


def test_who_stays_opens_what_was_sealed_anew(office: Office, supervisor: Person, leaver: Person) -> None:
    reference = office.ask("Marker")
    with office.work(leaver) as work:
        opening.open(work, reference)
    leave(office, supervisor, leaver)

    with office.work(supervisor) as work:
        opened = opening.open(work, reference)

    assert isinstance(opened, opening.Opened)
    assert opened.answers.name == "Marker"


def test_what_they_had_waits_for_anybody_again(office: Office, supervisor: Person, leaver: Person) -> None:
    reference = office.ask()
    with office.work(leaver) as work:
        claims.claim(work, reference)

    leave(office, supervisor, leaver)

    assert row(office, reference).status is Status.WAITING
    with office.work() as work:
        told = select(Letter).where(Letter.kind == LetterKind.NEW_REQUEST, Letter.failed_at.is_(None))
        emails = {letter.account_id for letter in work.session.scalars(told)}
    assert emails == {builders.account_id(office, supervisor)}


def test_an_altered_request_stops_the_whole_and_nobody_has_left(
    office: Office, supervisor: Person, leaver: Person
) -> None:
    """Raise is roll back: half an off-boarding would be worse than none."""
    office.ask()
    with office.work() as work:
        work.session.scalars(select(Intake)).one().origin_tag = bytes(32)

    with pytest.raises(Altered):
        leave(office, supervisor, leaver)

    assert builders.account(office, leaver).state == "active"


def test_a_member_without_a_grant_is_refused_and_seals_nothing_anew(
    office: Office, supervisor: Person, leaver: Person
) -> None:
    reference = office.ask()
    before = row(office, reference).epoch_id
    holder_id = office.member(supervisor).holder_id
    with office.work() as work:
        work.session.execute(delete(Grant).where(Grant.holder_id == holder_id))

    with pytest.raises(Refused, match=Reason.NO_GRANT):
        leave(office, supervisor, leaver)

    assert row(office, reference).epoch_id == before
    assert builders.account(office, leaver).state == "active"


def test_what_they_may_still_know_is_listed(office: Office, supervisor: Person, leaver: Person) -> None:
    """Only what the record says: opened requests that are still open by name, the others as a number."""
    seen, closed, unseen = (office.ask(nonce=bytes([number])) for number in range(3))
    for reference in (seen, closed):
        with office.work(leaver) as work:
            opening.open(work, reference)
    with office.work() as work:
        intake = work.session.scalars(select(Intake).where(Intake.reference == closed)).one()
        intake.status, intake.outcome, intake.closed_at = Status.CLOSED, Outcome.DECLINED, work.now

    who = builders.account_id(office, leaver)
    with office.work(supervisor) as work:
        known = offboarding.known(work, who)

    assert (known.references, known.others, known.taken) == ((seen,), 1, ())
    assert unseen not in known.references


def test_a_counselor_asks_for_no_such_list(office: Office, supervisor: Person, leaver: Person) -> None:
    """V-24."""
    who = builders.account_id(office, supervisor)

    with office.work(leaver) as work, pytest.raises(Missing):
        offboarding.known(work, who)


def test_the_operator_locks_out_without_opening_anything(office: Office, supervisor: Person, leaver: Person) -> None:
    reference = office.ask()
    before, who = row(office, reference).epoch_id, builders.account_id(office, leaver)

    with office.work(Party.OPERATOR) as work:
        resealed = offboarding.leave(work, who)

    assert (resealed, row(office, reference).epoch_id) == (0, before)


@pytest.mark.parametrize("comes_back", ["writes", "undoes"])
def test_a_client_who_comes_back_is_not_left_with_who_has_gone(
    office: Office, supervisor: Person, leaver: Person, comes_back: str
) -> None:
    client = returning_clients.client(office)
    with office.work(leaver) as work:
        claims.claim(work, client.reference)
    if comes_back == "undoes":
        client.withdraw()
    else:
        with office.work(leaver) as work:
            claims.close(work, client.reference, Outcome.DECLINED)
    leave(office, supervisor, leaver)

    (client.undo if comes_back == "undoes" else client.say)()

    assert (client.intake().status, client.intake().claimed_by) == (Status.WAITING, None)


def test_what_nothing_was_due_for_is_due_again(office: Office, supervisor: Person, leaver: Person) -> None:
    reference, planned = office.ask(nonce=b"1"), office.ask(nonce=b"2")
    for one in (reference, planned):
        with office.work(leaver) as work:
            claims.claim(work, one)
    before = row(office, planned).due_at
    with office.work() as work:
        work.session.execute(update(Intake).where(Intake.reference == reference).values(due_at=None))

    leave(office, supervisor, leaver)

    due_at = row(office, reference).due_at
    assert due_at is not None
    assert due_at > office.clock()
    assert row(office, planned).due_at == before
