"""Commands as an operator types them, in the process of the test."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest
from click.testing import Result
from flask import Flask

import config
from app import create_app
from tests.support.clock import Clock
from tests.support.office import make_app


class Run(Protocol):
    """Runs one command to its end."""

    def __call__(self, *arguments: str) -> Result: ...


@pytest.fixture
def run(app: Flask) -> Run:
    def command(*arguments: str) -> Result:
        return run_on(app, *arguments)

    return command


def run_on(app: Flask, *arguments: str) -> Result:
    """Run a command; whatever it raised must be its exit status and no mistake."""
    done = app.test_cli_runner().invoke(args=arguments)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
def empty_app(empty_database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """The application on a database without a table."""
    made = make_app(empty_database_url, tmp_path, clock)
    yield made
    made.extensions["quietword"].database.close()


class Install(Protocol):
    """Makes the application of these settings."""

    def __call__(self, environ: Mapping[str, str], clock: Clock) -> Flask: ...


@pytest.fixture
def install() -> Iterator[Install]:
    """Whatever becomes of the test, no connection stays open."""
    made: list[Flask] = []

    def make(environ: Mapping[str, str], clock: Clock) -> Flask:
        made.append(create_app(config.load(environ), clock))
        return made[-1]

    yield make
    for app in made:
        app.extensions["quietword"].database.close()
