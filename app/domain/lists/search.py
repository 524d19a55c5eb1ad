"""Searches open and closed requests by name, code words, reference or number, and returns references.

What was typed is stored nowhere; that somebody searched, and how many requests were found, is recorded.
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from app.crypto import codes
from app.domain import audit, exclusions, permissions
from app.domain.intake import opening
from app.domain.lists import bulk_open
from app.domain.lists.bulk_open import NotOpened, OpenedAnswers
from app.domain.work import Altered, Missing, Work
from app.models import Account, Intake, Outcome, Role, Status

#: So many requests are opened for one search; an older one is found by its whole reference.
NEWEST = 5_000
MOST_SHOWN = 50
_FEWEST_LETTERS = 2
#: The beginning of a code word matches from this length on.
_FEWEST_OF_A_WORD = 3
_FEWEST_DIGITS = 4
_FEWEST_SYMBOLS = 4
#: Signs that people leave out of a name, as in O'Brien.
_WITHIN_A_NAME = str.maketrans("", "", "'’ʼ`´")
_NO_LETTER = re.compile(r"[\W_]+")
_SEARCHED = (Status.WAITING, Status.CLAIMED, Status.CLOSED)
_NUMBER = re.compile(r"[\d\s().+/-]+")


class MatchedBy(StrEnum):
    REFERENCE = "reference"
    NAME = "name"
    WORDS = "words"
    NUMBER = "number"


@dataclass(frozen=True)
class Hit:
    """A request that was found; nothing of what its client said. `claimed_by` is a colleague's name."""

    reference: str
    status: Status
    received_at: datetime
    claimed_by: str | None
    mine: bool
    outcome: Outcome | None
    why: tuple[MatchedBy, ...]
    #: Others with the same number; for supervisors only.
    same_number: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """What a search found, the newest first."""

    hits: tuple[Hit, ...]
    #: How many were found, also beyond `hits`.
    total: int
    #: Older requests were not opened.
    more: bool
    #: How many did not open for this member.
    unread: int


@dataclass(frozen=True)
class SameNumber:
    """Requests with the number of another one: perhaps other people in the same house."""

    references: tuple[str, ...]
    more: bool
    unread: int


@dataclass(frozen=True)
class _Sought:
    """What somebody typed, as each kind of match needs it."""

    parts: tuple[str, ...] = field(repr=False)
    #: Empty where it cannot be a part of a reference.
    symbols: str = field(repr=False)
    #: Empty where it is no part of a number.
    digits: str = field(repr=False)


def enough(typed: str) -> bool:
    return len("".join(_folded(typed).split())) >= _FEWEST_LETTERS


def find(work: Work, typed: str) -> SearchResult:
    """Search by name, code words or reference; for supervisors also by number. The caller records it."""
    permissions.require_active(work)
    supervisor = work.member.role is Role.SUPERVISOR
    sought = _sought(typed, with_numbers=supervisor)
    wanted = bulk_open.newest(work, _SEARCHED, NEWEST)
    why: dict[tuple[str, datetime], tuple[MatchedBy, ...]] = dict.fromkeys(
        _whole_reference(work, typed), (MatchedBy.REFERENCE,)
    )
    unread = 0
    sharing: dict[str, list[str]] = {}
    for found in bulk_open.open_answers(work, wanted, with_numbers=supervisor):
        if isinstance(found, NotOpened):
            unread += 1
        elif matched := tuple(_why(found, sought)):
            why[found.reference, found.received_at] = matched
            for number in found.numbers if MatchedBy.NUMBER in matched else ():
                sharing.setdefault(number, []).append(found.reference)
    newest = sorted(why, key=lambda key: (key[1], key[0]), reverse=True)[:MOST_SHOWN]
    hits = _hits(work, {key[0]: why[key] for key in newest}, sharing)
    return SearchResult(hits, len(why), bulk_open.more(work, _SEARCHED, NEWEST), unread)


def record(work: Work, found: SearchResult) -> None:
    """Record that somebody searched and how many were found, and nothing of what they typed."""
    audit.record(work, "search.done", "search", entry=found.total)


def same_number(work: Work, reference: str) -> SameNumber:
    """Return which requests have the number of this one (S-57); for supervisors. The caller records it."""
    permissions.require_supervisor(work)
    reference = opening.canonical(reference)
    this = bulk_open.newest(work, _SEARCHED, 1).where(Intake.reference == reference)
    own = next(bulk_open.open_answers(work, this, with_numbers=True), None)
    if own is None:
        raise Missing
    if isinstance(own, NotOpened):
        raise Altered(f"intake/{own.reference}")
    references, unread = [], 0
    for found in bulk_open.open_answers(work, bulk_open.newest(work, _SEARCHED, NEWEST), with_numbers=True):
        if isinstance(found, NotOpened):
            unread += 1
        elif found.reference != reference and found.numbers & own.numbers:
            references.append(found.reference)
    return SameNumber(tuple(sorted(references)), bulk_open.more(work, _SEARCHED, NEWEST), unread)


def record_comparison(work: Work, reference: str, twins: SameNumber) -> None:
    """Record that somebody looked for the number of this request, and how many others have it."""
    audit.record(work, "intake.compared", f"intake/{opening.canonical(reference)}", entry=len(twins.references))


def _why(found: OpenedAnswers, sought: _Sought) -> Iterator[MatchedBy]:
    if sought.symbols and sought.symbols in found.reference.replace("-", ""):
        yield MatchedBy.REFERENCE
    name = _folded(found.answers.name)
    if sought.parts and all(part in name for part in sought.parts):
        yield MatchedBy.NAME
    if found.words is not None and _are_words(sought.parts, [_folded(word) for word in found.words]):
        yield MatchedBy.WORDS
    if sought.digits and any(sought.digits in number for number in found.numbers):
        yield MatchedBy.NUMBER


def _are_words(parts: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether one or both code words were typed, whole or begun, in either order."""
    orders = (words, list(reversed(words)))
    return 0 < len(parts) <= len(words) and any(
        all(
            part == word or (len(part) >= _FEWEST_OF_A_WORD and word.startswith(part))
            for part, word in zip(parts, order, strict=False)
        )
        for order in orders
    )


def _whole_reference(work: Work, typed: str) -> list[tuple[str, datetime]]:
    """Return the request of a whole reference, also an erased or an old one."""
    try:
        reference = codes.parse_reference(typed)
    except codes.BadCode:
        return []
    named = select(Intake.reference, Intake.received_at).where(Intake.reference == reference)
    known = named.where(~exclusions.hidden_from(work.member.account_id))
    return [(row.reference, row.received_at) for row in work.session.execute(known)]


def _hits(
    work: Work, why: Mapping[str, tuple[MatchedBy, ...]], sharing: Mapping[str, Sequence[str]]
) -> tuple[Hit, ...]:
    columns = (Intake.reference, Intake.status, Intake.received_at, Intake.claimed_by, Intake.outcome, Account.name)
    found = select(*columns).outerjoin(Account, Account.id == Intake.claimed_by).where(Intake.reference.in_(why))
    rows = {row.reference: row for row in work.session.execute(found)}

    def others(reference: str) -> set[str]:
        return {other for one in sharing.values() if reference in one for other in one} - {reference}

    return tuple(
        Hit(
            reference=reference,
            status=rows[reference].status,
            received_at=rows[reference].received_at,
            claimed_by=rows[reference].name,
            mine=rows[reference].claimed_by == work.member.account_id,
            outcome=rows[reference].outcome,
            why=matched,
            same_number=tuple(sorted(others(reference))),
        )
        for reference, matched in why.items()
    )


def _sought(typed: str, *, with_numbers: bool) -> _Sought:
    symbols = "".join(typed.upper().replace("-", " ").split())
    digits = "".join(letter for letter in typed if letter in string.digits) if _NUMBER.fullmatch(typed) else ""
    return _Sought(
        parts=tuple(_folded(typed).split()),
        symbols=symbols if len(symbols) >= _FEWEST_SYMBOLS and codes.is_part_of_reference(symbols) else "",
        digits=digits if with_numbers and len(digits) >= _FEWEST_DIGITS else "",
    )


def _folded(text: str) -> str:
    """Return a text without case, accents and signs, with single spaces."""
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(_NO_LETTER.sub(" ", text.casefold().translate(_WITHIN_A_NAME)).split())
