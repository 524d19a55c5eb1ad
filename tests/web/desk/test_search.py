"""The search page: what it says of what was found, who may look for what, and what stays behind."""

import logging

import pytest
from sqlalchemy import select

from app.domain.lists import search
from app.models import AuditLine
from tests.domain import many_requests
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat

pytestmark = pytest.mark.both_databases


def look_for(seat: Seat, typed: str) -> Page:
    return seat.send("/desk/search", q=typed)


def lines(office: Office) -> list[tuple[str, str, int | None]]:
    """Return the newest line of the trail."""
    with office.work() as work:
        newest = select(AuditLine).order_by(AuditLine.number.desc().nulls_last()).limit(1)
        return [(line.kind, line.subject, line.entry) for line in work.session.scalars(newest)]


def test_what_was_found_is_told_by_reference_and_by_what_it_was_found(
    office: Office, supervisor: Person, counselor: Person, sit: Sit
) -> None:
    """No names."""
    reference = office.ask(name="Zzyzx Marker")
    many_requests.claim(office, supervisor, reference)

    page = look_for(sit(counselor), "zzyzx")

    assert page.status == 200
    assert "1 found" in page.text
    assert f"{reference} by name With Grace, asked Mon 23 Nov" in page.text
    assert "Marker" not in page.html
    assert f"/desk/{reference}" in page.links()


def test_what_was_typed_stands_in_the_box_and_in_no_record(
    office: Office, counselor: Person, sit: Sit, caplog: pytest.LogCaptureFixture
) -> None:
    """V-49, S-09: only that somebody searched, and how much was found."""
    office.ask()
    with caplog.at_level(logging.DEBUG):
        page = look_for(sit(counselor), "sam")

    assert page.find("input", id="q", value="sam")
    assert lines(office) == [("search.done", "search", 1)]
    assert "sam" not in caplog.text


@pytest.mark.parametrize("typed", ["", "s", "x" * 81])
def test_too_little_or_too_much_is_said_and_kept(counselor: Person, sit: Sit, typed: str) -> None:
    page = look_for(sit(counselor), typed)

    assert page.status == 422
    assert page.find("input", id="q", value=typed)
    assert "Type " in page.text
    assert page.title.startswith("Error:")


def test_supervisors_may_look_for_a_number_and_counselors_are_not_told(
    office: Office, supervisor: Person, counselor: Person, sit: Sit
) -> None:
    """S-57."""
    one, two = office.ask(nonce=b"1"), office.ask(name="Alex", nonce=b"2")

    found, nothing = look_for(sit(supervisor), "602 555 0123"), look_for(sit(counselor), "602 555 0123")

    assert f"Same number: treat as separate people: {two}" in found.text
    assert f"Same number: treat as separate people: {one}" in found.text
    assert "Nothing found" in nothing.text
    assert "number" not in nothing.text.lower()


def test_what_could_not_be_seen_is_said(
    office: Office, counselor: Person, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.ask(nonce=b"1")
    office.clock.forward(minutes=1)
    broken = office.ask(nonce=b"2")
    many_requests.change(office, broken, sealed_answers=b"altered")
    monkeypatch.setattr(search, "NEWEST", 1)

    page = look_for(sit(counselor), "sam")

    assert "Nothing found" in page.text
    assert "Only the newest 1 requests were opened." in page.text
    assert "1 request did not open." in page.text


def test_a_supervisor_learns_who_came_with_the_same_number(
    office: Office, supervisor: Person, counselor: Person, sit: Sit
) -> None:
    """S-57: told once, recorded, and linked nowhere."""
    one, two = office.ask(name="Zzyzx", nonce=b"1"), office.ask(name="Alex", nonce=b"2")
    seat = sit(supervisor)

    page = seat.send(f"/desk/{one}/same-number", f"/desk/{one}")

    assert "Same number: treat as separate people" in page.text
    assert f"/desk/{two}" in page.links()
    assert "Zzyzx" not in page.html
    assert "Alex" not in page.html
    assert lines(office) == [("intake.compared", f"intake/{one}", 1)]
    assert two not in seat.look(f"/desk/{one}").html
    assert "same-number" not in sit(counselor).look(f"/desk/{one}").html


def test_nobody_else_with_the_number_is_told_as_such(office: Office, supervisor: Person, sit: Sit) -> None:
    reference = office.ask()

    page = sit(supervisor).send(f"/desk/{reference}/same-number", f"/desk/{reference}")

    assert "No other request came with this number." in page.text


def test_without_a_number_there_is_nothing_to_compare(office: Office, supervisor: Person, sit: Sit) -> None:
    reference = office.ask(phone=None)

    assert "same-number" not in sit(supervisor).look(f"/desk/{reference}").html
