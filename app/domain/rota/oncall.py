"""Decides who is notified about a request, in which role and when, and computes the promised reply time from the rota.

In calling hours, members who are with a client are passed over. Outside them only those on call are notified, unless
the practice wants it otherwise.
"""

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select, true

from app.domain import audit, exclusions, permissions
from app.domain.letters import outbox
from app.domain.work import Work
from app.models import Account, AccountState, Intake, LetterKind, Reader, Role, Shift, Status
from app.practice import hours
from app.practice.hours import Interval, due_at

#: How many minutes a member can be with a client for.
BUSY_MINUTES = (30, 60, 90)
#: Shifts further away than this change no promise.
_FAR = timedelta(days=60)


class Recipient(NamedTuple):
    account_id: UUID
    at: datetime
    reader: Reader


@dataclass(frozen=True)
class Responder:
    """A member who may be notified, with their current and coming shifts."""

    id: UUID
    role: Role
    busy: bool
    shifts: tuple[Interval, ...]

    def on_call(self, now: datetime) -> bool:
        return any(starts_at <= now < ends_at for starts_at, ends_at in self.shifts)


def read(work: Work, who: ColumnElement[bool] | None = None) -> list[Responder]:
    """Return everybody who can open requests and for whom `who` is true."""
    rows = work.session.execute(
        select(Account.id, Account.role, Account.busy_until, Shift.starts_at, Shift.ends_at)
        .outerjoin(
            Shift,
            (Shift.account_id == Account.id) & (Shift.ends_at > work.now) & (Shift.starts_at < work.now + _FAR),
        )
        .where(Account.state == AccountState.ACTIVE, true() if who is None else who)
        .order_by(Account.id, Shift.starts_at)
    ).all()
    found = []
    for (id, role, busy_until), theirs in itertools.groupby(rows, key=lambda row: (row.id, row.role, row.busy_until)):
        shifts = tuple(Interval(row.starts_at, row.ends_at) for row in theirs if row.starts_at is not None)
        found.append(Responder(id, role, busy_until is not None and work.now < busy_until, shifts))
    return found


def promise(work: Work, team: Sequence[Responder] | None = None) -> datetime:
    """Return the promised reply time of a request that arrives now; see `hours.due_at`."""
    team = read(work) if team is None else team
    return due_at(work.practice, work.now, [shift for one in team for shift in one.shifts])


def recipients(work: Work, team: Sequence[Responder]) -> list[Recipient]:
    """Return who is notified about a request that arrives now.

    Members on call are notified at once; while all of them are with clients, the next ones are. When nobody is on call,
    the next shift is notified or all supervisors are, whichever comes first. Supervisors are notified in calling hours
    unless the practice wants it at night, too.
    """
    serving = [one for one in team if one.on_call(work.now)]
    free = [one for one in serving if not one.busy]
    if serving and not free and _reachable_at(work) == work.now:
        in_charge = [one for one in team if one.role is Role.SUPERVISOR and not one.busy]
        if beyond := next_on_rota(work, team, notified=()) or supervisors(work, in_charge):
            return beyond
    if serving:
        return [Recipient(one.id, work.now, Reader.ON_CALL) for one in free or serving]
    return _first_shift(team, _reachable_at(work)) or supervisors(work, team)


def recipients_about(work: Work, intake: Intake) -> list[Recipient]:
    """Return who is notified about news of a request: its owner, or as for a new one."""
    team = read(work, exclusions.may_know(intake.id))
    for one in team:
        if one.id == intake.claimed_by:
            return [Recipient(one.id, work.now if one.on_call(work.now) else _reachable_at(work), Reader.OWNER)]
    return recipients(work, team)


def next_on_rota(work: Work, team: Iterable[Responder], notified: Collection[UUID]) -> list[Recipient]:
    """Return those on call, or else on the next shift within a week, who are not busy and were not notified yet."""
    left = [one for one in team if not one.busy and one.id not in notified]
    serving = [one for one in left if one.on_call(work.now)]
    if serving:
        return [Recipient(one.id, work.now, Reader.ON_CALL) for one in serving]
    coming = _first_shift(left, work.now + hours.AHEAD)
    return [Recipient(one.account_id, min(one.at, _reachable_at(work)), Reader.NEXT) for one in coming]


def supervisors(work: Work, team: Sequence[Responder]) -> list[Recipient]:
    """Return all supervisors of a team; a team without any is notified itself, so that no request is missed."""
    at = _reachable_at(work)
    able = [one for one in team if one.role is Role.SUPERVISOR] or team
    return [Recipient(one.id, at, Reader.SUPERVISOR) for one in able]


def start_clock(intake: Intake, recipients: Sequence[Recipient]) -> None:
    """Start the clock of the escalation anew, when the first of these is notified."""
    intake.clock_at = first_at(recipients)
    intake.escalated, intake.seen_at = 0, None


def give_back(work: Work, intake: Intake, leaver: UUID) -> None:
    """Let a request wait again, and notify those who can act, without the member who had it."""
    intake.status, intake.claimed_by, intake.claimed_at = Status.WAITING, None, None
    # A request that had nothing due now has: somebody else must act on it.
    intake.due_at = intake.due_at or promise(work)
    notify_again(work, intake, Account.id != leaver)


def notify_again(work: Work, intake: Intake, who: ColumnElement[bool] | None = None) -> None:
    """Notify about a waiting request as about a new one, and start its clock; only those for whom `who` is true."""
    may_know = exclusions.may_know(intake.id)
    found = recipients(work, read(work, may_know if who is None else who & may_know))
    start_clock(intake, found)
    outbox.write(work, LetterKind.NEW_REQUEST, found, intake.id)


def first_at(recipients: Sequence[Recipient]) -> datetime | None:
    return min((one.at for one in recipients), default=None)


def forgotten(work: Work, intake: Intake) -> bool:
    """Return whether a claimed request is overdue and others were notified of that: then anybody may take it."""
    overdue = intake.due_at is not None and intake.due_at <= work.now and intake.due_at == intake.overdue_for
    return overdue and intake.status is Status.CLAIMED


def note_seen(work: Work, intake: Intake) -> None:
    """Note that a member opened a request while its clock runs, or just before; only the first time counts."""
    soon = work.now + timedelta(minutes=work.practice.escalation.pause_minutes)
    if intake.seen_at is None and intake.clock_at is not None and intake.clock_at <= soon:
        intake.seen_at = work.now


def set_busy(work: Work, minutes: int | None) -> None:
    """Note for how long the member is with a client, so that new requests go to others; None when they are free."""
    permissions.require_active(work)
    account = work.session.get_one(Account, work.member.account_id)
    account.busy_until = None if minutes is None else work.now + timedelta(minutes=minutes)
    audit.record(work, "rota.free" if minutes is None else "rota.busy", f"account/{account.id}")


def _first_shift(team: Iterable[Responder], latest: datetime) -> list[Recipient]:
    """Return those whose shift begins first, at its beginning; nobody if that is later than `latest`."""
    begin = {one.id: one.shifts[0].starts_at for one in team if one.shifts}
    first = min(begin.values(), default=None)
    if first is None or first > latest:
        return []
    return [Recipient(id, first, Reader.ON_CALL) for id, starts_at in begin.items() if starts_at == first]


def _reachable_at(work: Work) -> datetime:
    """Return when members who are not on call are notified: in calling hours, or at once if the practice wants it."""
    return work.now if work.practice.night == "tell" else hours.next_calling(work.practice, work.now)
