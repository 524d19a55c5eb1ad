"""When the service cannot serve: phone numbers and help lines, and nothing that was typed is lost."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text, update

from app import current
from app.domain.letters import outbox
from app.domain.team import team
from app.domain.work import Party
from app.models import Epoch, EpochState, LetterKind, Role
from tests.support.clock import Clock
from tests.web.public.stored import kept
from tests.web.public.visitor import Page, fill, look, send

Break = Callable[[Flask, Clock], None]
PHONE = "480-555-0142"


@pytest.fixture
def client(plain_app: Flask) -> FlaskClient:
    return plain_app.test_client()


def _no_live_epoch(app: Flask, _clock: Clock) -> None:
    with app.app_context(), current.work(Party.OPERATOR) as work:
        work.session.execute(update(Epoch).values(state=EpochState.RETIRED))


def _an_epoch_that_nobody_signed(app: Flask, _clock: Clock) -> None:
    with app.app_context(), current.work(Party.OPERATOR) as work:
        work.session.execute(update(Epoch).values(signature=b"x" * 64))


def _no_database(app: Flask, _clock: Clock) -> None:
    with app.app_context():
        database = current.running().database
        database.close()
        Path(database.url.database or "").unlink()


def _no_tables(app: Flask, _clock: Clock) -> None:
    with app.app_context(), current.work(Party.OPERATOR) as work:
        work.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))


def _a_silent_worker(_app: Flask, clock: Clock) -> None:
    clock.forward(minutes=11)


def _stuck_mail(app: Flask, clock: Clock) -> None:
    with app.app_context(), current.work(Party.OPERATOR) as work:
        person = team.invite(work, email="ada@example.org", name="Ada", role=Role.COUNSELOR)
        assert person
        account = team.by_email(work, "ada@example.org")
        outbox.write(work, LetterKind.NEW_REQUEST, [(account, clock() - timedelta(minutes=61))])


BREAKS: dict[str, tuple[Break, bool]] = {
    "no live epoch": (_no_live_epoch, False),
    "an epoch that nobody signed": (_an_epoch_that_nobody_signed, False),
    "no database": (_no_database, False),
    "another schema": (_no_tables, True),
    "a silent worker": (_a_silent_worker, True),
    "stuck mail": (_stuck_mail, True),
}


@pytest.mark.parametrize("path", ["/", "/es/"])
@pytest.mark.parametrize(("breaks", "takes"), BREAKS.values(), ids=BREAKS)
def test_s35_while_nobody_would_read_it_the_form_gives_way_to_phone_numbers(
    plain_app: Flask, client: FlaskClient, clock: Clock, breaks: Break, takes: bool, path: str
) -> None:
    """A request that was being typed meanwhile is taken where it can be kept, and given back where it cannot."""
    form = fill(token=look(client, path).ticket)
    breaks(plain_app, clock)
    clock.forward(seconds=6)

    closed = client.get(path)
    answer = client.post(path, data=form)

    page, again = Page(closed), Page(answer)
    assert (closed.status_code, closed.headers["Retry-After"]) == (503, "300")
    assert not page.find("form")
    for shown in (PHONE, "911", "988", "741741", "1-800-799-7233"):
        assert shown in page.text
    if takes:
        assert answer.status_code == 303
        assert kept(plain_app) == 1
    else:
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
        assert PHONE in again.text
        assert (again.value("name"), again.value("note")) == ("Sam", "After work is best.")
        assert (again.chosen("when"), again.chosen("state")) == (["mon-am", "tue-pm"], ["AZ"])


@pytest.fixture
def full_disk(plain_app: Flask) -> Iterator[None]:
    """The database may not grow by a single page, as on a disk that is full."""
    with plain_app.app_context():
        database = current.running().database
        database.close()

    def cap(connection: sqlite3.Connection, _record: object) -> None:
        [[pages]] = connection.execute("PRAGMA page_count").fetchall()
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    event.listen(database.engine, "connect", cap)
    yield
    event.remove(database.engine, "connect", cap)
    database.close()


@pytest.mark.usefixtures("full_disk")
def test_s30_a_full_disk_gives_back_what_was_typed_and_keeps_no_half_request(
    plain_app: Flask, client: FlaskClient, clock: Clock
) -> None:
    form = fill(token=look(client).ticket)
    clock.forward(seconds=6)

    answers = [client.post("/", data={**form, "name": f"Sam {number}"}) for number in range(20)]

    before = [answer.status_code for answer in answers]
    assert set(before) <= {303, 503}
    assert 503 in before
    refused = Page(answers[before.index(503)])
    assert refused.value("name") == f"Sam {before.index(503)}"
    assert refused.value("note") == "After work is best."
    assert PHONE in refused.text
    assert kept(plain_app) == before.count(303)
    assert client.get("/help-lines").status_code == 200


def test_a_confirmation_that_cannot_be_read_gives_the_phone_number_and_may_be_tried_again(
    plain_app: Flask, client: FlaskClient, clock: Clock
) -> None:
    path = send(client, clock).location
    with plain_app.app_context():
        database = current.running().database
        database.close()
    file = Path(database.url.database or "")
    file.rename(file.with_suffix(".away"))

    broken = client.get(path)
    database.close()
    file.unlink(missing_ok=True)
    file.with_suffix(".away").rename(file)

    assert broken.status_code == 503
    assert PHONE in Page(broken).text
    assert client.get(path).status_code == 200
