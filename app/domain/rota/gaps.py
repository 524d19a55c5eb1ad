"""Calling hours with nobody on call: seen on the rota, and told to supervisors a week ahead, each once."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app import hours
from app.domain import marks
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Work
from app.hours import Opening
from app.models import Account, AccountState, Gap, LetterKind, Shift

#: What two workers that tell of the same gap at once wait for.
_TELLING = "gaps"
_A_DAY = timedelta(days=1)


def between(work: Work, since: datetime, until: datetime) -> list[Opening]:
    """Return what nobody serves of the calling hours between two moments; a gap that has begun is named whole."""
    openings = itertools.takewhile(lambda opening: opening.opens_at < until, hours.calling_times(work.practice, since))
    calling = list(openings)
    if not calling:
        return []
    shifts = _shifts(work, calling[0].opens_at, calling[-1].closes_at)
    return [gap for opening in calling for gap in _unserved(opening, shifts) if gap.closes_at > since]


def ahead(work: Work) -> list[Opening]:
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
    work.session.add_all(Gap(starts_at=gap.opens_at, ends_at=gap.closes_at) for gap in gaps)
    work.session.flush()
    if fresh:
        outbox.write(work, LetterKind.GAP, [(one.account_id, one.at) for one in _supervisors(work)])
    return len(fresh)


def _is_news(work: Work, gap: Opening, parts: Sequence[Opening], known: Sequence[Opening]) -> bool:
    """Return whether nothing of a gap is known, or something of it that was in sight yesterday was served then."""
    unknown = [part for part in parts if _overlap(part, gap) and not any(_overlap(part, one) for one in known)]
    in_sight = work.now + hours.AHEAD - _A_DAY
    return any(part.opens_at < in_sight for part in unknown) or not any(_overlap(gap, one) for one in known)


def _supervisors(work: Work) -> list[oncall.Recipient]:
    return oncall.supervisors(work, oncall.read(work))


def _kept(work: Work) -> list[Opening]:
    rows = work.session.execute(select(Gap.starts_at, Gap.ends_at).order_by(Gap.starts_at))
    return [Opening(row.starts_at, row.ends_at) for row in rows]


def _shifts(work: Work, since: datetime, until: datetime) -> list[Opening]:
    rows = work.session.execute(
        select(Shift.starts_at, Shift.ends_at)
        .join(Account, Account.id == Shift.account_id)
        .where(Account.state == AccountState.ACTIVE, Shift.ends_at > since, Shift.starts_at < until)
        .order_by(Shift.starts_at)
    )
    return [Opening(row.starts_at, row.ends_at) for row in rows]


def _unserved(opening: Opening, shifts: Sequence[Opening]) -> list[Opening]:
    """Return the parts of an opening that none of the shifts, which are in order, covers."""
    parts, since = [], opening.opens_at
    for begins_at, ends_at in shifts:
        if since < begins_at and since < opening.closes_at:
            parts.append(Opening(since, min(begins_at, opening.closes_at)))
        since = max(since, ends_at)
    if since < opening.closes_at:
        parts.append(Opening(since, opening.closes_at))
    return parts


def _joined(work: Work, gaps: Sequence[Opening]) -> list[Opening]:
    """Return gaps as one where the next begins at the first calling time after the last."""
    joined: list[Opening] = []
    for gap in gaps:
        if joined and hours.next_calling(work.practice, joined[-1].closes_at) == gap.opens_at:
            joined[-1] = Opening(joined[-1].opens_at, gap.closes_at)
        else:
            joined.append(gap)
    return joined


def _overlap(one: Opening, other: Opening) -> bool:
    return one.opens_at < other.closes_at and other.opens_at < one.closes_at
