"""The demonstration practice: made once, kept, and never outside a demonstration."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import health
from app.crypto import locks, totp
from app.domain.accounts import passwords, sessions
from app.domain.letters import outbox
from app.domain.work import Party
from app.models import Account, Intake, Status
from tests.cli.conftest import Run, run_on
from tests.support.clock import Clock
from tests.support.office import Office, make_app


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the accounts are written; its folder is not there yet."""
    file = tmp_path / "instance" / "demo.json"
    monkeypatch.setenv("DEMO_FILE", str(file))
    monkeypatch.setenv("DEMO_MAILBOX_URL", "http://localhost:1/")
    return file


@pytest.fixture
def demonstration(empty_database_url: str, tmp_path: Path, clock: Clock, file: Path) -> Iterator[Flask]:
    assert not file.exists()
    app = make_app(empty_database_url, tmp_path, clock, DEMONSTRATION="1")
    yield app
    app.extensions["quietword"].database.close()


def told(file: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return facts


def test_the_demonstration_is_made_once_and_kept(demonstration: Flask, file: Path, clock: Clock) -> None:
    first = run_on(demonstration, "demo")
    made = file.read_bytes()

    second = run_on(demonstration, "demo")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "is ready" in first.output
    assert "everything is kept" in second.output
    assert file.read_bytes() == made
    assert file.stat().st_mode & 0o777 == 0o600
    with Office(demonstration, clock).work() as work:
        assert work.session.scalar(select(func.count(Account.id))) == 3
        assert work.session.scalar(select(func.count(Intake.id))) == 12
        assert set(work.session.scalars(select(Intake.status))) == {Status.WAITING, Status.CLAIMED, Status.WITHDRAWN}
        assert not outbox.due(work)
    with demonstration.app_context():
        assert health.obstacle() is None
    facts = told(file)
    assert set(facts) == {"url", "mailbox_url", "mail_dir", "accounts", "recovery_code"}
    assert facts["url"] == "http://localhost"
    assert facts["mailbox_url"] == "http://localhost:1/"
    assert {account["role"] for account in facts["accounts"]} == {"counselor", "supervisor"}


def test_every_account_of_it_signs_in_with_the_code_the_command_prints(
    demonstration: Flask, file: Path, clock: Clock
) -> None:
    run_on(demonstration, "demo")
    office = Office(demonstration, clock)

    for account in told(file)["accounts"]:
        code = run_on(demonstration, "demo", "--code", account["email"].upper()).output.strip()
        with office.work(Party.NEWCOMER) as work:
            attempt = passwords.begin(work, account["email"])
        stretched = locks.stretch(account["password"], attempt.salt)
        with office.work(Party.NEWCOMER) as work:
            assert sessions.finish(work, attempt, stretched, code)
        assert code == totp.code(base64.b32decode(account["totp_secret"]), clock())


def test_no_two_demonstrations_share_a_secret(demonstration: Flask, file: Path) -> None:
    run_on(demonstration, "demo")

    accounts = told(file)["accounts"]

    for name in ("password", "totp_secret"):
        assert len({account[name] for account in accounts}) == len(accounts)


def test_there_is_no_code_of_somebody_unknown(demonstration: Flask) -> None:
    before = run_on(demonstration, "demo", "--code", "ada@example.org")
    run_on(demonstration, "demo")

    after = run_on(demonstration, "demo", "--code", "eve@example.org")

    for done in (before, after):
        assert (done.exit_code, done.stdout, done.stderr) == (1, "", "Error: There is no such thing.\n")


@pytest.mark.parametrize("arguments", [["demo"], ["demo", "--code", "ada@example.org"]], ids=" ".join)
def test_outside_a_demonstration_nothing_is_made_and_no_code_is_told(
    run: Run, office: Office, file: Path, arguments: list[str]
) -> None:
    done = run(*arguments)

    assert done.exit_code == 1
    assert "not a demonstration practice" in done.stderr
    assert not file.exists()
    with office.work() as work:
        assert work.session.scalar(select(func.count(Account.id))) == 0
