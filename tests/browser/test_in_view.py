"""How the public pages look and are walked through: in any window, zoom, theme and spacing, by keyboard, on paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import person
from tests.browser.site import Site
from tests.conftest import NewPage
from tests.support.browser import Profiles
from tools import pages

SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""
WIDER = "document.documentElement.scrollWidth > innerWidth"
CUT = """() => [...document.querySelectorAll('button, a, label, legend, summary, p, h1, h2, th')]
  .filter(one => one.checkVisibility() && !one.closest('.unseen, .skip, .steps'))
  .filter(one => getComputedStyle(one).overflow !== 'visible' && one.scrollHeight > one.clientHeight + 1)
  .map(one => one.outerHTML.slice(0, 80))"""
COVERED = """() => {
  const stop = document.activeElement, bar = document.querySelector('.bar');
  if (!stop || stop === document.body || stop.closest('.bar, .skip')) return null;
  const box = (stop.closest('label') ?? stop).getBoundingClientRect();
  const fixed = getComputedStyle(bar).position === 'sticky' ? bar.getBoundingClientRect().bottom : 0;
  const seen = box.bottom > fixed + 2 && box.top < innerHeight - 2;
  return seen && stop.getBoundingClientRect().top >= fixed - 1 ? null : stop.outerHTML.slice(0, 80);
}"""
SMALL = """() => [...document.querySelectorAll('a, button, select, textarea, summary, input')]
  .filter(one => one.checkVisibility() && !one.closest('.unseen, .skip') && one.type !== 'hidden')
  .map(one => (one.type === 'radio' || one.type === 'checkbox') ? one.closest('label') : one)
  .filter(one => !one.closest('.problem li') && !(one.tagName === 'A' && one.closest('p') &&
    one.closest('p').innerText.length > one.innerText.length + 30))
  .filter(one => { const box = one.getBoundingClientRect(); return box.height < 43.9 || box.width < 43.9; })
  .map(one => one.outerHTML.slice(0, 120))"""
RING = """() => { const style = getComputedStyle(document.activeElement);
  return [style.outlineStyle, style.outlineWidth, style.outlineOffset]; }"""


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """One window for many small looks."""
    with Profiles(browser) as profiles:
        yield profiles.new_page()


def every_page(site: Site) -> list[str]:
    return [site.at(path) for path in [*site.pages, "/nothing-here", "/es/nothing-here"]]


def test_a12_s20_no_page_is_wider_than_its_window_at_any_width_or_zoom(window: Page, site: Site) -> None:
    """1440, 320 and 256 CSS px, and 1280 px at 400 %, which leaves a page 320 × 200 of them."""
    wide = []
    for address in every_page(site):
        window.goto(address)
        for width, height in ((1440, 900), (320, 640), (256, 640), (320, 200)):
            window.set_viewport_size({"width": width, "height": height})
            if window.evaluate(WIDER):
                wide.append((address, width))

    assert wide == []


def test_a13_a14_larger_text_and_wider_spacing_cut_nothing_off(window: Page, site: Site) -> None:
    """Text at 200 %, and the spacing of WCAG 1.4.12."""
    cut = {}
    window.set_viewport_size({"width": 640, "height": 800})
    for address in every_page(site):
        window.goto(address)
        for style in ("html { font-size: 225% !important }", SPACED):
            # Around the content policy, as a reader's own style sheet goes.
            window.evaluate(
                """text => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text);
                document.adoptedStyleSheets = [sheet]; }""",
                style,
            )
            if window.evaluate(WIDER) or window.evaluate(CUT):
                cut[address, style[:12]] = window.evaluate(CUT)

    assert cut == {}


def test_a10_a12_every_state_fits_a_narrow_window_and_has_targets_for_fingers(
    states: dict[str, str], show: pages.Show
) -> None:
    """What is folded too."""
    show.page.set_viewport_size({"width": 320, "height": 640})
    wrong = {}
    for name, html in states.items():
        if ".leave," in name:
            # It has a sheet of its own, and nobody stays there.
            continue
        show(html)
        show.open_folds()
        if show.page.evaluate(WIDER) or show.page.evaluate(SMALL):
            wrong[name] = show.page.evaluate(SMALL)
    show.page.set_viewport_size({"width": 390, "height": 844})

    assert wrong == {}


def test_s20_a_way_out_is_first_or_second_and_one_is_always_in_view(window: Page, site: Site) -> None:
    lost = []
    for width, height in ((390, 844), (320, 640), (1280, 800), (320, 448)):
        window.set_viewport_size({"width": width, "height": height})
        for path in ("/", "/help-lines", "/es/device-safety"):
            window.goto(site.at(path))
            for share in (0, 0.25, 0.5, 0.75, 1):
                window.evaluate("share => scrollTo(0, share * document.documentElement.scrollHeight)", share)
                box = window.locator("a.leave").bounding_box()
                if box is None or not 0 <= box["y"] <= height - box["height"]:
                    lost.append((path, width, share))
    assert lost == []

    stops = []
    for path in ("/", "/teen", "/nothing-here"):
        window.goto(site.at(path))
        window.keyboard.press("Tab")
        window.keyboard.press("Tab")
        stops.append(window.evaluate("document.activeElement.textContent"))
    assert stops == ["Leave this page"] * 3


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800), (320, 448), (320, 300)])
def test_a09_every_stop_of_the_keyboard_is_seen_with_its_ring(
    new_page: NewPage, site: Site, width: int, height: int
) -> None:
    page = new_page(viewport={"width": width, "height": height})
    page.goto(site.at("/"))
    hidden, rings = [], set()

    for key in ("Tab", "Shift+Tab"):
        for _ in range(70):
            page.keyboard.press(key)
            if page.evaluate("document.activeElement !== document.body"):
                rings.add(tuple(page.evaluate(RING)))
                hidden.append(page.evaluate(COVERED))

    assert not [stop for stop in hidden if stop]
    assert rings == {("solid", "3px", "3px")}


def test_a15_a20_a_request_can_be_made_with_the_keyboard_alone(new_page: NewPage, site: Site) -> None:
    page = new_page(extra_http_headers={"X-Forwarded-For": "203.0.113.4"})
    page.goto(site.at("/"))

    def walk_to(selector: str) -> None:
        for _ in range(90):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"no way to {selector}")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for selector, keys in (
        ("[name=age]", ["Space"]),
        ("#name", list(person.NAME)),
        ("[name=way]", ["Space"]),
        ("#phone", list(person.PHONE.replace(" ", ""))),
        ("[name=when][value=mon-am]", ["Space"]),
        ("#state", list("Arizona")),
        ("#tz", list("Arizona")),
        ("#consent", ["Space"]),
    ):
        walk_to(selector)
        for key in keys:
            page.keyboard.press(key)
    page.wait_for_timeout(2_100)
    walk_to("main form > button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/done/**")

    assert page.get_by_role("heading", name="Thank you. We have your request.").is_visible()


def test_a17_with_forced_colors_blocks_buttons_and_errors_keep_an_edge(new_page: NewPage, site: Site) -> None:
    page = new_page(forced_colors="active", extra_http_headers={"X-Forwarded-For": "203.0.113.5"})
    page.goto(site.at("/"))
    page.click("main form button[type=submit]")
    edge = "one => parseFloat(getComputedStyle(one).borderTopWidth) + parseFloat(getComputedStyle(one).outlineWidth)"

    for selector in (".urgent", ".problem", ".aside", "a.leave", "main form button[type=submit]", "#name"):
        assert page.locator(selector).first.evaluate(edge) >= 2, selector
    assert page.locator(".wrong").first.evaluate("one => parseFloat(getComputedStyle(one).borderLeftWidth)") >= 3
    assert page.locator("[type=radio]").first.evaluate("one => getComputedStyle(one).appearance") == "auto"


def test_a16_nothing_moves_for_who_wants_less_motion(new_page: NewPage, site: Site) -> None:
    moving = """() => [...document.querySelectorAll('*')].map(one => getComputedStyle(one))
      .flatMap(style => [...style.transitionDuration.split(', '), ...style.animationDuration.split(', ')])
      .map(parseFloat).filter(seconds => seconds > LIMIT).length"""
    still, usual = new_page(reduced_motion="reduce"), new_page(reduced_motion="no-preference")
    for page in (still, usual):
        page.goto(site.at("/"))

    assert still.evaluate(moving.replace("LIMIT", "0")) == 0
    assert usual.evaluate(moving.replace("LIMIT", "0.15")) == 0
    assert usual.evaluate("document.getAnimations().length") == 0


def test_a18_light_and_dark_follow_the_device(new_page: NewPage, site: Site) -> None:
    grounds = set()
    for theme in ("light", "dark"):
        page = new_page(color_scheme=theme)
        page.goto(site.at("/"))
        grounds.add(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))

    assert len(grounds) == 2


def test_a22_paper_shows_help_and_never_what_was_typed(new_page: NewPage, site: Site) -> None:
    page = new_page()
    page.goto(site.at("/"))
    person.write(page)

    page.emulate_media(media="print")

    assert page.get_by_text("call or text 988").is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
    for field in ("#name", "#phone", "#note", "[name=age]"):
        assert not page.locator(field).first.is_visible()
    page.goto(site.at("/help-lines"))
    assert page.get_by_text("741741").first.is_visible()
