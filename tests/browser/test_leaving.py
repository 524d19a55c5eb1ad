"""Leaving in Chromium with its back/forward cache on: the nine cases of what Back brings, and the way out itself.

The first three show the danger on a form without our care; without them the others would prove nothing.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import person
from tests.browser.neighbors import Answer, Neighbor
from tests.browser.site import Site
from tests.conftest import NewPage
from tests.support import running
from tests.support.browser import Profiles, watch

Careless = Callable[..., Page]
NO_STORE = {"Cache-Control": "no-store"}
FORM = """<!doctype html><html lang="en"><title>Form</title><form autocomplete="{form}">
<input name="name" autocomplete="{name}"><input name="phone" type="tel" autocomplete="{phone}">
<textarea id="note" name="note" autocomplete="off"></textarea></form><a href="{exit}">Leave</a></html>"""


@pytest.fixture
def kept_for_back(browser_with_back: Browser, new_page: NewPage) -> Callable[..., Page]:
    """Opens pages in a browser that keeps them for Back, as everybody's does."""

    def open_page(**options: object) -> Page:
        return new_page(browser_with_back, ignore_https_errors=True, **options)

    return open_page


def careless(elsewhere: Neighbor, site: Site, leave: str, form: str, name: str, phone: str) -> str:
    """Put up a form that takes no care, and return its address."""
    elsewhere.pages["/form"] = Answer(FORM.format(form=form, name=name, phone=phone, exit=leave), headers=NO_STORE)
    elsewhere.pages["/away"] = Answer(
        "", 303, {**NO_STORE, "Location": site.exit, "Clear-Site-Data": '"cache"', "Referrer-Policy": "no-referrer"}
    )
    return f"{elsewhere.origin('form.localhost')}/form"


@pytest.mark.parametrize(
    ("leave", "tokens"),
    [
        pytest.param("", ("off", "off", "off"), id="case 1, a plain link, autocomplete off"),
        pytest.param("", ("on", "nickname", "tel"), id="case 2, a plain link, autocomplete tokens"),
        pytest.param("/away", ("off", "off", "off"), id="case 3, a redirect that clears the cache"),
    ],
)
def test_s05_without_care_back_brings_everything_that_was_typed(
    kept_for_back: Careless, elsewhere: Neighbor, site: Site, leave: str, tokens: tuple[str, str, str]
) -> None:
    page = kept_for_back(java_script_enabled=False)
    page.goto(careless(elsewhere, site, leave or site.exit, *tokens))
    for name, text in (("name", person.NAME), ("phone", person.PHONE), ("note", person.NOTE)):
        page.fill(f"[name={name}]", text)

    page.click("a")
    page.wait_for_url(site.exit)
    page.go_back(wait_until="commit")

    assert person.written(page) == [person.NAME, person.PHONE, person.NOTE]


def test_s05_s23_case_4_without_a_script_back_finds_an_empty_form(kept_for_back: Careless, site: Site) -> None:
    page = kept_for_back(java_script_enabled=False)
    page.goto(site.at("/"))
    person.write(page)

    page.click("a.leave")
    page.wait_for_url(site.exit)
    page.go_back(wait_until="commit")

    # Not the blank page in between: it left no entry of its own.
    assert page.url == site.at("/")
    assert person.written(page) == ["", "", ""]


def test_s05_s16_case_5_a_form_that_the_browser_may_fill_in_never_gives_back_number_or_note(
    kept_for_back: Careless, site: Site
) -> None:
    page = kept_for_back(java_script_enabled=False)
    page.goto(site.at("/autofill"))
    person.write(page)

    page.click("a.leave")
    page.wait_for_url(site.exit)
    page.go_back(wait_until="commit")

    # The name may return here without a script; the page is for those who chose it.
    assert person.written(page)[1:] == ["", ""]


def test_s05_case_6_with_scripts_a_page_that_back_kept_is_blank_and_loaded_anew(
    kept_for_back: Careless, site: Site
) -> None:
    page = kept_for_back()
    page.goto(site.at("/"))
    person.write(page)
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url))

    page.evaluate("address => { location.href = address }", site.exit)
    page.wait_for_url(site.exit)
    page.go_back(wait_until="commit")

    page.wait_for_function("document.querySelector('[name=name]')?.checkVisibility()")
    assert person.written(page) == ["", "", ""]
    assert site.at("/") in loads


def test_s21_s22_case_7_with_scripts_back_goes_to_the_page_before_the_form(kept_for_back: Careless, site: Site) -> None:
    page = kept_for_back()
    page.goto(site.at("/help-lines"))
    page.goto(site.at("/"))
    person.write(page)
    visits = page.evaluate("history.length")

    page.click("a.leave")
    page.wait_for_url(site.exit)

    assert page.evaluate("history.length") == visits
    assert len(page.context.pages) == 1
    page.go_back(wait_until="commit")
    assert page.url == site.at("/help-lines")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_s05_s12_s13_s30_case_8_after_sending_back_finds_an_empty_form_and_reloading_sends_nothing(
    kept_for_back: Careless, site: Site, scripts: bool
) -> None:
    page = kept_for_back(java_script_enabled=scripts, extra_http_headers={"X-Forwarded-For": "198.51.100.8"})
    page.goto(site.at("/"))
    before = rows(site)
    person.fill(page)
    person.send(page)
    confirmation = page.url

    page.reload()
    page.click("a.leave")
    page.wait_for_url(site.exit)
    assert rows(site) == before + 1
    page.goto(confirmation)
    page.go_back(wait_until="commit")
    page.go_back(wait_until="commit")

    assert person.NAME not in page.content()
    if page.url == site.at("/"):
        assert person.written(page) == ["", "", ""]


@pytest.mark.parametrize("path", ["/", "/es/"])
def test_s05_case_9_a_browser_that_keeps_no_page_for_back_gives_an_empty_form(
    new_page: NewPage, site: Site, path: str
) -> None:
    page = new_page(java_script_enabled=False, ignore_https_errors=True)
    page.goto(site.at(path))
    person.write(page)

    page.click("a.leave")
    page.wait_for_url(site.exit)
    page.go_back(wait_until="commit")

    assert person.written(page) == ["", "", ""]


def test_s06_s23_where_leaving_leads_learns_nothing_of_where_one_came_from(
    kept_for_back: Careless, elsewhere: Neighbor, site: Site
) -> None:
    elsewhere.asked.clear()
    for scripts in (True, False):
        page = kept_for_back(java_script_enabled=scripts)
        page.goto(site.at("/"))
        page.click("a.leave")
        page.wait_for_url(site.exit)

    asked = [headers for path, headers in elsewhere.asked if path == "/"]
    assert len(asked) == 2
    assert not [headers for headers in asked if {"Referer", "Origin", "Cookie"} & set(headers)]


def test_s22_leaving_blanks_the_page_before_the_other_one_answers(kept_for_back: Careless, site: Site) -> None:
    page = kept_for_back()
    page.goto(site.at("/"))
    person.write(page)
    page.evaluate("""() => addEventListener('beforeunload', () =>
      console.log(JSON.stringify([document.title, document.body.childElementCount])))""")

    with page.expect_console_message() as said:
        page.click("a.leave")

    assert said.value.text == '["",0]'
    page.wait_for_url(site.exit)


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/es/", "/autofill", "/return", "/teen", "/help-lines"),
        *("/privacy", "/device-safety", "/accessibility", "/nothing"),
    ],
)
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_s28_s29_the_way_out_works_on_every_page_and_asks_nothing(
    leaver: Callable[[bool], Page], site: Site, path: str, scripts: bool
) -> None:
    page = leaver(scripts)
    page.goto(site.at(path))
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))

    page.click("a.leave")

    page.wait_for_url(site.exit)
    assert len(page.context.pages) == 1
    assert asked == []


@pytest.fixture(scope="module")
def leaver(browser_with_back: Browser) -> Iterator[Callable[[bool], Page]]:
    """Gives one page with scripts and one without, for many small walks."""
    with Profiles(browser_with_back) as profiles:
        pages = {
            scripts: profiles.new_page(ignore_https_errors=True, java_script_enabled=scripts)
            for scripts in (True, False)
        }
        yield pages.__getitem__


def test_s30_a_request_on_its_way_is_kept_when_one_leaves(kept_for_back: Careless, site: Site) -> None:
    page = kept_for_back(extra_http_headers={"X-Forwarded-For": "198.51.100.9"})
    page.goto(site.at("/"))
    before = rows(site)
    person.fill(page)
    page.wait_for_timeout(2_100)

    with page.expect_request(lambda request: request.method == "POST"):
        page.evaluate("setTimeout(() => document.querySelector('#ask').requestSubmit())")
    page.close()

    running.until(lambda: rows(site) == before + 1, site.web)


def test_s25_shift_leaves_from_within_a_field_with_either_key(kept_for_back: Careless, site: Site) -> None:
    page = kept_for_back()
    page.goto(site.at("/es/"))
    page.focus("[name=name]")

    for key in ("ShiftLeft", "ShiftRight", "ShiftLeft"):
        page.keyboard.press(key)

    page.wait_for_url(site.exit)


def test_s25_presses_more_than_five_seconds_apart_do_not_add_up(kept_for_back: Careless, site: Site) -> None:
    page = kept_for_back()
    page.clock.install()
    page.goto(site.at("/"))

    page.keyboard.press("ShiftLeft")
    page.keyboard.press("ShiftLeft")
    page.clock.fast_forward(5_100)
    page.keyboard.press("ShiftLeft")

    assert page.get_by_role("status").inner_text() == "Press Shift two more times to leave this page."
    assert page.url == site.at("/")


def test_s25_a_keyboard_on_a_screen_never_leaves(kept_for_back: Careless, site: Site) -> None:
    page = kept_for_back()
    page.goto(site.at("/"))

    page.evaluate("""() => { for (let time = 0; time < 6; time++) for (const kind of ['keydown', 'keyup'])
      dispatchEvent(new KeyboardEvent(kind, {key: 'Shift', code: ''})) }""")

    assert page.get_by_role("status").inner_text() == ""
    assert page.url == site.at("/")


@pytest.mark.parametrize("emulated", [{"reduced_motion": "reduce"}, {"forced_colors": "active"}])
def test_s31_leaving_is_the_same_with_less_motion_and_with_forced_colors(
    kept_for_back: Careless, site: Site, emulated: dict[str, str]
) -> None:
    page = kept_for_back(**emulated)
    seen = watch(page)
    page.goto(site.at("/"))

    page.click("a.leave")
    page.wait_for_url(site.exit)

    assert not seen.complaints


def rows(site: Site) -> int:
    """Return how many requests there are."""
    with closing(sqlite3.connect(site.database_url.removeprefix("sqlite:///"))) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM intakes")
        return int(count)
