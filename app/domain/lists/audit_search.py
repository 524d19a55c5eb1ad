"""Reads the audit trail: lines that match a query, newest first, or all of it for a copy."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from app.domain import audit, exclusions, permissions
from app.domain.intake import history
from app.domain.work import Work
from app.models import AuditLine

PAGE = 50


@dataclass(frozen=True)
class AuditQuery:
    """What to look for; None matches anything. `before` is the number of the last line seen."""

    actor: str | None = None
    reference: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True)
class AuditEntry:
    """One line. `actor` is a colleague's name, or a `Party`."""

    number: int
    at: datetime
    actor: str
    kind: str
    subject: str
    #: The name of the colleague it is about.
    person: str | None
    entry: int | None


def lines(work: Work, wanted: AuditQuery) -> list[AuditEntry]:
    """Return up to a page of chained lines and one more, newest first; for supervisors.

    Lines about a request that they are excluded from are left out.
    """
    permissions.require_supervisor(work)
    known = select(AuditLine).where(AuditLine.number.is_not(None), ~exclusions.line_hidden_from(work.member.account_id))
    conditions = [_CONDITIONS[name](value) for name, value in vars(wanted).items() if value is not None]
    found = known.where(*conditions).order_by(AuditLine.number.desc()).limit(PAGE + 1)
    names = history.names(work)
    return [_line(line, names) for line in work.session.scalars(found)]


#: What each field of a query asks of a line.
_CONDITIONS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "actor": lambda actor: or_(AuditLine.actor == actor, AuditLine.subject.endswith(f"account/{actor}")),
    "reference": lambda reference: audit.request(AuditLine.subject) == f"intake/{reference}",
    "kind": lambda kind: AuditLine.kind == kind,
    "since": lambda since: AuditLine.at >= since,
    "until": lambda until: AuditLine.at < until,
    "before": lambda number: AuditLine.number < number,
}


def _line(line: AuditLine, names: Mapping[str, str]) -> AuditEntry:
    what, _, person = line.subject.rpartition("account/")
    return AuditEntry(
        number=line.number or 0,
        at=line.at,
        actor=names.get(line.actor, line.actor),
        kind=line.kind,
        subject=what.removesuffix("/") if person in names else line.subject,
        person=names.get(person),
        entry=line.entry,
    )


def kinds(work: Work) -> list[str]:
    return list(work.session.scalars(select(AuditLine.kind).distinct().order_by(AuditLine.kind)))


def waiting(work: Work) -> int:
    """Return how many lines of the public process are not chained yet."""
    unchained = select(func.count()).select_from(AuditLine).where(AuditLine.number.is_(None))
    return work.session.scalar(unchained) or 0


def export(work: Work) -> Iterator[str]:
    """Yield every chained line as JSON, in order, with its code.

    Of lines about a request that the supervisor is excluded from, there is only number and code.
    """
    everything = select(AuditLine, exclusions.line_hidden_from(work.member.account_id).label("unknown")).where(
        AuditLine.number.is_not(None)
    )
    with work.session.execute(everything.order_by(AuditLine.number).execution_options(yield_per=500)) as found:
        for line, unknown in found:
            facts = {
                "number": line.number,
                "at": line.at.isoformat(),
                "actor": line.actor,
                "kind": line.kind,
                "subject": line.subject,
                "entry": line.entry,
                "mac": (line.mac or b"").hex(),
            }
            shown = {name: facts[name] for name in ("number", "mac")} if unknown else facts
            yield json.dumps(shown, ensure_ascii=False) + "\n"
