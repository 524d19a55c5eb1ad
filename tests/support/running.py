"""Runs the real programs as an operator does: gunicorn, the worker, single commands. A test can kill them."""

import base64
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.support import ports

ROOT = Path(__file__).resolve().parents[2]
_LEASH = ROOT / "script" / "leash.py"


def environment(
    folder: Path, *, database_url: str, mail_port: int = 25, web_port: int = 8000, **more: str
) -> dict[str, str]:
    """Return the settings of an installation with fresh keys; `more` adds to them or replaces them."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        **keys(),
        "DATABASE_URL": database_url,
        "PRACTICE_FILE": str(ROOT / "practices" / "family-strategies.toml"),
        "PUBLIC_URL": f"http://localhost:{web_port}",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail_port),
        "MAIL_DEFAULT_SENDER": "desk@example.org",
        **more,
    }


def flask(settings: Mapping[str, str], *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run one command to its end; the input is what a person types."""
    command = [sys.executable, "-m", "flask", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=settings, input=said, capture_output=True, text=True, timeout=60, check=False
    )


class Program:
    """One program that runs until a test stops or kills it. Its output goes to its log."""

    def __init__(self, command: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
        self.log = log
        leashed = [sys.executable, str(_LEASH), str(os.getpid()), *command]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                leashed,
                cwd=ROOT,
                env=settings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> None:
        """Kill it and all its children, as a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end, and kill it after 15 seconds; return its exit status."""
        self._end(signal.SIGTERM)
        return self._process.returncode

    def wait(self, seconds: float = 30) -> int:
        """Return the exit status of a program that ends by itself."""
        return self._process.wait(seconds)

    def _end(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def until(happened: Callable[[], bool], program: Program, seconds: float = 30) -> None:
    """Wait until something happens; fail with the program's output when the program ends or the time is over."""
    deadline = time.monotonic() + seconds
    while not happened():
        if program.ended or time.monotonic() > deadline:
            raise AssertionError(f"What was waited for did not happen. The program said:\n{program.said}")
        time.sleep(0.02)


class Web(Program):
    """The web server, on a port of its own."""

    def __init__(self, settings: Mapping[str, str], port: int, log: Path, app: str) -> None:
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", app]
        super().__init__(command, settings, log)
        self.port = port
        self.url = f"http://localhost:{port}"

    def await_answer(self) -> None:
        until(self._answers, self)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


class Programs:
    """Starts programs and stops all of them at the end of a test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[Program] = []

    def web(self, settings: Mapping[str, str], port: int | None = None, app: str = "wsgi:app") -> Web:
        """Return a web server that answers. PUBLIC_URL has its port, unless the port was given."""
        if port is None:
            port = ports.free()
            settings = {**settings, "PUBLIC_URL": f"http://localhost:{port}"}
        web = Web(settings, port, self._log("web"), app)
        self._started.append(web)
        web.await_answer()
        return web

    def worker(self, settings: Mapping[str, str]) -> Program:
        return self.start(settings, sys.executable, "-m", "flask", "worker")

    def start(self, settings: Mapping[str, str], *command: str) -> Program:
        program = Program(command, settings, self._log("program"))
        self._started.append(program)
        return program

    def stop_all(self) -> None:
        for program in reversed(self._started):
            program.stop()

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}-{len(self._started)}.log"


@contextlib.contextmanager
def programs(folder: Path) -> Iterator[Programs]:
    """Yield a starter of programs, and stop them at the end of the block."""
    started = Programs(folder)
    try:
        yield started
    finally:
        started.stop_all()


def keys() -> dict[str, str]:
    """Return fresh keys of an installation."""
    return {name: _random_key() for name in ("SECRET_KEY", "VAULT_KEYS", "AUDIT_KEY")}


def _random_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
