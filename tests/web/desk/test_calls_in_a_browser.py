"""The pages for calls in a real browser: every state on the smallest screen, with fingers, and on paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.crypto import totp
from app.domain.intake.answers import Wishes
from tests.domain.helpers import call_logs
from tests.support import browser as browsers
from tests.support import schema, serving
from tests.support.office import Office, Person
from tests.web.desk.test_in_a_browser import TOO_SMALL, sign_in


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("calls")
    with serving.office(schema.sqlite(folder), folder) as served:
        yield served


@pytest.fixture(scope="module")
def supervisor(office: Office) -> Person:
    return office.found()


@pytest.fixture
def page(browser: Browser, office: Office, supervisor: Person) -> Iterator[Page]:
    with browsers.Profiles(browser) as profiles:
        page = profiles.new_page(viewport={"width": 256, "height": 640})
        yield sign_in(page, supervisor, serving.address(office))


def check(page: Page, state: str) -> None:
    """Look at one state as it is: A-10, A-12."""
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth") <= 256, state
    assert page.evaluate(TOO_SMALL) == [], state


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_every_state_of_a_request_that_was_called_fits_and_can_be_used(
    page: Page, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    wished = Wishes("call", when=("mon-am", "wed-am"), zone="America/New_York")
    reference = call_logs.ask(office, monkeypatch, nonce=b"called", wished=wished)
    page.goto(serving.address(office, f"/desk/{reference}"))

    press(page, "No answer")
    page.get_by_text("Add a note, a next call").click()
    check(page, "after a try")
    page.locator("#call-again").fill("2026-11-24T10:00")
    press(page, "Reached them")
    check(page, "an unsafe time")
    page.goto(serving.address(office, f"/desk/{reference}"))
    press(page, "Plan this call")
    press(page, "Left a voicemail")
    check(page, "a voicemail they did not allow")
    press(page, "Yes, record it")
    press(page, "Somebody else answered")
    press(page, "Reached them")
    check(page, "flags")
    press(page, "Give two new words")
    check(page, "two new words")


def test_every_state_of_a_call_to_us_fits_and_can_be_used(
    page: Page, office: Office, supervisor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = call_logs.ask(office, monkeypatch, ("weathervane", "quicksilver"), nonce=b"calls")
    page.goto(serving.address(office, "/desk/called"))

    page.wait_for_selector("#first:focus")
    page.keyboard.type("wethervane")
    press(page, "Look")
    check(page, "words that are none of ours")
    press(page, "weathervane")
    check(page, "what to ask")
    press(page, "Compare")
    check(page, "what was left out")
    page.locator("#name").fill("Sam")
    page.locator("#day").select_option("mon")
    page.locator("#part").select_option("am")
    press(page, "Compare")
    check(page, "verified")
    press(page, "They will call again")
    assert reference in page.content()
    check(page, "written down")
    page.goto(serving.address(office, "/desk/called/card"))
    office.clock.forward(seconds=60)
    page.locator("#code").fill(totp.code(supervisor.totp_secret, office.clock()))
    press(page, "Make the card")
    check(page, "the paper card")
    page.emulate_media(media="print")
    assert page.get_by_text("Print this page now.").is_hidden()
    assert page.get_by_text("weathervane quicksilver").is_visible()
