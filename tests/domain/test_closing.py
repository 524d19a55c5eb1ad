"""The end of a request: an outcome, who may say it, what opens it again; row and log tell the same."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain.calls import dialing
from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.intake.opening import Opened
from app.domain.work import Altered, Missing, Refused
from app.models import AuditLine, Intake, LogEntry, LogKind, Outcome, Status
from app.practice import hours
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def client(office: Office, counselor: Person) -> Client:
    """Somebody whose request the counselor has."""
    return returning_clients.claimed(office, counselor)


def close(office: Office, person: Person, client: Client, outcome: Outcome = Outcome.UNREACHABLE) -> None:
    with office.work(person) as work:
        claims.close(work, client.reference, outcome)


def reopen(office: Office, person: Person, client: Client) -> None:
    with office.work(person) as work:
        claims.reopen(work, client.reference)


def opened(office: Office, person: Person, client: Client) -> Opened:
    return returning_clients.opened(office, person, client.reference)


def flip(office: Office, **columns: Any) -> None:
    with builders.writer(office) as session:
        session.execute(update(Intake).values(**columns))


def lines(office: Office, *kinds: str) -> list[str]:
    with office.work() as work:
        found = select(AuditLine.kind).where(AuditLine.kind.in_(kinds)).order_by(AuditLine.number)
        return list(work.session.scalars(found))


def test_closing_keeps_the_outcome_and_nothing_is_due_any_more(
    office: Office, counselor: Person, client: Client, clock: Clock
) -> None:
    with office.work(counselor) as work:
        dialing.reveal(work, client.reference, "agreed")
        client.row(work).follow_up_at = work.now + timedelta(days=1)

    close(office, counselor, client)

    intake = client.intake()
    assert (intake.status, intake.outcome, intake.closed_at) == (Status.CLOSED, Outcome.UNREACHABLE, clock())
    assert (intake.due_at, intake.follow_up_at, intake.calling_until) == (None, None, None)
    ended = opened(office, counselor, client)
    last = builders.logged(ended)[-1]
    assert (last.kind, last.by, last.value["outcome"]) == (LogKind.OUTCOME, "Ada", "unreachable")
    assert lines(office, "intake.closed", "log.outcome") == ["intake.closed"]


def test_only_whoever_has_it_or_a_supervisor_closes_and_reopens(
    office: Office, supervisor: Person, counselor: Person, client: Client
) -> None:
    other = office.hire(supervisor, "ben@example.org")

    with pytest.raises(Refused, match="not_yours") as refused:
        close(office, other, client)
    assert refused.value.facts["who"] == "Ada"
    close(office, supervisor, client)
    with pytest.raises(Refused, match="not_yours"):
        reopen(office, other, client)


def test_closing_twice_is_once_and_another_outcome_is_refused(
    office: Office, counselor: Person, client: Client
) -> None:
    """S-14: two fingers, one entry."""
    close(office, counselor, client)
    close(office, counselor, client)

    with pytest.raises(Refused, match="closed"):
        close(office, counselor, client, Outcome.CLIENT)

    assert builders.count(office, LogEntry) == 1


def test_who_opens_it_again_has_it_and_its_clock_starts_anew(
    office: Office, supervisor: Person, counselor: Person, client: Client, clock: Clock
) -> None:
    close(office, counselor, client)
    clock.forward(minutes=5)

    reopen(office, supervisor, client)

    again = opened(office, supervisor, client)
    assert (again.status, again.claimed_by_me, again.outcome) == (Status.CLAIMED, True, None)
    [row] = builders.copies(office, Intake)
    assert row.due_at == hours.due_at(office.app.extensions["quietword"].practice, clock())
    assert lines(office, "intake.closed", "intake.reopened") == ["intake.closed", "intake.reopened"]
    with pytest.raises(Refused, match="not_closed"):
        reopen(office, supervisor, client)


def test_what_was_taken_back_is_neither_closed_nor_reopened(office: Office, counselor: Person, client: Client) -> None:
    client.withdraw()

    for rule in (close, reopen):
        with pytest.raises(Refused, match="gone"):
            rule(office, counselor, client)


@pytest.mark.parametrize("minutes", [0, 5])
def test_news_of_the_client_open_it_again_and_nothing_counts_as_altered(
    office: Office, counselor: Person, client: Client, clock: Clock, minutes: int
) -> None:
    close(office, counselor, client)
    clock.forward(minutes=minutes)

    client.say()

    again = opened(office, counselor, client)
    assert (again.status, again.claimed_by_me) == (Status.CLAIMED, True)
    close(office, counselor, client, Outcome.CLIENT)
    assert opened(office, counselor, client).outcome is Outcome.CLIENT


def test_a_withdrawal_that_was_undone_opens_it_again(office: Office, counselor: Person, client: Client) -> None:
    close(office, counselor, client)
    client.withdraw()
    client.undo()

    assert opened(office, counselor, client).status is Status.CLAIMED


def test_an_open_request_that_only_claims_to_be_closed_is_altered(
    office: Office, counselor: Person, client: Client, clock: Clock
) -> None:
    """Must hold 1: a flipped status must not make a counselor leave somebody waiting."""
    flip(office, status=Status.CLOSED, outcome=Outcome.CLIENT, closed_at=clock())

    with pytest.raises(Altered):
        opened(office, counselor, client)


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"status": Status.CLAIMED, "outcome": None, "closed_at": None}, id="open"),
        pytest.param({"outcome": Outcome.CLIENT}, id="another outcome"),
    ],
)
def test_a_closed_request_whose_row_says_something_else_is_altered(
    office: Office, counselor: Person, client: Client, columns: dict[str, Any]
) -> None:
    """Must hold 1."""
    close(office, counselor, client)
    flip(office, **columns)

    with pytest.raises(Altered):
        opened(office, counselor, client)


def test_news_cannot_be_closed_away_by_an_older_row(
    office: Office, counselor: Person, client: Client, clock: Clock
) -> None:
    """Must hold 1: the client wrote after the end that the row claims."""
    close(office, counselor, client)
    closed_at = clock()
    clock.forward(minutes=1)
    client.say()
    flip(office, status=Status.CLOSED, outcome=Outcome.UNREACHABLE, closed_at=closed_at)

    with pytest.raises(Altered):
        opened(office, counselor, client)


def test_an_excluded_supervisor_closes_nothing(office: Office, counselor: Person, client: Client) -> None:
    """V-25: by the client's wish it does not exist for them."""
    me = office.member(counselor).account_id
    with office.work(counselor) as work:
        case = opening.unlock(work, client.reference)
        opening.write(work, case, LogKind.EXCLUSION, {"account": str(me), "excluded": True})

    with pytest.raises(Missing):
        close(office, counselor, client)
