"""Each sign-in proves that every live epoch opens; fewer than two people in 14 days is a standing warning."""

from sqlalchemy import delete, select, update

from app.crypto import totp
from app.domain.accounts import passwords
from app.domain.team import forgotten
from app.domain.vault import epochs
from app.domain.work import Party
from app.models import Epoch, EpochProof
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person


def openings(office: Office) -> set[tuple[int, str]]:
    """Return which epoch was opened by whom."""
    with office.work() as work:
        rows = select(Epoch.number, EpochProof.account_id).join(EpochProof, EpochProof.epoch_id == Epoch.id)
        return {(row.number, str(row.account_id)) for row in work.session.execute(rows)}


def unproven(office: Office) -> bool:
    with office.work() as work:
        return epochs.unproven(work)


def in_again(office: Office, *people: Person) -> None:
    for person in people:
        office.clock.forward(seconds=60)
        assert builders.sign_in(office, person)


def test_signing_in_opens_every_live_epoch(office: Office, clock: Clock) -> None:
    supervisor = office.found()
    clock.forward(days=31)
    with office.work(Party.WORKER) as work:
        assert epochs.renew(work)

    in_again(office, supervisor)

    me = str(builders.account_id(office, supervisor))
    assert openings(office) == {(1, me), (2, me)}


def test_who_comes_back_with_the_printed_code_proves_it_at_once(office: Office, clock: Clock) -> None:
    """That is a sign-in, too."""
    supervisor = office.found()
    clock.forward(seconds=60)
    with office.work(Party.NEWCOMER) as work:
        attempt = passwords.begin(work, supervisor.email)
    with office.work(Party.NEWCOMER) as work:
        code, stretched = totp.code(supervisor.totp_secret, clock()), builders.stretched("another one", attempt.salt)
        assert forgotten.renew(work, attempt, stretched, code, supervisor.recovery_code)

    me = str(builders.account_id(office, supervisor))
    assert openings(office) == {(1, me), (2, me)}


def test_two_people_within_14_days_are_enough(office: Office, clock: Clock) -> None:
    supervisor = office.found()
    ada = office.hire(supervisor, "ada@example.org")
    clock.forward(days=14)
    in_again(office, supervisor)
    alone = unproven(office)

    in_again(office, ada)
    together = unproven(office)
    clock.forward(days=14)

    assert (alone, together, unproven(office)) == (True, False, True)


def test_a_new_epoch_has_time_for_its_first_two(office: Office, clock: Clock) -> None:
    supervisor = office.found()
    office.hire(supervisor, "ada@example.org")

    assert not unproven(office)


def test_one_person_alone_is_a_standing_warning(office: Office) -> None:
    supervisor = office.found()

    in_again(office, supervisor)

    assert unproven(office)


def test_who_was_suspended_proves_nothing_any_more(office: Office, clock: Clock) -> None:
    supervisor = office.found()
    ada, ben = (office.hire(supervisor, f"{name}@example.org") for name in ("ada", "ben"))
    clock.forward(days=14)
    in_again(office, supervisor, ada)
    assert not unproven(office)

    builders.suspend(office, office.renewed(supervisor), ada)

    # The epoch that began with the suspension is new; the older one was opened by one of those who stay.
    assert unproven(office)
    in_again(office, ben)
    assert not unproven(office)


def test_a_marker_that_does_not_open_is_recorded_and_keeps_nobody_out(office: Office) -> None:
    """Must hold 1: an altered marker proves nothing."""
    supervisor = office.found()
    with office.work() as work:
        work.session.execute(update(Epoch).values(sealed_marker=b"forged"))
        work.session.execute(delete(EpochProof))

    in_again(office, supervisor)

    assert openings(office) == set()
    assert "marker.refused" in builders.kinds(office)


def test_the_worker_gives_older_epochs_their_marker(office: Office) -> None:
    supervisor = office.found()
    with office.work() as work:
        work.session.execute(update(Epoch).values(sealed_marker=None))
        work.session.execute(delete(EpochProof))
    in_again(office, supervisor)
    before = openings(office)

    with office.work(Party.WORKER) as work:
        epochs.fill_markers(work)
    in_again(office, supervisor)

    assert (before, len(openings(office))) == (set(), 1)
