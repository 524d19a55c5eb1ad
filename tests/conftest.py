"""What any test may ask for: databases, mail, a browser, running programs, a clock."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.support import browser as browsers
from tests.support import certificate, running, schema
from tests.support import office as office_bed
from tests.support.certificate import Certificate
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.support.running import Programs
from tests.support.smtp import SmtpTrap

pytest_plugins = ["tests.support.lifetime", "tests.support.quick", "tests.support.skips"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A migrated SQLite database of the test's own."""
    return schema.sqlite(tmp_path)


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    # A program may still run when the database is given back, and must not meet the next test there.
    outlived = "programs" in request.fixturenames
    with schema.postgresql_to_drop() if outlived else schema.postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own: the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Where a SQLite database may come to be."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def empty_postgresql_url() -> Iterator[str]:
    """A PostgreSQL database without a single table."""
    with schema.postgresql_to_drop(empty=True) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without a single table: the test runs once on each kind."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """The application, once on each kind of database; nobody has set it up."""
    made = office_bed.make_app(database_url, tmp_path, clock)
    yield made
    made.extensions["quietword"].database.engine.dispose()


@pytest.fixture
def office(app: Flask, clock: Clock) -> Office:
    """The application and whoever a test lets join."""
    return Office(app, clock)


@pytest.fixture
def supervisor(office: Office) -> Person:
    return office.found()


@pytest.fixture
def counselor(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "ada@example.org")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of nobody in particular."""
    return app.test_client()


@pytest.fixture
def smtp() -> Iterator[SmtpTrap]:
    """A mail server without encryption that takes everything; its `fault` can be set."""
    with SmtpTrap() as trap:
        yield trap


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for localhost that nobody trusts by itself."""
    return certificate.self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    """Starts the web server, the worker or any command; none outlives the test."""
    with running.programs(tmp_path) as started:
        yield started


@pytest.fixture(scope="session")
def _driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(_driver: Playwright) -> Iterator[Browser]:
    with browsers.chromium(_driver) as started:
        yield started


@pytest.fixture(scope="session")
def browser_with_back(_driver: Playwright) -> Iterator[Browser]:
    """A browser that keeps pages for Back, as everybody's does."""
    with browsers.chromium(_driver, keeps_pages_for_back=True) as started:
        yield started


class NewPage(Protocol):
    """Opens a page in a browser profile of its own."""

    def __call__(self, browser: Browser | None = None, /, **options: Any) -> Page: ...


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Makes pages; options are Playwright's, such as `java_script_enabled=False`."""
    with browsers.Profiles(browser) as profiles:
        yield profiles.new_page


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()
