"""Not this counselor, by the client's wish: for them the request exists no more, and somebody is always left."""

from functools import partial

import pytest
from sqlalchemy import delete

from app.domain.calls import dialing
from app.domain.casework import claims, notes, safety
from app.domain.intake import opening
from app.domain.letters import outbox
from app.domain.team import team
from app.domain.work import Missing, Party, Refused
from app.models import Exclusion, Letter, LetterKind, LogKind, Role, Status
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.passing_on import do, no_letters, row, told
from tests.domain.helpers.returning_clients import Client
from tests.support.office import Office, Person


@pytest.fixture
def ada(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "ada@example.org")


@pytest.fixture
def eve(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "eve@example.org")


def test_to_the_excluded_a_request_does_not_exist(
    office: Office, supervisor: Person, ada: Person, client: Client
) -> None:
    """V-25."""
    do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, ada))

    rules = (
        opening.open,
        opening.unlock,
        dialing.reveal,
        claims.claim,
        claims.release,
        partial(claims.hand_over, to=builders.account_id(office, ada)),
        partial(claims.exclude, account_id=builders.account_id(office, supervisor)),
        partial(notes.write, text="x", idempotency_key=None, kept_at=None),
        partial(notes.reply, template="read", idempotency_key=None, entry=None),
        partial(safety.locate, state="TX"),
        partial(safety.begin, kind="danger"),
    )
    for rule in rules:
        with pytest.raises(Missing):
            do(office, ada, rule, client.reference)


def test_the_log_keeps_it_from_them_when_the_row_was_dropped(
    office: Office, supervisor: Person, ada: Person, client: Client
) -> None:
    """Must hold 1: the stricter of row and log counts."""
    do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, ada))
    with builders.writer(office) as session:
        session.execute(delete(Exclusion))

    for rule in (opening.open, claims.claim):
        with pytest.raises(Missing):
            do(office, ada, rule, client.reference)
    with pytest.raises(Refused, match="cannot_have_it"):
        do(office, supervisor, claims.hand_over, client.reference, builders.account_id(office, ada))
    do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, ada))
    assert builders.count(office, Exclusion) == 1


def test_excluding_takes_the_claim_and_the_unsent_letters(
    office: Office, supervisor: Person, ada: Person, eve: Person, client: Client
) -> None:
    for person in (ada, eve):
        office.on_call(person)
    do(office, ada, claims.claim, client.reference)
    no_letters(office)
    client.say("something")
    assert told(office, LetterKind.NEWS) == [ada.email]

    do(office, ada, claims.exclude, client.reference, builders.account_id(office, ada))

    assert row(office).status is Status.WAITING
    assert told(office, LetterKind.NEWS) == []
    assert told(office, LetterKind.NEW_REQUEST) == [eve.email]


def test_news_are_told_to_others_than_the_excluded(
    office: Office, supervisor: Person, ada: Person, client: Client
) -> None:
    """Ada is the only one on call."""
    office.on_call(ada)
    do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, ada))

    client.say("something")

    assert told(office, LetterKind.NEWS) == [supervisor.email]


def test_where_no_supervisor_may_know_of_it_every_colleague_hears(
    office: Office, supervisor: Person, ada: Person, eve: Person, client: Client
) -> None:
    do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, supervisor))

    client.say("something")

    assert told(office, LetterKind.NEWS) == [ada.email, eve.email]


def test_a_letter_to_the_excluded_never_leaves_whoever_wrote_it(
    office: Office, supervisor: Person, ada: Person, client: Client
) -> None:
    do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, ada))
    no_letters(office)
    with office.work() as work:
        recipients = [(builders.account_id_in(work, ada), work.now)]
        outbox.write(work, LetterKind.INCIDENT, recipients, client.row(work).id)

    with office.work(Party.WORKER) as work:
        assert outbox.take(work) is None

    [letter] = builders.copies(office, Letter)
    assert (letter.sent_at, letter.failure) == (None, "cancelled")


def test_a_letter_to_the_excluded_does_not_count_it(
    office: Office, supervisor: Person, ada: Person, client: Client
) -> None:
    do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, ada))
    office.on_call(ada)
    no_letters(office)
    office.ask(nonce=b"another")

    with office.work(Party.WORKER) as work:
        letter = outbox.take(work)

    assert letter is not None
    assert (letter.to, letter.waiting) == (ada.email, 1)


def test_the_last_who_could_open_it_is_not_excluded(
    office: Office, supervisor: Person, ada: Person, client: Client
) -> None:
    """A colleague who waits for approval, and one whose account is suspended, do not count."""
    office.join("pending@example.org")
    builders.suspend(office, supervisor, office.hire(supervisor, "gone@example.org"))
    do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, ada))

    with pytest.raises(Refused, match="last_who_could_open"):
        do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, supervisor))

    assert isinstance(returning_clients.opened(office, supervisor, client.reference), opening.Opened)


def test_two_who_exclude_each_other_at_once_leave_somebody(office: Office, supervisor: Person, client: Client) -> None:
    other = office.hire(supervisor, "other@example.org", Role.SUPERVISOR)
    pairs = ((supervisor, builders.account_id(office, other)), (other, builders.account_id(office, supervisor)))

    outcomes = builders.in_parallel(
        [partial(do, office, person, claims.exclude, client.reference, whom) for person, whom in pairs]
    )

    assert builders.count(office, Exclusion) == 1
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [Missing]


def test_a_supervisor_lets_somebody_see_it_again_and_nobody_else_does(
    office: Office, supervisor: Person, ada: Person, eve: Person, client: Client
) -> None:
    excluded = builders.account_id(office, ada)
    do(office, supervisor, claims.hand_over, client.reference, builders.account_id(office, eve))
    do(office, supervisor, claims.exclude, client.reference, excluded)

    with pytest.raises(Missing):
        do(office, eve, claims.include, client.reference, excluded)
    with pytest.raises(Missing):
        do(office, ada, claims.include, client.reference, excluded)
    do(office, supervisor, claims.include, client.reference, excluded)

    shown = returning_clients.opened(office, ada, client.reference)
    assert [entry.value["excluded"] for entry in shown.history if entry.kind is LogKind.EXCLUSION] == [True, False]


def test_an_excluded_supervisor_cannot_undo_it(office: Office, supervisor: Person, client: Client) -> None:
    other = office.hire(supervisor, "other@example.org", Role.SUPERVISOR)
    excluded = builders.account_id(office, other)
    do(office, supervisor, claims.exclude, client.reference, excluded)

    with pytest.raises(Missing):
        do(office, other, claims.include, client.reference, excluded)


def test_a_pending_colleague_can_be_excluded_before_they_see_anything(
    office: Office, supervisor: Person, client: Client
) -> None:
    pending = office.join("pending@example.org")
    do(office, supervisor, claims.exclude, client.reference, builders.account_id(office, pending))
    office.prove(supervisor)
    with office.work(supervisor) as work:
        [waiting] = [one for one in team.roster(work) if one.email == pending.email]
        team.approve(work, waiting.id, waiting.key_digest or "")

    with pytest.raises(Missing):
        do(office, pending, opening.open, client.reference)
