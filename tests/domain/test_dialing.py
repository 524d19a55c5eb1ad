"""While somebody dials: what takes the number away, and how a page can tell that something changed."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select, update

from app.domain.calls import dialing
from app.domain.casework import claims
from app.domain.intake.answers import Wishes
from app.domain.work import Missing, Refused
from app.models import AuditLine, Exclusion, Intake, Status
from tests.domain import builders
from tests.domain.helpers.number_pages import NINE_THIRTY, attempt, number_page, reveal
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person

COLUMNS = [column.key for column in Intake.__table__.columns]


@pytest.fixture(autouse=True)
def _in_a_safe_time(clock: Clock) -> None:
    clock.set(NINE_THIRTY)


def test_the_number_is_seen_for_two_minutes_and_only_by_who_asked(
    office: Office, supervisor: Person, counselor: Person, client: Client, clock: Clock
) -> None:
    """V-54."""
    assert number_page(office, supervisor, client) is None
    reveal(office, supervisor, client.reference)
    clock.forward(seconds=119)

    seen = number_page(office, supervisor, client)
    assert seen is not None
    assert (seen.opened.answers.phone, seen.tightened) == ("+16025550123", False)
    assert number_page(office, counselor, client) is None
    clock.forward(seconds=1)
    assert number_page(office, supervisor, client) is None


def test_looking_again_changes_and_records_nothing(office: Office, supervisor: Person, client: Client) -> None:
    """V-42: the showing was recorded when it was asked for."""
    reveal(office, supervisor, client.reference)
    before = builders.kinds(office)
    [row] = builders.copies(office, Intake)

    assert number_page(office, supervisor, client) is not None

    assert builders.kinds(office) == before
    [same] = builders.copies(office, Intake)
    assert [getattr(same, one) for one in COLUMNS] == [getattr(row, one) for one in COLUMNS]


@pytest.mark.parametrize("handed_over", [False, True], ids=["given back", "handed over"])
def test_the_number_goes_with_the_request(
    office: Office, supervisor: Person, counselor: Person, client: Client, handed_over: bool
) -> None:
    """Who has it now is responsible, and asks for the number themselves."""
    reveal(office, supervisor, client.reference)
    given_back: dict[str, object] = {"status": Status.WAITING, "claimed_by": None, "claimed_at": None}
    values = {"claimed_by": builders.account_id(office, counselor)} if handed_over else given_back
    with office.work() as work:
        work.session.execute(update(Intake).values(values))

    assert number_page(office, supervisor, client) is None
    assert number_page(office, counselor, client) is None


@pytest.mark.parametrize(
    "wished",
    [
        pytest.param(replace(builders.WISHED, voicemail=False), id="a permission"),
        pytest.param(replace(builders.WISHED, when=("mon-pm",)), id="the times"),
        pytest.param(replace(builders.WISHED, zone="America/New_York"), id="the clock"),
        pytest.param(Wishes("icall"), id="the way"),
    ],
)
def test_what_is_tightened_while_somebody_dials_takes_the_number_away(
    office: Office, supervisor: Person, client: Client, wished: Wishes
) -> None:
    reveal(office, supervisor, client.reference)

    client.wish(wished)

    seen = number_page(office, supervisor, client)
    assert seen is not None
    assert seen.tightened
    assert "555" not in (seen.opened.answers.phone or "")


def test_other_news_leave_the_number_and_are_told_apart(office: Office, supervisor: Person, client: Client) -> None:
    client.say("before", b"before")
    reveal(office, supervisor, client.reference)
    client.say("since", b"since")
    client.wish(replace(builders.WISHED, text=True))

    seen = number_page(office, supervisor, client)

    assert seen is not None
    assert not seen.tightened
    assert [one.text for one in seen.opened.news.messages if one.entry > seen.since] == ["since"]
    assert [one.entry > seen.since for one in seen.opened.news.asked] == [True]


def test_what_was_tightened_before_the_number_was_asked_for_is_known(
    office: Office, supervisor: Person, client: Client
) -> None:
    client.wish(replace(builders.WISHED, voicemail=False))

    reveal(office, supervisor, client.reference)

    seen = number_page(office, supervisor, client)
    assert seen is not None
    assert (seen.tightened, seen.opened.wishes.voicemail) == (False, False)


def test_what_is_taken_back_while_somebody_dials_takes_the_number_away(
    office: Office, supervisor: Person, client: Client
) -> None:
    """S-47; and the client reads that a call may be starting."""
    reveal(office, supervisor, client.reference)

    client.withdraw()

    with pytest.raises(Refused, match=r"^gone$"):
        number_page(office, supervisor, client)
    assert client.seen().calling


def test_who_did_not_call_ends_the_mark_and_nobody_else_does(
    office: Office, supervisor: Person, counselor: Person, client: Client
) -> None:
    def end(person: Person) -> None:
        with office.work(person) as work:
            dialing.end(work, client.reference)

    reveal(office, supervisor, client.reference)
    end(counselor)
    assert client.seen().calling

    end(supervisor)
    end(supervisor)

    assert not client.seen().calling
    assert number_page(office, supervisor, client) is None
    with office.work() as work:
        actors = work.session.scalars(select(AuditLine.actor).where(AuditLine.kind == "intake.not_called")).all()
    assert actors == [str(builders.account_id(office, supervisor))]


def test_the_version_changes_with_everything_that_happens_and_with_nothing_else(
    office: Office, supervisor: Person, client: Client
) -> None:
    def version() -> str:
        with office.work(supervisor) as work:
            return dialing.version(work, client.reference)

    def claim() -> None:
        with office.work(supervisor) as work:
            claims.claim(work, client.reference)

    seen = [version()]
    for deed in (
        claim,
        client.say,
        partial(attempt, office, supervisor, client, "no_answer"),
        partial(reveal, office, supervisor, client.reference),
        client.withdraw,
        client.undo,
    ):
        assert version() == seen[-1]
        deed()
        seen.append(version())

    assert len(set(seen)) == len(seen)


def test_for_whom_a_request_does_not_exist_it_has_no_version(
    office: Office, supervisor: Person, counselor: Person, client: Client
) -> None:
    """V-25."""
    not_hers = Exclusion(intake_id=client.intake().id, account_id=builders.account_id(office, counselor))
    with office.work() as work:
        work.session.add(not_hers)
    pending = office.join("new@example.org")

    for person, reference in ((counselor, client.reference), (pending, client.reference), (supervisor, "K7QF-3MDX")):
        with office.work(person) as work, pytest.raises(Missing):
            dialing.version(work, reference)


def test_the_version_opens_nothing(office: Office, supervisor: Person, client: Client) -> None:
    """A page asks every five seconds: one statement, no line in the trail."""
    with office.work(supervisor) as work, builders.counted(office) as said:
        dialing.version(work, client.reference)

    assert len([statement for statement in said if statement != "COMMIT"]) == 1
