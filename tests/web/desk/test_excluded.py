"""Who is excluded by the client's wish finds no trace of the request at the desk: in no list and no file, ever."""

import json

import pytest
from flask import Flask

from app.crypto import totp
from app.domain.casework import claims, retention
from app.domain.intake import opening
from app.domain.intake.tombstones import Cause
from app.models import AuditLine, Role
from tests.domain import builders
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.test_access import routes


@pytest.fixture
def excluded(office: Office, supervisor: Person) -> Person:
    """Another supervisor: they see most."""
    return office.hire(supervisor, "olga@example.org", Role.SUPERVISOR)


@pytest.fixture
def leaver(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "ada@example.org")


@pytest.fixture
def reference(office: Office, supervisor: Person, excluded: Person, leaver: Person) -> str:
    """A request that was opened, handed over, and is kept from a supervisor."""
    reference = office.ask()
    kept_from, receiver = builders.account_id(office, excluded), builders.account_id(office, supervisor)
    with office.work(leaver) as work:
        opening.open(work, reference)
        claims.claim(work, reference)
        claims.hand_over(work, reference, receiver)
    with office.work(supervisor) as work:
        claims.exclude(work, reference, kept_from)
    return reference


def erase(office: Office, supervisor: Person, reference: str) -> None:
    office.prove(supervisor)
    with office.work(supervisor) as work:
        retention.erase(work, reference, Cause.ASKED)


def seen(app: Flask, office: Office, person: Person, seat: Seat) -> list[tuple[str, Page]]:
    """Return every page without a reference in its address, and what is found or taken along."""
    pages = [(path, seat.look(path)) for _, path in routes(app, "GET") if "K7QF-3MDX" not in path]
    with office.work() as work:
        accounts = {line.actor for line in work.session.query(AuditLine) if len(line.actor) == 36}
    pages += [(path, seat.look(path)) for path in (f"/desk/team/{who}/left" for who in accounts)]
    pages.append(("/desk/search", seat.send("/desk/search", q="Sam")))
    for path, at in (("/desk/audit/export", "/desk/audit"), ("/desk/called/card", "/desk/called/card")):
        office.clock.forward(seconds=60)
        pages.append((path, seat.send(path, at, code=totp.code(person.totp_secret, office.clock()))))
        assert pages[-1][1].status == 200, path
    return pages


@pytest.mark.parametrize("erased", [False, True], ids=["open", "erased"])
def test_no_page_and_no_file_names_a_request_that_is_kept_from_somebody(
    app: Flask, office: Office, supervisor: Person, excluded: Person, sit: Sit, reference: str, erased: bool
) -> None:
    """V-25, S-57: lists, searches, the record on the page and as a file, who opened what, the paper card."""
    if erased:
        erase(office, supervisor, reference)

    told = [path for path, page in seen(app, office, excluded, sit(excluded)) if reference in page.html]

    assert told == []
    assert any(reference in page.html for _, page in seen(app, office, supervisor, sit(supervisor)))


def test_an_erased_request_stays_unknown_to_whom_it_was_kept_from(
    office: Office, supervisor: Person, excluded: Person, sit: Sit, reference: str
) -> None:
    """V-25: neither its tombstone nor its certificate."""
    erase(office, supervisor, reference)
    here, nowhere = sit(excluded), "/desk/K7QF-3MDX"

    for page in ("", "/certificate", "/print"):
        assert sit(supervisor).look(f"/desk/{reference}{page}").status == 200
        answer = here.look(f"/desk/{reference}{page}")
        assert (answer.status, answer.html) == (404, here.look(f"{nowhere}{page}").html)


def test_the_record_that_is_taken_along_can_still_be_compared_line_by_line(
    office: Office, excluded: Person, supervisor: Person, sit: Sit, reference: str
) -> None:
    """V-51: of what is kept from them they get number and code, and nothing else."""
    here = sit(excluded)
    office.clock.forward(seconds=60)
    code = totp.code(excluded.totp_secret, office.clock())

    lines = [json.loads(line) for line in here.send("/desk/audit/export", "/desk/audit", code=code).html.splitlines()]

    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(len(line["mac"]) == 64 for line in lines)
    bare = [line for line in lines if set(line) == {"number", "mac"}]
    with office.work() as work:
        about = {one.number for one in work.session.query(AuditLine) if reference in one.subject and one.number}
    assert {line["number"] for line in bare} == about
