"""The printed recovery code at the command line: asked for without echo, used up by each use."""

import re

from click.testing import Result
from flask import Flask

from app.domain.intake import opening
from app.domain.team import team
from app.models import AccountState, Role
from tests.support.office import Office, Person

CODE = re.compile(r"^  ([0-9A-Z-]{20,})$", re.MULTILINE)


def said(app: Flask, typed: str, *arguments: str) -> Result:
    """Run a command that asks, and type the answers."""
    return app.test_cli_runner().invoke(args=arguments, input=typed)


def state(office: Office, person: Person) -> AccountState:
    with office.work() as work:
        return next(one.state for one in team.roster(work) if one.email == person.email)


def test_a_drill_proves_that_the_sheet_opens_and_makes_a_new_one(app: Flask, office: Office) -> None:
    supervisor = office.found()
    office.ask()

    done = said(app, f"{supervisor.recovery_code}\n", "keys", "drill")

    [new] = CODE.findall(done.output)
    assert done.exit_code == 0
    assert (supervisor.recovery_code or "none") not in done.output, "what is typed is not echoed"
    assert said(app, f"{supervisor.recovery_code}\n", "keys", "drill").exit_code == 1, "the old one is used up"
    assert said(app, f"{new}\n", "keys", "drill").exit_code == 0


def test_a_wrong_code_proves_nothing_and_changes_nothing(app: Flask, office: Office) -> None:
    supervisor = office.found()

    wrong = said(app, "not a code\n", "keys", "drill")

    assert (wrong.exit_code, "This is not a recovery code." in wrong.output) == (1, True)
    assert said(app, f"{supervisor.recovery_code}\n", "keys", "drill").exit_code == 0


def test_the_printed_code_approves_somebody_when_nobody_else_can(app: Flask, office: Office) -> None:
    """The six words are compared first: a key that was put in their place is granted nothing."""
    supervisor = office.found()
    reference = office.ask()
    ada = office.join("ada@example.org", Role.SUPERVISOR)
    with office.work() as work:
        [six] = [one.words for one in team.roster(work) if one.email == ada.email]

    done = said(app, f"y\n{supervisor.recovery_code}\n", "team", "recover", ada.email)

    assert done.exit_code == 0, done.output
    assert " ".join(six or ()) in done.output
    assert len(CODE.findall(done.output)) == 1
    with office.work(ada) as work:
        assert isinstance(opening.open(work, reference), opening.Opened)


def test_words_that_differ_end_it(app: Flask, office: Office) -> None:
    supervisor = office.found()
    ada = office.join("ada@example.org")

    done = said(app, f"n\n{supervisor.recovery_code}\n", "team", "recover", ada.email)

    assert done.exit_code == 1
    assert state(office, ada) is AccountState.PENDING


def test_who_does_not_wait_is_not_approved(app: Flask, office: Office) -> None:
    supervisor = office.found()

    done = said(app, f"y\n{supervisor.recovery_code}\n", "team", "recover", supervisor.email)

    assert (done.exit_code, "not waiting for approval" in done.output) == (1, True)


def test_an_epoch_can_be_begun_by_hand(app: Flask, office: Office) -> None:
    office.found()

    assert "Epoch 2 has begun" in said(app, "", "keys", "renew").output
