"""Exports everything there is about one request, as plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select

from app.domain import audit, permissions
from app.domain.casework import claims
from app.domain.intake import numbers, opening
from app.domain.intake.opening import Case
from app.domain.intake.sealed_log import Entry
from app.domain.work import Work
from app.models import AuditLine, Letter, Status

VERSION = 1
#: Facts of the row, in the order of a request's life.
_FACTS = (
    "received_at", "language", "notice", "status", "claimed_at", "opened_at", "attempted_at", "heard_at", "due_at",
    "follow_up_at", "withdrawn_at", "held", "outcome", "closed_at",
)  # fmt: skip


@dataclass(frozen=True)
class Export:
    """One request. `parts` are made of texts, numbers, yes and no, lists and tables; moments are ISO 8601 in UTC."""

    reference: str
    parts: Mapping[str, Any] = field(repr=False)


def exportable(work: Work, reference: str) -> str:
    """Return the reference of a request that the member may export."""
    return _case(work, reference).intake.reference


def export(work: Work, reference: str) -> Export:
    """Return everything about a request, and record that. Needs a fresh second factor."""
    case = _case(work, reference)
    permissions.require_fresh(work)
    audit.record(work, "intake.exported", case.subject)
    parts = {
        "version": VERSION,
        "exported_at": _moment(work.now),
        "exported_by": case.names[str(work.member.account_id)],
        "practice": work.practice.name,
        "request": _facts(case),
        "answers": asdict(case.answers),
        "wishes": asdict(case.in_force.wishes),
        "thread": list(_thread(work, case)),
        "log": list(_log(case)),
        "letters": _letters(work, case),
        "record": _record(work, case),
    }
    return Export(case.intake.reference, parts)


def _case(work: Work, reference: str) -> Case:
    case = opening.unlock(work, reference, also_withdrawn=True)
    if case.intake.status is Status.WITHDRAWN:
        # Nobody has it any more: it waits for its erasure, or there is a legal hold.
        permissions.require_supervisor(work)
    claims.require_responsible(work, case)
    return case


def _facts(case: Case) -> dict[str, Any]:
    found = {name: getattr(case.intake, name) for name in _FACTS}
    facts = {name: _moment(fact) if isinstance(fact, datetime) else fact for name, fact in found.items()}
    return {"reference": case.intake.reference, **facts, "with": case.claimed_by}


def _entry(entry: Entry[Any], by: str | None, **more: object) -> dict[str, Any]:
    said = {name: value for name, value in entry.value.items() if name not in ("v", "from", "number", "by")}
    return {"number": entry.number, "kind": entry.kind, "at": _moment(entry.at), "by": by, "said": said | more}


def _thread(work: Work, case: Case) -> Iterator[dict[str, Any]]:
    for entry in case.thread:
        number = vars(numbers.open_as_member(work, entry)) if entry.row.sealed_number is not None else {}
        # What came with the request carries no mark.
        yield _entry(entry, entry.value.get("from", "client"), **number)


def _log(case: Case) -> Iterator[dict[str, Any]]:
    for entry in case.log:
        excluded = {"account": case.names.get(entry.value["account"])} if "account" in entry.value else {}
        yield _entry(entry, case.names.get(entry.value["by"]), **excluded)


def _letters(work: Work, case: Case) -> list[dict[str, Any]]:
    about = select(Letter).where(Letter.intake_id == case.intake.id)
    letters = work.session.scalars(about.order_by(Letter.wanted_at, Letter.id))
    return [
        {
            "kind": letter.kind,
            "to": case.names.get(str(letter.account_id)),
            "wanted_at": _moment(letter.wanted_at),
            "sent_at": letter.sent_at and _moment(letter.sent_at),
            "given_up_at": letter.failed_at and _moment(letter.failed_at),
            "why": letter.failure,
        }
        for letter in letters
    ]


def _record(work: Work, case: Case) -> list[dict[str, Any]]:
    # Lines about an altered record name its place, which has the id.
    about = or_(AuditLine.subject == case.subject, AuditLine.subject.startswith(f"intake/{case.intake.id}"))
    lines = work.session.scalars(select(AuditLine).where(about).order_by(AuditLine.at, AuditLine.number))
    return [
        {
            "line": line.number,
            "at": _moment(line.at),
            "by": case.names.get(line.actor, line.actor),
            "kind": line.kind,
            "entry": line.entry,
            "code": line.mac.hex() if line.mac else None,
        }
        for line in lines
    ]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
