"""What the tests rely on works, and says so when it does not."""

import os
import smtplib
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.support import running, skips
from tests.support.certificate import Certificate
from tests.support.clock import Clock
from tests.support.running import Programs
from tests.support.smtp import FAULTS, Fault, SmtpTrap

LETTER = b"Subject: Good morning\r\n\r\nText\r\n"


def send(trap: SmtpTrap) -> None:
    with smtplib.SMTP("127.0.0.1", trap.port, timeout=1) as connection:
        if trap.fault == "auth535":
            connection.login("anna", "wrong")
        connection.sendmail("a@example.org", ["b@example.org"], LETTER)


def test_each_test_has_a_database_of_its_own(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (id INTEGER)"))
    engine.dispose()


def test_the_next_test_finds_nothing_of_the_one_before(database_url: str) -> None:
    test_each_test_has_a_database_of_its_own(database_url)


def test_an_empty_postgresql_has_no_table(empty_postgresql_url: str) -> None:
    with psycopg.connect(empty_postgresql_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT * FROM pg_tables WHERE schemaname = 'public'").fetchall()

    assert tables == []


def test_the_mail_server_keeps_a_letter_byte_for_byte(smtp: SmtpTrap) -> None:
    send(smtp)

    [letter] = smtp.wait_for(1)
    assert letter.raw == LETTER
    assert letter.recipients == ("b@example.org",)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_of_the_mail_server_looks_like_success(fault: Fault) -> None:
    with SmtpTrap(fault=fault, login=("anna", "right") if fault == "auth535" else None) as trap:
        with pytest.raises((smtplib.SMTPException, OSError)):
            send(trap)

        assert len(trap.letters) == (fault == "data_lost")


def test_the_mail_server_encrypts_with_a_certificate_nobody_trusts_by_itself(
    self_signed: Certificate,
) -> None:
    trusting = ssl.create_default_context(cafile=self_signed.file)
    with SmtpTrap(starttls=self_signed, login=("anna", "right")) as trap:
        with pytest.raises(ssl.SSLCertVerificationError), smtplib.SMTP("localhost", trap.port) as connection:
            connection.starttls(context=ssl.create_default_context())
        with smtplib.SMTP("localhost", trap.port, timeout=10) as connection:
            connection.starttls(context=trusting)
            connection.login("anna", "right")
            connection.sendmail("a@example.org", ["b@example.org"], LETTER)

    [letter] = trap.letters
    assert letter.over_tls
    assert letter.signed_in


def test_the_mail_server_encrypts_from_the_first_byte_if_asked(self_signed: Certificate) -> None:
    trap = SmtpTrap(tls=self_signed, login=("anna", "right"))
    trap.start()
    trusting = ssl.create_default_context(cafile=self_signed.file)
    with smtplib.SMTP_SSL("localhost", trap.port, timeout=10, context=trusting) as connection:
        connection.login("anna", "right")
        connection.sendmail("a@example.org", ["b@example.org"], LETTER)
    trap.stop()

    [letter] = trap.letters
    assert letter.over_tls
    assert letter.signed_in


def test_a_mail_server_that_was_down_comes_back_at_its_port() -> None:
    trap = SmtpTrap(fault="refuse")
    trap.start()
    port = trap.port
    trap.stop()

    trap.fault = None
    with trap:
        assert trap.port == port
        send(trap)

    assert len(trap.letters) == 1


def test_a_skip_may_be_named_only_with_a_reason() -> None:
    assert skips.allowed("# note\n\ntests/test_x.py::test_y  needs a printer\n") == {
        "tests/test_x.py::test_y": "needs a printer"
    }
    with pytest.raises(pytest.UsageError):
        skips.allowed("tests/test_x.py::test_y")


def test_a_skipped_test_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.support.skips"]\n')
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n\n@pytest.mark.skip(reason='today')\ndef test_a(): ...\n\n\n"
        "def test_b(): pytest.skip('now')\n\n\n"
        "@pytest.mark.xfail(reason='known')\ndef test_c(): assert False\n"
    )
    (tmp_path / "test_module.py").write_text("import pytest\n\npytest.importorskip('no_such_module')\n")

    command = [sys.executable, "-m", "pytest", "-q", "--continue-on-collection-errors", "--rootdir", "."]
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(running.ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stdout.count("not named in tests/allowed_skips.txt") >= 3
    assert "1 failed, 1 xfailed, 2 errors" in done.stdout


def test_a_program_ends_when_its_killed_starter_does(programs: Programs, tmp_path: Path) -> None:
    child = tmp_path / "child"
    leashed = (
        "import os, pathlib, subprocess, sys, time\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        f"leash = [sys.executable, {str(running.ROOT / 'script' / 'leash.py')!r}, str(os.getpid())]\n"
        "child = subprocess.Popen([*leash, *command], start_new_session=True)\n"
        f"pathlib.Path({str(child)!r} + '.part').write_text(str(child.pid))\n"
        f"pathlib.Path({str(child)!r} + '.part').rename({str(child)!r})\n"
        "time.sleep(600)\n"
    )
    starter = programs.start({"PATH": os.environ["PATH"]}, sys.executable, "-c", leashed)
    running.until(child.exists, starter)
    left = psutil.Process(int(child.read_text()))
    running.until(lambda: "leash.py" not in " ".join(left.cmdline()), starter)

    starter.kill()

    assert psutil.wait_procs([left], timeout=10)[1] == []


def test_the_clock_moves_only_when_told() -> None:
    clock = Clock(datetime(2026, 11, 1, 5, 59, tzinfo=UTC))

    assert clock() == clock()
    assert clock.forward(minutes=2) == clock() == datetime(2026, 11, 1, 6, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="aware"):
        clock.set(datetime(2026, 11, 1))  # noqa: DTZ001
