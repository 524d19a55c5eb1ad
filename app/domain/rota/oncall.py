"""Who is told of a request, as what and when; and by when somebody has acted, as the rota is planned.

In calling hours a counselor who is with a client is passed over. Outside them nobody but whoever is on call is
woken, unless the practice wants it so.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select, true

from app.domain import audit, exclusions
from app.domain.work import Missing, Work
from app.models import Account, AccountState, Intake, Reader, Role, Shift, Status
from app.practice import hours
from app.practice.hours import Interval
from app.practice.promise import due_at

#: For how many minutes one tap says "with a client".
BUSY_MINUTES = (30, 60, 90)
#: Shifts farther away than this change no promise.
_FAR = timedelta(days=60)


class Recipient(NamedTuple):
    """Somebody to tell, when, and as what."""

    account_id: UUID
    at: datetime
    reader: Reader


@dataclass(frozen=True)
class Responder:
    """Somebody who may be told, with the shifts they have ahead."""

    id: UUID
    role: Role
    busy: bool
    shifts: tuple[Interval, ...]

    def on_call(self, now: datetime) -> bool:
        return any(starts_at <= now < ends_at for starts_at, ends_at in self.shifts)


def read(work: Work, who: ColumnElement[bool] | None = None) -> list[Responder]:
    """Return everybody who can open requests; `who` leaves out those who must not know of one."""
    rows = work.session.execute(
        select(Account.id, Account.role, Account.busy_until, Shift.starts_at, Shift.ends_at)
        .outerjoin(
            Shift,
            (Shift.account_id == Account.id) & (Shift.ends_at > work.now) & (Shift.starts_at < work.now + _FAR),
        )
        .where(Account.state == AccountState.ACTIVE, true() if who is None else who)
        .order_by(Account.id, Shift.starts_at)
    ).all()
    shifts: dict[UUID, list[Interval]] = {row.id: [] for row in rows}
    for row in rows:
        if row.starts_at is not None:
            shifts[row.id].append(Interval(row.starts_at, row.ends_at))
    people = {row.id: (row.role, row.busy_until is not None and work.now < row.busy_until) for row in rows}
    return [Responder(id, role, busy, tuple(shifts[id])) for id, (role, busy) in people.items()]


def promise(work: Work, team: Sequence[Responder] | None = None) -> datetime:
    """Return by when somebody who asks now has heard from us; see `promise.due_at` for what the rota does to it."""
    team = read(work) if team is None else team
    return due_at(work.practice, work.now, [shift for one in team for shift in one.shifts])


def recipients(work: Work, team: Sequence[Responder] | None = None) -> list[Recipient]:
    """Return whom to tell of a request that arrives now.

    Whoever is on call hears at once; while all of those are with clients, the next person does. With nobody on call
    it is the next shift, or all supervisors, whichever comes first; supervisors are told in calling hours unless the
    practice wants it at night, too.
    """
    team = read(work) if team is None else team
    serving = [one for one in team if one.on_call(work.now)]
    free = [one for one in serving if not one.busy]
    if serving and not free and _awake(work):
        in_charge = [one for one in team if one.role is Role.SUPERVISOR and not one.busy]
        if beyond := next_on_rota(work, team, told=()) or supervisors(work, in_charge):
            return beyond
    if serving:
        return [Recipient(one.id, work.now, Reader.ON_CALL) for one in free or serving]
    return _first_shift(team, _told_at(work)) or supervisors(work, team)


def recipients_again(work: Work, intake_id: UUID, leaver: UUID) -> list[Recipient]:
    """Return whom to tell of a request that somebody gave back: as for a new one, but neither them nor the excluded."""
    return recipients(work, read(work, (Account.id != leaver) & exclusions.may_know(intake_id)))


def recipients_about(work: Work, intake: Intake) -> list[Recipient]:
    """Return whom to tell of news about a request: whoever has it, or who would hear of a new one."""
    team = read(work, exclusions.may_know(intake.id))
    owner = next((one for one in team if one.id == intake.claimed_by), None)
    if owner is None:
        return recipients(work, team)
    return [Recipient(owner.id, work.now if owner.on_call(work.now) else _told_at(work), Reader.OWNER)]


def next_on_rota(work: Work, team: Iterable[Responder], told: Collection[UUID]) -> list[Recipient]:
    """Return whoever is on call and was not told, or else whose shift comes next within a week; nobody who is busy."""
    left = [one for one in team if not one.busy and one.id not in told]
    serving = [one for one in left if one.on_call(work.now)]
    if serving:
        return [Recipient(one.id, work.now, Reader.ON_CALL) for one in serving]
    coming = _first_shift(left, work.now + hours.AHEAD)
    return [Recipient(one.account_id, min(one.at, _told_at(work)), Reader.NEXT) for one in coming]


def supervisors(work: Work, team: Sequence[Responder]) -> list[Recipient]:
    """Return all supervisors; where none of them may know of it, everybody who may: nothing waits unheard."""
    at = _told_at(work)
    able = [one for one in team if one.role is Role.SUPERVISOR] or team
    return [Recipient(one.id, at, Reader.SUPERVISOR) for one in able]


def start_clock(intake: Intake, told: Sequence[Recipient]) -> None:
    """Let the clock run from when these can act, as if nobody had opened the request yet."""
    intake.clock_at = first_told_at(told)
    intake.escalated, intake.seen_at = 0, None


def first_told_at(told: Sequence[Recipient]) -> datetime | None:
    return min((one.at for one in told), default=None)


def forgotten(work: Work, intake: Intake) -> bool:
    """Return whether somebody has a request whose time has passed, and others were told so: anybody may take it."""
    overdue = intake.due_at is not None and intake.due_at <= work.now and intake.due_at == intake.overdue_for
    return overdue and intake.status is Status.CLAIMED


def note_seen(work: Work, intake: Intake) -> None:
    """Note that somebody opened a request while its clock runs, or just before; only the first time counts."""
    soon = work.now + timedelta(minutes=work.practice.escalation.pause_minutes)
    if intake.seen_at is None and intake.clock_at is not None and intake.clock_at <= soon:
        intake.seen_at = work.now


def be_busy(work: Work, minutes: int) -> None:
    """Let new requests go to the next person for so long: the member is with a client."""
    _set_busy(work, work.now + timedelta(minutes=minutes), "rota.busy")


def be_free(work: Work) -> None:
    """Let new requests come to the member again."""
    _set_busy(work, None, "rota.free")


def _set_busy(work: Work, until: datetime | None, line: str) -> None:
    me = work.member
    if me.state is not AccountState.ACTIVE:
        raise Missing
    work.session.get_one(Account, me.account_id).busy_until = until
    audit.record(work, line, f"account/{me.account_id}")


def _first_shift(team: Iterable[Responder], latest: datetime) -> list[Recipient]:
    """Return whose shift begins first, if any begins until then; each at its beginning."""
    begin = {one.id: one.shifts[0].starts_at for one in team if one.shifts}
    first = min(begin.values(), default=None)
    if first is None or first > latest:
        return []
    return [Recipient(id, first, Reader.ON_CALL) for id, starts_at in begin.items() if starts_at == first]


def _awake(work: Work) -> bool:
    """Return whether somebody who is not on call may be told now."""
    return work.practice.night == "tell" or hours.is_calling(work.practice, work.now)


def _told_at(work: Work) -> datetime:
    """Return when to tell somebody who is not on call: in calling hours, unless the practice wants it at night, too."""
    return work.now if work.practice.night == "tell" else hours.next_calling(work.practice, work.now)
