"""Figures without content: per week how many requests, how soon somebody acted, and how they ended.

Counts under five, and medians of so few, are left out: in a small practice they would point at a person.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from app.domain import permissions
from app.domain.work import Work
from app.models import Intake, Outcome
from app.practice import Practice, hours

FEWEST = 5
_WEEK = dt.timedelta(days=7)
_Row = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class WeekFigures:
    """One week of the practice. None is "fewer than five", or a median of so few."""

    starts_on: dt.date
    received: int | None
    to_opened: dt.timedelta | None
    to_contact: dt.timedelta | None
    #: How many percent were tried by the promised time, of those whose time has come.
    kept_percent: int | None
    outcomes: dict[Outcome, int | None]


def weeks(work: Work, count: int) -> list[WeekFigures]:
    """Return so many weeks, this one last; for supervisors."""
    permissions.require_supervisor(work)
    zone = ZoneInfo(work.practice.time_zone)
    today = work.now.astimezone(zone).date()
    monday = today - dt.timedelta(days=today.weekday())
    starts = [monday - _WEEK * back for back in reversed(range(count))]
    since = dt.datetime.combine(starts[0], dt.time(0), zone)
    rows = work.session.execute(
        select(Intake.received_at, Intake.opened_at, Intake.attempted_at, Intake.promised_at, Intake.outcome).where(
            Intake.received_at >= since.astimezone(dt.UTC)
        )
    )
    by_week: dict[dt.date, list[_Row]] = {start: [] for start in starts}
    for row in rows:
        day = row.received_at.astimezone(zone).date()
        by_week[day - dt.timedelta(days=day.weekday())].append(row)
    return [_week(work.practice, work.now, start, by_week[start]) for start in starts]


def _week(practice: Practice, now: dt.datetime, starts_on: dt.date, rows: Sequence[_Row]) -> WeekFigures:
    promised = [(row, row.promised_at or hours.due_at(practice, row.received_at)) for row in rows]
    judged = [(row, by) for row, by in promised if by <= now or row.attempted_at is not None]
    kept = sum(row.attempted_at is not None and row.attempted_at <= by for row, by in judged)
    ended = Counter(row.outcome for row in rows if row.outcome is not None)
    return WeekFigures(
        starts_on=starts_on,
        received=_unless_few(len(rows)),
        to_opened=_median(row.opened_at - row.received_at for row in rows if row.opened_at),
        to_contact=_median(row.attempted_at - row.received_at for row in rows if row.attempted_at),
        kept_percent=round(100 * kept / len(judged)) if len(judged) >= FEWEST else None,
        outcomes={outcome: _unless_few(ended[outcome]) for outcome in Outcome},
    )


def _unless_few(count: int) -> int | None:
    return count if count >= FEWEST else None


def _median(spans: Iterable[dt.timedelta]) -> dt.timedelta | None:
    seconds = [span.total_seconds() for span in spans]
    return dt.timedelta(seconds=median(seconds)) if len(seconds) >= FEWEST else None
