"""The history of an intake, from its log, its thread and the audit trail: who wrote or did something, and when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.domain import audit
from app.domain.intake import case_log, thread, wishes
from app.domain.intake.case_log import Deed, Logged
from app.domain.intake.wishes import CLIENT
from app.domain.work import Work
from app.models import Account, AuditLine, EntryKind, LogKind

_WRITTEN = "thread.written"
_DEEDS = {
    "intake.claimed": Deed.CLAIMED,
    "intake.released": Deed.RELEASED,
    "intake.handed_over": Deed.HANDED_OVER,
    "intake.revealed": Deed.REVEALED,
}


def read(
    work: Work, subject: str, written: Sequence[thread.Entry], logged: Sequence[case_log.Entry]
) -> tuple[Logged, ...]:
    """Return everything that staff wrote and did and the client changed, oldest first."""
    people = _People(names(work), str(work.member.account_id))
    lines = work.session.execute(
        select(AuditLine.kind, AuditLine.at, AuditLine.actor, AuditLine.subject, AuditLine.entry)
        .where(
            AuditLine.subject.in_(
                [subject, *(audit.receiver(subject, UUID(account_id)) for account_id in people.names)]
            ),
            AuditLine.kind.in_((_WRITTEN, *_DEEDS)),
        )
        .order_by(AuditLine.number)
    ).all()
    writers = {line.entry: line.actor for line in lines if line.kind == _WRITTEN}
    found = [*people.from_trail(lines), *people.from_thread(written, writers), *people.from_log(logged)]
    return tuple(sorted(found, key=lambda one: one.at.replace(second=0, microsecond=0)))


def names(work: Work) -> dict[str, str]:
    """Return the names of all accounts, by id as audit lines and log entries write it."""
    return {str(row.id): row.name for row in work.session.execute(select(Account.id, Account.name))}


@dataclass(frozen=True)
class _People:
    """The names of the team by id, and who asks."""

    names: Mapping[str, str]
    me: str

    def from_trail(self, lines: Iterable[Any]) -> Iterator[Logged]:
        for line in lines:
            if line.kind in _DEEDS:
                to = line.subject.rpartition("/account/")[2]
                value = {"to": self.names[to]} if line.kind == "intake.handed_over" else {}
                yield self._by(line.actor, 0, _DEEDS[line.kind], line.at, value)

    def from_thread(self, entries: Sequence[thread.Entry], writers: Mapping[int, str]) -> Iterator[Logged]:
        """Yield what came after the request itself; messages of the client are news, not history."""
        number = None
        for entry in entries[1:]:
            deed, value = _in_thread(entry, number)
            if deed is Deed.SETTLED:
                number = entry.value.get("settled_number")
            if deed is not None:
                yield self._by(writers.get(entry.number, ""), entry.number, deed, entry.at, value)

    def from_log(self, entries: Sequence[case_log.Entry]) -> Iterator[Logged]:
        for entry in entries:
            value = entry.value
            if entry.kind is LogKind.EXCLUSION:
                value = {**value, "name": self.names.get(value["account"])}
            yield self._by(value["by"], entry.number, entry.kind, entry.at, value)

    def _by(self, actor: str, number: int, kind: Any, at: Any, value: Any) -> Logged:
        return Logged(number, kind, at, self.names.get(actor), actor == self.me, value)


def _in_thread(entry: thread.Entry, number: int | None) -> tuple[Deed | None, dict[str, Any]]:
    value = entry.value
    if entry.kind is EntryKind.WITHDRAWAL:
        return (Deed.WITHDRAWN if value.get("withdrawn", True) else Deed.RESTORED), {}
    if entry.kind is EntryKind.MESSAGE:
        return (Deed.ANSWERED, {"template": value["template"]}) if "template" in value else (None, {})
    if value.get("from") == CLIENT:
        return Deed.WISHED, {"wishes": None if "number" in value else wishes.read(entry)}
    return Deed.SETTLED, {
        "wishes": wishes.read(entry),
        "number": value.get("settled_number") != number,
        "is_right": value.get("number_is_right", False),
    }
