"""Figures for supervisors: a picture, a table beside it, and the same as CSV."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, render_template
from flask_babel import gettext

from app import current
from app.domain.lists import figures
from app.domain.lists.figures import WeekFigures
from app.web.desk import outcomes
from app.web.desk.forms import lazy_gettext

bp = Blueprint("figures", __name__, url_prefix="/desk/figures")

_WEEKS = 12
#: What a spreadsheet would take for the beginning of a formula (ASVS 1.2.10).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEIGHT = 120
#: The columns of the file: the head of each, and its cell for a week.
_COLUMNS: tuple[tuple[str, Callable[[WeekFigures], object]], ...] = (
    (lazy_gettext("Week from"), lambda week: week.starts_on),
    (lazy_gettext("Requests"), lambda week: week.received),
    (lazy_gettext("Minutes to opened"), lambda week: _minutes(week.to_opened)),
    (lazy_gettext("Minutes to first try"), lambda week: _minutes(week.to_contact)),
    (lazy_gettext("Tried as promised, percent"), lambda week: week.kept_percent),
    *((end.head, lambda week, outcome=outcome: week.outcomes[outcome]) for outcome, end in outcomes.ENDS.items()),
)


@bp.get("")
def show() -> str:
    with current.read() as work:
        weeks = figures.weeks(work, _WEEKS)
    most = max((week.received or 0 for week in weeks), default=0)
    bars = [(week, round(_HEIGHT * week.received / most) if week.received else None) for week in weeks]
    return render_template(
        "desk/records/figures.html", weeks=weeks, bars=bars, height=_HEIGHT, outcomes=outcomes.ENDS, span=_span
    )


@bp.get("/weeks.csv")
def table() -> Response:
    with current.read() as work:
        weeks = figures.weeks(work, _WEEKS)
    few = gettext("fewer than 5")
    rows: list[list[object]] = [[head for head, _ in _COLUMNS]]
    rows += [[cell(week) for _, cell in _COLUMNS] for week in weeks]
    text = io.StringIO()
    for row in rows:
        csv.writer(text).writerow([_harmless(few if cell is None else str(cell)) for cell in row])
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="figures-{current.now():%Y-%m-%d}.csv"'
    return response


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _minutes(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds() / 60)


def _span(span: timedelta) -> str:
    """Return a length of time in the unit that fits."""
    minutes = _minutes(span) or 0
    if minutes < 120:
        return gettext("%(count)s min", count=minutes)
    return gettext("%(count)s h", count=round(minutes / 60))
