"""The team from the command line."""

import json

import pytest

from app.domain.accounts import accounts
from app.domain.team import team
from app.domain.work import Missing, Party
from app.models import Role
from tests.cli.conftest import Run
from tests.support.office import Office


def states(run: Run) -> dict[str, str]:
    done = run("team", "list", "--json")
    assert done.exit_code == 0
    return {row["email"]: f"{row['role']} {row['state']}" for row in json.loads(done.output)["team"]}


def test_a_colleague_is_invited_with_a_link_of_their_own(run: Run, office: Office) -> None:
    office.found()

    done = run("team", "invite", "--email", "Ada@Example.ORG", "--name", " Ada ", "--json")

    assert done.exit_code == 0
    token = json.loads(done.output)["link"].rpartition("/")[2]
    with office.work(Party.NEWCOMER) as work:
        invitation = team.invitation(work, token)
    assert (invitation.email, invitation.name, invitation.role) == ("ada@example.org", "Ada", Role.COUNSELOR)
    assert states(run) == {"grace@example.org": "supervisor active", "ada@example.org": "counselor invited"}


def test_a_second_supervisor_is_invited_by_an_option(run: Run, office: Office) -> None:
    office.found()

    run("team", "invite", "--email", "ada@example.org", "--name", "Ada", "--supervisor")

    assert states(run)["ada@example.org"] == "supervisor invited"


def test_somebody_who_is_in_the_team_is_not_invited_again(run: Run, office: Office) -> None:
    office.found()

    done = run("team", "invite", "--email", "grace@example.org", "--name", "Grace")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: Somebody with this email is in the team already.\n"


def test_the_list_says_who_is_there_or_what_to_do(run: Run, office: Office) -> None:
    empty = run("team", "list")
    office.found()

    assert empty.output == "Nobody is in the team yet: flask setup.\n"
    assert run("team", "list").output == "grace@example.org  Grace  supervisor  active\n"


def test_a_suspended_colleague_is_locked_out_at_once(run: Run, office: Office) -> None:
    """V-18."""
    ada = office.hire(office.found(), "ada@example.org")

    done = run("team", "suspend", "ADA@Example.org")

    assert done.exit_code == 0
    assert done.output.startswith("ada@example.org is locked out.")
    assert states(run)["ada@example.org"] == "counselor suspended"
    assert office.app.test_client().get("/").status_code == 200
    with pytest.raises(AssertionError, match="the session has ended"):
        office.member(ada)


def test_the_last_supervisor_stays(run: Run, office: Office) -> None:
    office.found()

    done = run("team", "suspend", "grace@example.org")

    assert done.exit_code == 1
    assert done.stderr == "Error: The last supervisor cannot be suspended.\n"
    with office.work() as work:
        assert [account.email for account in accounts.supervisors(work)] == ["grace@example.org"]


def test_nobody_is_suspended_by_an_address_nobody_has(run: Run, office: Office) -> None:
    office.found()

    done = run("team", "suspend", "eve@example.org")

    assert (done.exit_code, done.stderr) == (1, "Error: There is no such thing.\n")
    with pytest.raises(Missing), office.work() as work:
        team.by_email(work, "eve@example.org")
