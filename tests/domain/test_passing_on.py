"""Who has a request: giving it back, and handing it over."""

from functools import partial

import pytest
from sqlalchemy import select

from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.rota import oncall
from app.domain.work import Refused
from app.models import AuditLine, LetterKind, Outcome, Status
from tests.domain import builders
from tests.domain.helpers.passing_on import do, no_letters, row, told
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def ada(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "ada@example.org")


@pytest.fixture
def eve(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "eve@example.org")


def test_what_is_given_back_waits_again_and_somebody_else_hears_of_it(
    office: Office, supervisor: Person, ada: Person, eve: Person, client: Client
) -> None:
    do(office, ada, claims.claim, client.reference)
    for person in (ada, eve):
        office.on_call(person)
    no_letters(office)

    do(office, ada, claims.release, client.reference)
    do(office, ada, claims.release, client.reference)

    kept = row(office)
    assert (kept.status, kept.claimed_by, kept.claimed_at) == (Status.WAITING, None, None)
    assert kept.due_at is not None
    assert told(office, LetterKind.NEW_REQUEST) == ["eve@example.org"]
    assert builders.kinds(office).count("intake.released") == 1


def test_who_gives_back_alone_on_call_leaves_it_to_the_supervisors(
    office: Office, supervisor: Person, ada: Person, client: Client
) -> None:
    do(office, ada, claims.claim, client.reference)
    office.on_call(ada)
    no_letters(office)

    do(office, ada, claims.release, client.reference)

    assert told(office, LetterKind.NEW_REQUEST) == [supervisor.email]


def test_after_a_try_the_clock_starts_again_when_it_is_given_back(
    office: Office, supervisor: Person, ada: Person, client: Client, clock: Clock
) -> None:
    do(office, ada, claims.claim, client.reference)
    with office.work() as work:
        client.row(work).due_at = None

    do(office, ada, claims.release, client.reference)

    due_at = row(office).due_at
    assert due_at is not None
    assert due_at > clock()


@pytest.mark.parametrize("rule", ["release", "hand_over", "exclude"])
def test_only_who_has_it_or_a_supervisor_decides(
    office: Office, supervisor: Person, ada: Person, eve: Person, client: Client, rule: str
) -> None:
    do(office, ada, claims.claim, client.reference)
    said = [] if rule == "release" else [builders.account_id(office, eve)]

    with pytest.raises(Refused, match="not_yours") as refused:
        do(office, eve, getattr(claims, rule), client.reference, *said)
    do(office, supervisor, getattr(claims, rule), client.reference, *said)

    assert refused.value.facts["who"] == "Ada"


def test_a_request_is_handed_over_with_a_letter(
    office: Office, supervisor: Person, ada: Person, eve: Person, client: Client
) -> None:
    do(office, ada, claims.claim, client.reference)
    to = builders.account_id(office, eve)

    # An unsteady thumb sends it twice.
    do(office, ada, claims.hand_over, client.reference, to)
    do(office, ada, claims.hand_over, client.reference, to)

    assert row(office).claimed_by == to
    assert told(office, LetterKind.HANDED_OVER) == [eve.email]
    with office.work() as work:
        [line] = work.session.scalars(select(AuditLine).where(AuditLine.kind == "intake.handed_over")).all()
    assert line.subject == f"intake/{client.reference}/account/{to}"


def test_a_supervisor_hands_over_what_nobody_has_and_takes_over_without_a_letter(
    office: Office, supervisor: Person, ada: Person, client: Client
) -> None:
    do(office, supervisor, claims.hand_over, client.reference, builders.account_id(office, ada))
    do(office, supervisor, claims.hand_over, client.reference, builders.account_id(office, supervisor))

    assert row(office).claimed_by == builders.account_id(office, supervisor)
    assert told(office, LetterKind.HANDED_OVER) == [ada.email]


def test_nobody_is_handed_what_they_cannot_open(
    office: Office, supervisor: Person, ada: Person, eve: Person, client: Client
) -> None:
    pending = office.join("pending@example.org")
    gone = office.hire(supervisor, "gone@example.org")
    builders.suspend(office, supervisor, gone)
    do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, eve))

    for person in (pending, gone, eve):
        with pytest.raises(Refused, match="cannot_have_it"):
            do(office, supervisor, claims.hand_over, client.reference, builders.account_id(office, person))


@pytest.mark.parametrize("rule", [claims.release, partial(claims.hand_over)], ids=["release", "hand over"])
def test_what_is_closed_is_opened_again_first(
    office: Office, supervisor: Person, ada: Person, client: Client, rule: object
) -> None:
    do(office, ada, claims.claim, client.reference)
    said = [] if rule is claims.release else [builders.account_id(office, supervisor)]
    do(office, ada, claims.close, client.reference, Outcome.CLIENT)

    with pytest.raises(Refused, match="closed"):
        do(office, ada, rule, client.reference, *said)


def test_only_whoever_decides_is_shown_the_team(
    office: Office, supervisor: Person, ada: Person, eve: Person, client: Client
) -> None:
    do(office, ada, claims.claim, client.reference)

    with office.work(eve) as work:
        assert claims.candidates(work, opening.open(work, client.reference)) == ()
    for person in (ada, supervisor):
        with office.work(person) as work:
            opened = opening.open(work, client.reference)
            assert isinstance(opened, opening.Opened)
            shown = claims.candidates(work, opened)
        assert [(one.name, one.has_it) for one in shown] == [("Ada", True), ("Eve", False), ("Grace", False)]


def test_rota_still_tells_a_new_request_to_all_supervisors(office: Office, supervisor: Person, ada: Person) -> None:
    with office.work() as work:
        assert [one.account_id for one in oncall.recipients(work, oncall.read(work))] == [
            builders.account_id_in(work, supervisor)
        ]
