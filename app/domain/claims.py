"""Who has a request: claiming it makes one counselor responsible."""

from sqlalchemy import select, update

from app.domain import audit, intakes
from app.domain.work import Missing, Refused, Work
from app.models import Account, Exclusion, Intake, Status


def claim(work: Work, reference: str) -> None:
    """Make the member responsible. Only the first of two claims succeeds; the other hears who and when."""
    reference = intakes.canonical(reference)
    intakes.require_active(work)
    me = work.member.account_id
    not_mine = select(Exclusion.account_id).where(Exclusion.intake_id == Intake.id, Exclusion.account_id == me)
    first_come = (
        update(Intake)
        .where(Intake.reference == reference, Intake.status == Status.WAITING, ~not_mine.exists())
        .values(status=Status.CLAIMED, claimed_by=me, claimed_at=work.now)
        .returning(Intake.id)
    )
    if work.session.scalar(first_come) is None:
        raise _lost(work, reference)
    audit.record(work, "intake.claimed", f"intake/{reference}")


def _lost(work: Work, reference: str) -> Refused | Missing:
    me = work.member.account_id
    not_mine = select(Exclusion.account_id).where(Exclusion.intake_id == Intake.id, Exclusion.account_id == me)
    row = work.session.execute(
        select(Intake.status, Intake.claimed_at, Account.name)
        .outerjoin(Account, Account.id == Intake.claimed_by)
        .where(Intake.reference == reference, ~not_mine.exists())
    ).first()
    if row is None:
        return Missing()
    if row.name is None:
        return Refused("refused.gone")
    return Refused("refused.claimed", who=row.name, at=row.claimed_at)
