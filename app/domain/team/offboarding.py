"""Off-boarding: a member leaves, their requests go back to the team, and what they may still know is listed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.domain import audit, exclusions, permissions
from app.domain.intake import sealed
from app.domain.rota import oncall
from app.domain.team import team
from app.domain.work import Member, Missing, Work
from app.models import Account, AuditLine, Intake, Status

_LATELY = timedelta(days=90)
#: What leaves the desk on paper or in a file.
_TAKEN_ALONG = ("intake.exported", "audit.exported", "card.printed", "sheet.printed")


@dataclass(frozen=True)
class Known:
    """What a member who left may still know or have, from the audit trail of the last 90 days."""

    name: str
    email: str
    #: Open requests whose text they saw.
    references: tuple[str, ...]
    #: How many other requests they opened.
    others: int
    #: Kind and moment of everything they took along.
    taken: tuple[tuple[str, datetime], ...]


def leave(work: Work, account_id: UUID) -> int:
    """Suspend a member, give back their requests, and reseal the open ones; return how many were resealed.

    At the command line nothing is resealed, because an operator can open nothing.
    """
    team.suspend(work, account_id)
    theirs = select(Intake).where(Intake.claimed_by == account_id, Intake.status == Status.CLAIMED).with_for_update()
    for intake in work.session.scalars(theirs, execution_options={"populate_existing": True}).all():
        audit.record(work, "intake.released", f"intake/{intake.reference}")
        oncall.give_back(work, intake, account_id)
    # Ended requests have no owner any more, so that a client who comes back does not wait for a member who left.
    ended = update(Intake).where(Intake.claimed_by == account_id)
    work.session.execute(ended.values(claimed_by=None, claimed_at=None))
    return sealed.reseal_to_newest(work) if isinstance(work.actor, Member) else 0


def known(work: Work, account_id: UUID) -> Known:
    """Return what a member may still know; for supervisors. Requests that do not exist for them are only counted."""
    permissions.require_supervisor(work)
    account = work.session.get(Account, account_id)
    if account is None:
        raise Missing
    theirs = (AuditLine.actor == str(account_id), AuditLine.at > work.now - _LATELY)
    seen = set(
        work.session.scalars(select(AuditLine.subject).where(*theirs, AuditLine.kind == "intake.opened").distinct())
    )
    open_now = select(Intake.reference).where(
        Intake.status.in_((Status.WAITING, Status.CLAIMED)), ~exclusions.hidden_from(work.member.account_id)
    )
    references = sorted(one for one in work.session.scalars(open_now) if f"intake/{one}" in seen)
    taken = select(AuditLine.kind, AuditLine.at).where(*theirs, AuditLine.kind.in_(_TAKEN_ALONG)).order_by(AuditLine.at)
    return Known(
        name=account.name,
        email=account.email,
        references=tuple(references),
        others=len(seen) - len(references),
        taken=tuple((row.kind, row.at) for row in work.session.execute(taken)),
    )
