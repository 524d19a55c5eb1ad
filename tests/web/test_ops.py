"""What machines ask: healthz for balancers, readyz for alarms with the name of each obstacle."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text, update

from app import current, health
from app.domain import marks
from app.domain.work import Party
from app.models import Epoch, Letter
from tests.support.clock import Clock
from tests.support.office import Office, make_app


def ready(app: Flask) -> tuple[int, str]:
    with app.app_context():
        health.forget()
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.text


def beat(office: Office) -> None:
    with office.work(Party.WORKER) as work:
        marks.remember(work, marks.WORKER)


def older_schema(office: Office) -> Callable[[], None]:
    return statement(
        office, "UPDATE alembic_version SET version_num = '0001'", office.app.extensions["quietword"].schema
    )


def statement(office: Office, change: str, schema: str) -> Callable[[], None]:
    with office.work() as work:
        work.session.execute(text(change))

    def undo() -> None:
        with office.work() as work:
            work.session.execute(text("UPDATE alembic_version SET version_num = :schema"), {"schema": schema})

    return undo


def forged_epoch(office: Office) -> Callable[[], None]:
    with office.work() as work:
        epoch = work.session.query(Epoch).one()
        signature = epoch.signature
        epoch.signature = bytes(64)

    def undo() -> None:
        with office.work() as work:
            work.session.execute(update(Epoch).values(signature=signature))

    return undo


def silent_worker(office: Office) -> Callable[[], None]:
    office.clock.forward(minutes=10)
    return lambda: beat(office)


def stuck_letter(office: Office) -> Callable[[], None]:
    office.ask()
    office.clock.forward(minutes=60, seconds=1)
    beat(office)

    def undo() -> None:
        with office.work() as work:
            work.session.execute(update(Letter).values(sent_at=work.now))

    return undo


OBSTACLES = {"schema": older_schema, "epoch": forged_epoch, "worker": silent_worker, "mail": stuck_letter}


@pytest.mark.parametrize(("name", "place"), OBSTACLES.items(), ids=OBSTACLES)
def test_each_obstacle_is_named_and_closes_the_form_until_it_is_gone(
    office: Office, name: str, place: Callable[[Office], Callable[[], None]]
) -> None:
    office.found()
    before = ready(office.app)

    clear = place(office)
    during, form = ready(office.app), office.app.test_client().get("/")
    clear()

    assert before == (200, "ok\n")
    assert during == (503, f"{name}\n")
    assert form.status_code == 503
    assert form.headers["Retry-After"]
    assert ready(office.app) == (200, "ok\n")


def test_until_the_recovery_sheet_was_typed_back_the_obstacle_is_live(office: Office) -> None:
    assert ready(office.app) == (503, "live\n")
    office.join("ada@example.org")

    office.found()

    assert ready(office.app) == (200, "ok\n")


def test_a_worker_that_was_just_heard_is_no_obstacle(office: Office) -> None:
    office.found()
    office.clock.forward(minutes=9, seconds=59)

    assert ready(office.app) == (200, "ok\n")


def test_without_tables_the_obstacle_is_the_database(empty_database_url: str, tmp_path: Path, clock: Clock) -> None:
    app = make_app(empty_database_url, tmp_path, clock)

    status = ready(app)
    form = app.test_client().get("/")
    app.extensions["quietword"].database.close()

    assert status == (503, "database\n")
    assert form.status_code == 503
    assert "480-555-0142" in form.text


@pytest.fixture
def unreachable(tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    app = make_app("postgresql+psycopg://nobody:x@127.0.0.1:1/none", tmp_path, clock)
    yield app
    app.extensions["quietword"].database.close()


def test_a_process_without_its_database_lives_and_is_not_ready(unreachable: Flask) -> None:
    visitor = unreachable.test_client()

    health = visitor.get("/healthz")

    assert (health.status_code, health.text) == (200, "ok\n")
    assert ready(unreachable) == (503, "database\n")
    assert visitor.get("/").status_code == 503


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_machines_get_plain_text_under_any_name_of_the_host(live_app: Flask, path: str) -> None:
    answer = live_app.test_client().get(path, headers={"Host": "10.0.0.1:8000"})

    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text == "ok\n"
    assert live_app.test_client().head(path).status_code == 200
    assert live_app.test_client().post(path).status_code == 405


def test_the_state_is_asked_of_the_database_at_most_every_five_seconds(live_app: Flask, clock: Clock) -> None:
    visitor = live_app.test_client()
    visitor.get("/readyz")
    with live_app.app_context(), current.work(Party.OPERATOR) as work:
        work.session.execute(text("DELETE FROM marks"))

    clock.forward(seconds=4.9)
    remembered = visitor.get("/readyz").status_code
    clock.forward(seconds=0.1)

    assert remembered == 200
    assert visitor.get("/readyz").status_code == 503


def test_a_letter_that_waits_for_a_shift_is_not_late(live_app: Flask, clock: Clock) -> None:
    """Only what should have left an hour ago keeps the form closed."""
    office = Office(live_app, clock)
    office.ask()
    with office.work(Party.WORKER) as work:
        later = work.now + timedelta(hours=12)
        work.session.execute(update(Letter).values(wanted_at=later, next_at=later))
    clock.forward(hours=2)
    beat(office)

    assert ready(live_app) == (200, "ok\n")
