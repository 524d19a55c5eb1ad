"""What a client wrote on the return page, as the desk reads it: messages, what to ask by voice, new numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from app.domain.intake import numbers
from app.domain.intake.answers import Answers
from app.domain.intake.numbers import Number
from app.domain.intake.thread import Entry
from app.domain.intake.wishes import CLIENT, Asked, InForce
from app.domain.vault import epochs
from app.domain.work import Altered, Reason, Refused, Work
from app.models import EntryKind, Grant


@dataclass(frozen=True)
class Message:
    """One of the fixed sentences, and perhaps some words of the client's own."""

    entry: int
    at: datetime
    sentence: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class NewNumber:
    """A new number. It may come from whoever found the return code: ask by voice before it is called."""

    entry: int
    at: datetime
    number: Number


@dataclass(frozen=True)
class ClientUpdates:
    """Everything since the request arrived, oldest first."""

    messages: tuple[Message, ...] = ()
    asked: tuple[Asked, ...] = ()
    given: tuple[NewNumber, ...] = ()

    def with_numbers(self, shown: Callable[[str], str]) -> Self:
        """Return the same news with each number as it is shown."""
        given = (replace(one, number=replace(one.number, phone=shown(one.number.phone))) for one in self.given)
        return replace(self, given=tuple(given))


def read(work: Work, entries: Sequence[Entry], holds: InForce) -> ClientUpdates:
    """Return what a client wrote in an opened thread; `Refused` without a grant for a new number's epoch."""
    said = (entry for entry in entries if entry.kind is EntryKind.MESSAGE and entry.value.get("from") == CLIENT)
    return ClientUpdates(
        messages=tuple(Message(one.number, one.at, one.value["sentence"], one.value["text"]) for one in said),
        asked=holds.asked,
        given=tuple(NewNumber(entry.number, entry.at, number(work, entry)) for entry in holds.numbers),
    )


def with_number_in_force(work: Work, answers: Answers, holds: InForce) -> Answers:
    """Return the answers with the number that was confirmed by voice in the place of the first one."""
    if holds.confirmed_number is None:
        return answers
    found = number(work, holds.confirmed_number)
    return replace(answers, phone=found.phone, extension=found.extension, phone_doubtful=found.doubtful)


def number(work: Work, entry: Entry) -> Number:
    """Open the number an entry brought; `Refused` without a grant for its epoch."""
    epoch_id = entry.row.epoch_id
    if epoch_id is None:
        raise Altered(f"intake/{entry.row.intake_id}/thread")
    grant = work.session.get(Grant, (epoch_id, work.member.holder_id))
    if grant is None:
        raise Refused(Reason.NO_GRANT)
    return numbers.open(epochs.open_grant(work, epoch_id, grant.sealed_key), entry)
