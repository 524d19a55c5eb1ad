"""Withdrawing: contact stops at once, a day to think again, then a tombstone; entry and column say the stricter."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.domain.calls import dialing
from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.work import Altered, Missing, Refused
from app.models import Intake, Letter, LetterKind, Outcome, Status, ThreadEntry
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person


def stone(office: Office, supervisor: Person, client: Client) -> opening.Tombstone:
    return returning_clients.gone(office, supervisor, client.reference)


def test_s47_withdrawing_stops_contact_at_once(office: Office, supervisor: Person, client: Client) -> None:
    client.withdraw()

    assert client.seen().status is Status.WITHDRAWN
    assert stone(office, supervisor, client).status is Status.WITHDRAWN
    with office.work(supervisor) as work, pytest.raises(Refused, match="gone"):
        dialing.reveal(work, client.reference)
    with office.work(supervisor) as work, pytest.raises(Refused, match="gone"):
        claims.claim(work, client.reference)


def test_s47_unsent_letters_are_cancelled_and_one_says_that_there_is_news(office: Office, client: Client) -> None:
    client.withdraw()

    with office.work() as work:
        unsent = select(Letter).where(
            Letter.sent_at.is_(None), Letter.failed_at.is_(None), Letter.intake_id.is_not(None)
        )
        assert [letter.kind for letter in work.session.scalars(unsent)] == [LetterKind.NEWS]
        first = work.session.scalars(select(Letter).where(Letter.kind == LetterKind.NEW_REQUEST)).one()
    assert first.failure == "cancelled"


def test_s47_it_can_be_undone_for_a_day(client: Client, clock: Clock) -> None:
    client.withdraw()
    until = client.seen().undo_until
    clock.forward(hours=23, minutes=59)

    client.undo()

    assert until == clock() + timedelta(minutes=1)
    assert (client.seen().status, client.seen().undo_until) == (Status.WAITING, None)


def test_s47_after_a_day_it_can_not_be_undone(client: Client, clock: Clock) -> None:
    client.withdraw()
    clock.forward(hours=24)

    with pytest.raises(Refused, match="too_late"):
        client.undo()


def test_s47_undoing_gives_it_back_to_whoever_had_it(office: Office, supervisor: Person, client: Client) -> None:
    with office.work(supervisor) as work:
        claims.claim(work, client.reference)
    client.withdraw()

    client.undo()

    opened = returning_clients.opened(office, supervisor, client.reference)
    assert (opened.status, opened.claimed_by_me) == (Status.CLAIMED, True)


def test_s47_undoing_opens_a_closed_request_again(office: Office, client: Client) -> None:
    """Who comes back is seen by somebody."""
    with builders.writer(office) as session:
        ended = {"status": Status.CLOSED, "outcome": Outcome.DECLINED, "closed_at": office.clock()}
        session.execute(update(Intake).values(ended))
    client.withdraw()

    client.undo()

    assert client.seen().status is Status.WAITING


def test_s47_the_worker_erases_after_a_day_and_not_before(office: Office, client: Client, clock: Clock) -> None:
    client.say("something")
    client.withdraw()
    clock.forward(hours=23, minutes=59)
    early = returning_clients.erase_withdrawn(office)
    clock.forward(minutes=1)

    assert (early, returning_clients.erase_withdrawn(office), returning_clients.erase_withdrawn(office)) == (0, 1, 0)

    intake = client.intake()
    left = {column.name for column in Intake.__table__.c if getattr(intake, column.name) is not None}
    assert left == {
        "id", "reference", "received_at", "language", "notice", "status", "epoch_id", "origin_tag", "withdrawn_at",
        "held", "escalated", "canary",
    }  # fmt: skip
    assert client.entries() == []
    assert "intake.erased" in builders.kinds(office)
    with pytest.raises(Missing):
        client.seen()


def test_s47_the_tombstone_stays(office: Office, supervisor: Person, client: Client, clock: Clock) -> None:
    client.withdraw()
    before = stone(office, supervisor, client)
    clock.forward(hours=25)
    returning_clients.erase_withdrawn(office)

    after = builders.sign_in(office, supervisor)

    assert before.erased_at is not None
    assert after is not None
    back = Person(supervisor.email, supervisor.totp_secret, (), after)
    gone = stone(office, back, client)
    assert (gone.reference, gone.status, gone.erased_at) == (client.reference, Status.WITHDRAWN, None)


def test_s47_what_the_law_holds_is_not_erased_and_says_so(office: Office, client: Client, clock: Clock) -> None:
    with builders.writer(office) as session:
        session.execute(update(Intake).values(held=True))
    client.withdraw()
    clock.forward(hours=25)

    assert returning_clients.erase_withdrawn(office) == 0

    seen = client.seen()
    assert (seen.status, seen.held, seen.undo_until) == (Status.WITHDRAWN, True, None)
    with builders.writer(office) as session:
        session.execute(update(Intake).values(held=False))
    assert returning_clients.erase_withdrawn(office) == 1


@pytest.mark.parametrize("rule", ["say", "wish"])
def test_nothing_is_written_to_a_withdrawn_request(client: Client, rule: str) -> None:
    client.withdraw()

    with pytest.raises(Refused, match="withdrawn"):
        getattr(client, rule)(*([builders.WISHED] if rule == "wish" else []))

    assert len(client.entries()) == 2


def test_withdrawing_and_undoing_twice_is_once(client: Client) -> None:
    """S-14: from one page, and from two."""
    client.withdraw()
    client.withdraw()
    client.withdraw(b"another page")
    client.undo()
    client.undo()
    client.withdraw()

    assert client.seen().status is Status.WAITING
    assert len(client.entries()) == 3


def test_a_flipped_status_does_not_bring_a_withdrawn_request_back(
    office: Office, supervisor: Person, client: Client
) -> None:
    """Must hold 1: the stricter of entry and column."""
    client.withdraw()
    with builders.writer(office) as session:
        session.execute(update(Intake).values(status=Status.WAITING, withdrawn_at=None))

    with office.work(supervisor) as work, pytest.raises(Altered):
        opening.open(work, client.reference)
    with office.work(supervisor) as work, pytest.raises(Altered):
        dialing.reveal(work, client.reference)
    assert client.seen().status is Status.WITHDRAWN


def test_a_status_flipped_to_withdrawn_does_not_make_a_tombstone(
    office: Office, supervisor: Person, client: Client, clock: Clock
) -> None:
    """Must hold 1: a flipped status must not make a counselor leave somebody waiting."""
    with builders.writer(office) as session:
        session.execute(update(Intake).values(status=Status.WITHDRAWN, withdrawn_at=clock()))

    with office.work(supervisor) as work, pytest.raises(Altered):
        opening.open(work, client.reference)


def test_a_dropped_withdrawal_is_noticed(office: Office, supervisor: Person, client: Client) -> None:
    """Must hold 1: with the column flipped and the entry gone, the trail still knows."""
    client.withdraw()
    with builders.writer(office) as session:
        session.execute(update(Intake).values(status=Status.WAITING, withdrawn_at=None))
        session.delete(session.scalars(select(ThreadEntry).where(ThreadEntry.number == 2)).one())

    with office.work(supervisor) as work, pytest.raises(Altered, match="thread"):
        opening.open(work, client.reference)
