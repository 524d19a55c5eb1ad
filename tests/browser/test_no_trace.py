"""What a whole visit leaves behind on the device, on the network and in our own logs: nothing we can avoid."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Route

from tests.browser import person
from tests.browser.neighbors import Answer, Neighbor
from tests.browser.site import Site
from tests.conftest import NewPage
from tests.support.browser import profile_on_disk, watch

STORED = """async () => [document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length]"""
NOTHING = ["", 0, 0, 0, 0, 0]
NETWORK = "203.0.113.77"


@pytest.fixture
def agent(new_page: NewPage) -> Page:
    marks = {"X-Forwarded-For": NETWORK}
    return new_page(ignore_https_errors=True, user_agent="Marker/1.0", extra_http_headers=marks)


def test_s01_s03_s09_s10_a_whole_visit_stores_nothing_asks_nobody_and_is_not_logged(agent: Page, site: Site) -> None:
    """Looked at, refused, sent, confirmed, taken back, left: the storage of the browser stays empty throughout."""
    seen = watch(agent)
    stored = []

    agent.goto(site.at("/?utm_source=marker"))
    stored.append(agent.evaluate(STORED))
    agent.click("main form button[type=submit]")
    stored.append(agent.evaluate(STORED))
    person.write(agent)
    person.fill(agent)
    person.send(agent)
    stored.append(agent.evaluate(STORED))
    done = agent.url
    agent.click("form[action$=undo] button")
    agent.wait_for_url(site.at("/undone"))
    stored.append(agent.evaluate(STORED))
    agent.click("a.leave")
    agent.wait_for_url(site.exit)

    assert stored == [NOTHING] * 4
    assert agent.context.cookies() == []
    ours = [request for request in seen.requests if not request.url.startswith(site.exit)]
    assert {request.url.split("/")[2] for request in ours} == {site.url.removeprefix("http://")}
    assert not [request.url for request in ours if person.NAME in request.url or "marzipan" in request.url]
    assert "Referer" not in dict(seen.requests[-1].headers)
    # A word of the visit in what the server wrote would be found here.
    for marker in (NETWORK, "Marker", "utm_source", person.NAME, person.NOTE, "6025550147", done.rpartition("/")[2]):
        assert marker not in site.web.said


def test_s06_a_link_that_leads_out_sends_no_referrer(agent: Page, site: Site) -> None:
    agent.goto(site.at("/help-lines"))
    chat = agent.locator("a[href^='https://']").first
    address = chat.get_attribute("href") or ""
    asked: list[dict[str, str]] = []

    def answer(route: Route) -> None:
        asked.append(route.request.all_headers())
        route.fulfill(body="x")

    agent.context.route(f"{address}**", answer)

    chat.click()
    agent.wait_for_url(f"{address}**")

    assert asked
    assert "referer" not in asked[0]


@pytest.fixture
def on_disk(_driver: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    with profile_on_disk(_driver, tmp_path / "profile") as profile:
        yield profile


def history_of_forms(tmp_path: Path) -> set[str]:
    """Return the values that Chromium wrote down to offer them again."""
    file = tmp_path / "profile" / "Default" / "Web Data"
    with closing(sqlite3.connect(file)) as connection:
        return {value for (value,) in connection.execute("SELECT value FROM autofill")}


def test_s15_chromium_writes_nothing_down_that_was_typed(
    on_disk: BrowserContext, site: Site, elsewhere: Neighbor, tmp_path: Path
) -> None:
    careless = '<!doctype html><form action="/sent"><input name="nick"><button>Send</button></form>'
    elsewhere.pages["/careless"] = Answer(careless)
    page = on_disk.new_page()
    page.goto(site.at("/"))
    person.write(page)
    person.fill(page)
    person.send(page)
    page.goto(f"{elsewhere.origin('form.localhost')}/careless")
    page.fill("[name=nick]", "Wanda")
    page.click("button")
    page.wait_for_load_state()
    on_disk.close()

    kept = history_of_forms(tmp_path)

    # The careless form shows that this browser does write down what it may.
    assert "Wanda" in kept
    assert not {person.NAME, person.PHONE, person.NOTE} & kept
