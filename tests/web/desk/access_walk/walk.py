"""A walk through the desk: every page it has, and every form on each of them sent with nothing typed.

Pages and forms are read from the app itself, so that a new one is tried by itself.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from app.domain.accounts import accounts
from app.domain.casework import claims, retention
from app.domain.intake.tombstones import Cause
from app.domain.letters import outbox
from app.domain.team import team
from app.models import Intake, Letter, LetterKind, Outcome, Role
from app.web import guard
from tests.domain.helpers import passkey_touches
from tests.support import schema
from tests.support.clock import Clock
from tests.support.office import Office, Person, make_app
from tests.web.desk import touching
from tests.web.desk.access_walk import calls
from tests.web.desk.reading import Page, Seat
from tests.web.public.returning_client import MESSAGE, WISHES, asked

#: These end the session that walks.
_ENDING = re.compile("/sign-out")


@contextmanager
def walked(folder: Path) -> Iterator[list[tuple[str, Page]]]:
    """Yield every page that was shown, by what was done to see it."""
    clock = Clock()
    app = make_app(schema.sqlite(folder), folder, clock)
    try:
        yield list(_walk(Office(app, clock)))
    finally:
        app.extensions["quietword"].database.engine.dispose()


def _walk(office: Office) -> Iterator[tuple[str, Page]]:
    supervisor = office.found()
    counselor = office.hire(supervisor, "ada@example.org")
    phone = passkey_touches.owner(office, counselor)
    phone.add()
    office.on_call(supervisor)
    yield from _called(office, Seat(office.browser(supervisor)))
    yield from calls.calls(office, supervisor)
    office.renewed(supervisor)
    _ask(office)
    _end(office, supervisor)
    with office.work() as work:
        link = team.invite(work, email="ben@example.org", name="Ben", role=Role.COUNSELOR)
        references = work.session.scalars(select(Intake.reference)).all()
    values = {"token": [link, _another_address(office, counselor)], "reference": [*references, "K7QF-3MDX"]}
    newcomer = office.join("newcomer@example.org")
    for who, seat in (
        ("a stranger", Seat(office.app.test_client())),
        ("a newcomer", Seat(office.browser(newcomer))),
        ("a supervisor", Seat(office.browser(supervisor))),
        ("a counselor", Seat(office.browser(counselor))),
    ):
        for endpoint, path in _paths(office.app, values):
            if who == "a stranger" or endpoint not in guard.LEADS_IN:
                yield from _visited(office, who, seat, path)
    yield "a stranger touches a passkey without its secret", touching.touch(seat, phone.device, secret="")
    yield from calls.note_after_the_lock(office, counselor)


def _ask(office: Office) -> None:
    """Let requests come in: untouched ones, one with news of every kind, one that was taken back."""
    for way in ({"note": "A < b & c"}, {"way": "icall"}, {"way": "icall", "phone": None, "when": None, "tz": None}):
        asked(office.app.test_client(), office.clock, **way)
    told, gone = (asked(office.app.test_client(), office.clock) for _ in range(2))
    for part, said in (("message", MESSAGE), ("wishes", {**WISHES, "ok": ["sms"], "phone": "480 555 0188"})):
        told.post(part, **said)
    gone.post("withdraw")


def _end(office: Office, supervisor: Person) -> None:
    """Close one request and erase another."""
    closed, erased = (office.ask(nonce=bytes([number])) for number in range(2))
    with office.work(supervisor) as work:
        claims.close(work, closed, Outcome.REFERRED)
        retention.erase(work, erased, Cause.ASKED)


def _another_address(office: Office, person: Person) -> str:
    """Ask for another address; return what the link in its letter ends with."""
    office.prove(person)
    with office.work(person) as work:
        accounts.ask_for_address(work, "ada@new.example.org")
    with office.work() as work:
        letter = work.session.scalars(select(Letter).where(Letter.kind == LetterKind.ADDRESS_ASKED)).one()
        return outbox.token(work, letter.id)


def _visited(office: Office, who: str, seat: Seat, path: str) -> Iterator[tuple[str, Page]]:
    page = seat.look(path)
    yield f"{who} looks at {path}", page
    yield from _sent(office, who, seat, page)


def _sent(office: Office, who: str, seat: Seat, page: Page) -> Iterator[tuple[str, Page]]:
    for form in page.forms:
        if not _ENDING.search(form.action):
            # Nobody presses every button within a second; what tries codes is made to wait.
            office.clock.forward(seconds=40)
            yield f"{who} sends {form.action} with nothing typed", seat.post(form.action, dict(form.fields))


def _called(office: Office, seat: Seat) -> Iterator[tuple[str, Page]]:
    """Look at a number, for a reason, while the client changes their mind twice."""
    client = asked(office.app.test_client(), office.clock)
    with office.work() as work:
        reference = work.session.scalars(select(Intake.reference)).one()
    address = f"/desk/{reference}"
    why = seat.send(f"{address}/reveal", address, reason="none of these")
    yield f"a supervisor gives no good reason to {address}/reveal", why
    seat.send(f"{address}/reveal", why, reason="agreed")
    for part, said in (("message", MESSAGE), ("wishes", {"way": "icall"}), ("withdraw", {})):
        yield f"a supervisor looks at {address}/number before the client's {part}", seat.look(f"{address}/number")
        client.post(part, **said)
    yield f"a supervisor looks at {address}/number at last", seat.look(f"{address}/number")


def _paths(app: Flask, values: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk") and "GET" in (rule.methods or ()) and set(rule.arguments) <= set(values):
            yield from ((rule.endpoint, path) for path in _filled(rule, values))


def _filled(rule: Rule, values: dict[str, list[str]]) -> Iterator[str]:
    if not rule.arguments:
        yield rule.rule
    for name in rule.arguments:
        for value in values[name]:
            yield re.sub(f"<(?:[^<>]*:)?{name}>", value, rule.rule)
