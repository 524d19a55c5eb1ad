"""Before the desk is locked it warns, and afterwards nothing on the screen is left to read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.conftest import NewPage
from tests.domain import builders
from tests.support import schema, serving
from tests.support.office import Office, Person


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("desk")
    with serving.office(schema.sqlite(folder), folder) as served:
        yield served


@pytest.fixture(scope="module")
def supervisor(office: Office) -> Person:
    return office.found()


@pytest.fixture
def page(new_page: NewPage, office: Office, supervisor: Person) -> Page:
    """The desk, with the clock of the browser stopped at the moment it was opened."""
    page = new_page()
    page.context.add_cookies([{"name": "s", "value": supervisor.cookie, "url": serving.address(office)}])
    page.clock.install(time=office.clock())
    page.goto(serving.address(office, "/desk/account"))
    return page


def test_a08_a_minute_before_the_lock_there_is_a_warning_that_can_be_answered(page: Page) -> None:
    """A-08: nobody is signed out in the middle of a sentence without having been asked."""
    page.clock.run_for("13:50")
    assert page.locator("#lock").is_hidden()

    page.clock.run_for("00:15")
    page.get_by_role("button", name="Stay signed in").click()

    page.locator("#lock").wait_for(state="hidden")
    page.clock.run_for("13:00")
    assert page.locator("#lock").is_hidden()
    assert page.url.endswith("/desk/account")


def test_after_the_lock_the_page_leads_to_sign_in(page: Page, office: Office) -> None:
    """V-17: the server decides; the screen follows."""
    office.clock.forward(minutes=16)

    page.clock.run_for("15:10")

    page.wait_for_url("**/desk/sign-in?next=/desk/account")
    assert "grace@example.org" not in page.content()


def test_a_note_that_is_being_typed_when_the_lock_comes_is_there_after_signing_in(
    page: Page, office: Office, supervisor: Person
) -> None:
    """Vault, *Sign in*: nothing typed is lost, and the browser keeps nothing."""
    address = serving.address(office, f"/desk/{office.ask()}")
    _sign_in(page, office, supervisor)
    page.goto(address)
    page.locator("#text").fill("Call her sister first.")
    office.clock.forward(minutes=16)

    page.clock.run_for("15:10")
    page.get_by_text("Your note is kept: sign in and it is there.").wait_for()
    assert "sister" not in page.content()
    _sign_in(page, office, supervisor)
    page.goto(address)

    assert page.locator("#text").input_value() == "Call her sister first."


def _sign_in(page: Page, office: Office, person: Person) -> None:
    office.clock.forward(seconds=60)
    cookie = builders.sign_in(office, person)
    assert cookie is not None
    page.context.add_cookies([{"name": "s", "value": cookie, "url": serving.address(office)}])
