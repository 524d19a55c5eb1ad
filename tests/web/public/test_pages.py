"""Every public page: the way out, the help lines, nothing from elsewhere; and what each one is for."""

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.web.public.conftest import PRACTICE, WithPractice
from tests.web.public.visitor import Page, look

PAGES = ["/", "/autofill", "/help-lines", "/device-safety", "/privacy", "/teen", "/accessibility", "/undone"]
ALL_PAGES = [*PAGES, *(f"/es{page}" for page in PAGES)]
BARE = ["/leave", "/embed", "/es/leave", "/es/embed"]


@pytest.mark.parametrize("path", ALL_PAGES)
def test_s02_s29_each_page_has_the_way_out_and_the_help(one_client: FlaskClient, path: str) -> None:
    page = look(one_client, path)
    spanish = path.startswith("/es")

    assert page.status == 200
    assert page.find("a", **{"data-leave": "https://www.weather.gov/"})
    assert ("¿Necesita ayuda ahora mismo?" if spanish else "Need help right now?") in page.text
    assert ("¿Alguien podría ver que está aquí?" if spanish else "Could someone see you here?") in page.text
    assert page.find("html")[0]["lang"] == ("es" if spanish else "en")


@pytest.mark.parametrize("path", ["/nowhere", "/done", "/static/nothing"])
def test_s29_error_pages_have_the_way_out_too(one_client: FlaskClient, path: str) -> None:
    page = look(one_client, path)

    assert page.status == 404
    assert page.find("a", href="/leave")
    assert "988" in page.text


@pytest.mark.parametrize("path", [*ALL_PAGES, *BARE])
def test_s03_no_page_loads_anything_from_elsewhere(one_client: FlaskClient, path: str) -> None:
    page = look(one_client, path)

    loaded = [found.get("src") or found.get("href") for tag, found in page.elements if tag in ("script", "link", "img")]

    assert not [address for address in loaded if not str(address).startswith("/")]
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page.html)


@pytest.mark.parametrize("path", [*ALL_PAGES, *BARE])
def test_s01_s04_no_page_leaves_a_cookie_or_a_copy(one_client: FlaskClient, path: str) -> None:
    headers = one_client.get(path).headers

    assert "Set-Cookie" not in headers
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [*ALL_PAGES, *BARE])
def test_s06_links_to_other_sites_tell_them_nothing(one_client: FlaskClient, path: str) -> None:
    for link in look(one_client, path).find("a"):
        if urlsplit(str(link["href"])).netloc:
            assert link["rel"] == "noreferrer"


@pytest.mark.parametrize("path", ALL_PAGES)
def test_s20_the_way_out_is_among_the_first_two_stops(one_client: FlaskClient, path: str) -> None:
    first_two = look(one_client, path).find("a")[:2]

    assert [link for link in first_two if "data-leave" in link]


@pytest.mark.parametrize("path", PAGES)
def test_each_page_leads_to_itself_in_the_other_language(one_client: FlaskClient, path: str) -> None:
    page = look(one_client, path)
    ways = page.find("a", lang="es") + page.find("button", lang="es")

    assert [way.get("href") or way.get("formaction") for way in ways] == [f"/es{path}"]


def test_every_link_leads_somewhere(one_client: FlaskClient) -> None:
    for path in [*ALL_PAGES, *BARE]:
        page = look(one_client, path)
        for link in page.find("a"):
            address = str(link["href"])
            if address.startswith("#"):
                assert [found for _, found in page.elements if found.get("id") == address[1:]]
            elif address.startswith("/"):
                assert one_client.get(address).status_code == 200, address


def test_s32_s33_the_page_on_traces_promises_no_more_than_is_true(one_client: FlaskClient) -> None:
    page = look(one_client, "/device-safety")

    for told in ("private window", "history", "home internet", "phone bill", "library", "Delete only this visit."):
        assert told in page.text
    for path in PAGES:
        assert not re.search(r"anonym|100 ?%|untraceable|HIPAA compliant", look(one_client, path).text, re.IGNORECASE)


def test_s40_the_teen_page_says_what_can_be_done_now(one_client: FlaskClient) -> None:
    page = look(one_client, "/teen")

    assert page.find("a", href="tel:1-800-422-4453")
    assert page.find("a", href="sms:988")
    assert "You do not have to give your teen's name." in page.text


def test_s23_leaving_without_a_script_is_a_blank_page_that_goes_on_by_itself(one_client: FlaskClient) -> None:
    answer = one_client.get("/leave")
    page = Page(answer)

    assert "<title>Loading</title>" in page.html
    assert page.find("meta", content="0; url=https://www.weather.gov/")
    assert page.find("a", href="https://www.weather.gov/", rel="noreferrer")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    [sheet] = page.find("link")
    assert one_client.get(str(sheet["href"])).headers["Clear-Site-Data"] == '"cache"'


def test_s24_the_practice_chooses_where_leaving_leads(with_practice: WithPractice) -> None:
    client = with_practice('exit_address = "https://www.weather.gov/"', 'exit_address = "https://example.com/dull"')

    assert look(client, "/leave").find("meta", content="0; url=https://example.com/dull")
    assert look(client).find("a", **{"data-leave": "https://example.com/dull"})
    assert "weather" not in look(client).text


def test_s26_leaving_is_not_counted(one_client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    one_client.get("/leave")
    one_client.get("/leave.css")

    assert not caplog.records


def test_s27_the_way_out_is_named_for_what_it_does(one_client: FlaskClient) -> None:
    assert "Leave this page" in look(one_client).text
    assert "Salir de esta página" in look(one_client, "/es/").text


def test_the_card_holds_a_question_and_a_button_that_opens_the_whole_window(one_client: FlaskClient) -> None:
    page = look(one_client, "/embed")

    assert not page.find("form")
    assert not page.find("input")
    assert not page.find("script")
    assert page.find("a", href="/", target="_top")


def test_the_card_may_be_framed_by_listed_sites_alone(one_client: FlaskClient) -> None:
    card, form = one_client.get("/embed").headers, one_client.get("/").headers

    assert "frame-ancestors https://www.example.org;" in card["Content-Security-Policy"]
    assert "X-Frame-Options" not in card
    assert "frame-ancestors 'none'" in form["Content-Security-Policy"]


def test_s49_the_notice_is_dated_and_says_how_long(one_client: FlaskClient) -> None:
    page = look(one_client, "/privacy")

    assert re.search(r"This notice is from \w+ \d+, \d{4}\.", page.text)
    assert "after 90 days" in page.text


def test_the_icon_is_nothing(one_client: FlaskClient) -> None:
    assert one_client.get("/favicon.ico").status_code == 204


def test_a_demonstration_says_so(one_client: FlaskClient, with_practice: WithPractice) -> None:
    client = with_practice("", "")
    settings = client.application.extensions["quietword"].settings
    object.__setattr__(settings, "demonstration", True)

    assert "This is a demonstration." in look(client).text
    assert "This is a demonstration." not in look(one_client).text


def test_d12_the_colors_of_the_practice_stand_in_the_one_stylesheet(with_practice: WithPractice) -> None:
    assert "[colors.light]" not in PRACTICE.read_text(encoding="utf-8")
    client = with_practice("[hours]\n", '[colors.light]\nbrand = "#5A2D6E"\n\n[hours]\n')

    sheet = client.get("/static/base.css").get_data(as_text=True)

    assert sheet.rindex("--brand:#5A2D6E") > sheet.rindex("--brand: #1C5850")


def test_the_script_runs_only_as_it_was_shipped(one_client: FlaskClient) -> None:
    [script] = look(one_client).find("script")

    assert str(script["integrity"]).startswith("sha384-")
    assert "defer" in script
