"""The card in somebody else's page: framed where it is listed, nowhere else, and a button for the whole window."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.neighbors import Answer, Neighbor
from tests.browser.site import Site
from tests.support.browser import watch
from tests.support.running import ROOT

ISOLATED = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}
QUESTION = "Would you like to speak with someone in private?"


def article(parents: Neighbor, site: Site, path: str, frame: str = "/embed", isolated: bool = False) -> str:
    """Put up an article that frames one of our pages, and return its path."""
    body = f'<!doctype html><html lang="en"><title>Article</title><iframe src="{site.at(frame)}"></iframe></html>'
    parents.pages[path] = Answer(body, headers=ISOLATED if isolated else {})
    return path


@pytest.mark.parametrize("isolated", [False, True], ids=["plain parent", "parent with COEP"])
@pytest.mark.parametrize("frame", ["/embed", "/es/embed"])
def test_e01_a_listed_site_shows_the_card_and_its_button_opens_the_whole_window(
    page: Page, site: Site, parents: Neighbor, isolated: bool, frame: str
) -> None:
    path = article(parents, site, f"/listed-{isolated}{frame}", frame, isolated)
    page.goto(parents.origin("127.0.0.1") + path)
    card = page.frame_locator("iframe")

    assert card.locator("h1").is_visible()
    assert page.context.cookies() == []
    card.locator("a.button").click()

    page.wait_for_url(site.at(frame.removesuffix("embed")))
    assert page.locator("#ask").is_visible()
    assert len(page.context.pages) == 1


@pytest.mark.parametrize("isolated", [False, True], ids=["plain parent", "parent with COEP"])
def test_e01_a_site_that_is_not_listed_shows_nothing_of_the_card(
    page: Page, site: Site, parents: Neighbor, isolated: bool
) -> None:
    seen = watch(page)
    path = article(parents, site, f"/unlisted-{isolated}", isolated=isolated)

    page.goto(parents.origin("stranger.localhost") + path)

    assert page.frame_locator("iframe").get_by_text(QUESTION).count() == 0
    assert any("frame-ancestors" in complaint for complaint in seen.complaints)


def test_e01_not_even_a_listed_site_may_frame_the_form(page: Page, site: Site, parents: Neighbor) -> None:
    seen = watch(page)
    path = article(parents, site, "/form", "/")

    page.goto(parents.origin("127.0.0.1") + path)

    assert page.frame_locator("iframe").locator("#ask").count() == 0
    assert seen.complaints


def test_s01_s03_the_card_keeps_nothing_and_asks_nobody_else(page: Page, site: Site, parents: Neighbor) -> None:
    seen = watch(page)
    page.goto(parents.origin("127.0.0.1") + article(parents, site, "/watched"))
    card = page.frames[1]

    assert card.evaluate("document.cookie") == ""
    assert page.context.storage_state() == {"cookies": [], "origins": []}
    assert {request.url for request in seen.requests if request.frame == card} == {
        site.at("/embed"),
        site.at("/static/base.css"),
    }


def snippets() -> list[str]:
    """Return the pieces of HTML that the guide gives to the people of a website."""
    return re.findall("```html\n(.*?)```", (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8"), re.DOTALL)


def test_e02_every_snippet_of_the_guide_leads_to_the_form(page: Page, site: Site, parents: Neighbor) -> None:
    given = snippets()
    assert len(given) == 3

    for number, snippet in enumerate(given):
        body = snippet.replace("https://private.example.org", site.url)
        parents.pages[f"/guide-{number}"] = Answer(f"<!doctype html><html lang=en><title>x</title>{body}</html>")
        page.goto(parents.origin("127.0.0.1") + f"/guide-{number}")
        frame = page.frame_locator("iframe") if "<iframe" in body else page
        frame.locator("a[href]").first.click()
        page.wait_for_url(site.at("/"))
