"""The rota: the shifts of the team, planned in the practice's time zone, and its gaps.

A gap is calling hours with nobody on call. Supervisors are notified of it a week ahead, once.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, select

from app.domain import audit, marks
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Member, Missing, Party, Reason, Refused, Work
from app.models import Account, AccountState, Gap, Intake, Letter, LetterKind, Shift, Status
from app.practice import hours
from app.practice.hours import Interval

MOST_WEEKS = 26
#: The mark that makes a second worker wait while the first one announces gaps.
_ANNOUNCING = "gaps"
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Planned:
    id: UUID
    account_id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Serving:
    name: str
    me: bool
    #: Until when they are with a client; None while they are free.
    busy_until: datetime | None

    def __str__(self) -> str:
        return self.name


def shifts(work: Work, since: datetime, until: datetime) -> list[Planned]:
    """Return the shifts that touch a span of time, in order."""
    return _planned(work, Shift.ends_at > since, Shift.starts_at < until)


def shift(work: Work, shift_id: UUID) -> Planned:
    """Return one shift; `Missing` when it was removed."""
    found = _planned(work, Shift.id == shift_id)
    if not found:
        raise Missing
    return found[0]


def _planned(work: Work, *conditions: ColumnElement[bool]) -> list[Planned]:
    rows = work.session.execute(
        select(Shift.id, Shift.account_id, Account.name, Shift.starts_at, Shift.ends_at)
        .join(Account, Account.id == Shift.account_id)
        .where(*conditions)
        .order_by(Shift.starts_at, Account.name)
    )
    return [Planned(*row) for row in rows]


def on_call(work: Work) -> list[Serving]:
    """Return the members who are on call now, by name."""
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

    `Refused` when it ends before it starts, overlaps with another shift of the same account, or that is not active.
    """
    _require_planner(work)
    if ends_at <= starts_at:
        raise Refused(Reason.SHIFT_BACKWARDS)
    _require_active(work, account_id)
    spans = [Interval(starts_at, ends_at)]
    later = [_later(work, spans[0], week) for week in range(1, weeks)]
    # When the clocks change, an hour is skipped: a shift within it has no length that week.
    zone, holidays = ZoneInfo(work.practice.time_zone), work.practice.holidays
    spans += [
        span
        for span in later
        if span.starts_at < span.ends_at and span.starts_at.astimezone(zone).date() not in holidays
    ]
    _insert(work, account_id, spans)
    _plan_letters_again(work)
    audit.record(work, "rota.added", f"account/{account_id}")


def cover(work: Work, shift_id: UUID, to: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """Give a shift, or the part of it between two moments, to a colleague.

    `Refused` when that is no part of it, or the colleague has it already, is on call then, or is not active.
    """
    _require_planner(work)
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
    _plan_letters_again(work)
    audit.record(work, "rota.covered", f"account/{to}")


def remove(work: Work, shift_id: UUID, *, weekly: bool = False) -> None:
    """Remove a shift; `weekly`, also those of the same member at the same times in the weeks after."""
    _require_planner(work)
    removed = [first] = [_locked(work, shift_id)]
    if weekly:
        times = _on_the_clock(work, first)
        later = select(Shift).where(Shift.account_id == first.account_id, Shift.starts_at >= first.starts_at)
        removed = [one for one in work.session.scalars(later) if _on_the_clock(work, one) == times]
    for one in removed:
        work.session.delete(one)
    _plan_letters_again(work)
    audit.record(work, "rota.removed", f"account/{first.account_id}")


def clear(work: Work, account_id: UUID) -> None:
    """Remove the current and coming shifts of a member who leaves."""
    work.session.execute(delete(Shift).where(Shift.account_id == account_id, Shift.ends_at > work.now))
    _plan_letters_again(work)


def gaps(work: Work, since: datetime, until: datetime) -> list[Interval]:
    """Return the gaps between two moments; one that has begun is returned from its beginning."""
    openings = itertools.takewhile(lambda opening: opening.starts_at < until, hours.calling_times(work.practice, since))
    calling = list(openings)
    if not calling:
        return []
    rows = work.session.execute(
        select(Shift.starts_at, Shift.ends_at)
        .join(Account, Account.id == Shift.account_id)
        .where(Account.state == AccountState.ACTIVE)
        .where(Shift.ends_at > calling[0].starts_at, Shift.starts_at < calling[-1].ends_at)
        .order_by(Shift.starts_at)
    )
    shifts = [Interval(row.starts_at, row.ends_at) for row in rows]
    return [gap for opening in calling for gap in _unserved(opening, shifts) if gap.ends_at > since]


def gaps_ahead(work: Work) -> list[Interval]:
    return gaps(work, work.now, work.now + hours.AHEAD)


def announce_gaps(work: Work) -> int:
    """Notify supervisors of new gaps in the coming week; return how many there are.

    Calling hours that follow each other are one gap, however many days it lasts. Each day it grows by the day that
    comes in sight; that is no news.
    """
    if not marks.marked(work, marks.LIVE) or _announced(work) == gaps_ahead(work):
        return 0
    marks.remember(work, _ANNOUNCING)
    known, ahead = _announced(work), gaps_ahead(work)
    fresh = [gap for gap in _joined(work, ahead) if _is_news(work, gap, ahead, known)]
    work.session.execute(delete(Gap))
    work.session.add_all(Gap(starts_at=gap.starts_at, ends_at=gap.ends_at) for gap in ahead)
    work.session.flush()
    if fresh:
        supervisors = oncall.supervisors(work, oncall.read(work))
        outbox.write(work, LetterKind.GAP, [(one.account_id, one.at) for one in supervisors])
    return len(fresh)


def _plan_letters_again(work: Work) -> None:
    """Plan the letters again that wait for a shift to begin, because it may be another member's now."""
    work.session.flush()
    planned = select(Letter.intake_id).where(
        Letter.kind == LetterKind.NEW_REQUEST, Letter.wanted_at > work.now, *outbox.UNSENT
    )
    waiting = select(Intake).where(Intake.id.in_(planned), Intake.status == Status.WAITING).with_for_update()
    for intake in work.session.scalars(waiting):
        outbox.cancel(work, Letter.intake_id == intake.id, Letter.wanted_at > work.now)
        oncall.notify_again(work, intake)


def _insert(work: Work, account_id: UUID, spans: Sequence[Interval]) -> None:
    if not spans:
        return
    planned = select(Shift.starts_at, Shift.ends_at).where(
        Shift.account_id == account_id, Shift.starts_at < spans[-1].ends_at, Shift.ends_at > spans[0].starts_at
    )
    taken = [Interval(row.starts_at, row.ends_at) for row in work.session.execute(planned)]
    for span in spans:
        # Two who plan for the same member at once may both pass here. Then both shifts are stored, which harms nobody.
        if any(span.overlaps(other) for other in taken):
            raise Refused(Reason.SHIFT_TWICE, day=span.starts_at)
        taken.append(span)
    new = [{"id": uuid4(), "account_id": account_id, "starts_at": span[0], "ends_at": span[1]} for span in spans]
    inserted = work.insert(Shift).values(new).on_conflict_do_nothing(index_elements=[Shift.account_id, Shift.starts_at])
    if len(work.session.scalars(inserted.returning(Shift.id)).all()) < len(new):
        raise Refused(Reason.SHIFT_TWICE, day=spans[0].starts_at)


def _later(work: Work, span: Interval, weeks: int) -> Interval:
    """Return the same times on the practice's clock so many weeks later."""
    zone = ZoneInfo(work.practice.time_zone)
    wall = [moment.astimezone(zone).replace(tzinfo=None) + timedelta(weeks=weeks) for moment in span]
    return Interval(*(moment.replace(tzinfo=zone).astimezone(UTC) for moment in wall))


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


def _require_planner(work: Work) -> None:
    actor = work.actor
    if actor is Party.OPERATOR or (isinstance(actor, Member) and actor.state is AccountState.ACTIVE):
        return
    raise Missing


def _is_news(work: Work, gap: Interval, parts: Sequence[Interval], known: Sequence[Interval]) -> bool:
    """Return whether no part of a gap is known, or one that is not known was in sight yesterday, and served then."""
    unknown = [part for part in parts if part.overlaps(gap) and not any(part.overlaps(one) for one in known)]
    in_sight = work.now + hours.AHEAD - _A_DAY
    return any(part.starts_at < in_sight for part in unknown) or not any(gap.overlaps(one) for one in known)


def _announced(work: Work) -> list[Interval]:
    rows = work.session.execute(select(Gap.starts_at, Gap.ends_at).order_by(Gap.starts_at))
    return [Interval(row.starts_at, row.ends_at) for row in rows]


def _unserved(opening: Interval, shifts: Sequence[Interval]) -> list[Interval]:
    """Return the parts of an opening that no shift covers; the shifts are in order."""
    parts, since = [], opening.starts_at
    for begins_at, ends_at in shifts:
        if since < begins_at and since < opening.ends_at:
            parts.append(Interval(since, min(begins_at, opening.ends_at)))
        since = max(since, ends_at)
    if since < opening.ends_at:
        parts.append(Interval(since, opening.ends_at))
    return parts


def _joined(work: Work, gaps: Sequence[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for gap in gaps:
        if joined and hours.next_calling(work.practice, joined[-1].ends_at) == gap.starts_at:
            joined[-1] = Interval(joined[-1].starts_at, gap.ends_at)
        else:
            joined.append(gap)
    return joined
