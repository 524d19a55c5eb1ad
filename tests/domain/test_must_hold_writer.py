"""What the vault promises against a database writer who wants a grant: changed, added and replayed rows."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from app.crypto.hpke import PrivateKey
from app.crypto.vault import AuditKey
from app.domain.accounts import sessions
from app.domain.intake import opening
from app.domain.team import team
from app.domain.vault import epochs, holders, key_register
from app.domain.work import Altered, Party, Refused
from app.models import (
    Account,
    Epoch,
    EpochState,
    Grant,
    Holder,
    HolderKind,
    KeyRegister,
    Lock,
    LoginSession,
    Model,
    Role,
)
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person

ROWS: tuple[type[Model], ...] = (Account, Holder, Lock, Grant)


@pytest.fixture
def colleague(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "ada@example.org")


def holder_of(office: Office, person: Person) -> Holder:
    account_id = builders.account_id(office, person)
    return next(holder for holder in builders.copies(office, Holder) if holder.account_id == account_id)


def renewal_names(office: Office) -> str:
    """Renew a month later, which must stop and grant nothing; return what was named."""
    office.clock.forward(days=31)
    before = builders.count(office, Grant), builders.count(office, Epoch)
    with pytest.raises(Altered) as altered, office.work(Party.WORKER) as work:
        epochs.renew(work)
    assert (builders.count(office, Grant), builders.count(office, Epoch)) == before
    return altered.value.place


def test_a_changed_holder_key_stops_renewal_and_is_named(office: Office, supervisor: Person) -> None:
    """Must hold 10."""
    holder = holder_of(office, supervisor)
    with builders.writer(office) as session:
        session.execute(
            update(Holder).where(Holder.id == holder.id).values(public_key=PrivateKey.generate().public.encoded)
        )

    assert renewal_names(office) == f"holder/{holder.id}"


@pytest.mark.parametrize("key", [b"", b"\x01", b"\x02" + bytes(1216)], ids=["empty", "short", "version"])
def test_a_holder_key_that_is_none_stops_renewal_and_is_named(office: Office, supervisor: Person, key: bytes) -> None:
    holder = holder_of(office, supervisor)
    with builders.writer(office) as session:
        session.execute(update(Holder).where(Holder.id == holder.id).values(public_key=key))

    assert renewal_names(office) == f"holder/{holder.id}"


def test_a_removed_holder_row_stops_renewal_and_is_named(office: Office, supervisor: Person) -> None:
    sheet = next(holder for holder in builders.copies(office, Holder) if holder.kind is HolderKind.SHEET)
    with builders.writer(office) as session:
        session.execute(delete(Holder).where(Holder.id == sheet.id))

    assert renewal_names(office) == f"holder/{sheet.id}"


@pytest.mark.parametrize("kind", list(HolderKind))
def test_an_added_holder_row_receives_no_grant(
    office: Office, supervisor: Person, clock: Clock, kind: HolderKind
) -> None:
    """Must hold 10: recipients come from the roll and from nowhere else."""
    added = Holder(
        id=uuid4(),
        kind=kind,
        account_id=builders.account_id(office, supervisor) if kind is HolderKind.COUNSELOR else None,
        public_key=PrivateKey.generate().public.encoded,
        created_at=clock(),
    )
    builders.put_back(office, added)
    clock.forward(days=31)

    with office.work(Party.WORKER) as work:
        assert epochs.renew(work)

    grants = builders.copies(office, Grant)
    assert len(grants) == 4
    assert added.id not in {grant.holder_id for grant in grants}


def test_a_holder_that_was_brought_back_receives_no_grant(
    office: Office, supervisor: Person, colleague: Person, clock: Clock
) -> None:
    """Must hold 10: with account, holder, locks and old grants as they were before the suspension."""
    kept = [row for table in ROWS for row in builders.copies(office, table)]
    holder = holder_of(office, colleague)
    builders.suspend(office, supervisor, colleague)
    builders.put_back(office, *kept)
    clock.forward(days=31)

    with office.work(Party.WORKER) as work:
        assert epochs.renew(work)

    newest = max(builders.copies(office, Epoch), key=lambda epoch: epoch.number)
    granted = {grant.holder_id for grant in builders.copies(office, Grant) if grant.epoch_id == newest.id}
    assert holder.id not in granted
    assert len(granted) == 2


def test_a_colleague_who_was_brought_back_opens_no_intake(
    office: Office, supervisor: Person, colleague: Person
) -> None:
    """Must hold 10: the old password signs in again, and the roll still says no."""
    reference = office.ask()
    kept = [row for table in ROWS for row in builders.copies(office, table)]
    builders.suspend(office, supervisor, colleague)
    builders.put_back(office, *kept)
    office.clock.forward(seconds=60)
    cookie = builders.sign_in(office, colleague)
    assert cookie is not None
    back = Person(colleague.email, colleague.totp_secret, (), cookie)

    with pytest.raises(Altered, match="holder/"), office.work(back) as work:
        opening.open(work, reference)


def test_a_session_that_was_brought_back_opens_no_intake(office: Office, supervisor: Person, colleague: Person) -> None:
    """Must hold 10, V-18: the cookie of before the suspension, with its row and all others."""
    reference = office.ask()
    kept = [row for table in ROWS for row in builders.copies(office, table)] + [*builders.copies(office, LoginSession)]
    builders.suspend(office, supervisor, colleague)
    builders.put_back(office, *kept)

    with pytest.raises(Altered, match="holder/"), office.work(colleague) as work:
        opening.open(work, reference)


def test_a_session_that_was_given_a_colleagues_account_may_do_nothing(
    office: Office, supervisor: Person, colleague: Person
) -> None:
    """V-25: a counselor who writes to the database does not become a supervisor."""
    supervisor_id = builders.account_id(office, supervisor)
    with builders.writer(office) as session:
        session.execute(update(LoginSession).values(account_id=supervisor_id))

    with pytest.raises(Altered), office.work(colleague) as work:
        team.invite(work, email="mallory@example.org", name="Mallory", role=Role.SUPERVISOR)


def test_a_role_in_the_plain_column_is_not_believed(office: Office, supervisor: Person, colleague: Person) -> None:
    """The columns are an index; the sealed record decides."""
    with builders.writer(office) as session:
        session.execute(update(Account).values(role=Role.SUPERVISOR))

    assert office.member(colleague).role is Role.COUNSELOR


@pytest.mark.parametrize("renumbered", [False, True], ids=["as it was", "with the new number"])
def test_a_replayed_roll_gives_no_grant(
    office: Office, supervisor: Person, colleague: Person, renumbered: bool
) -> None:
    """Must hold 10: the trail knows the last number, and the number is the token's place."""
    [old] = builders.copies(office, KeyRegister)
    builders.suspend(office, supervisor, colleague)
    with builders.writer(office) as session:
        [newest] = session.scalars(select(KeyRegister.number)).all()
        session.execute(delete(KeyRegister))
    if renumbered:
        old.number = newest
    builders.put_back(office, old)

    assert renewal_names(office) == f"roll/{old.number}"


def test_without_any_roll_nothing_is_granted(office: Office, supervisor: Person) -> None:
    with builders.writer(office) as session:
        session.execute(delete(KeyRegister))

    assert renewal_names(office) == "roll/0"


def test_a_roll_from_the_future_is_refused(office: Office, supervisor: Person) -> None:
    [ours] = builders.copies(office, KeyRegister)
    ours.number += 1
    builders.put_back(office, ours)

    assert renewal_names(office) == f"roll/{ours.number}"


def test_a_forged_roll_stops_everything_that_grants(office: Office, supervisor: Person) -> None:
    """Must hold 10: approving, printing a sheet and renewing all read the roll first."""
    office.join("new@example.org")
    office.prove(supervisor)
    with builders.writer(office) as session:
        session.execute(update(KeyRegister).values(sealed_roll=b"forged"))

    with pytest.raises(Altered, match="roll/1"), office.work(supervisor) as work:
        holders.new_sheet(work)
    with pytest.raises(Altered, match="roll/1"), office.work(Party.WORKER) as work:
        key_register.recipients(work)
    assert renewal_names(office) == "roll/1"


def forged_epoch(number: int, private: PrivateKey, now: datetime) -> Epoch:
    """An epoch of somebody who can write rows but cannot sign for us."""
    epoch = Epoch(id=uuid4(), number=number, starts_at=now, public_key=private.public.encoded, state=EpochState.LIVE)
    epoch.signature = AuditKey(bytes(32)).sign(epochs.facts(epoch))
    return epoch


def test_a_forged_epoch_stops_renewal_and_is_named(office: Office, supervisor: Person, clock: Clock) -> None:
    """Must hold 10."""
    forged = forged_epoch(2, PrivateKey.generate(), clock())
    builders.put_back(office, forged)

    assert renewal_names(office) == f"epoch/{forged.id}"


def test_a_forged_epoch_stops_off_boarding_too(office: Office, supervisor: Person, colleague: Person) -> None:
    """Must hold 10: every way to a new epoch looks at those that are there."""
    forged = forged_epoch(2, PrivateKey.generate(), office.clock())
    builders.put_back(office, forged)

    with pytest.raises(Altered, match=f"epoch/{forged.id}"):
        builders.suspend(office, supervisor, colleague)


@pytest.mark.parametrize("column", ["number", "starts_at", "public_key", "signature"])
def test_every_fact_of_an_epoch_is_signed(office: Office, supervisor: Person, clock: Clock, column: str) -> None:
    [epoch] = builders.copies(office, Epoch)
    changed = {
        "number": 7,
        "starts_at": clock().replace(year=2030),
        "public_key": PrivateKey.generate().public.encoded,
        "signature": bytes(64),
    }
    with builders.writer(office) as session:
        session.execute(update(Epoch).values({column: changed[column]}))

    assert renewal_names(office) == f"epoch/{epoch.id}"


def test_a_retired_epoch_cannot_be_made_live_again(office: Office, supervisor: Person, clock: Clock) -> None:
    """Must hold 10: the state is signed, too, so an old epoch stays where it is."""
    [epoch] = builders.copies(office, Epoch)
    epoch.state = EpochState.RETIRED
    epoch.signature = builders.vault(office).audit_key.sign(epochs.facts(epoch))
    builders.put_back(office, epoch)
    with builders.writer(office) as session:
        session.execute(update(Epoch).values(state=EpochState.LIVE))

    assert renewal_names(office) == f"epoch/{epoch.id}"


def test_a_newcomers_changed_key_is_not_granted(office: Office, supervisor: Person) -> None:
    """Must hold 10: exactly the key whose words were compared, or nothing."""
    office.join("new@example.org")
    office.prove(supervisor)
    with office.work(supervisor) as work:
        [waiting] = [one for one in team.roster(work) if one.key_digest]
    before = builders.count(office, Grant)
    with builders.writer(office) as session:
        mallory = PrivateKey.generate().public.encoded
        session.execute(update(Holder).where(Holder.account_id == waiting.id).values(public_key=mallory))

    with pytest.raises(Refused, match="key_changed"), office.work(supervisor) as work:
        team.approve(work, waiting.id, waiting.key_digest or "")

    assert builders.count(office, Grant) == before


def needs(office: Office, person: Person, table: type[Lock] | type[Grant]) -> None:
    """Do what a lock, or a grant, is there for."""
    if table is Lock:
        office.clock.forward(seconds=60)
        builders.sign_in(office, person)
    else:
        reference = office.ask()
        with office.work(person) as work:
            opening.open(work, reference)


@pytest.mark.parametrize("table", [Lock, Grant], ids=["lock", "grant"])
def test_a_row_moved_to_another_holder_does_not_open(
    office: Office, supervisor: Person, colleague: Person, table: type[Lock] | type[Grant]
) -> None:
    """Must hold 11: the whole row, not only its token."""
    mine, theirs = holder_of(office, supervisor), holder_of(office, colleague)
    with builders.writer(office) as session:
        session.execute(delete(table).where(table.holder_id == mine.id))
        session.execute(update(table).where(table.holder_id == theirs.id).values(holder_id=mine.id))

    with pytest.raises(Altered):
        needs(office, supervisor, table)


def test_a_second_factor_moved_to_another_account_is_not_accepted(
    office: Office, supervisor: Person, colleague: Person
) -> None:
    """Must hold 11: the thief's own authenticator does not serve the supervisor's account."""
    token = builders.account(office, colleague).sealed_totp
    with builders.writer(office) as session:
        session.execute(update(Account).where(Account.email == supervisor.email).values(sealed_totp=token))
    office.clock.forward(seconds=60)
    thief = Person(supervisor.email, colleague.totp_secret, (), supervisor.cookie)

    assert builders.sign_in(office, thief) is None


def test_a_session_key_moved_to_another_cookie_does_not_open(
    office: Office, supervisor: Person, colleague: Person
) -> None:
    """V-15: a cookie opens its own row only."""
    own, other = office.member(supervisor), office.member(colleague)
    with builders.writer(office) as session:
        session.execute(delete(LoginSession).where(LoginSession.cookie_hash == own.cookie_hash))
        session.execute(
            update(LoginSession)
            .where(LoginSession.cookie_hash == other.cookie_hash)
            .values(cookie_hash=own.cookie_hash)
        )

    with pytest.raises(Altered), office.work() as work:
        sessions.resume(work, supervisor.cookie)
