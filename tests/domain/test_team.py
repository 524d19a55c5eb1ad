"""The team: links, joining, approval, suspension, and who is told."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select

from app.crypto import codes, totp
from app.crypto.hpke import PrivateKey
from app.domain.rota import oncall
from app.domain.team import team
from app.domain.work import Missing, Party, Refused, Work
from app.models import Account, AccountState, Holder, Letter, LetterKind, OneTimeLink, Role, Shift
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import PASSWORD, Office, Person

SALT = bytes(range(16))


def invite(office: Office, email: str = "new@example.org", role: Role = Role.COUNSELOR) -> str:
    with office.work() as work:
        return team.invite(work, email=email, name="New", role=role)


def invitation(office: Office, token: str) -> team.Invitation:
    with office.work(Party.NEWCOMER) as work:
        return team.invitation(work, token)


def accept(office: Office, token: str, code: str | None = None) -> str | None:
    secret = totp.new_secret()
    brought = team.Credentials(
        stretched=builders.stretched(PASSWORD, SALT),
        salt=SALT,
        private=PrivateKey.generate(),
        totp_secret=secret,
        backup_codes=codes.backup_codes(),
    )
    with office.work(Party.NEWCOMER) as work:
        return team.accept(work, token, brought, totp.code(secret, office.clock()) if code is None else code)


def letters(office: Office) -> list[str]:
    """Return to whom unsent news of the team go."""
    with office.work() as work:
        told = (
            select(Account.email)
            .join(Letter, Letter.account_id == Account.id)
            .where(Letter.kind == LetterKind.TEAM_CHANGE, Letter.failed_at.is_(None))
        )
        return sorted(work.session.scalars(told))


def test_a_link_lasts_sixty_minutes(office: Office, clock: Clock) -> None:
    """V-13."""
    token = invite(office)
    clock.forward(minutes=59, seconds=59)
    assert invitation(office, token).email == "new@example.org"
    clock.forward(seconds=1)

    with pytest.raises(Missing):
        invitation(office, token)
    with pytest.raises(Missing):
        accept(office, token)


def test_a_link_works_once(office: Office) -> None:
    """V-13."""
    token = invite(office)
    assert accept(office, token)

    with pytest.raises(Missing):
        accept(office, token)


def test_a_wrong_code_leaves_the_link_as_it_was(office: Office) -> None:
    token = invite(office)

    assert accept(office, token, code="000000") is None
    assert builders.count(office, Holder) == 0
    assert accept(office, token)


def test_inviting_again_voids_the_older_link(office: Office) -> None:
    """V-13."""
    older, newer = invite(office), invite(office)

    with pytest.raises(Missing):
        invitation(office, older)
    assert invitation(office, newer).email == "new@example.org"
    assert builders.count(office, Account) == 1


def test_only_the_hash_of_a_link_is_stored_and_no_key(office: Office) -> None:
    """V-15."""
    token = invite(office)

    [link] = builders.copies(office, OneTimeLink)

    assert link.token_hash == codes.hash_token(token)
    assert builders.count(office, Holder) == 0


def test_an_unknown_link_is_missing(office: Office) -> None:
    with pytest.raises(Missing):
        invitation(office, codes.link_token())


def test_of_two_who_use_a_link_at_once_only_one_joins(office: Office, supervisor: Person) -> None:
    """V-13."""
    token = invite(office)

    outcomes = builders.in_parallel([lambda: accept(office, token)] * 3)

    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Missing) for outcome in outcomes) == 2
    assert builders.count(office, Holder) == 3


def test_who_is_in_the_team_is_not_invited_again(office: Office, supervisor: Person) -> None:
    with pytest.raises(Refused, match="known_email"):
        invite(office, "GRACE@example.org ")


def test_a_newcomer_waits_for_approval(office: Office, supervisor: Person) -> None:
    newcomer = office.join("new@example.org")

    assert office.member(newcomer).state is AccountState.PENDING
    assert newcomer.recovery_code is None


def test_only_the_first_supervisor_founds_the_vault(office: Office, supervisor: Person) -> None:
    second = office.join("second@example.org", Role.SUPERVISOR)

    assert supervisor.recovery_code is not None
    assert second.recovery_code is None
    assert office.member(second).state is AccountState.PENDING


def test_a_counselor_who_comes_first_founds_nothing(office: Office) -> None:
    first = office.join("ada@example.org")

    assert office.member(first).state is AccountState.PENDING
    assert first.recovery_code is None


@pytest.mark.parametrize("who", ["counselor", "pending supervisor"])
def test_only_an_active_supervisor_changes_the_team(office: Office, supervisor: Person, who: str) -> None:
    """V-24: for others the rules are not there."""
    if who == "counselor":
        person = office.hire(supervisor, "ada@example.org")
    else:
        person = office.join("ada@example.org", Role.SUPERVISOR)
    account_id = builders.account_id(office, supervisor)

    with pytest.raises(Missing), office.work(person) as work:
        team.invite(work, email="eve@example.org", name="Eve", role=Role.SUPERVISOR)
    with pytest.raises(Missing), office.work(person) as work:
        team.approve(work, account_id, "00" * 32)
    with pytest.raises(Missing), office.work(person) as work:
        team.suspend(work, account_id)


@pytest.mark.parametrize(
    "rule", [partial(team.approve, key_digest="00" * 32), team.suspend], ids=["approve", "suspend"]
)
def test_changes_of_power_need_a_fresh_second_factor(
    office: Office, supervisor: Person, clock: Clock, rule: Callable[[Work, UUID], None]
) -> None:
    """V-19, V-29."""
    newcomer = builders.account_id(office, office.join("new@example.org"))
    clock.forward(minutes=5, seconds=1)

    with pytest.raises(Refused, match="prove_again"), office.work(supervisor) as work:
        rule(work, newcomer)


def test_an_approved_colleague_is_not_approved_twice(office: Office, supervisor: Person) -> None:
    colleague = builders.account_id(office, office.hire(supervisor, "ada@example.org"))

    with pytest.raises(Refused, match="not_waiting"), office.work(supervisor) as work:
        team.approve(work, colleague, "00" * 32)


def test_words_are_shown_only_while_approval_is_awaited(office: Office, supervisor: Person) -> None:
    office.hire(supervisor, "ada@example.org")
    office.join("new@example.org")

    with office.work(supervisor) as work:
        shown = {one.email for one in team.roster(work) if one.words}

    assert shown == {"new@example.org"}


def test_the_last_supervisor_cannot_be_suspended(office: Office, supervisor: Person) -> None:
    office.hire(supervisor, "ada@example.org")

    with pytest.raises(Refused, match="last_supervisor"):
        builders.suspend(office, supervisor, supervisor)


def test_a_pending_supervisor_does_not_count_as_another(office: Office, supervisor: Person) -> None:
    office.join("second@example.org", Role.SUPERVISOR)

    with pytest.raises(Refused, match="last_supervisor"), office.work() as work:
        team.suspend(work, team.by_email(work, supervisor.email))


def test_one_of_two_supervisors_can_be_suspended(office: Office, supervisor: Person) -> None:
    second = office.hire(supervisor, "second@example.org", Role.SUPERVISOR)

    builders.suspend(office, second, supervisor)

    assert builders.account(office, supervisor).state is AccountState.SUSPENDED


def test_suspension_takes_shifts_links_and_letters(office: Office, supervisor: Person) -> None:
    colleague = office.hire(supervisor, "ada@example.org")
    office.on_call(colleague)
    builders.send(office)

    builders.suspend(office, supervisor, colleague)

    account_id = builders.account_id(office, colleague)
    assert builders.count(office, Shift) == 0
    waiting = [one for one in builders.copies(office, Letter) if one.account_id == account_id and not one.failed_at]
    assert waiting == []


def test_somebody_who_was_suspended_cannot_be_told_or_planned(office: Office, supervisor: Person) -> None:
    colleague = office.hire(supervisor, "ada@example.org")
    builders.suspend(office, supervisor, colleague)

    with pytest.raises(Refused, match="not_active"):
        office.on_call(colleague)
    account_id = builders.account_id(office, colleague)
    with office.work() as work:
        assert account_id not in [one.account_id for one in oncall.recipients(work, oncall.read(work))]


def test_somebody_who_was_suspended_does_not_sign_in_again(office: Office, supervisor: Person) -> None:
    """V-18."""
    colleague = office.hire(supervisor, "ada@example.org")
    builders.suspend(office, supervisor, colleague)
    office.clock.forward(seconds=60)

    assert builders.sign_in(office, colleague) is None


@pytest.mark.parametrize("change", ["joined", "approved", "suspended"])
def test_every_supervisor_hears_of_a_change_in_the_team(office: Office, supervisor: Person, change: str) -> None:
    """V-12: also whoever pressed the button."""
    second = office.hire(supervisor, "second@example.org", Role.SUPERVISOR)
    office.hire(supervisor, "ada@example.org")
    newcomer = office.join("new@example.org") if change != "joined" else second
    before = letters(office)

    if change == "joined":
        office.join("new@example.org")
    elif change == "approved":
        office.prove(supervisor)
        with office.work(supervisor) as work:
            [waiting] = [one for one in team.roster(work) if one.key_digest]
            team.approve(work, waiting.id, waiting.key_digest or "")
    else:
        builders.suspend(office, supervisor, newcomer)

    assert letters(office) == sorted([*before, supervisor.email, second.email])


def test_set_up_is_refused_once_somebody_has_accepted(office: Office) -> None:
    """V-10."""
    invite(office, role=Role.SUPERVISOR)
    with office.work() as work:
        team.require_nobody(work)
    office.found()

    with pytest.raises(Refused, match="set_up"), office.work() as work:
        team.require_nobody(work)


def test_an_address_nobody_has_is_missing(office: Office) -> None:
    with pytest.raises(Missing), office.work() as work:
        team.by_email(work, "nobody@example.org")
