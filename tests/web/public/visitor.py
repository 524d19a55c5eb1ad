"""A person at the form: gets it, fills it in as most would, sends it, reads the answer."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.clock import Clock

#: What a form that everybody would accept holds. Monday morning is in the practice's calling hours.
GOOD: dict[str, Any] = {
    "age": "adult",
    "name": "Sam",
    "way": "call",
    "phone": "602 555 0199",
    "ok": ["vm", "ask"],
    "when": ["mon-am", "tue-pm"],
    "tz": "America/Phoenix",
    "state": "AZ",
    "about": "betrayed",
    "lang": "en",
    "note": "After work is best.",
    "consent": "yes",
}


class _Reader(HTMLParser):
    """Collects elements with their attributes, and the text a person sees."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._hidden += tag in ("script", "style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


class Page:
    """An answer as somebody reads it."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self.html = answer.get_data(as_text=True)
        reader = _Reader()
        reader.feed(self.html)
        self.elements = reader.elements
        self.text = " ".join("".join(reader.text).split())

    def find(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(key) == value for key, value in attributes.items())
        ]

    def value(self, name: str) -> str | None:
        """Return what a text field holds."""
        if name == "note":
            written = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", self.html, re.DOTALL)
            assert written
            return unescape(written[1])
        return self.find("input", name=name)[0]["value"]

    def chosen(self, name: str) -> list[str | None]:
        """Return what is ticked or picked."""
        ticked = [box["value"] for box in self.find("input", name=name) if "checked" in box]
        picked = re.search(rf'<select id="{name}".*?</select>', self.html, re.DOTALL)
        return ticked + (re.findall(r'value="([^"]*)" selected', picked[0]) if picked else [])

    @property
    def ticket(self) -> str:
        ticket = self.find("input", name="token")[0]["value"]
        assert ticket
        return ticket


def look(client: FlaskClient, path: str = "/") -> Page:
    return Page(client.get(path))


def fill(**changes: Any) -> dict[str, Any]:
    """Return a good form with changes; None leaves a field out."""
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


def send(client: FlaskClient, clock: Clock, path: str = "/", **changes: Any) -> TestResponse:
    """Look at the form, take as long as anybody would, and send it."""
    ticket = look(client, path).ticket
    clock.forward(seconds=3)
    return client.post(path, data=fill(token=ticket, **changes))
