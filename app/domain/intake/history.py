"""What was written and done about an intake, by whom and when: from its log, its thread and the trail."""

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
    """Return everything in order, oldest first; the notes and calls of staff, and what the client changed."""
    names = {row.id: row.name for row in work.session.execute(select(Account.id, Account.name))}
    people = _People(names, work.member.account_id)
    lines = work.session.execute(
        select(AuditLine.kind, AuditLine.at, AuditLine.actor, AuditLine.subject, AuditLine.entry)
        .where(
            AuditLine.subject.in_([subject, *(audit.receiver(subject, account_id) for account_id in people.names)]),
            AuditLine.kind.in_((_WRITTEN, *_DEEDS)),
        )
        .order_by(AuditLine.number)
    ).all()
    writers = {line.entry: line.actor for line in lines if line.kind == _WRITTEN}
    found = [*people.did(lines), *people.told(written, writers), *people.wrote(logged)]
    return tuple(sorted(found, key=lambda one: one.at.replace(second=0, microsecond=0)))


@dataclass(frozen=True)
class _People:
    """The team by id, and who asks."""

    names: Mapping[UUID, str]
    me: UUID

    def did(self, lines: Iterable[Any]) -> Iterator[Logged]:
        for line in lines:
            if line.kind in _DEEDS:
                to = line.subject.rpartition("/account/")[2]
                value = {"to": self.names[UUID(to)]} if line.kind == "intake.handed_over" else {}
                yield self._by(line.actor, 0, _DEEDS[line.kind], line.at, value)

    def told(self, entries: Sequence[thread.Entry], writers: Mapping[int, str]) -> Iterator[Logged]:
        """Yield what came into the thread after the request itself; messages of the client are news, not history."""
        number = None
        for entry in entries[1:]:
            deed, value = _in_thread(entry, number)
            if deed is Deed.SETTLED:
                number = entry.value.get("settled_number")
            if deed is not None:
                yield self._by(writers.get(entry.number, ""), entry.number, deed, entry.at, value)

    def wrote(self, entries: Sequence[case_log.Entry]) -> Iterator[Logged]:
        for entry in entries:
            value = entry.value
            if entry.kind is LogKind.EXCLUSION:
                value = {**value, "name": self.names.get(UUID(value["account"]))}
            yield self._by(value["by"], entry.number, entry.kind, entry.at, value)

    def _by(self, actor: str, number: int, kind: Any, at: Any, value: Any) -> Logged:
        ids = {str(account_id): account_id for account_id in self.names}
        name = self.names.get(ids[actor]) if actor in ids else None
        return Logged(number, kind, at, name, actor == str(self.me), value)


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
