"""The reading side: which requests are open. No names of clients, nothing is opened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.work import Missing, Work
from app.models import Account, AccountState, Intake, Status


@dataclass(frozen=True)
class Row:
    """One line of the queue. `claimed_by` is a colleague's name, None while anybody may claim it."""

    reference: str
    status: Status
    received_at: datetime
    language: str
    claimed_by: str | None
    mine: bool


def open_intakes(work: Work) -> list[Row]:
    """Return waiting and claimed requests, longest waiting first."""
    member = work.member
    if member.state is not AccountState.ACTIVE:
        raise Missing
    rows = work.session.execute(
        select(
            Intake.reference,
            Intake.status,
            Intake.received_at,
            Intake.language,
            Intake.claimed_by,
            Account.name.label("claimed_by_name"),
        )
        .outerjoin(Account, Account.id == Intake.claimed_by)
        .where(Intake.status.in_((Status.WAITING, Status.CLAIMED)))
        .order_by(Intake.status.desc(), Intake.received_at, Intake.reference)
    )
    return [
        Row(
            reference=row.reference,
            status=row.status,
            received_at=row.received_at,
            language=row.language,
            claimed_by=row.claimed_by_name,
            mine=row.claimed_by == member.account_id,
        )
        for row in rows
    ]
