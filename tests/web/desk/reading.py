"""Somebody at the desk: looks at a page, reads it, fills in one of its forms and sends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

_UNREAD = ("script", "style", "title", "svg")
_VOID = ("input", "meta", "link", "br")
_IN_A_LINE = ("a", "b", "i", "span", "time", "abbr")


@dataclass
class Form:
    """What a browser would send if nothing more was typed."""

    action: str
    id: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    inputs: list[dict[str, str | None]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        #: Buttons that send a form to another address than its own.
        self.elsewhere: list[tuple[str | None, str]] = []
        self.text: list[str] = []
        self.title = ""
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.elements.append((tag, facts))
        if tag not in _IN_A_LINE:
            self.text.append(" ")
        if tag not in _VOID:
            self._inside.append(tag)
        if tag == "form":
            self.forms.append(Form(facts.get("action") or self.address, facts.get("id")))
        if tag == "button" and facts.get("formaction"):
            self.elsewhere.append((facts.get("form"), facts["formaction"] or ""))
        if tag == "input" and self.forms:
            self._take(facts)

    def _take(self, facts: dict[str, str | None]) -> None:
        form = self.forms[-1]
        form.inputs.append(facts)
        name = facts.get("name")
        if name and (facts.get("type") not in ("radio", "checkbox") or "checked" in facts):
            form.fields[name] = facts.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "title" in self._inside:
            self.title += data
        elif not set(_UNREAD) & set(self._inside):
            self.text.append(data)


class Page:
    """An answer as somebody reads it."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self.headers = answer.headers
        self.bytes = answer.get_data()
        self.html = self.bytes.decode()
        self._address = answer.request.path

    # Many a page is asked for its status alone.
    @cached_property
    def _read(self) -> _Reader:
        reader = _Reader(self._address)
        reader.feed(self.html)
        return reader

    @cached_property
    def forms(self) -> list[Form]:
        sent_elsewhere = (
            replace(form, action=action)
            for owner, action in self._read.elsewhere
            for form in self._read.forms
            if form.id == owner
        )
        return [*self._read.forms, *sent_elsewhere]

    @property
    def title(self) -> str:
        return self._read.title

    @cached_property
    def text(self) -> str:
        return " ".join("".join(self._read.text).split())

    @property
    def leads_to(self) -> str | None:
        return self.headers.get("Location")

    def form(self, action: str) -> Form:
        [found] = [form for form in self.forms if form.action == action]
        return found

    def find(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            facts
            for name, facts in self._read.elements
            if name == tag and all(facts.get(key) == value for key, value in wanted.items())
        ]

    def links(self) -> list[str | None]:
        return [facts.get("href") for facts in self.find("a")]


class Seat:
    """A browser and whoever sits before it."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def look(self, path: str, **options: Any) -> Page:
        return Page(self.client.get(path, **options))

    def send(self, action: str, at: str | Page | None = None, **typed: Any) -> Page:
        """Fill in the form of that action on a page (its own address unless told) and send it."""
        page = at if isinstance(at, Page) else self.look(at or action)
        data = {**page.form(action).fields, **typed}
        return self.post(action, {name: value for name, value in data.items() if value is not None})

    def post(self, path: str, data: dict[str, Any]) -> Page:
        return Page(self.client.post(path, data=data))

    @property
    def cookies(self) -> dict[str, str]:
        names = ("s", "__Host-s")
        return {name: cookie.value for name in names if (cookie := self.client.get_cookie(name)) is not None}


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Yield the list of SQL statements that are executed meanwhile, without those that begin a transaction."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    engine = app.extensions["quietword"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
