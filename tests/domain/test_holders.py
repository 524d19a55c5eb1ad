"""Holders, the roll and epochs: who is granted what, and when."""

import pytest
from sqlalchemy import select

from app.crypto import codes, locks
from app.crypto.hpke import PrivateKey
from app.crypto.words import fingerprint
from app.domain import marks
from app.domain.intake import opening
from app.domain.team import team
from app.domain.vault import epochs, holders, key_register
from app.domain.work import Altered, Party, Refused
from app.models import Epoch, Grant, Holder, HolderKind, Lock, LockKind, Role
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person


def granted(office: Office, number: int) -> set[object]:
    """Return whom an epoch is granted to: accounts, and None for the sheet."""
    [epoch] = [epoch for epoch in builders.copies(office, Epoch) if epoch.number == number]
    owners = {holder.id: holder.account_id for holder in builders.copies(office, Holder)}
    return {owners[grant.holder_id] for grant in builders.copies(office, Grant) if grant.epoch_id == epoch.id}


def renew(office: Office) -> bool:
    with office.work(Party.WORKER) as work:
        return epochs.renew(work)


def unlock_sheet(office: Office, code: str) -> None:
    """Open the sheet's lock with a code; `Altered` when it does not."""
    key = locks.entropy_key(codes.parse_recovery_code(code), "recovery")
    with office.work() as work:
        sheet = work.session.scalars(select(Holder).where(Holder.kind == HolderKind.SHEET)).one()
        holders.unlock(work, sheet.id, LockKind.RECOVERY, key)


def new_sheet(office: Office, supervisor: Person) -> str:
    with office.work(supervisor) as work:
        return holders.new_sheet(work)


def test_founding_grants_the_first_epoch_to_supervisor_and_sheet(office: Office, supervisor: Person) -> None:
    assert granted(office, 1) == {builders.account_id(office, supervisor), None}


def test_an_epoch_lasts_a_month(office: Office, supervisor: Person, clock: Clock) -> None:
    clock.forward(days=29, hours=23)
    assert not renew(office)
    clock.forward(hours=1)

    assert renew(office)
    assert not renew(office)


def test_nothing_is_renewed_before_the_practice_is_founded(office: Office) -> None:
    assert not renew(office)


def test_renewal_grants_to_colleagues_who_are_away(office: Office, supervisor: Person, clock: Clock) -> None:
    colleague = office.hire(supervisor, "ada@example.org")
    clock.forward(days=31)

    renew(office)

    assert granted(office, 2) == {builders.account_id(office, person) for person in (supervisor, colleague)} | {None}


def test_renewal_does_not_grant_to_who_waits_for_approval(office: Office, supervisor: Person, clock: Clock) -> None:
    pending = office.join("new@example.org")
    clock.forward(days=31)

    renew(office)

    assert builders.account_id(office, pending) not in granted(office, 2)


def test_new_requests_are_sealed_to_the_newest_epoch(office: Office, supervisor: Person, clock: Clock) -> None:
    clock.forward(days=31)
    renew(office)

    with office.work(Party.CLIENT) as work:
        assert builders.epoch(work).number == 2


def test_a_suspended_colleague_is_struck_and_gets_no_new_epoch(office: Office, supervisor: Person) -> None:
    """Must hold 4: struck from the roll, locks and grants destroyed, a new epoch begun."""
    colleague = office.hire(supervisor, "ada@example.org")
    account_id = builders.account_id(office, colleague)
    holder = next(holder for holder in builders.copies(office, Holder) if holder.account_id == account_id)

    builders.suspend(office, supervisor, colleague)

    assert granted(office, 2) == {builders.account_id(office, supervisor), None}
    assert holder.id not in {row.holder_id for table in (Lock, Grant) for row in builders.copies(office, table)}  # type: ignore[attr-defined]
    with office.work() as work:
        assert holder.id not in key_register.read(work).digests


def test_suspending_who_was_never_approved_needs_no_new_epoch(office: Office, supervisor: Person) -> None:
    pending = office.join("new@example.org")

    builders.suspend(office, supervisor, pending)

    assert builders.count(office, Epoch) == 1


def test_requests_of_an_older_epoch_still_open_after_a_renewal(
    office: Office, supervisor: Person, clock: Clock
) -> None:
    colleague = office.hire(supervisor, "ada@example.org")
    reference = office.ask()

    builders.suspend(office, supervisor, colleague)

    with office.work(supervisor) as work:
        assert isinstance(opening.open(work, reference), opening.Opened)


def test_approval_grants_every_living_epoch(office: Office, supervisor: Person) -> None:
    leaver = office.hire(supervisor, "leaver@example.org")
    builders.suspend(office, supervisor, leaver)

    newcomer = office.hire(supervisor, "ada@example.org")

    for number in (1, 2):
        assert builders.account_id(office, newcomer) in granted(office, number)


def test_both_sides_compute_the_same_six_words(office: Office, supervisor: Person) -> None:
    """The newcomer's from the private key just unlocked, the approver's from the key to be granted."""
    newcomer = office.join("new@example.org")

    with office.work(newcomer) as work:
        own = team.own_words(work)
    with office.work(supervisor) as work:
        [shown] = [one.words for one in team.roster(work) if one.email == newcomer.email]

    assert shown == own
    assert len(own) == 6


def test_the_words_of_another_key_differ(office: Office, supervisor: Person) -> None:
    newcomer = office.join("new@example.org")
    with office.work(newcomer) as work:
        own = team.own_words(work)
        other = fingerprint(work.member.holder_id, PrivateKey.generate().public, "en")

    assert own != other


def test_only_the_code_of_the_sheet_opens_the_form(office: Office) -> None:
    supervisor = office.join("grace@example.org", Role.SUPERVISOR)

    with pytest.raises(Refused, match="other_sheet"), office.work(supervisor) as work:
        holders.confirm_sheet(work, codes.recovery_code())

    with office.work() as work:
        assert not marks.marked(work, marks.LIVE)


@pytest.mark.parametrize("change", ["swap", "short", "empty", "words"])
def test_a_mistyped_code_is_no_code(office: Office, change: str) -> None:
    """The checksum tells a slip from another sheet."""
    supervisor = office.join("grace@example.org", Role.SUPERVISOR)
    code = supervisor.recovery_code or ""
    other = "2" if code[0] != "2" else "3"
    typed = {"swap": other + code[1:], "short": code[:-1], "empty": "", "words": "correct horse"}[change]

    with pytest.raises(codes.BadCode), office.work(supervisor) as work:
        holders.confirm_sheet(work, typed)


def test_the_code_lets_the_form_go_live_however_it_is_typed(office: Office) -> None:
    supervisor = office.join("grace@example.org", Role.SUPERVISOR)

    with office.work(supervisor) as work:
        holders.confirm_sheet(work, (supervisor.recovery_code or "").lower().replace("-", " "), line_tested=True)

    with office.work() as work:
        assert marks.marked(work, marks.LIVE)
    assert "sheet.confirmed" in builders.kinds(office)


def test_s59_no_form_goes_live_before_a_test_call(office: Office) -> None:
    supervisor = office.join("grace@example.org", Role.SUPERVISOR)

    with pytest.raises(Refused, match="line_untested"), office.work(supervisor) as work:
        holders.confirm_sheet(work, supervisor.recovery_code or "")

    with office.work() as work:
        assert not marks.marked(work, marks.LIVE)


def test_a_new_sheet_replaces_the_old_one(office: Office, supervisor: Person) -> None:
    code = new_sheet(office, supervisor)

    unlock_sheet(office, code)
    assert granted(office, 1) == {builders.account_id(office, supervisor), None}
    with office.work(supervisor) as work:
        holders.confirm_sheet(work, code)


def test_the_old_sheets_code_no_longer_opens(office: Office, supervisor: Person) -> None:
    new_sheet(office, supervisor)

    with pytest.raises(Altered):
        unlock_sheet(office, supervisor.recovery_code or "")
    with pytest.raises(Refused, match="other_sheet"), office.work(supervisor) as work:
        holders.confirm_sheet(work, supervisor.recovery_code or "")


def test_renewal_grants_to_the_new_sheet_only(office: Office, supervisor: Person, clock: Clock) -> None:
    new_sheet(office, supervisor)
    clock.forward(days=31)

    renew(office)

    assert len(granted(office, 2)) == 2


def test_a_sheet_that_is_not_on_the_roll_confirms_nothing(office: Office) -> None:
    """A database writer's own sheet lets no form go live."""
    supervisor = office.join("grace@example.org", Role.SUPERVISOR)
    with office.work() as work:
        _, code = holders._make_sheet(work)

    with pytest.raises(Refused, match="other_sheet"), office.work(supervisor) as work:
        holders.confirm_sheet(work, code)


def test_the_recovery_code_is_kept_nowhere(office: Office, supervisor: Person) -> None:
    code = new_sheet(office, supervisor)

    [lock] = [lock for lock in builders.copies(office, Lock) if lock.kind is LockKind.RECOVERY]
    assert code.encode() not in lock.sealed_key


def test_only_who_holds_a_grant_prints_a_sheet(office: Office, supervisor: Person) -> None:
    pending = office.join("new@example.org", Role.SUPERVISOR)

    with pytest.raises(Refused, match="no_grant"), office.work(pending) as work:
        holders.new_sheet(work)


def test_typed_back_again_the_code_does_not_change_since_when_the_form_is_open(
    office: Office, supervisor: Person, clock: Clock
) -> None:
    """The alarm about a daily check that stays away is counted from there."""
    with office.work() as work:
        live_at = marks.marked_at(work, marks.LIVE)
    code = new_sheet(office, supervisor)
    clock.forward(days=2)

    with office.work(office.renewed(supervisor)) as work:
        holders.confirm_sheet(work, code)

    with office.work() as work:
        assert marks.marked_at(work, marks.LIVE) == live_at
