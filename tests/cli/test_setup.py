"""From an empty database to the first supervisor's one-time link."""

import json
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import text

from app.domain.team import team
from app.domain.work import Missing, Party
from tests.cli.conftest import Run, run_on
from tests.support.clock import Clock
from tests.support.office import Office

GRACE = ("setup", "--email", "grace@example.org", "--name", "Grace Example")


def token_of(link: str) -> str:
    parts = urlsplit(link)
    assert parts.netloc == "localhost"
    assert parts.path.startswith("/desk/invite/")
    return parts.path.removeprefix("/desk/invite/")


def test_on_an_empty_database_setup_migrates_and_prints_a_link_that_works(empty_app: Flask, clock: Clock) -> None:
    done = run_on(empty_app, *GRACE)

    assert done.exit_code == 0
    sentence, link = done.output.splitlines()
    assert sentence.startswith("Open this link within 60 minutes")
    with Office(empty_app, clock).work(Party.NEWCOMER) as work:
        invitation = team.invitation(work, token_of(link))
    assert (invitation.email, invitation.name, invitation.role) == ("grace@example.org", "Grace Example", "supervisor")


def test_setup_answers_a_program_in_json(run: Run, office: Office) -> None:
    done = run(*GRACE, "--json")

    told = json.loads(done.output)
    assert (done.exit_code, set(told), told["minutes"]) == (0, {"link", "minutes"}, 60)
    with office.work(Party.NEWCOMER) as work:
        assert team.invitation(work, token_of(told["link"])).email == "grace@example.org"


def test_the_link_ends_after_the_minutes_it_names(run: Run, office: Office) -> None:
    token = token_of(json.loads(run(*GRACE, "--json").output)["link"])
    office.clock.forward(minutes=60)

    with pytest.raises(Missing), office.work(Party.NEWCOMER) as work:
        team.invitation(work, token)


def test_a_second_run_makes_a_new_link_and_ends_the_old_one(run: Run, office: Office) -> None:
    first = token_of(json.loads(run(*GRACE, "--json").output)["link"])
    second = token_of(json.loads(run(*GRACE, "--json").output)["link"])

    with office.work(Party.NEWCOMER) as work:
        assert team.invitation(work, second).email == "grace@example.org"
    with pytest.raises(Missing), office.work(Party.NEWCOMER) as work:
        team.invitation(work, first)


def test_once_somebody_has_accepted_setup_is_refused(run: Run, office: Office) -> None:
    """V-10: nobody with a shell becomes a second first supervisor by it."""
    office.found()

    done = run("setup", "--email", "eve@example.org", "--name", "Eve")

    assert done.exit_code == 1
    assert done.stderr == ("Error: This installation is set up already; a supervisor invites colleagues.\n")
    assert "eve@example.org" not in run("team", "list").output


@pytest.mark.parametrize("email", ["grace", "grace@", "@example.org", "a b@example.org", "a@example.org\nBcc: b@x.org"])
def test_v40_only_an_address_is_invited(run: Run, email: str) -> None:
    done = run("setup", "--email", email, "--name", "Grace")

    assert done.exit_code == 2
    assert "this is not an email address" in done.stderr


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Grace\nExample", "Grace\x1b[31m"])
def test_a_name_is_one_short_line(run: Run, name: str) -> None:
    done = run("setup", "--email", "grace@example.org", "--name", name)

    assert done.exit_code == 2
    assert "a name has 1 to 80 letters" in done.stderr
    assert "Nobody is in the team yet" in run("team", "list").output


def test_a_name_of_eighty_letters_fits(run: Run) -> None:
    assert run("setup", "--email", "grace@example.org", "--name", "ñ" * 80).exit_code == 0


def test_migrating_twice_changes_nothing(empty_app: Flask) -> None:
    schema = empty_app.extensions["quietword"].schema

    said = [run_on(empty_app, "migrate") for _ in range(2)]

    assert [(done.exit_code, done.output) for done in said] == [(0, f"The database has schema {schema}.\n")] * 2


@pytest.mark.parametrize("command", [("migrate",), GRACE])
def test_a_newer_schema_is_left_alone(run: Run, office: Office, command: tuple[str, ...]) -> None:
    with office.work() as work:
        work.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    done = run(*command)

    assert done.exit_code == 1
    assert done.stderr == "Error: The database has schema 9999, which is newer than this program.\n"
