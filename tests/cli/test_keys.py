"""Keys from the command line: made, counted, and never shown."""

import base64
import json
from pathlib import Path

import config
from tests.cli.conftest import Install, Run, run_on
from tests.support import running
from tests.support.clock import Clock
from tests.support.office import Office


def test_a_new_ring_key_is_one_the_settings_take_and_a_different_one_each_time(run: Run, tmp_path: Path) -> None:
    made = [run("keys", "new", "ring").output.strip() for _ in range(2)]

    settings = config.load(running.environment(tmp_path, database_url="sqlite:///x.db", VAULT_KEYS=",".join(made)))
    assert settings.vault_keys == tuple(made)


def test_the_status_counts_the_rows_that_need_each_key(
    database_url: str, tmp_path: Path, clock: Clock, install: Install
) -> None:
    environ = running.environment(tmp_path, database_url=database_url, PUBLIC_URL="http://localhost")
    app = install(environ, clock)
    Office(app, clock).found()
    before = json.loads(run_on(app, "keys", "status", "--json").output)
    fresh = base64.urlsafe_b64encode(bytes(range(32))).decode()
    renewed = install({**environ, "VAULT_KEYS": f"{fresh},{environ['VAULT_KEYS']}"}, clock)

    after = json.loads(run_on(renewed, "keys", "status", "--json").output)
    said = run_on(renewed, "keys", "status").output

    [old] = before["ring"]
    assert old["rows"] > 0
    assert after["ring"] == [{"id": after["ring"][0]["id"], "rows": 0}, old]
    assert f"Ring key {old['id']}: {old['rows']} rows need it." in said


def test_the_status_shows_epochs_and_the_key_that_verifies_them_but_no_secret(
    database_url: str, tmp_path: Path, clock: Clock, install: Install
) -> None:
    environ = running.environment(tmp_path, database_url=database_url, PUBLIC_URL="http://localhost")
    app = install(environ, clock)
    Office(app, clock).found()

    told = json.loads(run_on(app, "keys", "status", "--json").output)
    said = run_on(app, "keys", "status").output

    assert told["epochs"] == [{"number": 1, "starts_at": clock().isoformat()}]
    assert "Epoch 1 since 2026-11-23." in said
    assert f"EPOCH_VERIFY_KEY={told['epoch_verify_key']}" in said
    for name in ("SECRET_KEY", "VAULT_KEYS", "AUDIT_KEY"):
        assert environ[name] not in said
    public = {name: value for name, value in environ.items() if name not in ("VAULT_KEYS", "AUDIT_KEY")}
    install({**public, "ROLE": "public", "EPOCH_VERIFY_KEY": told["epoch_verify_key"]}, clock)


def test_a_process_without_keys_offers_no_command(
    sqlite_url: str, tmp_path: Path, clock: Clock, install: Install
) -> None:
    environ = running.environment(tmp_path, database_url=sqlite_url, ROLE="public", VAULT_KEYS="", AUDIT_KEY="")
    app = install({**environ, "EPOCH_VERIFY_KEY": environ["SECRET_KEY"]}, clock)

    done = run_on(app, "keys", "status")

    assert done.exit_code == 2
    assert "No such command" in done.stderr
