"""Looking at the number: who may and when, when it is enough, and what is kept of it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app.domain.calls import dialing
from app.domain.casework import claims
from app.domain.intake.answers import Wishes
from app.domain.work import Reason, Refused
from app.models import LogKind, Outcome, Status
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.number_pages import NINE_THIRTY, attempt, number_page, refusal, reveal
from tests.domain.helpers.returning_clients import Client
from tests.domain.test_returning_wishes import give, settle
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture(autouse=True)
def _in_a_safe_time(clock: Clock) -> None:
    clock.set(NINE_THIRTY)


def test_who_looks_at_a_waiting_number_is_responsible_from_then_on(
    office: Office, supervisor: Person, client: Client, clock: Clock
) -> None:
    reveal(office, supervisor, client.reference)

    intake, me = client.intake(), builders.account_id(office, supervisor)
    assert (intake.status, intake.claimed_by, intake.claimed_at) == (Status.CLAIMED, me, clock())
    assert (intake.calling_by, intake.calling_entry) == (me, 1)
    assert intake.calling_until == clock() + timedelta(minutes=2)
    told = builders.kinds(office)
    assert told[told.index("intake.claimed") :][:2] == ["intake.claimed", "intake.revealed"]


def test_a_colleagues_number_stays_closed_and_says_whose_it_is_and_since_when(
    office: Office, supervisor: Person, counselor: Person, client: Client, clock: Clock
) -> None:
    reveal(office, counselor, client.reference)
    since = clock()
    clock.forward(minutes=1)

    refused = refusal(office, supervisor, client.reference, "danger")

    assert (refused.reason, refused.facts) == (Reason.CLAIMED, {"who": "Ada", "at": since})
    assert client.intake().calling_by == builders.account_id(office, counselor)
    assert builders.kinds(office).count("intake.revealed") == 1


def test_of_two_who_look_at_once_only_one_sees_it(
    office: Office, supervisor: Person, counselor: Person, client: Client
) -> None:
    """V-46."""
    outcomes = builders.in_parallel([partial(reveal, office, one, client.reference) for one in (supervisor, counselor)])

    assert outcomes.count(None) == 1
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert refused.reason is Reason.CLAIMED


@pytest.mark.parametrize("reason", [None, "", "because"])
@pytest.mark.parametrize(
    "wished", [Wishes("icall"), replace(builders.WISHED, when=("tue-am",))], ids=["icall", "later"]
)
def test_s52_without_a_good_reason_nothing_is_shown_and_nothing_happens(
    office: Office, supervisor: Person, wished: Wishes, reason: str | None
) -> None:
    client = returning_clients.client(office, wished=wished)

    refused = refusal(office, supervisor, client.reference, reason)

    assert refused.reason is Reason.REASON_NEEDED
    intake = client.intake()
    assert (intake.status, intake.claimed_by, intake.calling_until) == (Status.WAITING, None, None)
    assert not {"intake.claimed", "intake.revealed", "log.reason"} & set(builders.kinds(office))


@pytest.mark.parametrize("reason", dialing.REASONS)
@pytest.mark.parametrize(
    "wished", [Wishes("icall"), replace(builders.WISHED, when=("tue-am",))], ids=["icall", "later"]
)
def test_s52_a_reason_shows_it_and_is_kept_under_the_seal(
    office: Office, supervisor: Person, wished: Wishes, reason: str
) -> None:
    client = returning_clients.client(office, wished=wished)

    reveal(office, supervisor, client.reference, reason)

    [entry] = builders.logged(returning_clients.opened(office, supervisor, client.reference))
    assert (entry.kind, entry.value["reason"], entry.by) == (LogKind.REASON, reason, "Grace")
    assert builders.kinds(office).count("log.reason") == 1


def test_a_reason_nobody_asked_for_is_no_hindrance(office: Office, supervisor: Person, client: Client) -> None:
    """The page that asks may have been open until the safe time came."""
    reveal(office, supervisor, client.reference, "because")

    assert client.intake().status is Status.CLAIMED
    assert builders.logged(returning_clients.opened(office, supervisor, client.reference)) == []


def test_an_address_to_write_to_needs_no_time(office: Office, supervisor: Person) -> None:
    client = returning_clients.client(
        office, said=replace(builders.SAID, phone=None, email="sam@example.org"), wished=Wishes("icall")
    )
    assert returning_clients.opened(office, supervisor, client.reference).answers.email == "•••@•••"

    reveal(office, supervisor, client.reference)

    shown = number_page(office, supervisor, client)
    assert shown is not None
    assert shown.opened.answers.email == "sam@example.org"


def test_who_left_no_number_cannot_be_called(office: Office, supervisor: Person) -> None:
    client = returning_clients.client(office, said=replace(builders.SAID, phone=None), wished=Wishes("icall"))

    assert refusal(office, supervisor, client.reference, "danger").reason is Reason.NO_NUMBER
    assert client.intake().status is Status.WAITING


def test_a_closed_request_is_not_called(office: Office, supervisor: Person, client: Client, clock: Clock) -> None:
    reveal(office, supervisor, client.reference)
    with office.work(supervisor) as work:
        claims.close(work, client.reference, Outcome.DECLINED)

    assert refusal(office, supervisor, client.reference, "danger").reason is Reason.CLOSED


def test_s54_after_the_last_try_nobody_calls_until_the_client_comes_back(
    office: Office, supervisor: Person, client: Client, clock: Clock
) -> None:
    """The practice of these tests tries twice."""
    reveal(office, supervisor, client.reference)
    attempt(office, supervisor, client, "no_answer")
    reveal(office, supervisor, client.reference)
    attempt(office, supervisor, client, "voicemail")
    clock.forward(minutes=5)

    for reason in (None, *dialing.REASONS):
        assert refusal(office, supervisor, client.reference, reason).reason is Reason.ENOUGH_TRIES
    client.say()

    reveal(office, supervisor, client.reference)
    assert number_page(office, supervisor, client) is not None


def test_s54_a_wrong_number_is_not_called_again_until_a_new_one_was_settled(
    office: Office, supervisor: Person, client: Client, clock: Clock
) -> None:
    reveal(office, supervisor, client.reference)
    attempt(office, supervisor, client, "wrong_number")
    clock.forward(minutes=1)
    assert refusal(office, supervisor, client.reference, "danger").reason is Reason.WRONG_NUMBER

    give(office, client)
    assert refusal(office, supervisor, client.reference, "danger").reason is Reason.WRONG_NUMBER
    settle(office, supervisor, client, builders.WISHED, number=2)

    reveal(office, supervisor, client.reference)
    shown = number_page(office, supervisor, client)
    assert shown is not None
    assert shown.opened.answers.phone == "+14805550188"


def test_settling_times_does_not_settle_a_wrong_number(
    office: Office, supervisor: Person, client: Client, clock: Clock
) -> None:
    """S-54: the number that was taken before stays as wrong as it was."""
    give(office, client)
    settle(office, supervisor, client, builders.WISHED, number=2)
    clock.forward(minutes=1)
    reveal(office, supervisor, client.reference)
    attempt(office, supervisor, client, "wrong_number")
    clock.forward(minutes=1)

    settle(office, supervisor, client, replace(builders.WISHED, text=True), number=2)

    assert refusal(office, supervisor, client.reference).reason == Reason.WRONG_NUMBER


def test_s54_a_number_that_turned_out_wrong_meanwhile_is_hidden_again(
    office: Office, supervisor: Person, client: Client
) -> None:
    """A colleague writes down a call while the member looks at the number."""
    reveal(office, supervisor, client.reference)
    attempt(office, supervisor, client, "wrong_number", "in")

    assert number_page(office, supervisor, client) is None
