"""Measures what a practice would notice: pages, requests, opening; prints a table in Markdown."""

import argparse
import os
import re
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import config
from app import create_app, current
from app.crypto import boxes, places, tokens
from app.crypto.boxes import PrivateKey
from app.domain import epochs, holders
from app.domain.work import Party
from tests.bed import postgres, run, running, schema

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
    _measure_opening()


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
        web = programs.web(settings, app="tests.workshop.unlimited:app")
        for load, wrk in (
            ("GET form", _wrk(web.url, seconds)),
            ("POST request", _wrk(web.url, seconds, _body(web.url))),
        ):
            print(f"| {load} | {name} | {shape.processes} × {shape.threads} | {' | '.join(wrk)} |", flush=True)


def _open_form(settings: Mapping[str, str]) -> None:
    """Let the form go live without people: an epoch, and a sheet that is typed back."""
    app = create_app(config.load(settings))
    with app.app_context(), current.work(Party.OPERATOR) as work:
        code = holders.new_sheet(work)
        epochs.begin(work)
        holders.confirm_sheet(work, code)
    current_database = app.extensions["quietword"].database
    current_database.close()


def _body(url: str) -> str:
    """Return a filled form with a ticket that is old enough to have been read."""
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


def _measure_opening() -> None:
    """Time what a search does to each request: open both its keys, its answers and its wishes."""
    private, intake, epoch = PrivateKey.generate(), uuid4(), uuid4()
    answers_key, thread_key = tokens.random_key(), tokens.random_key()
    boxed = [
        (place, boxes.seal(private.public, place, key))
        for place, key in (
            (places.answers_key(intake, epoch), answers_key),
            (places.thread_key(intake, epoch), thread_key),
        )
    ]
    sealed = [
        (key, place, tokens.seal_text(key, place, {"note": "A few words. " * 20}))
        for key, place in ((answers_key, places.answers(intake)), (thread_key, places.wishes(intake, 1)))
    ]
    started = time.perf_counter()
    for _ in range(_OPENED):
        for place, box in boxed:
            boxes.open(private, place, box)
        for key, place, token in sealed:
            tokens.open_text(key, place, token)
    print(f"\nOpening {_OPENED} requests, cryptography alone: {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as whole_run:
        os.environ |= {run.VARIABLE: whole_run, postgres.DURABLE: "1"}
        try:
            main()
        finally:
            postgres.stop(Path(whole_run))
