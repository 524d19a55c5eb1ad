"""Debian's Chromium, driven by Playwright. It may talk to the app alone."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    Response,
)

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium(driver: Playwright, *, keeps_pages_for_back: bool = False) -> Iterator[Browser]:
    """Yield a running Chromium. The driver turns the back/forward cache off, which people have on."""
    program = shutil.which("chromium")
    if program is None:
        raise RuntimeError("There is no Chromium; script/test installs it.")
    dropped = ["--disable-back-forward-cache"] if keeps_pages_for_back else None
    browser = driver.chromium.launch(executable_path=program, args=_FLAGS, ignore_default_args=dropped)
    try:
        yield browser
    finally:
        browser.close()


class Seen:
    """The requests and the errors of a page since a test began to watch it."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        #: Script errors, and what the browser refused, such as a breach of the content policy.
        self.complaints: list[str] = []

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(request.url).netloc for request in self.requests}

    def see_request(self, request: Request) -> None:
        self.requests.append(request)

    def see_response(self, response: Response) -> None:
        self.responses.append(response)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def hear_error(self, error: Error) -> None:
        self.complaints.append(str(error))


def watch(page: Page) -> Seen:
    """Watch a page; return its record, which grows from now on."""
    seen = Seen()
    page.on("request", seen.see_request)
    page.on("response", seen.see_response)
    page.on("console", seen.hear)
    page.on("pageerror", seen.hear_error)
    return seen


class Profiles:
    """Opens pages, each in a profile of its own, and closes them all."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._opened: list[BrowserContext] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for profile in self._opened:
            profile.close()

    def new_page(self, browser: Browser | None = None, /, **options: Any) -> Page:
        profile = (browser or self._browser).new_context(**options)
        self._opened.append(profile)
        profile.set_default_timeout(10_000)
        return profile.new_page()


@contextmanager
def profile_on_disk(driver: Playwright, folder: Path) -> Iterator[BrowserContext]:
    """Yield a browser with a usual profile, which writes to disk. Close it to read what it wrote."""
    program = shutil.which("chromium")
    if program is None:
        raise RuntimeError("There is no Chromium; script/test installs it.")
    profile = driver.chromium.launch_persistent_context(
        folder, executable_path=program, args=_FLAGS, ignore_https_errors=True
    )
    profile.set_default_timeout(10_000)
    try:
        yield profile
    finally:
        profile.close()
