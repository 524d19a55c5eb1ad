"""Photographs every page: the public ones in each state that a walk meets, the desk's of the demonstration practice.

On a phone and a desk, in light and dark, and what clients see in each language.
"""

import base64
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from app.crypto import totp
from tests.bed import browser as browsers
from tests.bed import ports, run, running, schema
from tests.bed.running import ROOT
from tests.web.public import crawl
from tests.workshop import pages

OUT = ROOT / "docs" / "screenshots"
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LANGUAGES = {"public": "en", "public_es": "es"}

#: Pages that are photographed with their folds open as well.
FOLDED = ("form", "done-confirmed", "come_back-the-words")
DESK = ("", "rota", "team", "account", "audit", "figures", "recovery-sheet", "nothing-here")


def main(wanted: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with _run(), sync_playwright() as driver, browsers.chromium(driver) as browser:
        states = _states()
        for size in SIZES:
            for theme in THEMES:
                for language in LANGUAGES.values():
                    _public(browser, Camera(size, theme, language, wanted), states[language])
        # The demonstration takes a while; nobody waits for it who wants a public page.
        if not wanted.startswith("public"):
            _desk_in_all_sizes(browser, wanted)


def _desk_in_all_sizes(browser: Browser, wanted: str) -> None:
    with _demonstration() as (url, facts):
        for size in SIZES:
            for theme in THEMES:
                _desk(browser, url, facts, Camera(size, theme, "en", wanted))


class Camera:
    """Takes pictures of one size, theme and language, of the pages whose name holds what is wanted."""

    def __init__(self, size: str, theme: Literal["light", "dark"], language: str, wanted: str) -> None:
        self._name = f"{language}-{size}-{theme}"
        self._wanted = wanted
        width, height = SIZES[size]
        self.options: dict[str, Any] = {"viewport": {"width": width, "height": height}, "color_scheme": theme}

    def take(self, page: Page, name: str) -> None:
        if self._wanted in name:
            page.screenshot(path=OUT / f"{name}-{self._name}.png", full_page=True)


def _states() -> dict[str, dict[str, str]]:
    """Return the public pages of each language, by view and what was done to see it."""
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES.values()}
    with tempfile.TemporaryDirectory() as folder, crawl.walked(Path(folder)) as visits:
        for name, html in pages.once((f"{visit.endpoint}.{visit.said}", visit.page.html) for visit in visits).items():
            side, _, rest = name.partition(".")
            found[LANGUAGES[side]][re.sub(r"[^a-z_]+", "-", rest.removesuffix(".looked at"))] = html
    return found


def _public(browser: Browser, camera: Camera, states: Mapping[str, str]) -> None:
    context = browser.new_context(**camera.options)
    show = pages.Show(context.new_page())
    for name, html in states.items():
        show(html)
        camera.take(show.page, f"public-{name}")
        if name in FOLDED:
            show.open_folds()
            camera.take(show.page, f"public-{name}-unfolded")
    context.close()


def _desk(browser: Browser, url: str, facts: dict[str, Any], camera: Camera) -> None:
    context = browser.new_context(**camera.options)
    page = context.new_page()
    page.goto(f"{url}/desk/")
    camera.take(page, "desk-sign-in")
    supervisor = facts["accounts"][1]
    _sign_in(page, supervisor)
    for path in DESK:
        page.goto(f"{url}/desk/{path}")
        camera.take(page, f"desk-{path or 'queue'}")
    page.goto(f"{url}/desk/")
    reference = page.locator(".queue a").last.get_attribute("href") or ""
    page.goto(url + reference)
    camera.take(page, "desk-request")
    if page.get_by_role("button", name="Show number").count():
        page.get_by_role("button", name="Show number").click()
        camera.take(page, "desk-number")
    page.goto(f"{url}/desk/team")
    _invite(page)
    camera.take(page, "desk-invited")
    newcomer = browser.new_context(**camera.options).new_page()
    newcomer.goto(page.locator(".link").inner_text())
    camera.take(newcomer, "desk-invite")
    secret = base64.b32decode(newcomer.locator(".secret").inner_text().replace(" ", ""))
    newcomer.locator("#code").fill(totp.code(secret, datetime.now(UTC)))
    newcomer.locator("#kept").check()
    newcomer.locator("main form button:visible").last.click()
    camera.take(newcomer, "desk-words")
    page.goto(f"{url}/desk/team")
    camera.take(page, "desk-approve")
    context.close()


_invited: Callable[[], int] = iter(range(1, 100)).__next__


def _invite(page: Page) -> None:
    number = _invited()
    page.locator("#name").fill(f"Newcomer {number}")
    page.locator("#email").fill(f"newcomer{number}@example.org")
    page.get_by_role("button", name="Make the link").click()


def _sign_in(page: Page, account: dict[str, str]) -> None:
    """Sign in; a code that was used a moment ago is waited out, as a person would."""
    secret = base64.b32decode(account["totp_secret"])
    while "/sign-in" in page.url:
        page.locator("#email").fill(account["email"])
        page.locator("#password").fill(account["password"])
        page.locator("#code").fill(totp.code(secret, datetime.now(UTC)))
        page.get_by_role("button", name="Sign in").click()
        if "/sign-in" in page.url:
            page.wait_for_timeout(5_000)


@contextmanager
def _run() -> Iterator[None]:
    """Give what is made the folder that a run of the tests has."""
    with tempfile.TemporaryDirectory() as name:
        os.environ[run.VARIABLE] = name
        yield


@contextmanager
def _demonstration() -> Iterator[tuple[str, dict[str, Any]]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port, file = ports.free(), folder / "demo.json"
        settings = running.environment(
            folder, database_url=schema.sqlite(folder), web_port=port, DEMONSTRATION="1", DEMO_FILE=str(file)
        )
        made = running.flask(settings, "demo")
        if made.returncode != 0:
            sys.exit(made.stderr)
        with running.programs(folder) as programs:
            yield programs.web(settings, port).url, json.loads(file.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
