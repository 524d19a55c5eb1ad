"""The people of a practice at work, and somebody who asked."""

import pytest

from tests.domain import returned, touches, watch
from tests.domain.returned import Client
from tests.domain.touches import Owner
from tests.domain.watch import Watch
from tests.support.office import Office, Person


@pytest.fixture
def supervisor(office: Office) -> Person:
    return office.found()


@pytest.fixture
def counselor(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "ada@example.org")


@pytest.fixture
def client(office: Office, supervisor: Person) -> Client:
    """Somebody who asked and has their return code."""
    return returned.client(office)


@pytest.fixture
def owner(office: Office, supervisor: Person) -> Owner:
    """The supervisor with an authenticator."""
    return touches.owner(office, supervisor)


@pytest.fixture
def team(office: Office) -> Watch:
    """Counselors who take turns on call."""
    return watch.of(office)
