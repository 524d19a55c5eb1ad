"""The public pages in a real browser: leaving, keyboard, width; with and without scripts."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route
from werkzeug.serving import make_server

from tests.conftest import NewPage
from tests.support import ports, schema
from tests.support.clock import Clock
from tests.web.public.conftest import PRACTICE, close, make_live

ELSEWHERE = "https://www.weather.gov/"
MOST_WORDS = 380
#: Closed folds are not shown; what stands there for screen readers alone is not read with the eyes.
WORDS = """() => {
  const seen = [...document.querySelectorAll("select")].map(list => list.selectedOptions[0]?.text ?? "");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const around = walk.currentNode.parentElement;
    if (around.checkVisibility() && !around.closest("option, .unseen, .skip")) seen.push(walk.currentNode.data);
  }
  return seen.join(" ").split(/\\s+/).filter(word => /[\\p{L}\\p{N}]/u.test(word));
}"""
PAGES = ["/", "/es/", "/autofill", "/help-lines", "/es/device-safety", "/privacy", "/teen", "/accessibility"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a live service on this machine."""
    folder, port = tmp_path_factory.mktemp("site"), ports.free()
    app: Flask = make_live(schema.sqlite(folder), folder, Clock(), PUBLIC_URL=f"http://localhost:{port}")
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{port}"
    server.shutdown()
    thread.join()
    server.server_close()
    close(app)


def _dull(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<title>Weather</title>")


def visit(page: Page, address: str) -> None:
    page.route(f"{ELSEWHERE}**", _dull)
    page.goto(address)


def test_s21_s22_leaving_replaces_the_page_in_the_same_tab(page: Page, site: str) -> None:
    visit(page, f"{site}/help-lines")
    page.goto(site)
    page.fill("[name=name]", "Sam")
    visits = page.evaluate("history.length")

    page.click("a.leave")
    page.wait_for_url(ELSEWHERE)

    assert len(page.context.pages) == 1
    assert page.evaluate("history.length") == visits
    page.go_back()
    assert page.url == f"{site}/help-lines"


def test_s25_shift_three_times_leaves_and_says_so_on_the_way(page: Page, site: str) -> None:
    visit(page, site)

    page.keyboard.press("ShiftLeft")
    page.keyboard.press("ShiftRight")
    assert page.get_by_text("Press Shift once more to leave this page.").is_visible()
    page.keyboard.press("ShiftLeft")

    page.wait_for_url(ELSEWHERE)


def test_s25_writing_capitals_and_walking_back_never_leave(page: Page, site: str) -> None:
    visit(page, site)
    page.focus("[name=name]")

    for letter in "SAMU":
        page.keyboard.press(f"Shift+{letter}")
    for _ in range(40):
        page.keyboard.press("Shift+Tab")

    assert page.url == f"{site}/"


def test_s23_leaving_works_without_a_script(new_page: NewPage, site: str) -> None:
    page = new_page(java_script_enabled=False)
    visit(page, site)

    page.click("a.leave")

    page.wait_for_url(ELSEWHERE)


def test_s05_back_finds_an_empty_form(browser_with_back: Browser, new_page: NewPage, site: str) -> None:
    page = new_page(browser_with_back)
    visit(page, site)
    page.fill("[name=name]", "Sam")
    page.check("[name=age][value=adult]")

    page.click("footer >> text=Accessibility")
    page.go_back()

    page.wait_for_selector("[name=name]")
    assert page.input_value("[name=name]") == ""
    assert not page.is_checked("[name=age][value=adult]")


def test_f25_enter_in_a_field_sends_and_does_not_change_the_language(page: Page, site: str) -> None:
    visit(page, site)

    page.fill("[name=name]", "Sam")
    page.press("[name=name]", "Enter")

    page.wait_for_selector("[role=alert]")
    assert page.url == f"{site}/"
    assert page.input_value("[name=name]") == "Sam"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_f25_the_language_button_keeps_what_was_typed(new_page: NewPage, site: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts)
    visit(page, site)
    page.fill("[name=name]", "Sam")

    page.click("button[name=switch]")

    assert page.url == f"{site}/es/"
    assert page.input_value("[name=name]") == "Sam"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a03_the_error_summary_has_the_focus(new_page: NewPage, site: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts)
    visit(page, site)

    page.click("button:has-text('Send my request'):visible")

    page.wait_for_selector("div.problem:focus")


@pytest.mark.parametrize("practice", sorted(PRACTICE.parent.glob("*.toml")), ids=lambda file: file.stem)
def test_f21_the_form_is_read_in_two_minutes(page: Page, sqlite_url: str, tmp_path: Path, practice: Path) -> None:
    """With the texts of each practice that ships, in both languages."""
    app = make_live(sqlite_url, tmp_path, Clock(), practice)
    client = app.test_client()
    lengths = {}
    for path in ("/", "/es/", "/autofill", "/es/autofill"):
        page.set_content(client.get(path).get_data(as_text=True))
        lengths[path] = len(page.evaluate(WORDS))
    close(app)

    assert all(300 < length <= MOST_WORDS for length in lengths.values()), lengths


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 256])
def test_a12_nothing_is_wider_than_a_narrow_window(new_page: NewPage, site: str, width: int, path: str) -> None:
    page = new_page(viewport={"width": width, "height": 640})
    visit(page, site + path)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640), (1280, 800)])
def test_s20_the_way_out_stays_in_view(new_page: NewPage, site: str, width: int, height: int) -> None:
    page = new_page(viewport={"width": width, "height": height})
    visit(page, site)

    for share in (0, 0.25, 0.5, 0.75, 1):
        page.evaluate("share => scrollTo(0, share * document.documentElement.scrollHeight)", share)
        box = page.locator("a.leave").bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= height - box["height"]


def test_s20_the_way_out_does_not_cover_a_low_window(new_page: NewPage, site: str) -> None:
    page = new_page(viewport={"width": 320, "height": 400})
    visit(page, site)

    assert page.locator(".bar").evaluate("bar => getComputedStyle(bar).position") == "static"


def test_a09_no_stop_of_the_keyboard_hides_behind_the_bar(page: Page, site: str) -> None:
    visit(page, site)
    covered = """() => {
      const stop = document.activeElement, bar = document.querySelector('.bar');
      if (stop === document.body || stop.closest('.bar, .skip')) return null;
      return stop.getBoundingClientRect().top < bar.getBoundingClientRect().bottom ? stop.outerHTML : null;
    }"""

    for key in ("Tab", "Shift+Tab"):
        for _ in range(60):
            page.keyboard.press(key)
            assert page.evaluate(covered) is None


def test_a10_every_target_is_large_enough(page: Page, site: str) -> None:
    visit(page, site)
    small = """() => [...document.querySelectorAll('a, button, select, textarea, summary, input, label')]
      .filter(one => one.checkVisibility() && !one.closest('.unseen, .skip') && one.type !== 'hidden')
      .filter(one => one.tagName !== 'LABEL' || one.querySelector('input'))
      .map(one => (one.type === 'radio' || one.type === 'checkbox') ? one.closest('label') : one)
      .filter(one => !one.closest('.problem') && !(one.tagName === 'A' && one.closest('footer p')))
      .filter(one => { const box = one.getBoundingClientRect(); return box.height < 43.9 || box.width < 43.9; })
      .map(one => one.outerHTML)"""

    assert page.evaluate(small) == []


def test_s01_s03_a_visit_stores_nothing_and_asks_nobody_else(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, site)
    page.click("button:has-text('Send my request'):visible")

    assert not [address for address in asked if not address.startswith(site)]
    assert len(set(asked)) <= 3
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
