"""The reading side of the audit trail: which lines fit a question, newest first; all of it, to keep elsewhere."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.domain import audit, exclusions, permissions
from app.domain.work import Work
from app.models import Account, AuditLine

PAGE = 50


@dataclass(frozen=True)
class AuditQuery:
    """What to look for; None asks for anything. `before` is the number of the last line seen."""

    actor: str | None = None
    reference: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True)
class AuditEntry:
    """One line. `actor` is a colleague's name, or one of client, newcomer, worker, operator."""

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

    What concerns a request that a supervisor is excluded from is left out: for them it does not exist.
    """
    permissions.require_supervisor(work)
    found = _chained(work).where(*_conditions(wanted)).order_by(AuditLine.number.desc()).limit(PAGE + 1)
    names = people(work)
    return [_line(line, names) for line in work.session.scalars(found)]


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


def people(work: Work) -> dict[str, str]:
    """Return the names of all accounts by the id that lines carry."""
    return {str(row.id): row.name for row in work.session.execute(select(Account.id, Account.name))}


def kinds(work: Work) -> list[str]:
    """Return every kind of line there is, by name."""
    return list(work.session.scalars(select(AuditLine.kind).distinct().order_by(AuditLine.kind)))


def waiting(work: Work) -> int:
    """Return how many lines of the public process are not chained yet."""
    unchained = select(func.count()).select_from(AuditLine).where(AuditLine.number.is_(None))
    return work.session.scalar(unchained) or 0


def export(work: Work) -> Iterator[str]:
    """Yield every chained line as JSON, in order, with its code: what a copy elsewhere is compared by.

    Of what concerns a request that a supervisor is excluded from, there is nothing but number and code.
    """
    everything = select(AuditLine, exclusions.line_hidden_from(work.member.account_id).label("unknown")).where(
        AuditLine.number.is_not(None)
    )
    with work.session.execute(everything.order_by(AuditLine.number).execution_options(yield_per=500)) as found:
        for line, unknown in found:
            facts = _facts(line)
            told = {name: facts[name] for name in ("number", "mac")} if unknown else facts
            yield json.dumps(told, ensure_ascii=False) + "\n"


def _facts(line: AuditLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "at": line.at.isoformat(),
        "actor": line.actor,
        "kind": line.kind,
        "subject": line.subject,
        "entry": line.entry,
        "mac": (line.mac or b"").hex(),
    }


def _chained(work: Work) -> Select[AuditLine]:
    return select(AuditLine).where(AuditLine.number.is_not(None), ~exclusions.line_hidden_from(work.member.account_id))


def _conditions(wanted: AuditQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.actor is not None:
        conditions.append(or_(AuditLine.actor == wanted.actor, AuditLine.subject.endswith(f"account/{wanted.actor}")))
    if wanted.reference is not None:
        conditions.append(audit.request(AuditLine.subject) == f"intake/{wanted.reference}")
    if wanted.kind is not None:
        conditions.append(AuditLine.kind == wanted.kind)
    if wanted.since is not None:
        conditions.append(AuditLine.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(AuditLine.at < wanted.until)
    if wanted.before is not None:
        conditions.append(AuditLine.number < wanted.before)
    return conditions
