"""The return page at its edges: another language, no database, no keys, and no trace."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import current
from tests.support.clock import Clock
from tests.web.public.conftest import close, make_live
from tests.web.public.returning_client import MESSAGE, WISHES, asked, asks_for_words, ticket, typed_text
from tests.web.public.visitor import Page, look

PARTS = ["message", "wishes", "withdraw", "undo"]


@pytest.mark.parametrize("part", PARTS)
def test_503_when_nothing_can_be_written_everything_typed_is_kept(
    client: FlaskClient, app: Flask, clock: Clock, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    comer = asked(client, clock)
    code = comer.ticket()
    said = {"message": MESSAGE, "wishes": {**WISHES, "phone": "480 555 0188"}}.get(part, {})

    def down(*_: object) -> None:
        raise current.Unavailable("database")

    with monkeypatch.context() as broken:
        broken.setattr(current, "work", down)
        answer = comer.post(part, code, **said)
        words = comer.post(part, comer.words, **said)
    page = Page(answer)

    assert answer.status_code == words.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Please call us at 480-555-0142, or try again in a few minutes." in page.text
    assert "988" in page.text
    assert ticket(page) == code
    assert asks_for_words(Page(words))
    if part == "message":
        assert (page.chosen("say"), typed_text(page)) == (["question"], "After five.")
    if part == "wishes":
        assert (page.chosen("when"), page.value("phone")) == (["mon-am"], "480 555 0188")
    assert comer.post(part, code, **said).status_code == 200


def test_in_spanish(plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock, "/es/")

    entered = comer.enter(path="/es/return")
    page = comer.page("message", ticket(entered), "/es", **MESSAGE)

    assert "Tenemos su solicitud. Está esperando a un consejero." in entered.text
    assert "Gracias. Tenemos su mensaje. Un consejero lo leerá antes del lunes 23 de noviembre" in page.text
    assert "¿Necesita ayuda ahora mismo?" in page.text
    assert page.find("form", action="/return")


def test_f25_the_other_language_keeps_the_ticket_and_what_was_typed(plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)
    entered = comer.enter()
    asking = look(plain_client, "/return")

    assert entered.find("form", action="/es/return")
    assert comer.enter(ticket(entered), "/es/return").status == 200
    assert asking.find("button", formaction="/es/return", name="switch")
    spanish = comer.enter("half of my wor", "/es/return", switch="es")
    assert spanish.status == 200
    assert "half of my wor" in spanish.html


def test_s01_s04_no_answer_leaves_a_trace(plain_client: FlaskClient, clock: Clock) -> None:
    comer = asked(plain_client, clock)
    answers = [
        plain_client.get("/return"),
        comer.post("message", **MESSAGE),
        comer.post("message", say=""),
        comer.post("withdraw"),
        comer.post("undo"),
    ]

    for answer in answers:
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Encoding" not in answer.headers


def test_v36_the_public_process_serves_it_without_ring_and_audit_key(
    sqlite_url: str, tmp_path: Path, clock: Clock
) -> None:
    """ROLE=public holds neither; see the rules' own test for each kind of entry."""
    app = make_live(sqlite_url, tmp_path, clock)
    comer = asked(app.test_client(), clock)
    vault = app.extensions["quietword"].vault
    vault._ring = vault._audit_key = None

    pages = [comer.page("message", **MESSAGE), comer.page("wishes", **WISHES), comer.page("withdraw")]

    assert [page.status for page in pages] == [200] * 3
    close(app)
