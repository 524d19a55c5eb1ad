"""Claiming: one winner, and the other hears who and when."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.models import AuditLine
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat

pytestmark = pytest.mark.both_databases


@pytest.fixture
def reference(office: Office, supervisor: Person) -> str:
    return office.ask()


def claims(office: Office) -> list[str]:
    with office.work() as work:
        return list(work.session.scalars(select(AuditLine.subject).where(AuditLine.kind == "intake.claimed")))


def test_claiming_makes_it_mine(office: Office, supervisor: Person, sit: Sit, reference: str) -> None:
    seat = sit(supervisor)
    assert "Nobody has this request yet." in seat.look(f"/desk/{reference}").text

    answer = seat.send(f"/desk/{reference}/claim", f"/desk/{reference}")

    assert (answer.status, answer.leads_to) == (303, f"/desk/{reference}")
    page = seat.look(f"/desk/{reference}")
    assert "This request is yours." in page.text
    assert "This one is mine" not in page.text
    assert claims(office) == [f"intake/{reference}"]


def test_a_colleague_sees_who_has_it(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, reference: str
) -> None:
    sit(counselor).send(f"/desk/{reference}/claim", f"/desk/{reference}")

    page = sit(supervisor).look(f"/desk/{reference}")

    assert "Ada has this request." in page.text
    assert not [form for form in page.forms if form.action.endswith("/claim")]


def test_who_comes_second_hears_who_was_first_and_when(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, reference: str, clock: Clock
) -> None:
    """The clock says 15:01 UTC, which is 8:01 in Phoenix."""
    late = sit(supervisor)
    page = late.look(f"/desk/{reference}")
    sit(counselor).send(f"/desk/{reference}/claim", f"/desk/{reference}")
    clock.forward(minutes=3)

    answer = late.send(f"/desk/{reference}/claim", page)

    assert answer.status == 409
    assert "A colleague was first." in answer.text
    assert "Ada" in answer.text
    assert "8:01" in answer.text
    assert claims(office) == [f"intake/{reference}"]


def test_of_two_at_the_same_moment_one_wins(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, reference: str
) -> None:
    def ready() -> Iterator[tuple[Seat, Page]]:
        for person in (supervisor, counselor):
            seat = sit(person)
            yield seat, seat.look(f"/desk/{reference}")

    with ThreadPoolExecutor() as threads:
        answers = list(threads.map(lambda one: one[0].send(f"/desk/{reference}/claim", one[1]), list(ready())))

    assert sorted(answer.status for answer in answers) == [303, 409]
    assert claims(office) == [f"intake/{reference}"]


def test_claiming_what_does_not_exist_is_a_page_that_does_not(supervisor: Person, sit: Sit, reference: str) -> None:
    seat = sit(supervisor)
    token = seat.look("/desk/account").form("/desk/sign-out").fields

    assert seat.post("/desk/K7QF-3MDX/claim", token).status == 404
