"""What the law keeps, what a supervisor erases for good, and what proves it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.crypto.words import ReturnCode
from app.domain import audit, permissions
from app.domain.calls import dialing
from app.domain.casework import claims, retention
from app.domain.casework.retention import Certificate
from app.domain.intake import arrivals, opening, tombstones
from app.domain.intake.tombstones import Cause
from app.domain.work import Altered, Missing, Party, Refused
from app.models import (
    AuditLine,
    Confirmation,
    Draft,
    Exclusion,
    Intake,
    Letter,
    LetterKind,
    LogEntry,
    LogKind,
    Role,
    Status,
    ThreadEntry,
)
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person


def hold(office: Office, person: Person, client: Client, *, held: bool = True) -> None:
    office.prove(person)
    with office.work(person) as work:
        retention.hold(work, client.reference, held=held)


def erase(office: Office, person: Person, client: Client, reason: Cause = Cause.ASKED) -> None:
    office.prove(person)
    with office.work(person) as work:
        retention.erase(work, client.reference, reason)


def certificate(office: Office, person: Person, client: Client) -> Certificate:
    with office.work(person) as work:
        return retention.certificate(work, client.reference)


def note(office: Office, person: Person, client: Client) -> None:
    with office.work(person) as work:
        opening.write(work, opening.unlock(work, client.reference), LogKind.NOTE, {"text": "call again"})


def lines(office: Office, client: Client) -> list[AuditLine]:
    with office.work() as work:
        about = select(AuditLine).where(AuditLine.subject == f"intake/{client.reference}")
        return list(work.session.scalars(about.order_by(AuditLine.number.nulls_first())))


def test_a_hold_is_written_down_and_can_end(office: Office, supervisor: Person, client: Client) -> None:
    """C-40."""
    hold(office, supervisor, client)
    hold(office, supervisor, client)
    begun = returning_clients.opened(office, supervisor, client.reference)

    hold(office, supervisor, client, held=False)

    ended = returning_clients.opened(office, supervisor, client.reference)
    assert (begun.held, ended.held, client.intake().held) == (True, False, False)
    assert [entry.value["held"] for entry in ended.history] == [True, False]
    assert [line.kind for line in lines(office, client) if line.kind.startswith("hold.")] == [
        "hold.begun",
        "hold.ended",
    ]


def test_what_was_taken_back_can_still_be_held(
    office: Office, supervisor: Person, client: Client, clock: Clock
) -> None:
    """S-47: contact stays stopped, and nothing is erased until the hold ends."""
    client.withdraw()
    hold(office, supervisor, client)
    clock.forward(hours=25)

    assert returning_clients.erase_withdrawn(office) == 0

    seen = client.seen()
    assert (seen.status, seen.held) == (Status.WITHDRAWN, True)
    back = Person(supervisor.email, supervisor.totp_secret, (), builders.sign_in(office, supervisor) or "")
    with office.work(back) as work, pytest.raises(Refused, match="gone"):
        dialing.reveal(work, client.reference)
    hold(office, back, client, held=False)
    assert returning_clients.erase_withdrawn(office) == 1


def test_undoing_a_held_request_stops_contact_and_erases_nothing(office: Office, supervisor: Person) -> None:
    """S-47."""
    token = builders.send(office)
    held = Client(office, builders.reference(office, token), ReturnCode("en", ()))
    hold(office, supervisor, held)

    with office.work(Party.CLIENT) as work:
        erased = [arrivals.undo(work, token), arrivals.undo(work, token)]

    assert erased == [False, False]
    assert held.intake().status is Status.WITHDRAWN
    stone = returning_clients.gone(office, supervisor, held.reference)
    assert (stone.held, builders.count(office, ThreadEntry)) == (True, 2)


@pytest.mark.parametrize("rule", [hold, erase, certificate], ids=["hold", "erase", "certificate"])
def test_a_counselor_finds_none_of_it(office: Office, supervisor: Person, client: Client, rule: object) -> None:
    """V-25, V-29."""
    counselor = office.hire(supervisor, "ada@example.org")
    with office.work(counselor) as work:
        claims.claim(work, client.reference)

    assert callable(rule)
    with pytest.raises(Missing):
        rule(office, counselor, client)


def test_without_a_fresh_second_factor_nothing_is_held_or_erased(
    office: Office, supervisor: Person, client: Client, clock: Clock
) -> None:
    """V-19, V-29."""
    clock.forward(seconds=permissions.FRESH.total_seconds() + 1)

    with office.work(supervisor) as work, pytest.raises(Refused, match="prove_again"):
        retention.hold(work, client.reference, held=True)
    with office.work(supervisor) as work, pytest.raises(Refused, match="prove_again"):
        retention.erase(work, client.reference, Cause.ASKED)


@pytest.mark.parametrize("flipped", [False, True], ids=["as it is", "with the row flipped"])
def test_nothing_is_erased_under_a_hold(office: Office, supervisor: Person, client: Client, *, flipped: bool) -> None:
    """The stricter of row and log counts."""
    hold(office, supervisor, client)
    if flipped:
        with builders.writer(office) as session:
            session.execute(update(Intake).values(held=False))

    with pytest.raises(Refused, match="held"):
        erase(office, supervisor, client)

    assert returning_clients.opened(office, supervisor, client.reference).held


@pytest.mark.parametrize("withdrawn", [False, True], ids=["open", "withdrawn"])
def test_erasing_leaves_the_reference_and_its_times(
    office: Office, supervisor: Person, client: Client, *, withdrawn: bool
) -> None:
    """C-14: keys, text, thread, log, drafts and confirmations go, whoever had it; V-25: an exclusion outlives them."""
    note(office, supervisor, client)
    client.say("something")
    member, other = office.member(supervisor), office.member(office.join("ben@example.org"))
    with builders.writer(office) as session:
        intake = session.scalars(select(Intake)).one()
        session.add(Draft(holder_id=member.holder_id, intake_id=intake.id, made_at=office.clock(), sealed_draft=b"x"))
        session.add(Exclusion(account_id=other.account_id, intake_id=intake.id))
    if withdrawn:
        client.withdraw()

    erase(office, supervisor, client)

    row = client.intake()
    left = {column.name for column in Intake.__table__.c if getattr(row, column.name) is not None}
    assert left - {"withdrawn_at"} == {
        "id", "reference", "received_at", "language", "notice", "status", "epoch_id", "origin_tag", "held",
        "escalated", "canary",
    }  # fmt: skip
    assert row.status is Status.ERASED
    for table in (ThreadEntry, LogEntry, Draft, Confirmation):
        assert builders.count(office, table) == 0, table
    assert builders.count(office, Exclusion) == 1
    with pytest.raises(Missing):
        client.seen()
    assert returning_clients.gone(office, supervisor, client.reference).erased_at is None
    with pytest.raises(Refused, match="erased"):
        erase(office, supervisor, client)


def test_unsent_letters_are_given_up_and_all_supervisors_get_one(
    office: Office, supervisor: Person, client: Client
) -> None:
    """V-29."""
    second = office.hire(supervisor, "eve@example.org", Role.SUPERVISOR)
    office.hire(supervisor, "ada@example.org")

    erase(office, supervisor, client)

    with office.work() as work:
        about = select(Letter).where(Letter.intake_id == client.row(work).id)
        letters = list(work.session.scalars(about))
    waiting = [letter for letter in letters if letter.failed_at is None]
    assert {letter.kind for letter in waiting} == {LetterKind.ERASED}
    assert {letter.account_id for letter in waiting} == {
        builders.account_id(office, one) for one in (supervisor, second)
    }
    assert {letter.failure for letter in letters if letter not in waiting} == {"cancelled"}


@pytest.mark.parametrize("reason", list(Cause))
def test_the_trail_keeps_the_fact_the_time_and_the_kind_of_reason(
    office: Office, supervisor: Person, client: Client, reason: Cause
) -> None:
    """S-43."""
    erase(office, supervisor, client, reason)

    last = lines(office, client)[-1]
    assert (last.kind, last.at, last.entry) == (f"erased.{reason}", office.clock(), None)
    assert last.actor == str(office.member(supervisor).account_id)


def test_the_certificate_says_what_the_trail_says(office: Office, supervisor: Person, client: Client) -> None:
    """C-14."""
    with office.work(Party.WORKER) as work:
        audit.chain_waiting(work)
    with pytest.raises(Missing):
        certificate(office, supervisor, client)
    erase(office, supervisor, client)

    found = certificate(office, supervisor, client)

    line = lines(office, client)[-1]
    assert (found.reference, found.received_at, found.by) == (client.reference, client.intake().received_at, "Grace")
    assert (found.erased_at, found.line, found.code) == (office.clock(), line.number, line.mac)
    assert found.unreadable_at == found.erased_at + timedelta(days=35)
    with office.work() as work:
        verdict = audit.verify(work)
    assert verdict.first_broken is None
    assert verdict.length >= (found.line or 0)


def test_what_a_client_took_back_has_a_certificate_too(office: Office, supervisor: Person, clock: Clock) -> None:
    token = builders.send(office)
    undone = Client(office, builders.reference(office, token), ReturnCode("en", ()))
    withdrawn = returning_clients.client(office, b"other")
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)
    before = certificate(office, supervisor, undone)
    withdrawn.withdraw()
    clock.forward(hours=25)
    returning_clients.erase_withdrawn(office)
    with office.work(Party.WORKER) as work:
        audit.chain_waiting(work)

    back = Person(supervisor.email, supervisor.totp_secret, (), builders.sign_in(office, supervisor) or "")

    assert (before.line, before.kind) == (None, tombstones.UNDONE)
    for stone, kind in ((undone, tombstones.UNDONE), (withdrawn, tombstones.WITHDRAWN)):
        found = certificate(office, back, stone)
        assert (found.kind, found.by, found.line is None) == (kind, None, False)


def test_an_erased_request_that_was_put_back_is_altered(office: Office, supervisor: Person, client: Client) -> None:
    """Must hold 1: whoever kept a copy of the rows cannot make us call, and gets no certificate."""
    with builders.writer(office) as session:
        kept = [builders.copy(session.scalars(select(table)).one()) for table in (Intake, ThreadEntry)]
    erase(office, supervisor, client)
    builders.put_back(office, *kept)

    with office.work(supervisor) as work, pytest.raises(Altered):
        opening.open(work, client.reference)
    with pytest.raises(Altered):
        certificate(office, supervisor, client)
