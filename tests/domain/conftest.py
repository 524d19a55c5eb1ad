"""The people of a practice at work, and somebody who asked."""

import pytest

from tests.domain.helpers import escalations, passkey_touches, returning_clients
from tests.domain.helpers.escalations import Watch
from tests.domain.helpers.passkey_touches import Owner
from tests.domain.helpers.returning_clients import Client
from tests.support.office import Office, Person


@pytest.fixture
def client(office: Office, supervisor: Person) -> Client:
    """Somebody who asked and has their return code."""
    return returning_clients.client(office)


@pytest.fixture
def owner(office: Office, supervisor: Person) -> Owner:
    """The supervisor with an authenticator."""
    return passkey_touches.owner(office, supervisor)


@pytest.fixture
def team(office: Office) -> Watch:
    """Counselors who take turns on call."""
    return escalations.of(office)
