"""How the public pages look, measured where it can be: one column, system fonts, sizes, spaces."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FloatRect, Page, ViewportSize

from tests.browser.site import Site
from tests.support.browser import Profiles
from tests.support.running import ROOT

STATIC = ROOT / "app" / "static"
PHONE, DESKTOP = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=800)
REM = 18
STYLE = """([selector, names]) => {
  const style = getComputedStyle(document.querySelector(selector));
  return names.map(name => style[name]);
}"""


@pytest.fixture(scope="module")
def form(browser: Browser, site: Site) -> Iterator[Page]:
    """The form, refused once, so that errors are on it."""
    with Profiles(browser) as profiles:
        page = profiles.new_page(viewport=PHONE, extra_http_headers={"X-Forwarded-For": "203.0.113.6"})
        page.goto(site.at("/"))
        page.click("main form button[type=submit]")
        page.wait_for_selector(".problem")
        yield page


def style(page: Page, selector: str, *names: str) -> list[str]:
    found: list[str] = page.evaluate(STYLE, [selector, list(names)])
    return found


def width(page: Page, selector: str) -> float:
    return box(page, selector)["width"]


def box(page: Page, selector: str) -> FloatRect:
    found = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return found


def gap(page: Page, above: str, below: str) -> float:
    upper, lower = box(page, above), box(page, below)
    return lower["y"] - upper["y"] - upper["height"]


def test_d01_there_is_one_column_of_36_rem_with_16_pixels_beside_it(form: Page) -> None:
    form.set_viewport_size(DESKTOP)
    assert 34 * REM < width(form, "#ask") <= 37 * REM
    assert width(form, "#phone") <= 18 * REM

    form.set_viewport_size(PHONE)
    assert (box(form, "#ask")["x"], width(form, "#ask")) == (16, 390 - 2 * 16)
    assert box(form, "main")["x"] == 0


def test_d02_fonts_are_the_systems_own_and_there_is_no_picture(form: Page) -> None:
    sheets = "".join(file.read_text(encoding="utf-8") for file in STATIC.glob("*.css"))

    assert style(form, "body", "fontFamily")[0].startswith("system-ui")
    assert style(form, "h1", "fontFamily")[0].startswith("ui-serif")
    assert not [word for word in ("@font-face", "url(", "@import") if word in sheets]
    assert form.locator("img, svg, picture, video, canvas").count() == 0


def test_d03_text_is_large_and_help_is_never_smaller(form: Page) -> None:
    sizes = form.evaluate("""() => [...document.querySelectorAll('main *')].filter(one => one.checkVisibility())
      .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
      .map(one => parseFloat(getComputedStyle(one).fontSize))""")

    assert min(sizes) >= REM
    assert style(form, "body", "lineHeight") == [f"{1.6 * REM:g}px"]
    assert style(form, "legend", "fontSize", "fontWeight") == [f"{1.0625 * REM:g}px", "600"]
    assert style(form, "#name-notes p", "fontSize", "fontWeight") == [f"{REM}px", "400"]
    assert style(form, "h2", "fontSize", "textWrap") == [f"{1.25 * REM:g}px", "balance"]
    assert style(form, "h1", "fontSize") == [f"{1.75 * REM:g}px"]
    form.set_viewport_size(DESKTOP)
    assert style(form, "h1", "fontSize") == [f"{2.125 * REM:g}px"]
    form.set_viewport_size(PHONE)


def test_d04_questions_stand_apart_and_help_stands_close(form: Page) -> None:
    assert style(form, ".field", "marginBottom") == ["32px"]
    assert gap(form, "label[for=name]", "#name-notes") == pytest.approx(4, abs=1)
    assert gap(form, "#name-notes", "#name") == pytest.approx(8, abs=1)


def test_d05_corners_are_round_edges_are_plain_and_nothing_throws_a_shadow(form: Page) -> None:
    shadows = "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).boxShadow !== 'none').length"

    for selector in ("#name", "main form > button", "a.leave"):
        assert style(form, selector, "borderRadius", "borderTopWidth") == ["8px", "2px"]
    assert form.evaluate(shadows) == 0


def test_d06_fields_and_buttons_are_48_pixels_high_rows_44_and_boxes_24(form: Page) -> None:
    for selector in ("#name", "#phone", "#state", "main form > button"):
        assert box(form, selector)["height"] >= 48, selector
    assert box(form, "label:has([name=age])")["height"] >= 44
    for selector in ("[name=age]", "[name=ok]", "[name=when]"):
        assert (box(form, selector)["width"], box(form, selector)["height"]) == (24, 24)


def test_d08_errors_are_brick_with_a_word_and_a_bar_and_do_not_shake(form: Page) -> None:
    assert form.locator(".error").first.inner_text().startswith("Error:")
    assert style(form, ".error", "color") == style(form, ".wrong", "borderLeftColor") == ["rgb(143, 47, 32)"]
    assert style(form, ".wrong", "borderLeftWidth", "animationName") == ["6px", "none"]


def test_d09_the_urgent_block_is_sand_and_short_and_before_every_question(form: Page, site: Site) -> None:
    form.set_viewport_size(DESKTOP)
    lines = box(form, ".urgent p")["height"] / (1.6 * REM)
    form.set_viewport_size(PHONE)

    assert style(form, ".urgent", "backgroundColor") == ["rgb(255, 244, 220)"]
    assert box(form, ".urgent")["y"] < box(form, "#ask")["y"]
    assert lines <= 4


def test_s27_d07_the_way_out_is_filled_with_ink_and_the_one_thing_to_do_with_the_brand(form: Page) -> None:
    assert style(form, "a.leave", "backgroundColor") == ["rgb(34, 48, 46)"]
    assert style(form, "main form > button", "backgroundColor") == ["rgb(28, 88, 80)"]
