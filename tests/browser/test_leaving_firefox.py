"""The same cases of leaving in Debian's Firefox ESR, which keeps no page that forbids it but restores fields."""

from collections.abc import Iterator

import pytest

from tests.browser import person
from tests.browser.firefox import Firefox, firefox
from tests.browser.neighbors import Answer, Neighbor
from tests.browser.site import Site

WRITTEN = "[...document.querySelectorAll('[name=name], [name=phone], #note')].map(field => field.value)"
FORM = """<!doctype html><html lang="en"><title>Form</title><form><input name="name" autocomplete="nickname">
<input name="phone" type="tel"><textarea id="note" name="note"></textarea></form><a href="{exit}">Leave</a></html>"""


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox"), scripts=True) as started:
        yield started


@pytest.fixture(scope="module")
def scriptless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox"), scripts=False) as started:
        yield started


def write(browser: Firefox) -> None:
    browser.write("[name=name]", person.NAME)
    browser.write("[name=phone]", person.PHONE)
    if browser.evaluate("!document.querySelector('#note').checkVisibility()"):
        browser.follow("details:has(#note) > summary")
    browser.write("#note", person.NOTE)
    assert browser.evaluate(WRITTEN) == [person.NAME, person.PHONE, person.NOTE]


def test_s05_a_page_that_takes_no_care_comes_back_with_everything(
    scriptless: Firefox, elsewhere: Neighbor, site: Site
) -> None:
    elsewhere.pages["/form"] = Answer(FORM.format(exit=site.exit))
    scriptless.goto(f"{elsewhere.origin('form.localhost')}/form")
    write(scriptless)

    scriptless.follow("a")
    scriptless.wait_for(site.exit)
    scriptless.back()
    scriptless.wait_for(f"{elsewhere.origin('form.localhost')}/form")

    assert scriptless.evaluate(WRITTEN) == [person.NAME, person.PHONE, person.NOTE]


@pytest.mark.parametrize("path", ["/", "/autofill"], ids=["cases 1 and 4", "cases 2 and 5, autocomplete tokens"])
def test_s05_s23_without_a_script_back_finds_an_empty_form(scriptless: Firefox, site: Site, path: str) -> None:
    scriptless.goto(site.at(path))
    write(scriptless)

    scriptless.follow("a.leave")
    scriptless.wait_for(site.exit)
    scriptless.back()
    scriptless.wait_for(site.at(path))

    assert scriptless.evaluate(WRITTEN) == ["", "", ""]


def test_s05_case_6_with_scripts_a_link_and_back_find_an_empty_form(scripted: Firefox, site: Site) -> None:
    scripted.goto(site.at("/"))
    write(scripted)

    scripted.follow("footer a[href='/accessibility']")
    scripted.wait_for(site.at("/accessibility"))
    scripted.back()
    scripted.wait_for(site.at("/"))

    assert scripted.evaluate(WRITTEN) == ["", "", ""]


def test_s21_s22_case_7_with_scripts_back_goes_to_the_page_before_the_form(scripted: Firefox, site: Site) -> None:
    scripted.goto(site.at("/help-lines"))
    scripted.goto(site.at("/"))
    write(scripted)

    scripted.follow("a.leave")
    scripted.wait_for(site.exit)
    scripted.back()

    scripted.wait_for(site.at("/help-lines"))


def test_s25_shift_three_times_leaves(scripted: Firefox, site: Site) -> None:
    scripted.goto(site.at("/es/"))

    scripted.press("\ue008", "\ue050", "\ue008")

    scripted.wait_for(site.exit)


def test_s01_firefox_keeps_nothing_either(scripted: Firefox, site: Site) -> None:
    scripted.goto(site.at("/"))

    assert scripted.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
