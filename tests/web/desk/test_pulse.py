"""What an open page asks for every few seconds: a version and a number, and nothing happens by asking."""

import json

from flask import Flask
from sqlalchemy import func, select

from app.models import AuditLine, LoginSession
from tests.domain import builders, many_requests
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import statements


def test_it_says_a_version_and_how_many_wait_and_nothing_else(office: Office, supervisor: Person, sit: Sit) -> None:
    office.ask()

    answer = sit(supervisor).client.get("/desk/pulse")

    assert answer.json is not None
    assert answer.json.keys() == {"version", "waiting"}
    assert answer.json["waiting"] == 1
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"


def test_it_is_the_version_of_the_page_until_something_changes(office: Office, supervisor: Person, sit: Sit) -> None:
    seat = sit(supervisor)
    reference = office.ask()
    [shown] = seat.look("/desk/").find("p", class_="update")
    before = json.loads(seat.look("/desk/pulse").html)
    many_requests.claim(office, supervisor, reference)

    after = json.loads(seat.look("/desk/pulse").html)

    assert before == {"version": shown["data-version"], "waiting": int(shown["data-waiting"] or "")}
    assert after["version"] != before["version"]
    assert after["waiting"] == 0


def test_it_opens_nothing_and_leaves_no_line(app: Flask, office: Office, supervisor: Person, sit: Sit) -> None:
    seat = sit(supervisor)
    reference = office.ask()
    many_requests.change(office, reference, sealed_thread_key=b"unreadable", sealed_answers_key=b"unreadable")
    lines = builders.count(office, AuditLine)

    with statements(app) as said:
        assert seat.look("/desk/pulse").status == 200

    assert builders.count(office, AuditLine) == lines
    assert len(said) == 2, "who asks, and the pulse"
    assert all(statement.startswith("SELECT") and "sealed_answers" not in statement for statement in said)


def test_it_is_no_sign_of_life_and_401_after_the_lock(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    """V-17: a page that was left open does not keep the desk open."""
    seat = sit(supervisor)
    for _ in range(14):
        clock.forward(minutes=1)
        assert seat.look("/desk/pulse").status == 200
    clock.forward(minutes=1)

    assert seat.look("/desk/pulse").status == 401
    with office.work() as work:
        assert work.session.scalar(select(func.count()).where(LoginSession.sealed_key.is_not(None))) == 0
