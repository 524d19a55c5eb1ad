"""What somebody sees, and what the log keeps, when something goes wrong: V-47 to V-49, V-51."""

import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import current
from app.crypto import locks
from app.domain.accounts.throttle import TooSoon
from app.domain.work import Altered, Missing, Party, Reason, Refused
from app.models import AuditLine
from app.web import errors
from tests.support.clock import Clock
from tests.support.logbook import Logbook
from tests.support.office import Office, make_app

#: Stands for a name, a number, a token: whatever must not reach a log or another page.
MARKER = "Zanzibar"
PHONE = "480-555-0142"


def breaking(error: Exception) -> Callable[..., ResponseReturnValue]:
    def view(**_values: str) -> ResponseReturnValue:
        kept_in_a_local = f"note of {MARKER}"
        raise error if kept_in_a_local else AssertionError

    return view


def break_page(app: Flask, error: Exception, endpoint: str = "public.teen") -> None:
    """Let a page fail as its view would."""
    app.view_functions[endpoint] = breaking(error)


def test_an_unexpected_error_shows_a_plain_page_with_help_lines(live_app: Flask) -> None:
    """V-47."""
    break_page(live_app, ValueError(MARKER))

    answer = live_app.test_client().get("/teen")

    assert answer.status_code == 500
    for shown in ("Something went wrong", PHONE, "911", "988", "/help-lines", "Leave this page"):
        assert shown in answer.text
    for hidden in (MARKER, "ValueError", "Traceback", "test_errors"):
        assert hidden not in answer.text


def test_an_unexpected_error_speaks_the_language_of_its_page(live_app: Flask) -> None:
    break_page(live_app, ValueError(MARKER), "public_es.teen")

    answer = live_app.test_client().get("/es/teen")

    assert answer.status_code == 500
    assert '<html lang="es">' in answer.text
    assert PHONE in answer.text


def test_the_log_tells_what_broke_and_where_but_no_word_of_what_was_handled(live_app: Flask, logbook: Logbook) -> None:
    """V-49."""
    break_page(live_app, ValueError(MARKER), "public.done")

    live_app.test_client().get(f"/done/{MARKER}?q={MARKER}", headers={"User-Agent": MARKER, "Referer": MARKER})

    [line] = logbook.lines
    assert line["says"] == "unexpected ValueError on public.done"
    assert (line["level"], line["from"], line["error"]) == ("error", "app.web.errors", "ValueError")
    assert "test_errors.py:" in line["where"]
    assert MARKER not in logbook.text


def test_a_chain_of_errors_tells_no_word_either(live_app: Flask, logbook: Logbook) -> None:
    try:
        try:
            raise KeyError(MARKER)
        except KeyError as first:
            raise RuntimeError(MARKER) from first
    except RuntimeError as error:
        chained = error
    chained.add_note(MARKER)
    break_page(live_app, chained)

    live_app.test_client().get("/teen")

    assert MARKER in "".join(traceback.format_exception(chained))
    assert MARKER not in logbook.text


def test_when_the_error_page_breaks_too_the_phone_number_and_988_are_still_there(
    live_app: Flask, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V-47: the last resort needs no template, no language and no database."""

    def broken(*_args: object, **_values: object) -> str:
        raise RuntimeError(MARKER)

    monkeypatch.setattr(errors, "render_template", broken)
    break_page(live_app, ValueError(MARKER), "public.done")

    answer = live_app.test_client().get(f"/done/{MARKER}")

    assert answer.status_code == 500
    assert PHONE in answer.text
    assert "911" in answer.text
    assert "988" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert MARKER not in answer.text
    assert MARKER not in logbook.text
    assert [line["says"] for line in logbook.lines] == [
        "unexpected ValueError on public.done",
        "the error page broke on public.done",
    ]


WORDS: dict[str, tuple[Exception, int, str]] = {
    "refused": (Refused(Reason.CLAIMED, who="Ada", at=datetime(2026, 11, 23, tzinfo=UTC)), 409, "A colleague was"),
    "refused for a reason without words": (Refused(Reason.SET_UP), 409, "That is not possible now."),
    "missing": (Missing(), 404, "This page is not here"),
    "altered": (Altered("intake/K7QF-3MDX"), 409, "Something went wrong"),
    "too soon": (TooSoon(7), 429, "Please wait"),
    "busy": (locks.Busy(), 503, "right now"),
    "unavailable": (current.Unavailable(MARKER), 503, "right now"),
}


@pytest.mark.parametrize(("error", "status", "words"), WORDS.values(), ids=WORDS)
def test_each_word_of_a_rule_has_its_page(live_app: Flask, error: Exception, status: int, words: str) -> None:
    break_page(live_app, error)

    answer = live_app.test_client().get("/teen")

    assert answer.status_code == status
    assert words in answer.text
    assert PHONE in answer.text
    assert MARKER not in answer.text
    assert ("Retry-After" in answer.headers) is (status in (429, 503))


def test_too_soon_says_when(live_app: Flask) -> None:
    break_page(live_app, TooSoon(7))

    assert live_app.test_client().get("/teen").headers["Retry-After"] == "7"


@pytest.fixture
def public_app(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """The public process: no ring, no audit key."""
    verify_key = "L" * 10 + "0123456789abcdefghijklmnopqrstuvw"
    keys = {"VAULT_KEYS": "", "AUDIT_KEY": "", "EPOCH_VERIFY_KEY": verify_key}
    app = make_app(sqlite_url, tmp_path, clock, ROLE="public", **keys)
    yield app
    app.extensions["quietword"].database.close()


@pytest.mark.parametrize("role", ["all", "public"])
def test_an_altered_record_is_recorded_whichever_process_found_it(role: str, request: pytest.FixtureRequest) -> None:
    """V-50: the public process cannot chain the line; the worker does."""
    app: Flask = request.getfixturevalue("live_app" if role == "all" else "public_app")
    break_page(app, Altered("intake/K7QF-3MDX"))

    answer = app.test_client().get("/teen")

    assert answer.status_code == 409
    with app.app_context(), current.read(Party.OPERATOR) as work:
        kinds = work.session.scalars(select(AuditLine.subject).where(AuditLine.kind == "record.altered")).all()
    assert kinds == ["intake/K7QF-3MDX"]


def test_a_database_error_repeats_no_value_it_was_given(office: Office) -> None:
    """V-49: neither kind of database shows what a statement carried."""
    values = {"id": uuid4(), "at": None, "actor": "client", "kind": MARKER, "subject": MARKER}

    with pytest.raises(IntegrityError) as refused, office.work() as work:
        work.session.execute(work.insert(AuditLine).values(**values))

    # PostgreSQL's own detail names the row; that is why only an error's kind is ever logged.
    assert MARKER not in str(refused.value).replace(str(refused.value.orig), "")


def test_a_line_of_the_log_is_one_line_with_time_level_and_source(live_app: Flask, logbook: Logbook) -> None:
    """V-48, V-51: what is logged can begin no line of its own."""
    before = datetime.now(UTC) - timedelta(seconds=1)
    with live_app.app_context():
        live_app.logger.warning("one\ntwo\u2028three \x1b[31m%s", "four\r\nfive")

    [text] = logbook.text.splitlines()
    [line] = logbook.lines
    assert text.isascii()
    assert "\x1b" not in text
    assert line["says"].endswith("four\r\nfive")
    assert (line["level"], line["from"]) == ("warning", "app")
    assert datetime.fromisoformat(line["at"]) >= before
    assert line["at"].endswith("+00:00")
