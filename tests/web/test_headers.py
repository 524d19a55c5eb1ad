"""The headers of every answer, whatever the page and whatever the status: V-56, S-04, S-06."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.settings import ProcessRole
from tests.support import running
from tests.support.clock import Clock
from tests.support.office import Office, make_app

ALWAYS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
UNFRAMED = {
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)
FEATURES = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), display-capture=(), "
    "fullscreen=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), "
    "publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"
)


def assert_headers(answer: TestResponse, path: str) -> None:
    desk = path.startswith("/desk")
    expected = {
        **ALWAYS,
        **UNFRAMED,
        "Content-Security-Policy": f"{POLICY}; connect-src 'self'" if desk else POLICY,
        "Permissions-Policy": FEATURES.replace("get=()", "get=(self)") if desk else FEATURES,
        "Referrer-Policy": "no-referrer" if path.endswith("/leave") and answer.status_code == 200 else "same-origin",
    }
    assert {name: answer.headers.getlist(name) for name in expected} == {name: [it] for name, it in expected.items()}


def every_path(app: Flask) -> Iterator[str]:
    """Yield an address of every route, with something in the place of each value."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments, "00000000-0000-0000-0000-000000000000")
        if "reference" in values:
            values["reference"] = "K7QF-3MDX"
        yield adapter.build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))


def test_every_route_answers_every_method_with_all_headers_and_no_cookie(visitor: FlaskClient) -> None:
    paths = sorted({path for path in every_path(visitor.application) if not path.endswith("/embed")})
    statuses = set()
    for path in paths:
        for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
            answer = visitor.open(path, method=method)
            if path.endswith("/leave") and method == "OPTIONS":
                continue
            statuses.add(answer.status_code)
            assert_headers(answer, path)
            assert "Set-Cookie" not in answer.headers, path

    assert len(paths) > 30
    assert {200, 204, 303, 401, 404, 405, 410, 422} <= statuses


Ask = Callable[[FlaskClient], TestResponse]

#: An answer of each kind, beside the good ones.
ANSWERS: dict[str, tuple[int, str, Ask]] = {
    "a redirect to the address with a stroke": (308, "/es", lambda visitor: visitor.get("/es")),
    "a redirect after the page is gone": (303, "/done/x", lambda visitor: visitor.get("/done/x")),
    "a minor": (303, "/", lambda visitor: visitor.post("/", data={"age": "minor"})),
    "a stranger at the desk": (303, "/desk/", lambda visitor: visitor.get("/desk/")),
    "a stranger who writes": (401, "/desk/sign-out", lambda visitor: visitor.post("/desk/sign-out")),
    "an unknown host": (400, "/", lambda visitor: visitor.get("/", headers={"Host": "evil.example"})),
    "a broken host": (400, "/", lambda visitor: visitor.get("/", headers={"Host": "a b"})),
    "a forged post": (403, "/", lambda visitor: visitor.post("/", headers={"Origin": "https://evil.example"})),
    "no such page": (404, "/none", lambda visitor: visitor.get("/none")),
    "no such page of the desk": (404, "/desk/a/b/c", lambda visitor: visitor.get("/desk/a/b/c")),
    "another method": (405, "/", lambda visitor: visitor.put("/")),
    "a card that is posted": (405, "/embed", lambda visitor: visitor.post("/embed")),
    "a large body": (413, "/", lambda visitor: visitor.post("/", data={"note": "x" * 70_000})),
    "another kind of body": (415, "/", lambda visitor: visitor.post("/", json={})),
    "a mistake in the form": (422, "/", lambda visitor: visitor.post("/")),
    "a stylesheet": (200, "/static/base.css", lambda visitor: visitor.get("/static/base.css")),
    "no such stylesheet": (404, "/static/none.css", lambda visitor: visitor.get("/static/none.css")),
    "a machine's question": (200, "/healthz", lambda visitor: visitor.get("/healthz")),
}


@pytest.mark.parametrize(("status", "path", "ask"), ANSWERS.values(), ids=ANSWERS)
def test_no_answer_goes_without_headers_and_none_sets_a_cookie(
    visitor: FlaskClient, status: int, path: str, ask: Ask
) -> None:
    """S-01, S-04: errors and redirects too."""
    answer = ask(visitor)

    assert answer.status_code == status
    assert_headers(answer, path)
    assert "Set-Cookie" not in answer.headers


def test_a_closed_form_and_a_broken_page_carry_the_headers(live_app: Flask, clock: Clock) -> None:
    def broken() -> str:
        raise ZeroDivisionError

    live_app.view_functions["public.teen"] = broken
    visitor = live_app.test_client()
    clock.forward(minutes=11)

    closed, failed, not_ready = visitor.get("/"), visitor.get("/teen"), visitor.get("/readyz")

    assert [answer.status_code for answer in (closed, failed, not_ready)] == [503, 500, 503]
    for answer in (closed, failed, not_ready):
        assert_headers(answer, "/")
        assert "Set-Cookie" not in answer.headers


def test_a_cookie_that_a_browser_brings_changes_nothing_in_public(visitor: FlaskClient) -> None:
    """S-01: a counselor who looks at the public page is nobody in particular there."""
    visitor.set_cookie("s", "a" * 43, domain="localhost")
    visitor.set_cookie("session", "e30.x.y", domain="localhost")

    for path in ("/", "/help-lines", "/es/", "/none"):
        assert "Set-Cookie" not in visitor.get(path).headers
    visitor.delete_cookie("s", domain="localhost")
    visitor.delete_cookie("session", domain="localhost")


def test_the_card_may_be_framed_by_the_sites_of_the_practice_and_by_nobody_else(
    sqlite_url: str, tmp_path: Path, clock: Clock
) -> None:
    practice = tmp_path / "practice.toml"
    text = (running.ROOT / "practices" / "family-strategies.toml").read_text(encoding="utf-8")
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("embed_origins"))
    practice.write_text(f'embed_origins = ["https://www.example.org", "https://example.net"]\n{kept}', encoding="utf-8")
    app = make_app(sqlite_url, tmp_path, clock, PRACTICE_FILE=str(practice))

    answer = app.test_client().get("/embed")
    app.extensions["quietword"].database.close()

    assert "frame-ancestors https://www.example.org https://example.net;" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "X-Frame-Options" not in answer.headers
    assert "Cross-Origin-Opener-Policy" not in answer.headers
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS


@pytest.mark.parametrize("role", [ProcessRole.PUBLIC, ProcessRole.DESK, ProcessRole.WORKER])
def test_what_another_role_serves_is_not_there_and_says_so_with_all_headers(
    role: ProcessRole, sqlite_url: str, tmp_path: Path, clock: Clock
) -> None:
    settings = {"ROLE": role.value}
    if role is ProcessRole.PUBLIC:
        settings |= {
            "VAULT_KEYS": "",
            "AUDIT_KEY": "",
            "EPOCH_VERIFY_KEY": "L" * 10 + "0123456789abcdefghijklmnopqrstuvw",
        }
    app = make_app(sqlite_url, tmp_path, clock, **settings)
    visitor = app.test_client()

    found = {path: visitor.get(path) for path in ("/help-lines", "/desk/sign-in", "/desk/", "/healthz")}
    app.extensions["quietword"].database.close()

    there = {path for path, answer in found.items() if answer.status_code != 404}
    expected = {
        ProcessRole.PUBLIC: {"/help-lines", "/healthz"},
        ProcessRole.DESK: {"/desk/sign-in", "/desk/", "/healthz"},
        ProcessRole.WORKER: {"/healthz"},
    }
    assert there == expected[role]
    for path, answer in found.items():
        assert_headers(answer, path)


def test_somebody_who_is_signed_in_gets_no_cookie_from_a_public_page(live_app: Flask, clock: Clock) -> None:
    office = Office(live_app, clock)

    visitor = office.browser(office.join("ada@example.org"))

    assert "Set-Cookie" not in visitor.get("/").headers
