"""What the tests of calling share: a Monday morning on which calls are safe, the number asked for, calls logged."""

from datetime import UTC, datetime

import pytest

from app.domain.calls import dialing
from app.domain.intake import opening
from app.domain.work import Refused
from app.models import LogKind
from tests.domain.helpers.returning_clients import Client
from tests.support.office import Office, Person

#: In Phoenix, where everybody in these tests wants to be called on Monday mornings.
NINE_THIRTY = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)


def reveal(office: Office, person: Person, reference: str, reason: str | None = None) -> None:
    with office.work(person) as work:
        dialing.reveal(work, reference, reason)


def refusal(office: Office, person: Person, reference: str, reason: str | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        reveal(office, person, reference, reason)
    return refused.value


def number_page(office: Office, person: Person, client: Client) -> dialing.Dialing | None:
    with office.work(person) as work:
        return dialing.dialing(work, client.reference)


def attempt(office: Office, person: Person, client: Client, outcome: str, direction: str = "out") -> None:
    """Write down a call of this minute, as the desk does."""
    with office.work(person) as work:
        value: dict[str, object] = {
            "outcome": outcome,
            "direction": direction,
            "happened_at": f"{work.now:%Y-%m-%dT%H:%M}",
        }
        opening.write(work, opening.unlock(work, client.reference), LogKind.ATTEMPT, value)
