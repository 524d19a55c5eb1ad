"""Measures pages, requests and opening, as a practice would notice them; prints a table in Markdown."""

import argparse
import os
import re
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from werkzeug.test import TestResponse

import config
from app import create_app, current
from app.crypto import contexts, hpke, tokens
from app.crypto.hpke import PrivateKey
from app.domain.calls import incoming_calls
from app.domain.calls.incoming_calls import Heard
from app.domain.health import readiness
from app.domain.intake import arrivals
from app.domain.intake.answers import Answers, Wishes
from app.domain.vault import epochs, holders
from app.domain.work import Party, Work
from tests.support import postgres, run, running, schema
from tests.support.clock import Clock
from tests.support.office import Office, make_app

_LUA = Path(__file__).with_name("post.lua")
_OPENED = 5_000
_AT_ONCE = 8
_THOUGHT_SECONDS = 2.1


@dataclass(frozen=True)
class Shape:
    """How many processes and threads the web server runs."""

    processes: int
    threads: int


_SHAPES = (Shape(1, 8), Shape(2, 4))


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="how long each load lasts (default: 8)")
    seconds: int = parser.parse_args().seconds
    print("| load, 8 at a time | database | processes × threads | requests/s | p50 ms | p99 ms | refused |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for name in ("sqlite", "postgresql"):
        for shape in _SHAPES:
            with _database(name) as url:
                _load(name, url, shape, seconds)
    print("\n| the desk, of 5,000 open requests | database | ms |\n| --- | --- | --- |", flush=True)
    for name in ("sqlite", "postgresql"):
        with _database(name) as url:
            _measure_desk(name, url)
    _measure_opening()
    for name in ("sqlite", "postgresql"):
        with _database(name) as url:
            _measure_matching(name, url)


@contextmanager
def _database(name: str) -> Iterator[str]:
    """Yield a migrated database that writes as durably as in production."""
    if name == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield schema.sqlite(Path(folder))
    else:
        with schema.postgresql_to_drop() as url:
            yield url


def _load(name: str, url: str, shape: Shape, seconds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, running.programs(Path(folder)) as programs:
        settings = running.environment(
            Path(folder), database_url=url, WEB_PROCESSES=str(shape.processes), WEB_THREADS=str(shape.threads)
        )
        _open_form(settings)
        web = programs.web(settings, app="tools.unlimited:app")
        for load, wrk in (
            ("GET form", _wrk(web.url, seconds)),
            ("POST request", _wrk(web.url, seconds, _body(web.url))),
        ):
            print(f"| {load} | {name} | {shape.processes} × {shape.threads} | {' | '.join(wrk)} |", flush=True)


def _open_form(settings: Mapping[str, str]) -> None:
    """Open the form without people: make an epoch, and confirm a recovery sheet."""
    app = create_app(config.load(settings))
    with app.app_context(), current.work(Party.OPERATOR) as work:
        code = holders.new_sheet(work)
        epochs.begin(work)
        holders.confirm_sheet(work, code, line_tested=True)
    current_database = app.extensions["quietword"].database
    current_database.close()


def _body(url: str) -> str:
    """Return a filled form whose ticket is old enough to be accepted."""
    with urllib.request.urlopen(url, timeout=5) as page:
        token = re.search(r'name="token"[^>]*value="([^"]+)"', page.read().decode())
    assert token is not None
    time.sleep(_THOUGHT_SECONDS)
    said = {
        "token": token[1], "age": "adult", "way": "call", "phone": "602 555 0147", "when": "mon-am",
        "tz": "America/Phoenix", "state": "AZ", "lang": "en", "consent": "yes", "box": "",
        "note": "A few words are enough. " * 20,
    }  # fmt: skip
    return urllib.parse.urlencode(said)


def _wrk(url: str, seconds: int, body: str | None = None) -> list[str]:
    """Return requests per second, two percentiles and the number of refusals."""
    command = ["wrk", "-t1", f"-c{_AT_ONCE}", f"-d{seconds}s", "--latency"]
    if body is not None:
        command += ["-s", str(_LUA)]
    done = subprocess.run(
        [*command, f"{url}/"], env={**os.environ, "BENCH_BODY": body or ""}, capture_output=True, text=True, check=True
    )
    found = [
        re.search(pattern, done.stdout) for pattern in (r"Requests/sec:\s+(\S+)", r"50%\s+(\d\S+)", r"99%\s+(\d\S+)")
    ]
    other = re.search(r"refused (\d+)|Non-2xx or 3xx responses: (\d+)", done.stdout)
    return [*(match[1] if match else "?" for match in found), next(filter(None, other.groups()), "0") if other else "0"]


def _measure_desk(name: str, url: str) -> None:
    """Measure whole pages of a supervisor: lists, the queue version, and searches that open everything."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(make_app(url, Path(folder), Clock()), Clock())
        client = office.browser(office.found())
        for first in range(0, _OPENED, 500):
            _arrive(office, first, first + 500)
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/desk/search").text)
        assert token is not None
        asked = {
            "the list": lambda: client.get("/desk/?view=open"),
            "the pulse": lambda: client.get("/desk/pulse"),
            "a search by name": lambda: client.post("/desk/search", data={"q": "person 77", "csrf_token": token[1]}),
            "a search by number": lambda: client.post("/desk/search", data={"q": "5550177", "csrf_token": token[1]}),
        }
        for what, ask in asked.items():
            print(f"| {what} | {name} | {_fastest(ask) * 1000:.0f} |", flush=True)
        office.app.extensions["quietword"].database.engine.dispose()


def _arrive(office: Office, first: int, last: int) -> None:
    with office.work(Party.CLIENT) as work:
        epoch = readiness.health(work, 0).epoch
        assert epoch is not None
        for number in range(first, last):
            said = Answers(f"Person {number}", "AZ", phone=f"+1602555{number:04}", note="A few words. " * 20)
            wished = Wishes("call", when=("mon-am",), zone="America/Phoenix")
            arrivals.submit(work, epoch, idempotency_key=b"%d" % number, language="en", answers=said, wishes=wished)


def _fastest(ask: Callable[[], TestResponse]) -> float:
    """Return the seconds of the fastest of three, so that other work of the machine counts little."""
    took = []
    for _ in range(3):
        started = time.perf_counter()
        assert ask().status_code == 200
        took.append(time.perf_counter() - started)
    return min(took)


def _measure_opening() -> None:
    """Measure only the cryptography of opening requests: both keys, the answers, the wishes."""
    private, intake, epoch = PrivateKey.generate(), uuid4(), uuid4()
    answers_key, thread_key = tokens.random_key(), tokens.random_key()
    boxed = [
        (place, hpke.seal(private.public, place, key))
        for place, key in (
            (contexts.answers_key(intake, epoch), answers_key),
            (contexts.thread_key(intake, epoch), thread_key),
        )
    ]
    sealed = [
        (key, place, tokens.seal_text(key, place, {"note": "A few words. " * 20}))
        for key, place in ((answers_key, contexts.answers(intake)), (thread_key, contexts.wishes(intake, 1)))
    ]
    started = time.perf_counter()
    for _ in range(_OPENED):
        for place, box in boxed:
            hpke.open(private, place, box)
        for key, place, token in sealed:
            tokens.open_text(key, place, token)
    print(f"\nOpening {_OPENED} requests, cryptography alone: {time.perf_counter() - started:.2f} s")


def _measure_matching(name: str, url: str) -> None:
    """Measure how long a member waits after typing a caller's two words: all open requests are compared."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(make_app(url, Path(folder), Clock()), Clock())
        member = office.member(office.found())
        for start in range(0, _OPENED, 250):
            with office.work(Party.CLIENT) as work:
                _ask(work, range(start, start + 250))
        with office.app.app_context(), current.read(member) as work:
            started = time.perf_counter()
            found = incoming_calls.match(work, Heard(("kettle", "harbor")))
            seconds = time.perf_counter() - started
        office.app.extensions["quietword"].database.close()
    print(f"Comparing two words with {_OPENED} open requests, {name}: {seconds:.2f} s, {len(found.references)} found")


def _ask(work: Work, numbers: Iterable[int]) -> None:
    epoch = readiness.health(work, 0).epoch
    assert epoch is not None
    for number in numbers:
        answers = Answers("Sam", "AZ", phone="+16025550147", note="A few words. " * 20)
        nonce, wishes = number.to_bytes(4, "big"), Wishes("call", when=("mon-am",), zone="America/Phoenix")
        arrivals.submit(work, epoch, idempotency_key=nonce, language="en", answers=answers, wishes=wishes)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as whole_run:
        os.environ |= {run.VARIABLE: whole_run, postgres.DURABLE: "1"}
        try:
            main()
        finally:
            postgres.stop(Path(whole_run))
