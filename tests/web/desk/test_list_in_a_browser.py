"""The list in a real browser: it offers what is new, moves nothing by itself, and goes blank with the lock."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.domain.casework import claims
from tests.conftest import NewPage
from tests.support import browser as browsers
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
    """The list, with the clock of the browser stopped at the moment it was opened."""
    page = new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.add_cookies([{"name": "s", "value": supervisor.cookie, "url": serving.address(office)}])
    page.clock.install(time=office.clock())
    return page


def test_what_is_new_is_offered_and_shown_when_it_is_wanted(page: Page, office: Office) -> None:
    """The rows stay where they are under a finger."""
    seen = browsers.watch(page)
    office.ask(nonce=b"first")
    page.goto(serving.address(office, "/desk/?view=new"))
    before = page.locator(".queue li").first.bounding_box()
    page.clock.run_for("00:15")
    assert page.locator(".update").inner_text() == ""
    office.ask(nonce=b"second")
    office.ask(nonce=b"third")

    page.clock.run_for("00:15")
    offer = page.get_by_role("status").get_by_role("link", name="Show 2 new")
    offer.wait_for()

    assert page.locator(".queue li").count() == 1
    assert page.locator(".queue li").first.bounding_box() == before
    offer.click()
    page.wait_for_function("document.querySelectorAll('.queue li').length === 3")
    assert page.url.endswith("/desk/?view=new")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert seen.complaints == []


def test_a_list_that_only_looks_different_is_offered_in_other_words(
    page: Page, office: Office, supervisor: Person
) -> None:
    reference = office.ask(nonce=b"claimed")
    page.goto(serving.address(office, "/desk/"))
    with office.work(supervisor) as work:
        claims.claim(work, reference)

    page.clock.run_for("00:15")

    page.get_by_role("link", name="Show changes").wait_for()


def test_nothing_is_asked_while_the_page_is_not_seen_or_offline(page: Page, office: Office) -> None:
    page.goto(serving.address(office, "/desk/"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for("02:00")
    assert asked == []

    page.evaluate("Object.defineProperty(document, 'hidden', { value: false, configurable: true })")
    with page.expect_request("**/desk/pulse"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    asked.clear()
    page.context.set_offline(True)
    page.clock.run_for("02:00")

    assert asked == []


def test_after_the_lock_nothing_is_left_to_read(page: Page, office: Office) -> None:
    """V-17, V-22: and the way back in is there."""
    reference = office.ask(nonce=b"locked")
    page.goto(serving.address(office, "/desk/"))
    assert reference in page.content()
    office.clock.forward(minutes=16)

    page.clock.run_for("00:15")
    page.get_by_role("link", name="Sign in").wait_for()

    assert reference not in page.content()
    assert page.title() == ""
    page.locator("a:focus", has_text="Sign in").wait_for()
