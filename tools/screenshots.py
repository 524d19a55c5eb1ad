"""Photographs every page: public pages in each state that a walk meets, and the desk of the demonstration practice.

Each on a phone and a desktop, in light and dark; public pages in each language.
"""

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, sync_playwright

from tests.support import browser as browsers
from tests.support import ports, run, running, schema
from tests.support.smtp import SmtpTrap
from tests.web.public import crawl
from tools import desk_screenshots, own_account, pages
from tools.camera import OUT, SIZES, Camera

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LANGUAGES = {"public": "en", "public_es": "es"}

#: Pages that are also photographed with their folds open.
FOLDED = ("form", "done-confirmed", "come_back-the-words")


def main(wanted: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with _run(), sync_playwright() as driver, browsers.chromium(driver) as browser:
        states = _states()
        for size in SIZES:
            for theme in THEMES:
                for language in LANGUAGES.values():
                    _public(browser, Camera(size, theme, language, wanted), states[language])
        # Starting the demonstration takes a while, and public pages do not need it.
        if not wanted.startswith("public"):
            _desk_in_all_sizes(browser, wanted)


def _desk_in_all_sizes(browser: Browser, wanted: str) -> None:
    with _demonstration() as (url, facts):
        for size in SIZES:
            for theme in THEMES:
                desk_screenshots.take(browser, url, facts, Camera(size, theme, "en", wanted))
                desk_screenshots.take_in_spanish(browser, url, facts, Camera(size, theme, "es", wanted))


def _states() -> dict[str, dict[str, str]]:
    """Return the public pages of each language, by view and by the action that led to it."""
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


@contextmanager
def _run() -> Iterator[None]:
    """Make a folder for this run, as a run of the tests has one."""
    with tempfile.TemporaryDirectory() as name:
        os.environ[run.VARIABLE] = name
        yield


@contextmanager
def _demonstration() -> Iterator[tuple[str, dict[str, Any]]]:
    with tempfile.TemporaryDirectory() as name, SmtpTrap() as trap:
        folder = Path(name)
        port, file = ports.free(), folder / "demo.json"
        settings = running.environment(
            folder, database_url=schema.sqlite(folder), web_port=port, DEMONSTRATION="1", DEMO_FILE=str(file)
        )
        settings["MAIL_PORT"] = str(trap.port)
        made = running.flask(settings, "demo")
        if made.returncode != 0:
            sys.exit(made.stderr)
        with running.programs(folder) as programs:
            facts = json.loads(file.read_text(encoding="utf-8")) | {"post": own_account.posting(settings, trap)}
            yield programs.web(settings, port).url, facts


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
