"""Calling hours with nobody on call: seen on the rota, and told to supervisors a week ahead, each once."""

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

#: What two workers that tell of the same gap at once wait for.
_TELLING = "gaps"
_A_DAY = timedelta(days=1)


def between(work: Work, since: datetime, until: datetime) -> list[Interval]:
    """Return what nobody serves of the calling hours between two moments; a gap that has begun is named whole."""
    openings = itertools.takewhile(lambda opening: opening.starts_at < until, hours.calling_times(work.practice, since))
    calling = list(openings)
    if not calling:
        return []
    shifts = _shifts(work, calling[0].starts_at, calling[-1].ends_at)
    return [gap for opening in calling for gap in _unserved(opening, shifts) if gap.ends_at > since]


def ahead(work: Work) -> list[Interval]:
    """Return the gaps of the coming week."""
    return between(work, work.now, work.now + hours.AHEAD)


def announce(work: Work) -> int:
    """Tell supervisors of gaps in the coming week that they were not told of; return how many those are.

    Calling hours that follow each other with nobody on call in between are one gap, however many days it lasts; it
    grows by a day as each day comes in sight, and that is no news.
    """
    if not marks.marked(work, marks.LIVE) or _kept(work) == ahead(work):
        return 0
    # Of two workers the second finds the first one's rows, once it has waited here.
    marks.remember(work, _TELLING)
    known, gaps = _kept(work), ahead(work)
    fresh = [gap for gap in _joined(work, gaps) if _is_news(work, gap, gaps, known)]
    work.session.execute(delete(Gap))
    work.session.add_all(Gap(starts_at=gap.starts_at, ends_at=gap.ends_at) for gap in gaps)
    work.session.flush()
    if fresh:
        outbox.write(work, LetterKind.GAP, [(one.account_id, one.at) for one in _supervisors(work)])
    return len(fresh)


def _is_news(work: Work, gap: Interval, parts: Sequence[Interval], known: Sequence[Interval]) -> bool:
    """Return whether nothing of a gap is known, or something of it that was in sight yesterday was served then."""
    unknown = [part for part in parts if _overlap(part, gap) and not any(_overlap(part, one) for one in known)]
    in_sight = work.now + hours.AHEAD - _A_DAY
    return any(part.starts_at < in_sight for part in unknown) or not any(_overlap(gap, one) for one in known)


def _supervisors(work: Work) -> list[oncall.Recipient]:
    return oncall.supervisors(work, oncall.read(work))


def _kept(work: Work) -> list[Interval]:
    rows = work.session.execute(select(Gap.starts_at, Gap.ends_at).order_by(Gap.starts_at))
    return [Interval(row.starts_at, row.ends_at) for row in rows]


def _shifts(work: Work, since: datetime, until: datetime) -> list[Interval]:
    rows = work.session.execute(
        select(Shift.starts_at, Shift.ends_at)
        .join(Account, Account.id == Shift.account_id)
        .where(Account.state == AccountState.ACTIVE, Shift.ends_at > since, Shift.starts_at < until)
        .order_by(Shift.starts_at)
    )
    return [Interval(row.starts_at, row.ends_at) for row in rows]


def _unserved(opening: Interval, shifts: Sequence[Interval]) -> list[Interval]:
    """Return the parts of an opening that none of the shifts, which are in order, covers."""
    parts, since = [], opening.starts_at
    for begins_at, ends_at in shifts:
        if since < begins_at and since < opening.ends_at:
            parts.append(Interval(since, min(begins_at, opening.ends_at)))
        since = max(since, ends_at)
    if since < opening.ends_at:
        parts.append(Interval(since, opening.ends_at))
    return parts


def _joined(work: Work, gaps: Sequence[Interval]) -> list[Interval]:
    """Return gaps as one where the next begins at the first calling time after the last."""
    joined: list[Interval] = []
    for gap in gaps:
        if joined and hours.next_calling(work.practice, joined[-1].ends_at) == gap.starts_at:
            joined[-1] = Interval(joined[-1].starts_at, gap.ends_at)
        else:
            joined.append(gap)
    return joined


def _overlap(one: Interval, other: Interval) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
