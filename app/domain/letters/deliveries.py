"""Deliveries: the letters about a request, their recipients, and what became of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from app.domain.work import Work
from app.models import Account, Intake, Letter, LetterKind, Reader


class State(StrEnum):
    #: The mail server took it.
    DELIVERED = "delivered"
    #: It is to leave later.
    PLANNED = "planned"
    #: It is due, and no try has failed.
    LEAVING = "leaving"
    #: The mail server said no; it is tried again.
    REFUSED = "refused"
    #: The mail server could not be reached; it is tried again.
    UNREACHED = "unreached"
    #: There was no more reason to send it.
    CANCELLED = "cancelled"
    #: The worker has stopped trying.
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Delivery:
    kind: LetterKind
    reader: Reader | None
    name: str
    wanted_at: datetime
    state: State
    #: When it is tried next, or was planned for.
    next_at: datetime


def about(work: Work, reference: str) -> list[Delivery]:
    """Return the letters about a request, oldest first."""
    letters = (
        select(Letter, Account.name)
        .join(Intake, Intake.id == Letter.intake_id)
        .join(Account, Account.id == Letter.account_id)
        .where(Intake.reference == reference)
        .order_by(Letter.wanted_at, Account.name)
    )
    return [
        Delivery(
            kind=row.Letter.kind,
            reader=row.Letter.reader,
            name=row.name,
            wanted_at=row.Letter.wanted_at,
            state=_state(row.Letter, work.now),
            next_at=row.Letter.next_at,
        )
        for row in work.session.execute(letters)
    ]


def _state(letter: Letter, now: datetime) -> State:
    if letter.sent_at is not None:
        return State.DELIVERED
    if letter.failed_at is not None:
        return State.CANCELLED if letter.failure == "cancelled" else State.GIVEN_UP
    if letter.failure is not None:
        # A failure ends with a code only if the mail server itself answered.
        return State.REFUSED if letter.failure[-3:].isdigit() else State.UNREACHED
    return State.PLANNED if letter.wanted_at > now else State.LEAVING
