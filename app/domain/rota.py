"""Shifts, and whom a new request is told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select, true

from app import hours
from app.domain import audit
from app.domain.work import Member, Missing, Party, Refused, Work
from app.models import Account, AccountState, Exclusion, Intake, Role, Shift


@dataclass(frozen=True)
class Planned:
    """One shift and whose it is."""

    id: UUID
    account_id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime


def shifts(work: Work, since: datetime, until: datetime) -> list[Planned]:
    """Return the shifts that touch a span of time, in order."""
    rows = work.session.execute(
        select(Shift, Account.name)
        .join(Account, Account.id == Shift.account_id)
        .where(Shift.ends_at > since, Shift.starts_at < until)
        .order_by(Shift.starts_at, Account.name)
    )
    return [
        Planned(row.Shift.id, row.Shift.account_id, row.name, row.Shift.starts_at, row.Shift.ends_at) for row in rows
    ]


def on_call(work: Work) -> list[str]:
    """Return the names of those who are on call now."""
    names = (
        select(Account.name)
        .join(Shift, Shift.account_id == Account.id)
        .where(Shift.starts_at <= work.now, Shift.ends_at > work.now, Account.state == AccountState.ACTIVE)
        .order_by(Account.name)
        .distinct()
    )
    return list(work.session.scalars(names))


def people(work: Work) -> list[tuple[UUID, str]]:
    """Return id and name of everybody who can be on call, by name."""
    active = select(Account.id, Account.name).where(Account.state == AccountState.ACTIVE).order_by(Account.name)
    return [(row.id, row.name) for row in work.session.execute(active)]


def add(work: Work, account_id: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """Plan a shift; `Refused` when it runs backwards, is planned already, or its person cannot open requests."""
    _may_plan(work)
    if ends_at <= starts_at:
        raise Refused("refused.shift_backwards")
    account = work.session.get(Account, account_id)
    if account is None or account.state is not AccountState.ACTIVE:
        raise Refused("refused.not_active")
    new = work.insert(Shift).values(id=uuid4(), account_id=account_id, starts_at=starts_at, ends_at=ends_at)
    first = new.on_conflict_do_nothing(index_elements=[Shift.account_id, Shift.starts_at])
    if work.session.scalar(first.returning(Shift.id)) is None:
        raise Refused("refused.shift_twice")
    audit.record(work, "rota.added", f"account/{account_id}")


def remove(work: Work, shift_id: UUID) -> None:
    _may_plan(work)
    shift = work.session.get(Shift, shift_id)
    if shift is None:
        raise Missing
    work.session.delete(shift)
    audit.record(work, "rota.removed", f"account/{shift.account_id}")


def clear(work: Work, account_id: UUID) -> None:
    """Drop what somebody who leaves has not served yet."""
    work.session.execute(delete(Shift).where(Shift.account_id == account_id, Shift.ends_at > work.now))


def recipients(work: Work) -> list[tuple[UUID, datetime]]:
    """Return whom to tell of a request that arrives now, and when.

    Whoever is on call hears at once. Otherwise the next shift, or all supervisors, whichever comes first;
    supervisors are told in calling hours unless the practice wants it at night, too.
    """
    return _recipients(work, true())


def recipients_again(work: Work, intake_id: UUID, leaver: UUID) -> list[tuple[UUID, datetime]]:
    """Return whom to tell of a request that somebody gave back: as for a new one, but neither them nor the excluded."""
    return _recipients(work, (Account.id != leaver) & _welcome(intake_id))


def recipients_about(work: Work, intake: Intake) -> list[tuple[UUID, datetime]]:
    """Return whom to tell of news about a request, and when: whoever has it, or who would hear of a new one."""
    serving = select(Shift.id).where(
        Shift.account_id == intake.claimed_by, Shift.starts_at <= work.now, Shift.ends_at > work.now
    )
    row = work.session.execute(
        select(Account.id, serving.exists().label("on_call")).where(
            Account.id == intake.claimed_by, Account.state == AccountState.ACTIVE, _welcome(intake.id)
        )
    ).first()
    if row is None:
        return _recipients(work, _welcome(intake.id))
    return [(row.id, work.now if row.on_call else _told_at(work))]


def _recipients(work: Work, welcome: ColumnElement[bool]) -> list[tuple[UUID, datetime]]:
    rows = work.session.execute(
        select(Account.id, Account.role, Shift.starts_at)
        .outerjoin(Shift, (Shift.account_id == Account.id) & (Shift.ends_at > work.now))
        .where(Account.state == AccountState.ACTIVE, welcome)
        .order_by(Shift.starts_at)
    ).all()
    on_call = {row.id for row in rows if row.starts_at is not None and row.starts_at <= work.now}
    if on_call:
        return [(account_id, work.now) for account_id in sorted(on_call)]
    # Where no supervisor may know of it, everybody who may is told: a request never waits unheard.
    supervisors = {row.id for row in rows if row.role is Role.SUPERVISOR} or {row.id for row in rows}
    calling = _told_at(work)
    planned = [row for row in rows if row.starts_at is not None]
    if planned and planned[0].starts_at <= calling:
        first = planned[0].starts_at
        return [(row.id, first) for row in planned if row.starts_at == first]
    return [(account_id, calling) for account_id in sorted(supervisors)]


def _welcome(intake_id: UUID) -> ColumnElement[bool]:
    """Return whether the client of a request wants an account to know of it."""
    return (
        ~select(Exclusion.account_id)
        .where(Exclusion.intake_id == intake_id, Exclusion.account_id == Account.id)
        .exists()
    )


def _told_at(work: Work) -> datetime:
    """Return when to tell somebody who is not on call: in calling hours, unless the practice wants it at night, too."""
    return work.now if work.practice.night == "tell" else hours.next_calling(work.practice, work.now)


def _may_plan(work: Work) -> None:
    actor = work.actor
    if actor is Party.OPERATOR or (isinstance(actor, Member) and actor.state is AccountState.ACTIVE):
        return
    raise Missing
