"""The audit trail, for supervisors: to search, to verify, and to download."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app import current
from app.crypto import codes
from app.domain import audit, permissions
from app.domain.intake import history
from app.domain.lists import audit_search
from app.domain.lists.audit_search import AuditQuery
from app.web.desk.forms import DeskForm, ProvenForm
from app.web.desk.records import audit_labels

bp = Blueprint("audit_trail", __name__, url_prefix="/desk/audit")


@bp.get("")
def show() -> str:
    return _page(ProvenForm(formdata=None))


@bp.post("/verify")
def verify() -> str:
    DeskForm().accepted()
    with current.work() as work:
        verdict = audit.verify(work)
        audit.record(work, "audit.verified", "audit")
    return _page(ProvenForm(formdata=None), verdict=verdict)


@bp.post("/export")
def export() -> ResponseReturnValue:
    """Download every line with its code, after a fresh second factor (V-19)."""
    form = ProvenForm()
    if not form.proven():
        return _page(form), 422
    with current.work() as work:
        permissions.require_fresh(work)
        audit.record(work, "audit.exported", "audit")
        lines = "".join(audit_search.export(work))
    response = Response(lines, mimetype="application/x-ndjson")
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{current.now():%Y-%m-%d}.jsonl"'
    return response


def _page(proof: ProvenForm, **more: Any) -> str:
    asked = {name: request.args.get(name, "") for name in ("who", "request", "kind", "since", "until")}
    wanted, mistakes = _wanted(asked)
    with current.read() as work:
        found = audit_search.lines(work, wanted) if not mistakes else []
        people, kinds, waiting = history.names(work), audit_search.kinds(work), audit_search.waiting(work)
    shown = found[: audit_search.PAGE]
    asked_for = {name: value for name, value in asked.items() if value}
    return render_template(
        "desk/records/audit.html",
        lines=[(line, audit_labels.describe(line)) for line in shown],
        asked=asked,
        mistakes=mistakes,
        people=sorted(people.items(), key=lambda one: one[1].casefold()),
        parties=audit_labels.PARTIES,
        kinds=sorted(((kind, audit_labels.kind(kind)) for kind in kinds), key=lambda one: one[1].casefold()),
        waiting=waiting,
        older={**asked_for, "before": shown[-1].number} if len(found) > audit_search.PAGE else None,
        proof=proof,
        **more,
    )


def _wanted(asked: dict[str, str]) -> tuple[AuditQuery, list[str]]:
    """Read the questions of the page's address; return also the names of those that cannot be read."""
    reference = request.args.get("request", type=_reference)
    since, until = (request.args.get(name, type=_day) for name in ("since", "until"))
    parts = {"request": reference, "since": since, "until": until}
    wanted = AuditQuery(
        actor=request.args.get("who", type=_actor),
        reference=reference,
        kind=asked["kind"] or None,
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        before=request.args.get("before", type=int),
    )
    return wanted, [name for name, part in parts.items() if asked[name] and part is None]


def _actor(who: str) -> str:
    return who if who in audit_labels.PARTIES else str(UUID(who))


def _reference(typed: str) -> str | None:
    try:
        return codes.parse_reference(typed)
    except codes.BadCode:
        return None


def _day(typed: str) -> date | None:
    day = date.fromisoformat(typed)
    return day if 2000 <= day.year <= 2999 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(current.practice().time_zone)).astimezone(UTC)
