"""Every public page and status, found by walking the app's own map. What must be on all of them stands here once."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.public import crawl
from tests.web.public.crawl import Visit

pytestmark = pytest.mark.thorough

TELLING = re.compile("betray|affair|porn|sex|addict|trauma|abuse|counsel", re.IGNORECASE)
SAFE = {"en": "Could someone see you here?", "es": "¿Alguien podría ver que está aquí?"}
WAY_OUT = {"en": "Leave this page", "es": "Salir de esta página"}
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Robots-Tag": "noindex",
}


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Visit]]:
    with crawl.walked(tmp_path_factory.mktemp("crawl")) as visits:
        yield visits


def every(visits: list[Visit], wrong: Any) -> list[str]:
    """Name each visit that something is wrong with."""
    return [f"{visit.endpoint}, {visit.said}: {visit.answer.status_code}" for visit in visits if wrong(visit)]


def test_the_walk_meets_every_status_the_public_side_has(visits: list[Visit]) -> None:
    met = {visit.answer.status_code for visit in visits}

    assert {200, 204, 303, 403, 404, 405, 410, 413, 415, 422, 429, 503} <= met
    assert not every(visits, lambda visit: visit.answer.status_code == 500)


def test_s04_s06_every_answer_carries_the_headers(visits: list[Visit]) -> None:
    def lacking(visit: Visit) -> bool:
        headers = visit.answer.headers
        policy = headers.get("Content-Security-Policy", "")
        referrer = "no-referrer" if visit.endpoint.endswith(".leave") and visit.answer.status_code == 200 else None
        return (
            any(headers.get(name) != value for name, value in HEADERS.items())
            or "default-src 'none'" not in policy
            or "connect-src" in policy
            or headers.get("Referrer-Policy") != (referrer or "same-origin")
            or "publickey-credentials-get=()" not in headers.get("Permissions-Policy", "")
        )

    assert not every(visits, lacking)


def test_s01_no_answer_sets_a_cookie(visits: list[Visit]) -> None:
    assert not every(visits, lambda visit: "Set-Cookie" in visit.answer.headers)


def test_s02_s29_s35_every_page_has_the_way_out_the_help_and_the_warning(visits: list[Visit]) -> None:
    def lacking(visit: Visit) -> bool:
        page = visit.page
        return not (
            WAY_OUT[visit.language] in page.text
            and "tel:911" in page.html
            and "tel:988" in page.html
            and SAFE[visit.language] in page.text
        )

    shown = [visit for visit in visits if visit.shows_help and visit.said != "only its head"]

    assert len(shown) > 60
    assert not every(shown, lacking)


def test_s06_every_link_that_leads_out_says_nothing_of_where_it_stood(visits: list[Visit]) -> None:
    def telling(visit: Visit) -> bool:
        links = [link for link in visit.page.find("a") if str(link.get("href")).startswith("http")]
        return any(link.get("rel") != "noreferrer" for link in links)

    assert not every([visit for visit in visits if visit.endpoint.rpartition(".")[2] != "leave"], telling)


def test_s07_titles_and_addresses_say_nothing_of_the_matter(visits: list[Visit]) -> None:
    def telling(visit: Visit) -> bool:
        page = visit.page
        titles = re.findall("<title>(.*?)</title>", page.html)
        spots = [found.get(key) or "" for _, found in page.elements for key in ("href", "src", "action", "formaction")]
        named = [meta for meta in page.find("meta") if meta.get("name") not in (None, "viewport") or "property" in meta]
        own = [spot for spot in spots if not spot.startswith("http")]
        return any(map(TELLING.search, [*titles, *own, visit.answer.headers.get("Location", "")])) or bool(named)

    assert not every([visit for visit in visits if visit.answer.mimetype == "text/html"], telling)


def test_s07_each_title_is_the_neutral_one(visits: list[Visit]) -> None:
    known = {"Contact us", "Error: Contact us", "Contacto", "Error: Contacto", "Loading", "Cargando"}

    pages = [visit for visit in visits if visit.answer.status_code != 303]

    titles = {title for visit in pages for title in re.findall("<title>(.*?)</title>", visit.page.html)}

    assert titles <= known


def test_s03_no_page_loads_anything_from_elsewhere(visits: list[Visit]) -> None:
    def loading(visit: Visit) -> bool:
        page = visit.page
        loaded = [tag.get("src") or "" for name, tag in page.elements if name in ("script", "img", "iframe", "video")]
        loaded += [tag.get("href") or "" for tag in page.find("link")]
        return any(not spot.startswith("/") or spot.startswith("//") for spot in loaded)

    assert not every(visits, loading)


def test_s09_no_address_carries_anything_but_the_one_short_token(visits: list[Visit]) -> None:
    def carrying(visit: Visit) -> bool:
        page = visit.page
        spots = [found.get(key) or "" for _, found in page.elements for key in ("href", "action", "formaction")]
        spots.append(visit.answer.headers.get("Location", ""))
        return any("?" in spot or "Sam" in spot or "5550199" in spot for spot in spots)

    assert not every(visits, carrying)


def test_a06_help_stands_in_the_same_order_on_every_page(visits: list[Visit]) -> None:
    def out_of_order(visit: Visit) -> bool:
        html = visit.page.html
        marks = ['class="leave"', 'id="urgent"', 'href="tel:911"', 'href="tel:988"', '<details class="safe"', "<footer"]
        place = 0
        for mark in marks:
            place = html.find(mark, place)
            if place == -1:
                return True
        return False

    assert not every([visit for visit in visits if visit.shows_help and visit.said != "only its head"], out_of_order)


def test_s12_every_change_is_answered_by_a_redirect_to_look_at(visits: list[Visit]) -> None:
    changed = [visit for visit in visits if visit.said in ("sent", "a minor", "taken back")]

    assert {visit.answer.status_code for visit in changed} == {303}


def test_a19_each_page_says_its_language(visits: list[Visit]) -> None:
    pages = [visit for visit in visits if visit.answer.mimetype == "text/html" and visit.shows_help]

    assert not every(
        [visit for visit in pages if visit.said != "only its head"],
        lambda visit: f'<html lang="{visit.language}">' not in visit.page.html,
    )
