"""What became of each letter about a request, as staff see it."""

from datetime import timedelta

import pytest

from app.domain.letters import outbox
from app.domain.letters.outbox import Delivery, DeliveryState
from app.domain.work import Party
from app.models import Letter, LetterKind, Reader
from tests.domain.helpers import escalations
from tests.domain.helpers.escalations import Watch
from tests.support.office import Office


@pytest.fixture
def team(office: Office) -> Watch:
    """Ada was told at ten."""
    team = escalations.of(office)
    team.plan("Ada", "23 09:00", "23 12:00")
    team.plan("Ben", "23 12:00", "23 18:00")
    with office.work() as work:
        while letter := outbox.take(work):
            outbox.mark_sent(work, letter.id)
    team.set("23 10:00")
    team.ask()
    return team


def told(team: Watch) -> list[Delivery]:
    with team.office.work() as work:
        return outbox.deliveries(work, team.reference)


def take(team: Watch, failure: str | None = None) -> None:
    """Let a worker take the letter, and the mail server refuse it where a failure is named."""
    with team.office.work(Party.WORKER) as work:
        letter = outbox.take(work)
    assert letter is not None
    with team.office.work(Party.WORKER) as work:
        outbox.mark_failed(work, letter.id, failure) if failure else outbox.mark_sent(work, letter.id)


def test_who_was_told_as_what_and_when(team: Watch) -> None:
    take(team)
    team.round("23 10:15")

    first, second = told(team)

    assert (first.name, first.reader, first.kind) == ("Ada", Reader.ON_CALL, LetterKind.NEW_REQUEST)
    assert (first.state, first.wanted_at) == (DeliveryState.DELIVERED, escalations.phoenix("23 10:00"))
    assert (second.name, second.reader, second.state) == ("Ben", Reader.NEXT, DeliveryState.LEAVING)


@pytest.mark.parametrize(
    ("failure", "state"),
    [("SMTPRecipientsRefused 550", DeliveryState.REFUSED), ("ConnectionRefusedError", DeliveryState.UNREACHED)],
)
def test_a_letter_that_did_not_leave_says_why_and_when_it_is_tried_again(
    team: Watch, failure: str, state: DeliveryState
) -> None:
    take(team, failure)

    [one] = told(team)

    assert (one.state, one.next_at) == (state, team.clock() + timedelta(seconds=30))


def test_a_letter_for_the_morning_is_planned(office: Office, team: Watch) -> None:
    team.set("23 22:00")
    team.ask(nonce=b"night")

    [one] = told(team)

    assert (one.state, one.next_at) == (DeliveryState.PLANNED, escalations.phoenix("24 09:00"))


def test_a_letter_that_became_pointless_or_was_given_up_says_so(office: Office, team: Watch) -> None:
    intake_id = team.intake().id
    with office.work() as work:
        outbox.cancel(work, Letter.intake_id == intake_id)
    cancelled = told(team)[0].state
    team.clock.forward(days=1)
    team.ask(nonce=b"other")
    team.clock.forward(days=7)
    take(team, "ConnectionRefusedError")

    assert (cancelled, told(team)[0].state) == (DeliveryState.CANCELLED, DeliveryState.GIVEN_UP)
