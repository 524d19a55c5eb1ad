"""The rota: who is on call when, planned in the practice's own time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from app.domain import audit, exclusions
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Member, Missing, Party, Reason, Refused, Work
from app.models import Account, AccountState, Intake, Letter, LetterKind, Shift, Status
from app.practice.hours import Interval

MOST_WEEKS = 26


@dataclass(frozen=True)
class Planned:
    """One shift and whose it is."""

    id: UUID
    account_id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Serving:
    """Somebody who is on call now."""

    name: str
    me: bool
    #: Until when they are with a client, and new requests go to the next person; None while they are free.
    busy_until: datetime | None

    def __str__(self) -> str:
        return self.name


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


def shift(work: Work, shift_id: UUID) -> Planned:
    """Return one shift; `Missing` when it was removed."""
    row = work.session.execute(
        select(Shift, Account.name).join(Account, Account.id == Shift.account_id).where(Shift.id == shift_id)
    ).first()
    if row is None:
        raise Missing
    return Planned(row.Shift.id, row.Shift.account_id, row.name, row.Shift.starts_at, row.Shift.ends_at)


def on_call(work: Work) -> list[Serving]:
    """Return who is on call now, by name."""
    me = work.actor.account_id if isinstance(work.actor, Member) else None
    serving = (
        select(Account.id, Account.name, Account.busy_until)
        .join(Shift, Shift.account_id == Account.id)
        .where(Shift.starts_at <= work.now, Shift.ends_at > work.now, Account.state == AccountState.ACTIVE)
        .order_by(Account.name)
        .distinct()
    )
    return [
        Serving(row.name, row.id == me, row.busy_until if row.busy_until and work.now < row.busy_until else None)
        for row in work.session.execute(serving)
    ]


def people(work: Work) -> list[tuple[UUID, str]]:
    """Return id and name of everybody who can be on call, by name."""
    active = select(Account.id, Account.name).where(Account.state == AccountState.ACTIVE).order_by(Account.name)
    return [(row.id, row.name) for row in work.session.execute(active)]


def add(work: Work, account_id: UUID, starts_at: datetime, ends_at: datetime, weeks: int = 1) -> None:
    """Plan a shift for so many weeks, at the same time on the clock; later ones on holidays are left out.

    `Refused` when it runs backwards, overlaps with a shift of the same person, or they cannot open requests.
    """
    _may_plan(work)
    if ends_at <= starts_at:
        raise Refused(Reason.SHIFT_BACKWARDS)
    _require_active(work, account_id)
    spans = [Interval(starts_at, ends_at)]
    later = [_later(work, spans[0], week) for week in range(1, weeks)]
    # Spring skips an hour: what lies within it has no time left in that week.
    spans += [span for span in later if span.starts_at < span.ends_at and not _holiday(work, span)]
    _insert(work, account_id, spans)
    _tell_anew(work)
    audit.record(work, "rota.added", f"account/{account_id}")


def cover(work: Work, shift_id: UUID, to: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """Give a shift, or the part of it between two moments, to a colleague.

    `Refused` when that is no part of it, or the colleague has it already, is on call then, or cannot open requests.
    """
    _may_plan(work)
    given = _locked(work, shift_id)
    if not given.starts_at <= starts_at < ends_at <= given.ends_at:
        raise Refused(Reason.NOT_IN_SHIFT)
    if to == given.account_id:
        raise Refused(Reason.OWN_SHIFT)
    _require_active(work, to)
    rest = [Interval(given.starts_at, starts_at), Interval(ends_at, given.ends_at)]
    work.session.delete(given)
    work.session.flush()
    _insert(work, given.account_id, [span for span in rest if span.starts_at < span.ends_at])
    _insert(work, to, [Interval(starts_at, ends_at)])
    _tell_anew(work)
    audit.record(work, "rota.covered", f"account/{to}")


def remove(work: Work, shift_id: UUID) -> None:
    _may_plan(work)
    removed = _locked(work, shift_id)
    work.session.delete(removed)
    _tell_anew(work)
    audit.record(work, "rota.removed", f"account/{removed.account_id}")


def remove_weekly(work: Work, shift_id: UUID) -> None:
    """Remove a shift and those at the same times on the clock in the weeks after."""
    _may_plan(work)
    first = _locked(work, shift_id)
    times = _on_the_clock(work, first)
    later = work.session.scalars(
        select(Shift).where(Shift.account_id == first.account_id, Shift.starts_at >= first.starts_at)
    ).all()
    for one in later:
        if _on_the_clock(work, one) == times:
            work.session.delete(one)
    _tell_anew(work)
    audit.record(work, "rota.removed", f"account/{first.account_id}")


def clear(work: Work, account_id: UUID) -> None:
    """Drop what somebody who leaves has not served yet."""
    work.session.execute(delete(Shift).where(Shift.account_id == account_id, Shift.ends_at > work.now))
    _tell_anew(work)


def _tell_anew(work: Work) -> None:
    """Plan the letters once more that wait for a shift to begin: whoever has it by then is told."""
    work.session.flush()
    planned = select(Letter.intake_id).where(
        Letter.kind == LetterKind.NEW_REQUEST,
        Letter.sent_at.is_(None),
        Letter.failed_at.is_(None),
        Letter.wanted_at > work.now,
    )
    waiting = select(Intake).where(Intake.id.in_(planned), Intake.status == Status.WAITING).with_for_update()
    for intake in work.session.scalars(waiting):
        outbox.cancel_later(work, intake.id)
        told = oncall.recipients(work, oncall.read(work, exclusions.may_know(intake.id)))
        oncall.start_clock(intake, told)
        outbox.write(work, LetterKind.NEW_REQUEST, told, intake.id)


def _insert(work: Work, account_id: UUID, spans: Sequence[Interval]) -> None:
    if not spans:
        return
    planned = select(Shift.starts_at, Shift.ends_at).where(
        Shift.account_id == account_id, Shift.starts_at < spans[-1].ends_at, Shift.ends_at > spans[0].starts_at
    )
    taken = [Interval(row.starts_at, row.ends_at) for row in work.session.execute(planned)]
    for span in spans:
        # Two who plan the same person at once may pass each other here: then both shifts stand, and harm nobody.
        if any(span.starts_at < other.ends_at and other.starts_at < span.ends_at for other in taken):
            raise Refused(Reason.SHIFT_TWICE, day=span.starts_at)
        taken.append(span)
    new = [{"id": uuid4(), "account_id": account_id, "starts_at": span[0], "ends_at": span[1]} for span in spans]
    inserted = work.insert(Shift).values(new).on_conflict_do_nothing(index_elements=[Shift.account_id, Shift.starts_at])
    if len(work.session.scalars(inserted.returning(Shift.id)).all()) < len(new):
        raise Refused(Reason.SHIFT_TWICE, day=spans[0].starts_at)


def _later(work: Work, span: Interval, weeks: int) -> Interval:
    """Return the same span so many weeks later as the clocks of the practice show it, changed or not."""
    zone = ZoneInfo(work.practice.time_zone)
    wall = [moment.astimezone(zone).replace(tzinfo=None) + timedelta(weeks=weeks) for moment in span]
    return Interval(*(moment.replace(tzinfo=zone).astimezone(UTC) for moment in wall))


def _holiday(work: Work, span: Interval) -> bool:
    return span.starts_at.astimezone(ZoneInfo(work.practice.time_zone)).date() in work.practice.holidays


def _on_the_clock(work: Work, shift: Shift) -> tuple[str, str]:
    zone = ZoneInfo(work.practice.time_zone)
    return f"{shift.starts_at.astimezone(zone):%u %H:%M}", f"{shift.ends_at.astimezone(zone):%u %H:%M}"


def _locked(work: Work, shift_id: UUID) -> Shift:
    found = work.session.get(Shift, shift_id, with_for_update=True)
    if found is None:
        raise Missing
    return found


def _require_active(work: Work, account_id: UUID) -> None:
    account = work.session.get(Account, account_id)
    if account is None or account.state is not AccountState.ACTIVE:
        raise Refused(Reason.NOT_ACTIVE)


def _may_plan(work: Work) -> None:
    actor = work.actor
    if actor is Party.OPERATOR or (isinstance(actor, Member) and actor.state is AccountState.ACTIVE):
        return
    raise Missing
