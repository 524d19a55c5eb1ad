"""What of a request is shown where, field by field: as docs/access.md says."""

import re

import pytest

from app.crypto import totp
from app.domain.calls import call_log
from app.domain.calls.call_log import CallReport
from app.domain.casework import notes
from app.domain.intake.answers import Answers
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.office import Office, Person
from tests.web.desk.access_walk.cast import MONDAY
from tests.web.desk.conftest import Sit
from tools import permissions

pytestmark = pytest.mark.both_databases

SAID = Answers("Marisol", "AZ", phone="+16025550123", email="marisol@example.org", note="Call me before lunch.")
WRITTEN = "She prefers the afternoon."


@pytest.fixture
def client(office: Office, supervisor: Person) -> Client:
    office.clock.set(MONDAY)
    return returning_clients.client(office, said=SAID)


def test_each_field_is_shown_where_the_table_says_and_nowhere_else(
    office: Office, supervisor: Person, client: Client, sit: Sit
) -> None:
    """V-23, V-26, V-54."""
    office.renewed(supervisor)
    reference, here = client.reference, sit(supervisor)
    with office.work(supervisor) as work:
        call_log.record(work, reference, CallReport("no_answer"))
        notes.write(work, reference, WRITTEN, idempotency_key=None, kept_at=None)
    words = returning_clients.opened(office, supervisor, reference).answers.words
    address = f"/desk/{reference}"
    pages = {
        "list": here.look("/desk/?view=open"),
        "found": here.send("/desk/search", q=reference),
        "opened": here.look(address),
    }
    assert here.send(f"{address}/reveal", address, reason="agreed").leads_to == f"{address}/number"
    office.clock.forward(seconds=60)
    code = totp.code(supervisor.totp_secret, office.clock())
    pages |= {
        "number": here.look(f"{address}/number"),
        "paper": here.look(f"{address}/print"),
        "file": here.send(f"{address}/export", f"{address}/export", format="json", code=code),
    }
    client.withdraw()
    pages["stone"] = here.look(address)

    signs = {
        "reference": reference,
        "name": "Marisol",
        "number": r"602\D{0,2}555\D?0123|6025550123",
        "email": "marisol@example",
        "note": "before lunch",
        "two words": rf"(?i){words[0]}.*{words[1]}",
        "what staff wrote": "prefers the afternoon",
    }
    for name, sign in signs.items():
        found = tuple(place for place, page in pages.items() if re.search(sign, page.html, re.DOTALL))
        assert found == permissions.FIELDS[name], name
