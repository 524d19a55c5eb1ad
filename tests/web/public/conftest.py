"""A live service for the public side: one app, one epoch, one sheet typed back, and a clock that stands still."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import current
from app.domain.vault import epochs, holders
from app.domain.work import Party
from tests.support import office, running, schema, snapshots
from tests.support.clock import Clock

PRACTICE = running.ROOT / "practices" / "family-strategies.toml"

_networks = itertools.count()


class Crowd(FlaskClient):
    """A browser that comes from another network each time, as those of many people do."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        number = next(_networks)
        address = f"10.{number // 250 % 250}.{number % 250}.1"
        more["environ_overrides"] = {"REMOTE_ADDR": address, **(more.get("environ_overrides") or {})}
        return super().open(*args, **more)


WithPractice = Callable[[str, str], FlaskClient]


def make_live(url: str, folder: Path, clock: Clock, practice: Path = PRACTICE, **more: str) -> Flask:
    """Return an app that takes requests."""
    app = make_app(url, folder, clock, practice, **more)
    snapshots.step(app, clock, ("go live",), lambda: _go_live(app))
    return app


def _go_live(app: Flask) -> None:
    with app.app_context(), current.work(Party.OPERATOR) as work:
        code = holders.new_sheet(work)
        epochs.begin(work)
        holders.confirm_sheet(work, code, line_tested=True)


def make_app(url: str, folder: Path, clock: Clock, practice: Path = PRACTICE, **more: str) -> Flask:
    """Return an app whose set-up nobody has finished."""
    return office.make_app(url, folder, clock, PRACTICE_FILE=str(practice), **more)


def close(app: Flask) -> None:
    app.extensions["quietword"].database.engine.dispose()


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """A live app, once on each kind of database."""
    app = make_live(database_url, tmp_path, clock)
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def plain_app(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """A live app for what no database decides."""
    app = make_live(sqlite_url, tmp_path, clock)
    yield app
    close(app)


@pytest.fixture
def unfinished_app(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """An app whose recovery sheet nobody has typed back."""
    app = make_app(sqlite_url, tmp_path, clock)
    yield app
    close(app)


@pytest.fixture
def plain_client(plain_app: Flask) -> FlaskClient:
    return plain_app.test_client()


@pytest.fixture
def with_practice(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[WithPractice]:
    """Makes a client of a live app whose practice file says something else in one place."""
    made: list[Flask] = []

    def make(old: str, new: str) -> FlaskClient:
        text = PRACTICE.read_text(encoding="utf-8")
        assert old in text
        file = tmp_path / "practice.toml"
        file.write_text(text.replace(old, new), encoding="utf-8")
        made.append(make_live(sqlite_url, tmp_path, clock, file))
        made[0].test_client_class = Crowd
        return made[0].test_client()

    yield make
    for app in made:
        close(app)


@pytest.fixture(scope="module")
def one_clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def one_client(tmp_path_factory: pytest.TempPathFactory, one_clock: Clock) -> Iterator[FlaskClient]:
    """One live app for many small looks at it."""
    folder = tmp_path_factory.mktemp("public")
    app = make_live(schema.sqlite(folder), folder, one_clock)
    app.test_client_class = Crowd
    yield app.test_client()
    close(app)
