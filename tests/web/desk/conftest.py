"""A practice at work: a supervisor, a counselor, and what stretching a password costs only once."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.crypto import locks
from app.crypto.locks import Stretched
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.office import Office, Person
from tests.web.desk.reading import Seat

_REMEMBERED: dict[tuple[str, bytes], Stretched] = {}
_STRETCH = locks.stretch

Sit = Callable[[Person], Seat]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask one kind of database, and both in tests that are marked.

    No page holds SQL. Most rules below the pages are tested on both kinds; where the page's test is the only one of a
    rule, it is marked. test_access_walk.py takes every route of the desk on both.
    """
    if "database_url" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize("database_url", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(autouse=True)
def stretched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were stretched; the same one under the same salt takes its time only once."""
    asked: list[str] = []

    def stretch(secret: str, salt: bytes) -> Stretched:
        asked.append(secret)
        if (secret, salt) not in _REMEMBERED:
            _REMEMBERED[secret, salt] = _STRETCH(secret, salt)
        return _REMEMBERED[secret, salt]

    monkeypatch.setattr(locks, "stretch", stretch)
    return asked


@pytest.fixture
def client(office: Office, supervisor: Person) -> Client:
    """Somebody who asked and has their return code."""
    return returning_clients.client(office)


@pytest.fixture
def address(client: Client) -> str:
    return f"/desk/{client.reference}"


@pytest.fixture
def seat(app: Flask) -> Seat:
    """A browser of nobody in particular."""
    return Seat(app.test_client())


@pytest.fixture
def sit(office: Office) -> Sit:
    """Gives somebody a browser that is signed in."""

    def sit(person: Person) -> Seat:
        return Seat(office.browser(person))

    return sit
