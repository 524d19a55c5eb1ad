"""Exclusions: the members for whom a request does not exist, by the client's wish, as conditions of queries.

The case log lists them as well; when a request is opened, the stricter of the two counts.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, delete, literal, select

from app.domain import audit
from app.domain.work import Work
from app.models import Account, AuditLine, Exclusion, Intake


def hidden_from(account_id: UUID | None) -> ColumnElement[bool]:
    """Return the condition that a request does not exist for this member; for None every request exists."""
    return Intake.id.in_(select(Exclusion.intake_id).where(Exclusion.account_id == account_id))


def line_hidden_from(account_id: UUID) -> ColumnElement[bool]:
    """Return the condition that an audit line is about a request that does not exist for this member."""
    subjects = select(literal("intake/").concat(Intake.reference)).where(hidden_from(account_id))
    return audit.request(AuditLine.subject).in_(subjects)


def may_know(intake_id: UUID) -> ColumnElement[bool]:
    """Return the condition that the request exists for an account."""
    return Account.id.not_in(select(Exclusion.account_id).where(Exclusion.intake_id == intake_id))


def hidden(work: Work, intake_id: UUID | None, account_id: UUID | None) -> bool:
    return work.session.scalar(select(Intake.id).where(Intake.id == intake_id, hidden_from(account_id))) is not None


def add(work: Work, intake_id: UUID, account_id: UUID) -> None:
    row = work.insert(Exclusion).values(intake_id=intake_id, account_id=account_id)
    work.session.execute(row.on_conflict_do_nothing())


def remove(work: Work, intake_id: UUID, account_id: UUID) -> None:
    work.session.execute(delete(Exclusion).where(Exclusion.intake_id == intake_id, Exclusion.account_id == account_id))
