"""A walk through every public route the app has, in every language, for every status it can answer.

The routes are read from the app, so that a new page is tried by itself.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import current
from tests.support import schema
from tests.support.clock import Clock
from tests.web.public import returns
from tests.web.public.conftest import close, make_live
from tests.web.public.visitor import Page, fill, look, send

LARGE = "x" * 70_000
#: Pages that are blank, or stand in somebody else's page.
WITHOUT_HELP = ("leave", "embed")


@dataclass(frozen=True)
class Visit:
    """One request and its answer."""

    endpoint: str
    said: str
    answer: TestResponse

    @property
    def language(self) -> str:
        return "es" if self.endpoint.startswith("public_es.") else "en"

    @property
    def page(self) -> Page:
        return Page(self.answer)

    @property
    def shows_help(self) -> bool:
        is_page = self.answer.mimetype == "text/html" and self.answer.status_code not in (204, 301, 302, 303, 307, 308)
        blank = self.endpoint.rpartition(".")[2] in WITHOUT_HELP and self.answer.status_code == 200
        return is_page and not blank


def routes(app: Flask) -> Iterator[tuple[str, str, set[str]]]:
    """Yield endpoint, path and methods of each public route; a value in a path is made up."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(("public.", "public_es.")):
            yield rule.endpoint, re.sub("<[^>]*>", "made-up-value-of-a-link", rule.rule), rule.methods or set()


def walk(app: Flask, clock: Clock) -> Iterator[Visit]:
    """Ask every public route for everything it may answer."""
    client = app.test_client()
    for endpoint, path, methods in routes(app):
        network = {"REMOTE_ADDR": f"198.51.{len(path)}.{abs(hash(endpoint)) % 250}"}
        if "GET" in methods:
            yield Visit(endpoint, "looked at", client.get(path))
            yield Visit(endpoint, "only its head", client.head(path))
        else:
            yield Visit(endpoint, "looked at, and only posts are taken", client.get(path))
        yield Visit(endpoint, "another method", client.delete(path))
        if "POST" in methods:
            yield Visit(endpoint, "posted with nothing", client.post(path, environ_overrides=network))
            yield Visit(endpoint, "a large body", client.post(path, data={"note": LARGE}, environ_overrides=network))
            yield Visit(endpoint, "another kind of body", client.post(path, json={}, environ_overrides=network))
            forged = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
            yield Visit(endpoint, "forged", client.post(path, headers=forged, environ_overrides=network))
        else:
            yield Visit(endpoint, "posted", client.post(path))
    yield from _journeys(client, clock)
    for prefix, endpoint in (("", "public"), ("/es", "public_es")):
        for name, said, answer in returns.walk(app, clock, prefix):
            yield Visit(f"{endpoint}.{name}", said, answer)
    yield from _flood(client)
    yield from _trouble(app, clock)


def _journeys(client: FlaskClient, clock: Clock) -> Iterator[Visit]:
    for prefix, endpoint in (("/", "public"), ("/es/", "public_es")):
        sent = send(client, clock, prefix)
        yield Visit(f"{endpoint}.send", "sent", sent)
        yield Visit(f"{endpoint}.done", "confirmed", client.get(sent.location))
        yield Visit(f"{endpoint}.undo", "taken back", client.post(f"{sent.location}/undo"))
        calling = send(client, clock, prefix, way="icall", phone=None, when=None, tz=None)
        yield Visit(f"{endpoint}.done", "confirmed to who will call", client.get(calling.location))
        yield Visit(f"{endpoint}.send", "a minor", client.post(prefix, data={"age": "minor"}))
        yield Visit(f"{endpoint}.send", "with a mistake", client.post(prefix, data=fill(phone="911")))
        yield Visit(f"{endpoint}.none", "no such page", client.get(f"{prefix}nothing"))


def _flood(client: FlaskClient) -> Iterator[Visit]:
    flooding = {"REMOTE_ADDR": "192.0.2.99"}
    for _ in range(30):
        client.post("/", data={"age": "minor"}, environ_overrides=flooding)
    for path, endpoint in (("/", "public.send"), ("/es/", "public_es.send")):
        yield Visit(endpoint, "too often", client.post(path, environ_overrides=flooding))


def _trouble(app: Flask, clock: Clock) -> Iterator[Visit]:
    """Then the worker falls silent, and at last the database is gone."""
    client = app.test_client()
    form = fill(token=look(client).ticket)
    clock.forward(minutes=11)
    for path, endpoint in (("/", "public"), ("/es/", "public_es")):
        yield Visit(f"{endpoint}.form", "the worker is silent", client.get(path))
    with app.app_context():
        current.running().database.close()
        file = Path(current.running().database.url.database or "")
    clock.forward(minutes=1)
    file.rename(file.with_suffix(".away"))
    try:
        yield Visit("public.form", "the database is gone", client.get("/"))
        yield Visit("public.send", "the database is gone", client.post("/", data=form))
        yield Visit("public.done", "the database is gone", client.get("/done/AAAAAAAAAAAAAAAAAAAAAA"))
    finally:
        with app.app_context():
            current.running().database.close()
        file.with_suffix(".away").rename(file)


@contextmanager
def walked(folder: Path) -> Iterator[list[Visit]]:
    """Yield the visits to an app of their own."""
    clock = Clock()
    app = make_live(schema.sqlite(folder), folder, clock)
    try:
        yield list(walk(app, clock))
    finally:
        close(app)
