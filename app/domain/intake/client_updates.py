"""What a client wrote on the return page, as the desk reads it: messages, what to ask by voice, new numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from app.domain.intake import numbers
from app.domain.intake.numbers import Number
from app.domain.intake.thread import Entry
from app.domain.intake.wishes import CLIENT, Asked, InForce
from app.domain.work import Work
from app.models import EntryKind


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
    """Everything since the request arrived, oldest first."""

    messages: tuple[Message, ...] = ()
    asked: tuple[Asked, ...] = ()
    given: tuple[NewNumber, ...] = ()

    def with_numbers(self, written: Callable[[str], str]) -> Self:
        """Return the same with each number written another way."""
        given = (replace(one, number=replace(one.number, phone=written(one.number.phone))) for one in self.given)
        return replace(self, given=tuple(given))


def read(work: Work, entries: Sequence[Entry], in_force: InForce) -> ClientUpdates:
    """Return what a client wrote in an opened thread; `Refused` without a grant for a new number's epoch."""
    said = (entry for entry in entries if entry.kind is EntryKind.MESSAGE and entry.value.get("from") == CLIENT)
    return ClientUpdates(
        messages=tuple(Message(one.number, one.at, one.value["sentence"], one.value["text"]) for one in said),
        asked=in_force.asked,
        given=tuple(NewNumber(one.number, one.at, numbers.open_as_member(work, one)) for one in in_force.numbers),
    )
