"""Figures for supervisors: a picture, a table beside it, and the same as CSV."""

import csv
import io
from datetime import timedelta

from flask import Blueprint, Response, render_template
from flask_babel import gettext

from app import current
from app.domain.lists import figures
from app.domain.lists.figures import WeekFigures
from app.models import Outcome
from app.web.desk import outcomes

bp = Blueprint("figures", __name__, url_prefix="/desk/figures")

_WEEKS = 12
#: What a spreadsheet would take for the beginning of a formula (ASVS 1.2.10).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEIGHT = 120


@bp.get("")
def show() -> str:
    with current.read() as work:
        weeks = figures.weeks(work, _WEEKS)
    most = max((week.received or 0 for week in weeks), default=0)
    bars = [(week, round(_HEIGHT * week.received / most) if week.received else None) for week in weeks]
    return render_template(
        "desk/records/figures.html", weeks=weeks, bars=bars, height=_HEIGHT, outcomes=_ends(), span=_span
    )


@bp.get("/weeks.csv")
def table() -> Response:
    with current.read() as work:
        weeks = figures.weeks(work, _WEEKS)
    text = io.StringIO()
    writer = csv.writer(text)
    heads = [gettext("Week from"), gettext("Requests"), gettext("Minutes to opened"), gettext("Minutes to first try")]
    ends = list(_ends().values())
    writer.writerow([_harmless(head) for head in (*heads, gettext("Tried as promised, percent"), *ends)])
    for week in weeks:
        writer.writerow([_harmless(cell) for cell in _cells(week)])
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="figures-{current.now():%Y-%m-%d}.csv"'
    return response


def _ends() -> dict[Outcome, str]:
    return {outcome: str(end.head) for outcome, end in outcomes.ENDS.items()}


def _cells(week: WeekFigures) -> list[str]:
    few = gettext("fewer than 5")
    numbers = [
        week.received,
        _minutes(week.to_opened),
        _minutes(week.to_contact),
        week.kept_percent,
        *(week.outcomes[outcome] for outcome in Outcome),
    ]
    return [week.starts_on.isoformat(), *(few if number is None else str(number) for number in numbers)]


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
