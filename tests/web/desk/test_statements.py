"""How much the database is asked for a page: counts, so that nobody has to measure time."""

import pytest
from flask import Flask

from app import health
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import statements

pytestmark = pytest.mark.both_databases


@pytest.fixture(params=["first page", "later page"])
def first(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "first page")


@pytest.mark.parametrize(("path", "most"), [("/desk/", 15), ("/desk/{reference}", 18)], ids=["queue", "intake"])
def test_a_page_asks_little_even_when_it_notes_that_somebody_is_here(
    app: Flask, office: Office, supervisor: Person, sit: Sit, clock: Clock, path: str, most: int, first: bool
) -> None:
    """The worst case: the state of the service is read anew, and a minute has passed since the last page."""
    for number in range(5):
        reference = office.ask(nonce=bytes([number]))
    seat = sit(supervisor)
    address = path.format(reference=reference)
    if not first:
        seat.look(address)
    clock.forward(seconds=61)
    with app.app_context():
        health.forget()

    with statements(app) as seen:
        assert seat.look(address).status == 200

    assert len(seen) <= most, "\n".join(seen)
