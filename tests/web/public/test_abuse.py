"""Many posts at once: whoever floods is slowed, nobody else is, and nothing typed is lost (S-10, S-18)."""

import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.web import limits
from app.web.limits import Limited
from tests.support import ports, running
from tests.support.clock import Clock
from tests.support.running import Program, Programs
from tests.web.public.conftest import PRACTICE, close, make_app
from tests.web.public.stored import kept
from tests.web.public.visitor import Page, fill, look

pytestmark = pytest.mark.thorough

ALLOWED = 30
TOO_MANY = "We are getting many requests right now. Please wait a few minutes and try again, or call us."


@contextmanager
def served(url: str, folder: Path, clock: Clock, **more: str) -> Iterator[Flask]:
    app = make_app(url, folder, clock, PRACTICE, **more)
    yield app
    close(app)


def post(client: FlaskClient, address: str, form: Mapping[str, Any] | None = None) -> TestResponse:
    return client.post("/", data=form, environ_overrides={"REMOTE_ADDR": address})


def statuses(client: FlaskClient, address: str, times: int) -> list[int]:
    return [post(client, address).status_code for _ in range(times)]


def test_s18_a_flood_from_one_network_leaves_all_others_served(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    form = fill(token=look(plain_client).ticket)
    clock.forward(seconds=3)

    flood = statuses(plain_client, "192.0.2.7", 1_000)
    others = [post(plain_client, f"198.51.{part}.7", {**form, "name": f"Sam {part}"}).status_code for part in range(5)]

    assert flood == [422] * ALLOWED + [429] * (1_000 - ALLOWED)
    assert post(plain_client, "192.0.2.201").status_code == 429
    assert others == [303] * 5
    assert kept(plain_app) == 5


def test_s18_over_the_limit_everything_typed_is_kept_and_taken_later(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    form = fill(token=look(plain_client).ticket)
    clock.forward(seconds=3)
    statuses(plain_client, "192.0.2.7", ALLOWED)

    answer = post(plain_client, "192.0.2.7", form)
    page = Page(answer)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert TOO_MANY in page.text
    assert (page.value("name"), page.value("note")) == ("Sam", "After work is best.")
    assert (page.chosen("when"), page.chosen("ok")) == (["mon-am", "tue-pm"], ["vm", "ask"])
    assert "Content-Encoding" not in answer.headers
    assert kept(plain_app) == 0
    assert post(plain_client, "203.0.113.9", {**form, "token": page.ticket}).status_code == 303


def test_s18_both_languages_count_as_one(plain_client: FlaskClient) -> None:
    statuses(plain_client, "192.0.2.7", ALLOWED)

    spanish = plain_client.post("/es/", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})

    assert spanish.status_code == 429
    assert "Estamos recibiendo muchas solicitudes." in spanish.text


def test_s40_f25_a_minor_and_a_change_of_language_are_never_kept_waiting(plain_client: FlaskClient) -> None:
    statuses(plain_client, "192.0.2.7", ALLOWED)

    minor = post(plain_client, "192.0.2.7", {"age": "minor"})
    spanish = plain_client.post(
        "/es/", data={"switch": "es", "name": "Zoë"}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )

    assert (minor.status_code, minor.location) == (303, "/teen")
    assert (spanish.status_code, Page(spanish).value("name")) == (200, "Zoë")


@pytest.mark.parametrize(
    ("flooding", "neighbor", "stranger"),
    [
        ("192.0.2.7", "192.0.2.250", "192.0.3.7"),
        ("2001:db8:0:100::1", "2001:db8:0:1ff::9", "2001:db8:0:200::1"),
        ("::ffff:192.0.2.7", "192.0.2.8", "::ffff:192.0.3.7"),
    ],
    ids=["IPv4 by /24", "IPv6 by /56", "IPv4 inside IPv6"],
)
def test_s10_a_network_is_counted_as_one(
    plain_client: FlaskClient, flooding: str, neighbor: str, stranger: str
) -> None:
    statuses(plain_client, flooding, ALLOWED)

    assert post(plain_client, neighbor).status_code == 429
    assert post(plain_client, stranger).status_code == 422


@pytest.mark.parametrize(("proxies", "last"), [("0", 429), ("1", 422)], ids=["nobody is trusted", "one proxy is"])
def test_s10_whose_word_counts_for_an_address_is_the_operators_choice(
    sqlite_url: str, tmp_path: Path, clock: Clock, proxies: str, last: int
) -> None:
    with served(sqlite_url, tmp_path, clock, TRUSTED_PROXIES=proxies) as app:
        client = app.test_client()

        answers = [
            client.post("/", headers={"X-Forwarded-For": f"192.0.2.7, 198.51.{number}.1"})
            for number in range(ALLOWED + 1)
        ]

        assert answers[-1].status_code == last


def test_s18_what_one_network_is_refused_does_not_count_for_everybody(
    sqlite_url: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limited(("public.send", "public_es.send"), "3 per minute; 5 per hour", "6 per hour")
    monkeypatch.setattr(limits, "LIMITED", (few,))
    with served(sqlite_url, tmp_path, clock) as app:
        client = app.test_client()

        flood = statuses(client, "192.0.2.7", 50)
        others = [post(client, f"198.51.{part}.7").status_code for part in range(4)]

        assert flood.count(422) == 3
        assert others == [422, 422, 422, 429]


def test_s18_in_memory_the_limit_is_divided_by_the_number_of_processes(
    sqlite_url: str, tmp_path: Path, clock: Clock
) -> None:
    with served(sqlite_url, tmp_path, clock, WEB_PROCESSES="3") as app:
        assert statuses(app.test_client(), "192.0.2.7", 11) == [422] * 10 + [429]


def test_s18_the_processes_of_the_web_server_keep_to_the_limit_together(
    programs: Programs, sqlite_url: str, tmp_path: Path
) -> None:
    web = programs.web(running.environment(tmp_path, database_url=sqlite_url, WEB_PROCESSES="2"))

    answered = [_status(web.url) for _ in range(3 * ALLOWED)]

    assert set(answered) == {422, 429}
    assert ALLOWED / 2 <= answered.count(422) <= ALLOWED


def _status(url: str) -> int:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url, data=b"", timeout=10)
    refused.value.close()
    return refused.value.code


def test_s10_what_is_counted_names_no_address(plain_app: Flask, plain_client: FlaskClient) -> None:
    post(plain_client, "192.0.2.7")

    [limiter] = plain_app.extensions["limiter"]
    held = repr(list(limiter.storage.events)) + repr(list(limiter.storage.storage))

    assert "signin" in held or "public.send" in held
    assert not re.search(r"192\.0\.2|c00002", held)


@pytest.fixture
def shared_memory(programs: Programs, tmp_path: Path) -> tuple[Program, str]:
    """A Redis that writes nothing to disk."""
    program, port = shutil.which("redis-server"), ports.free()
    if program is None:
        pytest.skip("there is no redis-server")
    quiet = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--dir", str(tmp_path)]
    settings = running.environment(tmp_path, database_url="sqlite:///unused.db")
    started, url = programs.start(settings, program, "--port", str(port), *quiet), f"redis://127.0.0.1:{port}/0"
    running.until(lambda: _answers(url), started)
    return started, url


def _answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url).ping())
    except redis.ConnectionError:
        return False


def test_s10_s18_two_processes_count_together_through_redis_and_alone_without_it(
    sqlite_url: str, tmp_path: Path, clock: Clock, shared_memory: tuple[Program, str]
) -> None:
    server, url = shared_memory
    same = {"REDIS_URL": url, "WEB_PROCESSES": "2"}
    with served(sqlite_url, tmp_path, clock, **same) as one, served(sqlite_url, tmp_path, clock, **same) as two:
        clients = [one.test_client(), two.test_client()]
        for client in clients:
            assert statuses(client, "192.0.2.7", ALLOWED // 2) == [422] * (ALLOWED // 2)
        assert [statuses(client, "192.0.2.9", 1) for client in clients] == [[429], [429]]
        held: Any = redis.Redis.from_url(url)
        names = held.keys("*")
        assert not [name for name in names if b"192.0.2" in name]
        assert all(0 < held.ttl(name) <= 86_400 for name in names)

        server.kill()

        for client in clients:
            alone = statuses(client, "192.0.2.7", ALLOWED + 5)
            assert set(alone) == {422, 429}
            assert alone[-1] == 429
