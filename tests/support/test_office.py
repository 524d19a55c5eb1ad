"""How a test uses the office; CONTRIBUTING.md shows this test as its example."""

import pytest

from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.work import Reason, Refused
from tests.support.clock import Clock
from tests.support.office import Office


def test_only_the_first_of_two_members_claims_a_request(office: Office, clock: Clock) -> None:
    supervisor = office.found()
    counselor = office.hire(supervisor, "ada@example.org")
    reference = office.ask("Sam")
    with office.work(counselor) as work:
        claims.claim(work, reference)
    clock.forward(minutes=1)

    with pytest.raises(Refused) as refused, office.work(supervisor) as work:
        claims.claim(work, reference)

    with office.work(supervisor) as work:
        opened = opening.open(work, reference)
    assert refused.value.reason is Reason.CLAIMED
    assert opened.claimed_by == "Ada"
