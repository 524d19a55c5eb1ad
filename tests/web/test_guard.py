"""Who is let in before any view: by host, by origin, by kind and size of what is sent."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from tests.support.clock import Clock
from tests.support.office import Office, make_app

FORM = "application/x-www-form-urlencoded"
LIMIT = 64 * 1024
PHONE = "480-555-0142"

WithSettings = Callable[..., Flask]


@pytest.fixture
def with_settings(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[WithSettings]:
    made: list[Flask] = []

    def make(**settings: str) -> Flask:
        made.append(make_app(sqlite_url, tmp_path, clock, **settings))
        Office(made[-1], clock).found()
        return made[-1]

    yield make
    for app in made:
        app.extensions["quietword"].database.close()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_this_machine_answers_to_its_three_names(visitor: FlaskClient, host: str) -> None:
    assert visitor.get("/", headers={"Host": host}).status_code == 200


STRANGE_HOSTS = [
    "", "evil.example", "localhost.evil.example", "localhost:8001", "localhost:99999", "localhost@evil.example",
    "evil.example@localhost", "localhost.", "a b", "[::1", "loca\tlhost", "localhost,evil.example", "ló",
]  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/es/", "/help-lines", "/static/base.css", "/desk/", "/desk/sign-in", "/none"])
@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_a_host_that_is_not_ours_is_refused(visitor: FlaskClient, path: str, host: str) -> None:
    answer = visitor.get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert PHONE in answer.text or path.startswith("/desk")
    assert "evil" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_machines_ask_under_whatever_name(visitor: FlaskClient, path: str) -> None:
    """A balancer asks by address."""
    assert visitor.get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200


def test_in_production_only_the_two_configured_hosts_are_ours(with_settings: WithSettings) -> None:
    settings = {"PUBLIC_URL": "https://private.example.org", "DESK_URL": "https://desk.example.org:8443"}
    visitor = with_settings(**settings).test_client()

    def status(host: str) -> int:
        return visitor.get("/", headers={"Host": host}).status_code

    assert [status(host) for host in ("private.example.org", "Desk.Example.org:8443")] == [200, 200]
    assert [status(host) for host in ("localhost", "127.0.0.1", "desk.example.org", "example.org")] == [400] * 4


OURS, FOREIGN = "http://localhost", "https://evil.example"
#: Sec-Fetch-Site, Origin, and whether the post is looked at; S-19.
MATRIX = [
    (None, None, True),
    (None, OURS, True),
    (None, "http://127.0.0.1", True),
    (None, "http://[::1]", True),
    (None, "HTTP://LOCALHOST", True),
    (None, FOREIGN, False),
    (None, "https://localhost", False),
    (None, "http://localhost:8000", False),
    (None, "http://localhost.evil.example", False),
    (None, "http://localhost/", False),
    (None, "localhost", False),
    (None, "", False),
    (None, "null", False),
    ("same-origin", None, True),
    ("same-origin", OURS, True),
    ("same-origin", "null", True),
    ("same-origin", FOREIGN, False),
    ("same-site", None, False),
    ("same-site", OURS, False),
    ("same-site", "null", False),
    ("cross-site", None, False),
    ("cross-site", OURS, False),
    ("cross-site", FOREIGN, False),
    ("cross-site", "null", False),
    ("none", None, False),
    ("none", OURS, False),
    ("", None, False),
    ("Same-Origin", None, False),
]


def headers(site: str | None, origin: str | None) -> dict[str, str]:
    return {name: value for name, value in (("Sec-Fetch-Site", site), ("Origin", origin)) if value is not None}


@pytest.mark.parametrize("path", ["/", "/es/", "/desk/sign-in"])
@pytest.mark.parametrize(("site", "origin", "let_in"), MATRIX)
def test_s19_a_post_is_looked_at_only_when_our_own_page_may_have_sent_it(
    visitor: FlaskClient, path: str, site: str | None, origin: str | None, let_in: bool
) -> None:
    """S-19, V-42."""
    answer = visitor.post(path, headers=headers(site, origin))

    assert (answer.status_code != 403) is let_in
    if not let_in:
        assert PHONE in answer.text or path.startswith("/desk")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "FOO"])
def test_s19_other_methods_are_no_way_around(visitor: FlaskClient, method: str) -> None:
    assert visitor.open("/", method=method, headers=headers("cross-site", FOREIGN)).status_code == 403


@pytest.mark.parametrize(("site", "origin"), [("cross-site", None), ("none", None), (None, FOREIGN)])
def test_anybody_may_link_to_us(visitor: FlaskClient, site: str | None, origin: str | None) -> None:
    assert visitor.get("/", headers=headers(site, origin)).status_code == 200


def test_s19_in_production_our_origin_is_https(with_settings: WithSettings) -> None:
    visitor = with_settings(PUBLIC_URL="https://private.example.org").test_client()

    def status(origin: str) -> int:
        return visitor.post("/", headers={"Host": "private.example.org", "Origin": origin}).status_code

    assert status("https://private.example.org") == 422
    assert status("http://private.example.org") == 403


@pytest.mark.parametrize("path", ["/", "/done/token/undo", "/desk/sign-in"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain", "a/b"])
def test_only_plain_forms_are_read(visitor: FlaskClient, path: str, kind: str) -> None:
    """V-44: nothing is ever spooled to a file."""
    answer = visitor.post(path, data=b"--x\r\n", content_type=kind)

    assert answer.status_code == 415
    assert PHONE in answer.text or path.startswith("/desk")


def test_a_charset_beside_the_kind_of_form_changes_nothing(visitor: FlaskClient) -> None:
    assert visitor.post("/", data=b"age=adult", content_type=f"{FORM}; charset=utf-8").status_code == 422


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 422), (LIMIT + 1, 413)])
def test_a_body_may_have_64_kib(visitor: FlaskClient, size: int, status: int) -> None:
    answer = visitor.post("/", data=b"note=".ljust(size, b"x"), content_type=FORM)

    assert answer.status_code == status
    assert ("That is too much text" in answer.text) is (status == 413)


def test_a_body_of_untold_length_may_have_no_more(visitor: FlaskClient) -> None:
    """Sent in chunks it has no length; the server marks where it ends."""
    body = io.BytesIO(b"note=".ljust(LIMIT + 1, b"x"))
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    answer = visitor.post("/", input_stream=body, content_type=FORM, environ_overrides=chunked)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/", "GET, HEAD, OPTIONS, POST"), ("/help-lines", "GET, HEAD, OPTIONS"), ("/done/token/undo", "OPTIONS, POST")],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO"])
def test_other_methods_are_refused_with_the_ones_there_are(
    visitor: FlaskClient, path: str, allowed: str, method: str
) -> None:
    """V-44, V-57."""
    answer = visitor.open(path, method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert PHONE in answer.text


@pytest.fixture
def behind(with_settings: WithSettings) -> Callable[[int, dict[str, str]], tuple[int, str | None]]:
    """Asks once from 10.0.0.9 through a number of trusted proxies; returns status and whom the app saw."""

    def ask(proxies: int, sent: dict[str, str]) -> tuple[int, str | None]:
        app = with_settings(TRUSTED_PROXIES=str(proxies))
        seen: list[str | None] = []
        app.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(request.remote_addr))
        answer = app.test_client().get("/", headers=sent, environ_base={"REMOTE_ADDR": "10.0.0.9"})
        return answer.status_code, seen[0]

    return ask


Behind = Callable[[int, dict[str, str]], tuple[int, str | None]]


@pytest.mark.parametrize(
    ("proxies", "sent", "status", "seen"),
    [
        (0, {"X-Forwarded-For": "192.0.2.1"}, 200, "10.0.0.9"),
        (0, {"X-Forwarded-Host": "evil.example"}, 200, "10.0.0.9"),
        (0, {"Host": "evil.example", "X-Forwarded-Host": "localhost"}, 400, "10.0.0.9"),
        (1, {"X-Forwarded-For": "192.0.2.1"}, 200, "192.0.2.1"),
        (1, {"X-Forwarded-For": "198.51.100.7, 192.0.2.1"}, 200, "192.0.2.1"),
        (1, {"Host": "app:8000", "X-Forwarded-Host": "localhost"}, 200, "10.0.0.9"),
        (1, {"X-Forwarded-Host": "evil.example"}, 400, "10.0.0.9"),
        (1, {"X-Forwarded-Host": "localhost, evil.example"}, 400, "10.0.0.9"),
        (2, {"X-Forwarded-For": "198.51.100.7, 192.0.2.1, 10.0.0.1"}, 200, "192.0.2.1"),
        (2, {"X-Forwarded-For": "192.0.2.1"}, 200, "10.0.0.9"),
        (1, {"Forwarded": "for=192.0.2.1;host=evil.example"}, 200, "10.0.0.9"),
    ],
)
def test_only_as_many_proxies_as_were_named_are_believed(
    behind: Behind, proxies: int, sent: dict[str, str], status: int, seen: str
) -> None:
    """V-44."""
    assert behind(proxies, sent) == (status, seen)
