"""The chain from the command line: whole, or broken at a line that is named; V-51."""

import json

import pytest
from sqlalchemy import text

from app.domain import audit
from app.domain.work import Party
from tests.cli.conftest import Run
from tests.support.office import Office


def length(run: Run) -> int:
    return int(json.loads(run("audit", "verify", "--json").output)["length"])


def change(office: Office, statement: str) -> None:
    with office.work() as work:
        assert work.session.execute(text(statement)).rowcount  # type: ignore[attr-defined]


def test_a_whole_chain_fits(run: Run, office: Office) -> None:
    empty = run("audit", "verify")
    office.found()

    done = run("audit", "verify")

    assert (empty.exit_code, empty.output) == (0, "All 0 lines fit.\n")
    assert (done.exit_code, done.output) == (0, f"All {length(run)} lines fit.\n")
    assert length(run) > 3


def test_the_head_is_told_on_demand_and_moves_with_every_line(run: Run, office: Office) -> None:
    office.found()
    before = run("audit", "verify", "--head").output.splitlines()
    office.ask()
    waiting = run("audit", "verify", "--head").output.splitlines()

    with office.work(Party.WORKER) as work:
        audit.chain_waiting(work)

    after = json.loads(run("audit", "verify", "--head", "--json").output)
    assert before == waiting
    assert before[1].startswith("Head: ")
    assert len(before[1]) == len("Head: ") + 64
    assert after["head"] not in before[1]
    assert after["first_broken"] is None


CHANGES = {
    "a word of line 3": "UPDATE audit_lines SET kind = 'team.left' WHERE number = 3",
    "who did line 3": "UPDATE audit_lines SET actor = 'worker' WHERE number = 3",
    "what line 3 is about": "UPDATE audit_lines SET subject = 'account/x' WHERE number = 3",
    "the entry of line 3": "UPDATE audit_lines SET entry = 77 WHERE number = 3",
    "the code of line 3": (
        "UPDATE audit_lines SET mac = (SELECT mac FROM audit_lines WHERE number = 2) WHERE number = 3"
    ),
    "line 3 is gone": "DELETE FROM audit_lines WHERE number = 3",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_the_first_line_that_was_changed_is_named(run: Run, office: Office, statement: str) -> None:
    office.found()
    change(office, statement)

    done, told = run("audit", "verify"), run("audit", "verify", "--json")

    assert (done.exit_code, told.exit_code) == (1, 1)
    assert done.output == "Line 3 does not fit: it or what came before was changed.\n"
    assert json.loads(told.output)["first_broken"] == 3


def test_a_cut_tail_is_seen_by_length_and_head(run: Run, office: Office) -> None:
    """The chain alone does not show it: that is what --head is compared with."""
    office.found()
    before = json.loads(run("audit", "verify", "--head", "--json").output)
    change(office, f"DELETE FROM audit_lines WHERE number = {before['length']}")

    after = json.loads(run("audit", "verify", "--head", "--json").output)

    assert after["length"] == before["length"] - 1
    assert after["head"] != before["head"]
