"""Everything the return page can show: one request from its first reading to its end, with each mistake on the way."""

from collections.abc import Iterator
from datetime import timedelta

from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from app import current
from app.crypto import words
from app.domain.intake import returning, thread
from app.domain.intake.sealed_log import NewEntry
from app.domain.work import Party
from app.models import EntryKind, Intake, Outcome, Status
from tests.support.clock import Clock
from tests.web.public.returning_client import MESSAGE, WISHES, Comer, asked, ticket
from tests.web.public.visitor import Page

NUMBER = "480 555 0188"
_ANSWERS = ("read", "times", "call_us")
#: Each part of the page, and what is sent with it.
_PARTS = {"message": MESSAGE, "wishes": {**WISHES, "phone": NUMBER}, "withdraw": {}, "undo": {}}
_NAMES = {"message": "write_message", "wishes": "change_wishes", "withdraw": "withdraw", "undo": "undo_withdrawal"}

Met = Iterator[tuple[str, str, TestResponse]]


def walk(app: Flask, clock: Clock, prefix: str) -> Met:
    """Yield view, what was done, and the answer; `prefix` is the language's."""
    comer = asked(app.test_client(), clock, f"{prefix}/")
    yield from _words(comer, prefix)
    yield from _mistakes(comer, prefix)
    yield from _stale(comer, prefix)
    yield from _news(app, comer, clock, prefix)
    yield from _ends(app, comer, clock, prefix)


def _words(comer: Comer, prefix: str) -> Met:
    for said, typed in (
        ("the words", comer.words),
        ("a word that is in no list", "kingdum " + " ".join(comer.words.split()[1:])),
        ("too few words", "one"),
        ("words that open nothing", " ".join(words.return_code("es" if prefix else "en").words)),
    ):
        yield "come_back", said, comer.client.post(f"{prefix}/return", data={"code": typed})


def _mistakes(comer: Comer, prefix: str) -> Met:
    for part, said in (
        ("message", {"say": "", "text": "x" * 201}),
        ("wishes", {"way": "call", "ok": ["sms"], "when": [], "tz": "", "phone": "12"}),
        ("wishes", {"phone": "12"}),
    ):
        name = "a number" if part == "wishes" and len(said) == 1 else part
        yield _NAMES[part], f"{name} with a mistake", comer.post(part, None, prefix, **said)


def _stale(comer: Comer, prefix: str) -> Met:
    """What a page that is too old looks like: a ticket that nobody issued is answered in the same way."""
    stale = comer.ticket()[:-8] + "AAAAAAAA"
    for part, said in _PARTS.items():
        yield _NAMES[part], f"{part} after ten minutes", comer.post(part, stale, prefix, **said)


def _news(app: Flask, comer: Comer, clock: Clock, prefix: str) -> Met:
    yield "write_message", "a message", comer.post("message", None, prefix, **MESSAGE)
    yield "change_wishes", "other wishes", comer.post("wishes", None, prefix, **WISHES)
    yield "change_wishes", "a new number", comer.post("wishes", None, prefix, phone=NUMBER)
    for template in _ANSWERS:
        answer(app, comer, template)
    change(app, comer, calling_until=clock() + timedelta(minutes=2))
    yield (
        "come_back",
        "answered, and a call may be starting",
        comer.client.post(f"{prefix}/return", data={"code": comer.words}),
    )
    change(app, comer, status=Status.CLOSED, outcome=Outcome.REFERRED, closed_at=clock(), calling_until=None)
    yield "come_back", "closed", comer.client.post(f"{prefix}/return", data={"code": comer.words})


def _ends(app: Flask, comer: Comer, clock: Clock, prefix: str) -> Met:
    before = comer.ticket()
    stopped = comer.post("withdraw", before, prefix)
    yield "withdraw", "withdrawn", stopped
    yield "write_message", "a message after withdrawing", comer.post("message", before, prefix, **MESSAGE)
    yield "undo_withdrawal", "withdrawn and undone", comer.post("undo", ticket(Page(stopped)), prefix)
    change(app, comer, held=True)
    yield "withdraw", "withdrawn under a hold", comer.post("withdraw", None, prefix)
    change(app, comer, withdrawn_at=clock() - timedelta(hours=24))
    yield "undo_withdrawal", "undone too late", comer.post("undo", None, prefix)


def change(app: Flask, comer: Comer, **columns: object) -> None:
    """Let something have become of the request."""
    with app.app_context(), current.work(Party.OPERATOR) as work:
        lookups = [keys.lookup for keys in work.vault.secret.return_keys(words.parse_return_code(comer.words))]
        work.session.execute(update(Intake).where(Intake.return_lookup.in_(lookups)).values(**columns))


def answer(app: Flask, comer: Comer, template: str) -> None:
    """Answer from a template, as the desk does, by the key that the words open."""
    with app.app_context(), current.work(Party.OPERATOR) as work:
        back = returning._locked(work, words.parse_return_code(comer.words))
        new = NewEntry(EntryKind.MESSAGE, {"from": "staff", "template": template})
        thread.THREAD.append(work, back.entries, back.intake, back.key, new)
