"""A live practice for what every page has in common."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import schema
from tests.support.clock import Clock
from tests.support.logbook import Logbook
from tests.support.office import Office, make_app


@pytest.fixture
def live_app(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """An app that takes requests, on the kind of database that is at hand."""
    app = make_app(sqlite_url, tmp_path, clock)
    Office(app, clock).found()
    yield app
    app.extensions["quietword"].database.close()


@pytest.fixture
def logbook(live_app: Flask) -> Iterator[Logbook]:
    """What is logged once the live app stands."""
    with Logbook() as book:
        yield book


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A browser of nobody at a live app, for many small looks at it."""
    folder, clock = tmp_path_factory.mktemp("web"), Clock()
    app = make_app(schema.sqlite(folder), folder, clock)
    Office(app, clock).found()
    yield app.test_client()
    app.extensions["quietword"].database.close()
