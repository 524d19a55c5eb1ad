"""Gaps: calling hours with nobody on call, which supervisors are notified of a week ahead, once."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.domain import marks
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Work
from app.models import Account, AccountState, Gap, LetterKind, Shift
from app.practice import hours
from app.practice.hours import Interval

#: The mark that makes a second worker wait while the first one announces gaps.
_ANNOUNCING = "gaps"
_A_DAY = timedelta(days=1)


def between(work: Work, since: datetime, until: datetime) -> list[Interval]:
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


def ahead(work: Work) -> list[Interval]:
    return between(work, work.now, work.now + hours.AHEAD)


def announce(work: Work) -> int:
    """Notify supervisors of new gaps in the coming week; return how many there are.

    Calling hours that follow each other are one gap, however many days it lasts. Each day it grows by the day that
    comes in sight; that is no news.
    """
    if not marks.marked(work, marks.LIVE) or _announced(work) == ahead(work):
        return 0
    marks.remember(work, _ANNOUNCING)
    known, gaps = _announced(work), ahead(work)
    fresh = [gap for gap in _joined(work, gaps) if _is_news(work, gap, gaps, known)]
    work.session.execute(delete(Gap))
    work.session.add_all(Gap(starts_at=gap.starts_at, ends_at=gap.ends_at) for gap in gaps)
    work.session.flush()
    if fresh:
        supervisors = oncall.supervisors(work, oncall.read(work))
        outbox.write(work, LetterKind.GAP, [(one.account_id, one.at) for one in supervisors])
    return len(fresh)


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
