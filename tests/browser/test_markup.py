"""What machines can check of every page in every state: axe-core, the Nu validator, html-validate, a text browser.

The pages come from the walks through all routes of both sides; axe sees each in light and in dark.
"""

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tools import node, pages

AXE = node.PACKAGES / "axe-core" / "axe.min.js"
NU = node.PACKAGES / "vnu-jar" / "build" / "dist" / "vnu.jar"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
BAD, BAD_HTML = "a bad page", "<!doctype html><title>x</title><p><div id=a><div id=a></div><button>x</button>"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
#: What a theme may change.
THEMED = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]
HTML_VALIDATE = {
    "root": True,
    "extends": ["html-validate:recommended", "html-validate:a11y"],
    "rules": {
        "doctype-style": ["error", {"style": "lowercase"}],
        # Boxes of one question share its name as much as radio buttons do.
        "form-dup-name": ["error", {"shared": ["button", "checkbox", "radio", "reset", "submit"]}],
        # What a template leaves at the end of a line is seen by nobody.
        "no-trailing-whitespace": "off",
    },
}
GOLDEN = Path(__file__).with_name("form-in-w3m.txt")


def test_the_walk_shows_every_state_of_every_page(states: dict[str, str], desk: dict[str, str]) -> None:
    met = {name.partition(",")[0].partition(".")[2] for name in states}
    seen = {"form", "form_with_autofill", "send", "done", "undo", "teen", "leave", "embed", "none", "withdraw"}

    assert seen | {"come_back", "write_message", "change_wishes", "undo_withdrawal"} <= met
    assert {name.partition(".")[0] for name in states} == {"public", "public_es"}
    assert len(states) > 80
    assert len(desk) > 30


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe finds by some of its rules or by all that hold here, with the elements it finds it in."""
    found: Any = page.evaluate(
        """([tags, rules]) => axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'rule', values:
        rules.length ? rules : [...axe.getRules(tags).map(rule => rule.ruleId), 'color-contrast-enhanced']}})""",
        [TAGS, list(rules)],
    )
    return [f"{each['id']}: {place['html'][:120]}" for each in found["violations"] for place in each["nodes"]]


@pytest.mark.parametrize("side", ["public.", "public_es.", "a "], ids=["English", "Spanish", "desk"])
def test_a01_a11_axe_finds_nothing_on_any_page_in_light_or_dark(
    everywhere: dict[str, str], show: pages.Show, side: str
) -> None:
    """WCAG 2.0 to 2.2, levels A and AA, best practice, and contrast of AAA; what is folded too."""
    ours = {name: html for name, html in everywhere.items() if name.startswith(side)}
    assert len(ours) > 30
    wrong: list[str] = []
    for name, html in ours.items():
        show(html)
        show.open_folds()
        show.page.evaluate(node.file(AXE).read_text(encoding="utf-8"))
        for theme in THEMES:
            show.page.emulate_media(color_scheme=theme)
            found = violations(show.page, () if theme == "light" else THEMED)
            wrong += [f"{name}, {theme}: {each}" for each in found]

    assert wrong == []


def test_a01_axe_would_find_something(show: pages.Show) -> None:
    show("<!doctype html><html lang=en><title>x</title><main><h1>x</h1><input><p style='color:#666'>Pale words</main>")
    show.page.evaluate(node.file(AXE).read_text(encoding="utf-8"))

    assert {found.partition(":")[0] for found in violations(show.page)} >= {"label", "color-contrast-enhanced"}


#: Rules of html-validate that the desk breaks on purpose. A counselor may copy a number into another program, so its
#: hyphen is the plain one; and without scripts only a reload takes away a number that must not be called any more.
AT_THE_DESK = ("tel-non-breaking", "meta-refresh")


@pytest.fixture(scope="module")
def files(everywhere: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    """Each page in a file, and its name; a page that is wrong lies among them."""
    folder = tmp_path_factory.mktemp("pages")
    files = {}
    for number, (name, html) in enumerate([*everywhere.items(), (BAD, BAD_HTML)]):
        files[folder / f"{number}.html"] = name
        (folder / f"{number}.html").write_text(html, encoding="utf-8")
    return files


def test_the_nu_validator_finds_nothing_on_any_page(files: dict[Path, str]) -> None:
    java = shutil.which("java")
    assert java, "There is no Java; script/test installs it."
    command = [java, "-Xmx256m", "-jar", str(node.file(NU)), "--format", "json", "--exit-zero-always", "--stdout"]
    said = subprocess.run([*command, *files], capture_output=True, text=True, check=True, timeout=120).stdout
    found = [
        f"{files[Path(each['url'].removeprefix('file:'))]}: {each['message']}: {each.get('extract', '')}"
        for each in json.loads(said)["messages"]
    ]

    assert any(line.startswith(BAD) for line in found), "it finds nothing anywhere"
    assert [line for line in found if not line.startswith(BAD)] == []


def test_a01_html_validate_finds_nothing_on_any_page(
    files: dict[Path, str], desk: dict[str, str], tmp_path: Path
) -> None:
    """Its recommended rules and those on access; Node starts once for all pages."""
    config, script = tmp_path / "rules.json", node.PACKAGES / "html-validate" / "bin" / "html-validate.mjs"
    config.write_text(json.dumps(HTML_VALIDATE), encoding="utf-8")
    # Into a file: what goes through a pipe it cuts off when it ends.
    said = tmp_path / "said.json"
    node.run(script, "--config", str(config), "--formatter", f"json={said}", *map(str, files))
    found = [
        f"{files[Path(page['filePath'])]}: {each['ruleId']}: {each['message']}, line {each['line']}"
        for page in json.loads(said.read_text(encoding="utf-8"))
        for each in page["messages"]
        if not (each["ruleId"] in AT_THE_DESK and files[Path(page["filePath"])] in desk)
    ]

    assert any(line.startswith(BAD) for line in found), "it finds nothing anywhere"
    assert [line for line in found if not line.startswith(BAD)] == []


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


def test_d07_no_page_has_more_than_one_filled_button(states: dict[str, str]) -> None:
    """What stands under a fold may be sent from there, by a button that is not filled."""
    for name, html in states.items():
        filled = re.findall(r'<button type="submit"(?![^>]*(?:hidden|class="(?:plain|second)"))|class="button"', html)
        assert len(filled) <= 1, name


def test_a21_no_hint_holds_a_link(states: dict[str, str]) -> None:
    for html in states.values():
        assert not [hint for hint in re.findall(r'<div class="notes".*?</div>', html, re.DOTALL) if "<a " in hint]


def test_a03_every_link_of_the_summary_leads_to_its_field(states: dict[str, str]) -> None:
    for html in states.values():
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r'\bid="([^"]+)"', html))
