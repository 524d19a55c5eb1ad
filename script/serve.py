"""Sets up and runs the demonstration practice: web, worker and a local mailbox, until told to stop."""

import argparse
import base64
import contextlib
import fcntl
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from script.letterbox import Mailbox

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"
ENV_FILE = INSTANCE / "server.env"
VAULT_KEYS = INSTANCE / "vault.keys"
DEMO_FILE = INSTANCE / "demo.json"
MAIL = INSTANCE / "mail"
START_SECONDS = 30
STOP_SECONDS = 12

_OTHERS = (
    "AUDIT_KEY", "DATABASE_URL", "DESK_URL", "EPOCH_VERIFY_KEY", "FLASK_", "GUNICORN_", "MAIL_",
    "METRICS_TOKEN", "PRACTICE_FILE", "PUBLIC_URL", "REDIS_URL", "ROLE", "SECRET_KEY",
    "TRUSTED_PROXIES", "VAULT_KEYS",
)  # fmt: skip


class Failed(Exception):
    """What the person at the terminal is told; the exit status is then 1."""


@dataclass(frozen=True)
class Program:
    """Something started here, with the file that holds what it said."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def tail(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-20:])


def main(arguments: Sequence[str]) -> None:
    port = _port(arguments)
    os.chdir(ROOT)
    os.umask(0o077)
    INSTANCE.mkdir(mode=0o700, exist_ok=True)
    _refuse_taken(port)
    with _alone():
        known = _remembered()
        mailbox = Mailbox(MAIL, int(known.get("MAIL_PORT", "0")), int(known.get("MAILBOX_PORT", "0")))
        mailbox.start()
        url = f"http://localhost:{port}"
        settings = _settings(known, url, mailbox)
        _write(ENV_FILE, "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items()))
        environment = {**_inherited(), **settings}
        _prepare(environment, url, mailbox)
        with _running(environment, port) as programs:
            _await_answers(port, programs)
            print(f"Letters: {mailbox.url}\nAccounts: {DEMO_FILE.relative_to(ROOT)}", flush=True)
            print(f"Ready: {url}", flush=True)
            _watch(programs)


def _port(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/server", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the web server listens (default: 8000)")
    port: int = parser.parse_args(arguments).port
    if not 1 <= port <= 65535:
        parser.error("--port is a number from 1 to 65535")
    return port


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the folder: two servers on one demonstration would send each other's letters."""
    with (INSTANCE / "server.lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failed("The demonstration of this folder is running already; stop that one first.") from error
        yield


def _refuse_taken(port: int) -> None:
    # Browsers try ::1 first when asked for localhost, so a stranger there would be shown instead of us.
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(socket.gaierror), socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError as error:
                raise Failed(f"Port {port} needs root; choose another one with --port.") from error
            except OSError as error:
                if family == socket.AF_INET6 and not _listens(host, port):
                    continue
                raise Failed(f"Port {port} is taken; choose another one with --port.") from error


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _remembered() -> dict[str, str]:
    """Return the settings of the last run; empty on the first."""
    if not ENV_FILE.exists():
        return {}
    lines = shlex.split(ENV_FILE.read_text(encoding="utf-8"))
    return dict(line.split("=", 1) for line in lines)


def _settings(known: Mapping[str, str], url: str, mailbox: Mailbox) -> dict[str, str]:
    """Return the demonstration's settings: keys as they were, addresses as they are now."""
    # The ring has a file of its own, because rotating it rewrites that file.
    if not VAULT_KEYS.exists():
        _write(VAULT_KEYS, _random_key() + "\n")
    return {
        "SECRET_KEY": known.get("SECRET_KEY") or _random_key(),
        "AUDIT_KEY": known.get("AUDIT_KEY") or _random_key(),
        "VAULT_KEYS_FILE": str(VAULT_KEYS),
        "DATABASE_URL": f"sqlite:///{INSTANCE / 'quietword.db'}",
        "PRACTICE_FILE": str(ROOT / "practices" / "family-strategies.toml"),
        "PUBLIC_URL": url,
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mailbox.smtp_port),
        "MAIL_DEFAULT_SENDER": "desk@demonstration.example",
        "MAILBOX_PORT": str(mailbox.page_port),
        "DEMONSTRATION": "1",
        "DEMO_FILE": str(DEMO_FILE),
        "DEMO_MAIL_DIR": str(MAIL),
        "DEMO_MAILBOX_URL": mailbox.url,
    }


def _inherited() -> dict[str, str]:
    """Return this terminal's environment without what would point the demonstration at something else."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}


def _random_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _write(path: Path, text: str) -> None:
    """Replace the file at once, readable by its owner only."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.touch(mode=0o600)
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def _prepare(environment: Mapping[str, str], url: str, mailbox: Mailbox) -> None:
    """Bring the schema up to date, make the practice when there is none, note today's addresses."""
    _flask(environment, "migrate")
    if not DEMO_FILE.exists():
        print("Making the demonstration practice …", flush=True)
        _flask(environment, "demo")
    demo = json.loads(DEMO_FILE.read_text(encoding="utf-8"))
    demo |= {"url": url, "mailbox_url": mailbox.url, "mail_dir": str(MAIL)}
    _write(DEMO_FILE, json.dumps(demo, indent=2, ensure_ascii=False) + "\n")


def _flask(environment: Mapping[str, str], command: str) -> None:
    done = subprocess.run(
        _leashed("flask", command),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    if done.returncode != 0:
        raise Failed(f"flask {command} did not succeed:\n{(done.stderr or done.stdout).strip()}")


def _leashed(module: str, *arguments: str) -> list[str]:
    leash = [sys.executable, str(ROOT / "script" / "leash.py"), str(os.getpid())]
    return [*leash, sys.executable, "-m", module, *arguments]


@contextlib.contextmanager
def _running(environment: Mapping[str, str], port: int) -> Iterator[list[Program]]:
    """Yield web and worker; afterwards neither they nor anything they started is left."""
    programs: list[Program] = []
    try:
        programs.append(_start("web", environment, _leashed("gunicorn", "--bind", f"127.0.0.1:{port}")))
        programs.append(_start("worker", environment, _leashed("flask", "worker")))
        yield programs
    finally:
        # A second Ctrl-C must not leave half of them behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _end(programs)


def _start(name: str, environment: Mapping[str, str], command: Sequence[str]) -> Program:
    log = INSTANCE / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Program(name, process, log)


def _end(programs: Sequence[Program]) -> None:
    for program in programs:
        _signal(program, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    for program in programs:
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.process.wait(max(0.1, until - time.monotonic()))
        _signal(program, signal.SIGKILL)
        program.process.wait()


def _signal(program: Program, number: signal.Signals) -> None:
    # Each is the leader of a group of its own, so this reaches what it started as well.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.process.pid, number)


def _await_answers(port: int, programs: Sequence[Program]) -> None:
    """Return once the web server answers and, if it can, shows the form."""
    here = f"http://127.0.0.1:{port}"
    if not _answers_in_time(f"{here}/healthz", programs):
        raise Failed(f"The web server does not answer after {START_SECONDS} seconds. It said:\n{_said(programs)}")
    # The desk says what keeps a form closed, so a closed one is no reason to end.
    if not _answers_in_time(f"{here}/", programs):
        print(f"The form is not open; the desk says why: {here}/desk/", file=sys.stderr)


def _answers_in_time(url: str, programs: Sequence[Program]) -> bool:
    until = time.monotonic() + START_SECONDS
    while not _answers(url):
        _refuse_ended(programs)
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _refuse_ended(programs: Sequence[Program]) -> None:
    for program in programs:
        if program.process.poll() is not None:
            raise Failed(f"The {program.name} process ended by itself. It said:\n{program.tail()}")


def _said(programs: Sequence[Program]) -> str:
    return "\n".join(f"[{program.name}] {program.tail()}" for program in programs)


def _watch(programs: Sequence[Program]) -> None:
    """Stay as long as everything runs."""
    while True:
        _refuse_ended(programs)
        time.sleep(0.5)


def _stop(_number: int, _frame: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    for stopping in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stopping, _stop)
    try:
        main(sys.argv[1:])
    except Failed as failure:
        sys.exit(str(failure))
