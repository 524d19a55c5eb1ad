"""Somebody who comes back: asks first, keeps the seven words, and sends parts of the return page."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import current
from app.domain.work import Party
from app.models import Intake, LetterKind, ThreadEntry
from app.models import Letter as Mail
from tests.support.clock import Clock
from tests.web.public.visitor import Page, look, send

MESSAGE = {"say": "question", "text": "After five."}
WISHES: dict[str, Any] = {"way": "call", "ok": ["vm"], "when": ["mon-am"], "tz": "America/Phoenix"}


@dataclass(frozen=True)
class Comer:
    """One browser and one set of words."""

    client: FlaskClient
    words: str

    def enter(self, typed: str | None = None, path: str = "/return", **more: Any) -> Page:
        return Page(self.client.post(path, data={"code": self.words if typed is None else typed, **more}))

    def ticket(self, path: str = "/return") -> str:
        return ticket(self.enter(path=path))

    def post(self, part: str, code: str | None = None, language: str = "", **said: Any) -> TestResponse:
        """Send one part of the page, by a fresh ticket unless told otherwise."""
        code = self.ticket() if code is None else code
        return self.client.post(f"{language}/return/{part}", data={"code": code, **said})

    def page(self, part: str, code: str | None = None, language: str = "", **said: Any) -> Page:
        return Page(self.post(part, code, language, **said))


def asked(client: FlaskClient, clock: Clock, path: str = "/", **changes: Any) -> Comer:
    """Send the form and copy the seven words from the confirmation."""
    page = look(client, send(client, clock, path, **changes).location)
    listed = re.findall(r"<li>([^<]+)</li>", page.html[page.html.index('class="code"') :].split("</ol>")[0])
    assert len(listed) == 7
    return Comer(client, unescape(" ".join(listed)))


def ticket(page: Page) -> str:
    found = page.find("input", name="code", type="hidden")
    assert found, page.text[:300]
    return str(found[0]["value"])


def asks_for_words(page: Page) -> bool:
    return bool(page.find("textarea", name="code"))


def typed_words(page: Page) -> str:
    [written] = re.findall(r'<textarea id="code"[^>]*>\n(.*?)</textarea>', page.html, re.DOTALL)
    return unescape(written)


def typed_text(page: Page) -> str:
    [written] = re.findall(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', page.html, re.DOTALL)
    return unescape(written)


def entries(app: Flask) -> int:
    """Return how many thread entries there are."""
    with app.app_context(), current.read(Party.OPERATOR) as work:
        return len(work.session.scalars(select(ThreadEntry)).all())


def news(app: Flask) -> int:
    """Return how many letters tell of something new."""
    with app.app_context(), current.read(Party.OPERATOR) as work:
        return len(work.session.scalars(select(Mail).where(Mail.kind == LetterKind.NEWS)).all())


def the_intake(app: Flask) -> Intake:
    with app.app_context(), current.read(Party.OPERATOR) as work:
        return work.session.scalars(select(Intake)).one()
