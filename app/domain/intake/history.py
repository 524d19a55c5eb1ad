"""What the desk shows of an intake since it arrived: who wrote or did something and when, and what the client wrote."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.domain import audit
from app.domain.intake import case_log, numbers, thread
from app.domain.intake.case_log import Deed, Logged
from app.domain.intake.numbers import Number
from app.domain.intake.thread import CLIENT, Asked, InForce
from app.domain.work import Work
from app.models import Account, AuditLine, EntryKind, LogKind

_WRITTEN = "thread.written"
_DEEDS = {
    "intake.claimed": Deed.CLAIMED,
    "intake.released": Deed.RELEASED,
    "intake.handed_over": Deed.HANDED_OVER,
    "intake.revealed": Deed.REVEALED,
}

Names = Mapping[str, str]


@dataclass(frozen=True)
class Message:
    """One of the fixed sentences, and perhaps some words of the client's own."""

    entry: int
    at: datetime
    sentence: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class NewNumber:
    """A new number. Anybody with the return code may have written it: ask by voice before it is called."""

    entry: int
    at: datetime
    number: Number


@dataclass(frozen=True)
class ClientUpdates:
    """What the client wrote on the return page since the request arrived, oldest first."""

    messages: tuple[Message, ...] = ()
    asked: tuple[Asked, ...] = ()
    given: tuple[NewNumber, ...] = ()


def client_updates(work: Work, entries: Sequence[thread.Entry], in_force: InForce) -> ClientUpdates:
    """Return what a client wrote in an opened thread; `Refused` without a grant for a new number's epoch."""
    said = (entry for entry in entries if entry.kind is EntryKind.MESSAGE and entry.value.get("from") == CLIENT)
    return ClientUpdates(
        messages=tuple(Message(one.number, one.at, one.value["sentence"], one.value["text"]) for one in said),
        asked=in_force.asked,
        given=tuple(NewNumber(one.number, one.at, numbers.open_as_member(work, one)) for one in in_force.numbers),
    )


def read(
    work: Work, names: Names, subject: str, written: Sequence[thread.Entry], logged: Sequence[case_log.Entry]
) -> tuple[Logged, ...]:
    """Return everything that staff wrote and did and the client changed, oldest first."""
    subjects = [subject, *(audit.receiver(subject, UUID(account_id)) for account_id in names)]
    lines = work.session.execute(
        select(AuditLine.kind, AuditLine.at, AuditLine.actor, AuditLine.subject, AuditLine.entry)
        .where(AuditLine.subject.in_(subjects), AuditLine.kind.in_((_WRITTEN, *_DEEDS)))
        .order_by(AuditLine.number)
    ).all()
    writers = {line.entry: names.get(line.actor) for line in lines if line.kind == _WRITTEN}
    found = [*_from_trail(lines, names), *_from_thread(written, writers), *_from_log(logged, names)]
    return tuple(sorted(found, key=lambda one: one.at.replace(second=0, microsecond=0)))


def names(work: Work) -> dict[str, str]:
    """Return the names of all accounts, by id as audit lines and log entries write it."""
    return {str(row.id): row.name for row in work.session.execute(select(Account.id, Account.name))}


def _from_trail(lines: Iterable[Any], names: Names) -> Iterator[Logged]:
    for line in lines:
        if line.kind in _DEEDS:
            to = line.subject.rpartition("/account/")[2]
            value = {"to": names[to]} if line.kind == "intake.handed_over" else {}
            yield Logged(0, _DEEDS[line.kind], line.at, names.get(line.actor), value)


def _from_thread(entries: Sequence[thread.Entry], writers: Mapping[int, str | None]) -> Iterator[Logged]:
    """Yield what came after the request itself; messages of the client are news, not history."""
    number = None
    for entry in entries[1:]:
        value, facts = entry.value, {}
        if entry.kind is EntryKind.WITHDRAWAL:
            deed = Deed.WITHDRAWN if value.get("withdrawn", True) else Deed.RESTORED
        elif entry.kind is EntryKind.MESSAGE:
            if "template" not in value:
                continue
            deed, facts = Deed.ANSWERED, {"template": value["template"]}
        elif value.get("from") == CLIENT:
            deed, facts = Deed.WISHED, {"wishes": None if "number" in value else thread.read_wishes(entry)}
        else:
            new, is_right = value.get("settled_number") != number, value.get("number_is_right", False)
            deed, facts = Deed.SETTLED, {"wishes": thread.read_wishes(entry), "number": new, "is_right": is_right}
            number = value.get("settled_number")
        yield Logged(entry.number, deed, entry.at, writers.get(entry.number), facts)


def _from_log(entries: Sequence[case_log.Entry], names: Names) -> Iterator[Logged]:
    for entry in entries:
        value = entry.value
        if entry.kind is LogKind.EXCLUSION:
            value = {**value, "name": names.get(value["account"])}
        yield Logged(entry.number, entry.kind, entry.at, names.get(value["by"]), value)
