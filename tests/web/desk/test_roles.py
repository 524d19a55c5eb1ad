"""Roles on the team page: a counselor becomes a supervisor, and a counselor again; the last supervisor stays one."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import current
from app.domain.team import team
from app.domain.vault import key_register
from app.domain.work import Missing, Party, Refused, Work
from app.models import Account, AccountState, AuditLine, Letter, LetterKind, Role
from app.web import guard
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.test_access import routes
from tests.web.desk.test_team import TEAM, colleague
from tests.web.desk.touching import fresh

pytestmark = pytest.mark.both_databases

ACCOUNT = "/desk/account"


@pytest.fixture
def second(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "ben@example.org", Role.SUPERVISOR)


def address(office: Office, person: Person) -> str:
    return f"{TEAM}/{colleague(office, person.email).id}/role"


def role(office: Office, person: Person) -> Role:
    return colleague(office, person.email).role


def change(work: Work, person: Person, wanted: Role) -> None:
    team.change_role(work, builders.account_id_in(work, person), wanted)


def told(office: Office) -> list[tuple[LetterKind, str]]:
    """Return what unsent letters about the team say, and to whom they go."""
    kinds = (LetterKind.TEAM_CHANGE, LetterKind.ACCOUNT_CHANGE)
    with office.work() as work:
        rows = work.session.execute(
            select(Letter.kind, Account.email)
            .join(Account, Account.id == Letter.account_id)
            .where(Letter.kind.in_(kinds), Letter.sent_at.is_(None))
        )
        return sorted((row.kind, row.email) for row in rows)


def silence(office: Office) -> None:
    with builders.writer(office) as session:
        session.execute(update(Letter).values(sent_at=office.clock(), failed_at=None))


def test_a_counselor_becomes_a_supervisor_and_a_counselor_again(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, clock: Clock
) -> None:
    """V-27: it holds on the next request of a session that was open before, in both directions."""
    theirs = sit(counselor)
    before = theirs.look(TEAM).status

    answer = sit(supervisor).send(address(office, counselor), TEAM, code=fresh(supervisor, clock))
    promoted = theirs.look(TEAM)
    again = sit(supervisor).send(address(office, counselor), TEAM, code=fresh(supervisor, clock))

    assert (answer.status, answer.leads_to) == (303, TEAM)
    assert (before, promoted.status, again.status) == (404, 200, 303)
    assert role(office, counselor) is Role.COUNSELOR
    assert theirs.look(TEAM).status == 404
    assert theirs.look("/desk/").status == 200, "their session goes on"


def test_what_is_for_supervisors_is_gone_at_once_for_who_is_none_any_more(
    app: Flask, office: Office, supervisor: Person, second: Person, sit: Sit, clock: Clock
) -> None:
    """V-25, V-27: every page, and every form, of a session that showed them a moment ago."""
    theirs = sit(second)
    token = theirs.look(TEAM).form("/desk/sign-out").fields["csrf_token"]

    sit(supervisor).send(address(office, second), TEAM, code=fresh(supervisor, clock))

    nowhere, walked = theirs.look("/desk/no-such-page").html, 0
    for method in ("GET", "POST"):
        for endpoint, path in routes(app, method):
            if endpoint.partition(".")[0] in guard.SUPERVISORS:
                answer = theirs.look(path) if method == "GET" else theirs.post(path, {"csrf_token": token})
                assert (answer.status, answer.html) == (404, nowhere), path
                walked += 1
    assert walked >= 15
    assert TEAM not in theirs.look("/desk/").links()


def test_a_deed_that_was_under_way_is_not_done(office: Office, supervisor: Person, second: Person) -> None:
    """V-27: every write reads the account again, after the request has begun."""
    begun = office.member(second)
    office.prove(supervisor)
    with office.work(supervisor) as work:
        change(work, second, Role.COUNSELOR)

    with pytest.raises(Refused, match="signed_out"), office.app.app_context(), current.work(begun) as work:
        team.invite(work, email="eve@example.org", name="Eve", role=Role.SUPERVISOR)


def test_the_role_lives_in_the_sealed_record(office: Office, supervisor: Person, second: Person) -> None:
    """The plain column is an index: put back to what it was, it makes nobody a supervisor."""
    office.prove(supervisor)
    with office.work(supervisor) as work:
        change(work, second, Role.COUNSELOR)
    assert builders.account(office, second).role is Role.COUNSELOR

    with builders.writer(office) as session:
        session.execute(update(Account).values(role=Role.SUPERVISOR))

    assert office.member(second).role is Role.COUNSELOR
    office.prove(supervisor)
    with pytest.raises(Refused, match="last_to_supervise"), office.work(supervisor) as work:
        change(work, supervisor, Role.COUNSELOR)


def test_it_needs_a_fresh_second_factor(office: Office, supervisor: Person, counselor: Person, sit: Sit) -> None:
    """V-19, A-03."""
    answer = sit(supervisor).send(address(office, counselor), TEAM, code="000000")

    assert answer.status == 422
    assert f"#role-{colleague(office, counselor.email).id}" in answer.links()
    assert role(office, counselor) is Role.COUNSELOR
    office.clock.forward(minutes=6)
    office.renewed(supervisor)
    office.clock.forward(minutes=6)
    with pytest.raises(Refused, match="prove_again"), office.work(supervisor) as work:
        change(work, counselor, Role.SUPERVISOR)


def test_a_role_nobody_has_is_refused(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, clock: Clock
) -> None:
    """V-26."""
    answer = sit(supervisor).send(address(office, counselor), TEAM, code=fresh(supervisor, clock), role="owner")

    assert answer.status == 422
    assert role(office, counselor) is Role.COUNSELOR


def test_a_counselor_makes_nobody_a_supervisor(office: Office, supervisor: Person, counselor: Person) -> None:
    """V-24: neither by the page, which does not exist for them, nor by the rule."""
    with pytest.raises(Missing), office.work(counselor) as work:
        change(work, counselor, Role.SUPERVISOR)


def test_one_of_two_supervisors_gives_the_role_up_themself(
    office: Office, supervisor: Person, second: Person, sit: Sit, clock: Clock
) -> None:
    answer = sit(second).send(address(office, second), TEAM, code=fresh(second, clock))

    assert (answer.status, answer.leads_to) == (303, ACCOUNT)
    assert "Counselor" in sit(second).look(ACCOUNT).text
    assert role(office, second) is Role.COUNSELOR


def test_the_last_supervisor_is_not_asked_and_stays_one(
    office: Office, supervisor: Person, second: Person, sit: Sit, clock: Clock
) -> None:
    """Also with a page from before the other one left."""
    here = sit(supervisor)
    page = here.look(TEAM)
    here.send(address(office, second), page, code=fresh(supervisor, clock))

    answer = here.send(address(office, supervisor), page, code=fresh(supervisor, clock))

    assert answer.status == 409
    assert "The last supervisor stays one." in answer.text
    assert role(office, supervisor) is Role.SUPERVISOR
    assert address(office, supervisor) not in [form.action for form in here.look(TEAM).forms]


def test_a_supervisor_who_cannot_open_is_not_another(office: Office, supervisor: Person, second: Person) -> None:
    """Off the roll, their key opens nothing: a practice with them alone would be shut."""
    holder_id = office.member(second).holder_id
    with office.work(Party.OPERATOR) as work:
        key_register.change(work, remove=[holder_id])
    office.prove(supervisor)

    for leave in (team.suspend, partial(team.change_role, role=Role.COUNSELOR)):
        with pytest.raises(Refused, match="last_"), office.work(supervisor) as work:
            leave(work, work.member.account_id)


def test_of_two_supervisors_who_leave_at_the_same_moment_one_stays(
    office: Office, supervisor: Person, second: Person
) -> None:
    for person in (supervisor, second):
        office.prove(person)

    def give_up(person: Person) -> None:
        with office.work(person) as work:
            team.change_role(work, work.member.account_id, Role.COUNSELOR)

    outcomes = builders.in_parallel([partial(give_up, person) for person in (supervisor, second)])

    assert [type(one) for one in outcomes].count(type(None)) == 1, outcomes
    assert sorted(role(office, person) for person in (supervisor, second)) == [Role.COUNSELOR, Role.SUPERVISOR]


def test_who_was_only_invited_or_waits_changes_no_role(office: Office, supervisor: Person, sit: Sit) -> None:
    newcomer = office.join("new@example.org")

    assert not [form for form in sit(supervisor).look(TEAM).forms if form.action == address(office, newcomer)]
    office.prove(supervisor)
    with pytest.raises(Refused, match="not_at_work"), office.work(supervisor) as work:
        change(work, newcomer, Role.SUPERVISOR)
    assert colleague(office, newcomer.email).state is AccountState.PENDING


def test_the_person_and_all_supervisors_get_one_letter_each(
    office: Office, supervisor: Person, second: Person, counselor: Person
) -> None:
    """V-12: also whoever pressed the button, and the person is led to a page that exists for them."""
    silence(office)
    office.prove(supervisor)

    with office.work(supervisor) as work:
        change(work, counselor, Role.SUPERVISOR)

    assert told(office) == [
        (LetterKind.ACCOUNT_CHANGE, counselor.email),
        (LetterKind.TEAM_CHANGE, second.email),
        (LetterKind.TEAM_CHANGE, supervisor.email),
    ]


def test_the_record_says_who_did_it(
    office: Office, supervisor: Person, second: Person, counselor: Person, sit: Sit, clock: Clock
) -> None:
    """V-50."""
    here = sit(supervisor)
    for person in (counselor, second):
        here.send(address(office, person), TEAM, code=fresh(supervisor, clock))

    page: Page = here.look("/desk/audit")
    with office.work() as work:
        lines = work.session.scalars(select(AuditLine).where(AuditLine.kind.startswith("team.made_"))).all()
    assert {line.actor for line in lines} == {str(builders.account_id(office, supervisor))}
    assert "Made a colleague a supervisor" in page.text
    assert "Made a supervisor a counselor" in page.text


def test_a_double_press_changes_nothing_more(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, clock: Clock
) -> None:
    here: Seat = sit(supervisor)
    page = here.look(TEAM)
    for _ in range(2):
        answer = here.send(address(office, counselor), page, code=fresh(supervisor, clock))

    assert answer.status == 303
    assert role(office, counselor) is Role.SUPERVISOR
    assert builders.kinds(office).count("team.made_supervisor") == 1
