"""Collects the different pages of a walk, and shows each in a browser window with its stylesheets."""

import re
from collections.abc import Iterable

from playwright.sync_api import Page, Route

from tests.support.running import ROOT

ADDRESS = "http://localhost/page"


def once(pages: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return pages by name, each once. Different tickets, words or addresses do not make another page."""
    found: dict[str, tuple[str, str]] = {}
    for name, html in pages:
        if "<main" in html:
            found.setdefault(_shape(html), (name, html))
    return dict(found.values())


def _shape(html: str) -> str:
    page = re.sub(r'name="(?:\w*token|code|key_digest|challenge|session)"[^>]*|<b>.*?</b>|/done/[^"/]*', "", html)
    return re.sub(r'<a href="[^"]*" lang=.*?</a>|action="[^"]*"', "", page)


class Show:
    """A browser window that shows any page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._html = ""
        page.route("http://localhost/**", self._answer)

    def __call__(self, html: str) -> None:
        # The blank page goes on at once to somebody else's.
        self._html = re.sub("<meta http-equiv[^>]*>", "", html)
        self.page.goto(ADDRESS)

    def open_folds(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")

    def _answer(self, route: Route) -> None:
        file = ROOT / "app" / "static" / route.request.url.rpartition("/")[2]
        if route.request.url == ADDRESS:
            route.fulfill(content_type="text/html", body=self._html)
        elif file.exists():
            kind = "text/css" if file.suffix == ".css" else "text/javascript"
            route.fulfill(content_type=kind, body=file.read_text(encoding="utf-8"))
        else:
            route.fulfill(status=204)
