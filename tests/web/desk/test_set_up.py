"""From `flask setup` to the open form, through the pages alone."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.crypto import totp
from app.domain.work import Party
from app.models import Lock, Mark, Role
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.test_invite import finish

SHEET = "/desk/recovery-sheet"
_CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){7}")


def code_of(page: Page) -> str:
    [code] = _CODE.findall(page.text)
    return str(code)


@pytest.fixture
def founder(app: Flask, seat: Seat, clock: Clock) -> Seat:
    """The browser of the first supervisor, who has just finished the link that `flask setup` printed."""
    said = app.test_cli_runner().invoke(args=["setup", "--email", "grace@example.org", "--name", "Grace"]).output
    [link] = re.findall(r"http://localhost(/desk/invite/\S+)", said)
    assert finish(seat, link, seat.look(link), clock).leads_to == SHEET
    return seat


def test_set_up_leads_through_the_sheet_to_the_open_form(app: Flask, founder: Seat) -> None:
    public = Seat(app.test_client())
    closed = public.look("/")
    assert (closed.status, "480-555-0142" in closed.text) == (503, True)
    assert closed.headers["Retry-After"]
    code = code_of(founder.look(SHEET))

    answer = founder.send(SHEET, tested="y", typed=f" {code.lower().replace('-', ' ')} ")

    assert (answer.status, answer.leads_to) == (303, "/desk/")
    assert public.look("/").status == 200
    assert "What is missing" not in _without_rota(founder.look("/desk/"))


def test_until_then_the_desk_says_what_is_missing_and_where(founder: Seat) -> None:
    page = founder.look("/desk/")

    assert "What is missing" in page.text
    assert "until a supervisor types the recovery code back" in page.text
    assert SHEET in page.links()


def test_the_code_is_shown_until_it_is_typed_back_and_never_again(founder: Seat) -> None:
    code = code_of(founder.look(SHEET))
    assert code_of(founder.look(SHEET)) == code, "the page may be loaded again, and printed twice"

    founder.send(SHEET, tested="y", typed=code)

    assert not _CODE.search(founder.look(SHEET).html)


def test_s59_the_form_stays_closed_until_a_test_call_showed_what_we_say(
    app: Flask, office: Office, founder: Seat
) -> None:
    """S-59: whoever is called may not be alone."""
    page = founder.look(SHEET)
    code = code_of(page)
    assert "Call from Office phone, line 2. Never your own phone." in page.text

    answer = founder.send(SHEET, page, typed=code)

    assert (answer.status, answer.title) == (422, "Error: Recovery sheet")
    assert answer.text.count("Make the test call first, then check this box.") == 2
    assert answer.forms[0].fields["typed"] == code
    assert app.test_client().get("/").status_code == 503
    assert founder.send(SHEET, answer, tested="y", typed=code).status == 303
    assert "line.tested" in builders.kinds(office)
    assert "One test call" not in founder.look(SHEET).text, "nobody is asked again for another sheet"


@pytest.mark.parametrize("typed", ["", "nonsense", "0000-0000-0000-0000-0000-0000-0000-0000", "x" * 5000, "\0"])
def test_a_wrong_code_opens_nothing(app: Flask, founder: Seat, typed: str) -> None:
    answer = founder.send(SHEET, tested="y", typed=typed)

    assert answer.status == 422
    assert answer.title == "Error: Recovery sheet"
    assert answer.text.count("This is not the code of the sheet.") == 2
    assert code_of(answer), "it can still be printed"
    assert app.test_client().get("/").status_code == 503


def test_one_mistyped_letter_is_noticed(founder: Seat) -> None:
    code = code_of(founder.look(SHEET))

    assert founder.send(SHEET, tested="y", typed=("1" if code[0] != "1" else "2") + code[1:]).status == 422


def test_the_code_is_in_no_row_and_in_no_output(app: Flask, office: Office, founder: Seat) -> None:
    code = code_of(founder.look(SHEET))

    with office.work(Party.OPERATOR) as work:
        kept = b"".join(work.session.scalars(select(Lock.sealed_key)))
        assert not work.session.scalars(select(Mark.name).where(Mark.name == "live")).all()

    assert code.encode() not in kept
    assert code.replace("-", "").encode() not in kept


def test_a_second_set_up_is_refused(app: Flask, founder: Seat) -> None:
    """V-10."""
    again = app.test_cli_runner().invoke(args=["setup", "--email", "eve@example.org", "--name", "Eve"])

    assert again.exit_code == 1
    assert "/desk/invite/" not in again.output


def test_a_lost_sheet_is_replaced_behind_a_fresh_code(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    """V-19."""
    second = office.hire(supervisor, "ada@example.org", Role.SUPERVISOR)
    seat = sit(second)
    page = seat.look(SHEET)
    refused = seat.send(f"{SHEET}/new", page, code="000000")
    assert refused.status == 422
    assert refused.title == "Error: Recovery sheet"
    assert "This code is not right, or it was used before." in refused.text
    assert not _CODE.search(refused.html)

    clock.forward(seconds=60)
    assert seat.send(f"{SHEET}/new", page, code=_fresh(second, clock)).leads_to == SHEET

    code = code_of(seat.look(SHEET))
    assert seat.send(SHEET, typed=supervisor.recovery_code).status == 422
    assert seat.send(SHEET, typed=code).status == 303


def _fresh(person: Person, clock: Clock) -> str:
    return totp.code(person.totp_secret, clock())


def _without_rota(page: Page) -> str:
    """Return the page's text without its word that nobody is on call yet."""
    return page.text.replace("What is missing Nobody is on call now.", "")
