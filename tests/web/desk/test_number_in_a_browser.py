"""While somebody dials, in a real browser: the number goes as soon as it must, and nobody has to press anything."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.domain.intake.answers import Answers, Wishes
from tests.conftest import NewPage
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support import browser as browsers
from tests.support import schema, serving
from tests.support.office import Office, Person
from tests.web.desk.test_in_a_browser import TOO_SMALL

SAID = Answers("A name of some length", "AZ", phone="+16025550123", extension="1234", email="sam@example.org")
#: It is Monday, 8 am in Phoenix and 10 am in New York.
SAFE = Wishes("call", voicemail=True, when=("mon-am",), zone="America/New_York")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with serving.office(schema.sqlite(tmp_path), tmp_path) as served:
        yield served


@pytest.fixture
def client(office: Office, supervisor: Person) -> Client:
    return returning_clients.client(office, said=SAID, wished=SAFE)


@pytest.fixture
def page(new_page: NewPage, office: Office, supervisor: Person, client: Client) -> Page:
    """The request, with a clock of the browser's that only a test moves."""
    page = new_page()
    page.context.add_cookies([{"name": "s", "value": supervisor.cookie, "url": serving.address(office)}])
    page.clock.install(time=office.clock())
    page.clock.pause_at(office.clock() + timedelta(minutes=1))
    page.goto(serving.address(office, f"/desk/{client.reference}"))
    return page


@pytest.fixture
def dialing(page: Page) -> Page:
    """The page of the number."""
    page.get_by_role("button", name="Show number").click()
    page.wait_for_url("**/number")
    return page


def test_s47_what_is_taken_back_while_somebody_dials_takes_the_number_off_the_screen(
    dialing: Page, client: Client
) -> None:
    assert dialing.locator(".dial").first.is_visible()
    client.withdraw()

    dialing.clock.run_for("00:05")

    dialing.get_by_role("heading", name="Stop. Hang up if it rings.").wait_for()
    expect(dialing.locator(".problem.stop")).to_be_focused()
    assert "555-0123" not in dialing.content()


def test_other_news_come_above_the_number_by_themselves(dialing: Page, client: Client) -> None:
    client.say("please wait a little")

    dialing.clock.run_for("00:05")

    dialing.get_by_text("please wait a little").wait_for()
    assert dialing.locator(".dial").first.is_visible()


def test_without_a_connection_the_number_goes_and_comes_back_with_it(dialing: Page) -> None:
    dialing.context.set_offline(True)
    dialing.clock.run_for("00:14")
    assert dialing.locator(".dial").first.is_visible()

    dialing.clock.run_for("00:02")
    assert dialing.locator(".dial").first.is_hidden()
    assert dialing.get_by_text("No connection").is_visible()

    dialing.context.set_offline(False)
    dialing.clock.run_for("00:05")
    dialing.locator(".dial").first.wait_for()
    assert dialing.get_by_text("No connection").is_hidden()


def test_v54_after_two_minutes_the_number_goes_and_the_sentences_stay(dialing: Page) -> None:
    """The call may have just begun."""
    for _ in range(12):
        dialing.clock.run_for("00:10")
        dialing.wait_for_load_state("networkidle")

    assert dialing.locator(".dial").first.is_hidden()
    assert dialing.get_by_text("When somebody answers").is_visible()
    dialing.get_by_role("link", name="Back to the request").click()
    assert "555-0123" not in dialing.content()


def test_v54_should_everything_else_break_the_number_still_goes(dialing: Page) -> None:
    """The stylesheet knows the two minutes, too."""
    dialing.evaluate("document.getAnimations().forEach((one) => one.finish())")

    assert dialing.locator(".dial").first.is_hidden()


def test_v17_a_locked_desk_shows_nothing_more(dialing: Page, office: Office) -> None:
    office.clock.forward(minutes=16)

    dialing.clock.run_for("00:05")

    dialing.wait_for_url("**/sign-in?next=**")
    assert "555-0123" not in dialing.content()


def test_an_open_request_says_that_it_changed_and_moves_nothing(page: Page, client: Client) -> None:
    client.say("please wait a little")

    page.clock.run_for("00:05")

    page.get_by_text("Something changed here since you opened it.").wait_for()
    assert "please wait a little" not in page.content()
    page.get_by_role("link", name="Show it").click()
    page.get_by_text("please wait a little").wait_for()


@pytest.mark.parametrize("width", [256, 1280])
def test_the_pages_of_a_call_fit_the_screen_and_the_finger(page: Page, client: Client, width: int) -> None:
    """A-10, A-12; and the browser finds nothing to complain about."""
    seen = browsers.watch(page)
    page.set_viewport_size({"width": width, "height": 640})

    def fits() -> None:
        page.wait_for_load_state("load")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        assert page.evaluate(TOO_SMALL) == [], page.url

    page.get_by_text("What to say, word for word").click()
    fits()
    client.wish(Wishes("icall"))
    page.get_by_role("button", name="Show number").click()
    fits()
    page.get_by_label("They agreed to this time").check()
    page.get_by_role("button", name="Show number").click()
    page.wait_for_url("**/number")
    fits()
    page.locator(".dial a").wait_for()
    assert page.locator(".dial a").bounding_box()["height"] >= 72  # type: ignore[index]
    client.withdraw()
    page.reload()
    page.get_by_role("heading", name="Stop. Hang up if it rings.").wait_for()
    fits()
    assert [one for one in seen.complaints if "422" not in one] == []
