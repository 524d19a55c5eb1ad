"""Finding a request by what only its client and the team know: opened for one search, told as references.

Which words were looked for is never kept; that somebody looked, and how many requests were found, is recorded.
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

#: So many requests are opened for one search; who looks for an older one needs its reference.
NEWEST = 5_000
MOST_SHOWN = 50
_FEWEST_LETTERS = 2
#: The beginning of one of the two words counts from here.
_FEWEST_OF_A_WORD = 3
_FEWEST_DIGITS = 4
_FEWEST_SYMBOLS = 4
#: Signs that people leave out of a name: Renée O'Brien is also renee obrien.
_WITHIN_A_NAME = str.maketrans("", "", "'’ʼ`´")
_NO_LETTER = re.compile(r"[\W_]+")
_SEARCHED = (Status.WAITING, Status.CLAIMED, Status.CLOSED)
_NUMBER = re.compile(r"[\d\s().+/-]+")


class MatchedBy(StrEnum):
    """What matched."""

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
    #: Others that were found with the same number; for supervisors alone.
    same_number: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """What a search found, the newest first, and what it could not see."""

    hits: tuple[Hit, ...]
    #: How many were found, shown or not.
    total: int
    #: Older requests were not opened.
    more: bool
    #: How many did not open for this member.
    unread: int


@dataclass(frozen=True)
class SameNumber:
    """Requests that came with the number of another one: separate people, who may live in one house."""

    references: tuple[str, ...]
    more: bool
    unread: int


@dataclass(frozen=True)
class _Sought:
    """What somebody typed, as each kind of match wants it."""

    parts: tuple[str, ...] = field(repr=False)
    #: How a reference would be written; empty for what cannot be a part of one.
    symbols: str = field(repr=False)
    #: Empty for what is no part of a number, or is not to be looked for.
    digits: str = field(repr=False)


def enough(typed: str) -> bool:
    """Return whether there is enough to look for."""
    return len("".join(_folded(typed).split())) >= _FEWEST_LETTERS


def find(work: Work, typed: str) -> SearchResult:
    """Look for a name, two words or a reference; supervisors also for a number. The caller records it."""
    permissions.require_active(work)
    supervisor = work.member.role is Role.SUPERVISOR
    sought = _sought(typed, with_numbers=supervisor)
    wanted = bulk_open.newest(work, _SEARCHED, NEWEST)
    why: dict[tuple[str, datetime], tuple[MatchedBy, ...]] = dict.fromkeys(
        _whole_reference(work, typed), (MatchedBy.REFERENCE,)
    )
    unread = 0
    sharing: dict[str, list[str]] = {}
    for sheet in (
        bulk_open.open_answers_with_numbers(work, wanted) if supervisor else bulk_open.open_answers(work, wanted)
    ):
        if isinstance(sheet, NotOpened):
            unread += 1
        elif matched := tuple(_why(sheet, sought)):
            why[sheet.reference, sheet.received_at] = matched
            for number in sheet.numbers if MatchedBy.NUMBER in matched else ():
                sharing.setdefault(number, []).append(sheet.reference)
    newest = sorted(why, key=lambda found: (found[1], found[0]), reverse=True)[:MOST_SHOWN]
    hits = _hits(work, {found[0]: why[found] for found in newest}, sharing)
    return SearchResult(hits, len(why), bulk_open.more(work, _SEARCHED, NEWEST), unread)


def record(work: Work, found: SearchResult) -> None:
    """Record that somebody searched and how much was found, and nothing of what for."""
    audit.record(work, "search.done", "search", entry=found.total)


def same_number(work: Work, reference: str) -> SameNumber:
    """Return which requests came with the number of this one (S-57), for supervisors. The caller records it."""
    permissions.require_active(work)
    if work.member.role is not Role.SUPERVISOR:
        raise Missing
    reference = opening.canonical(reference)
    this = bulk_open.newest(work, _SEARCHED, 1).where(Intake.reference == reference)
    numbers = next((_readable(sheet).numbers for sheet in bulk_open.open_answers_with_numbers(work, this)), None)
    if numbers is None:
        raise Missing
    references, unread = [], 0
    for sheet in bulk_open.open_answers_with_numbers(work, bulk_open.newest(work, _SEARCHED, NEWEST)):
        if isinstance(sheet, NotOpened):
            unread += 1
        elif sheet.reference != reference and sheet.numbers & numbers:
            references.append(sheet.reference)
    return SameNumber(tuple(sorted(references)), bulk_open.more(work, _SEARCHED, NEWEST), unread)


def record_comparison(work: Work, reference: str, twins: SameNumber) -> None:
    """Record that somebody looked for the number of this request, and how many came with it."""
    audit.record(work, "intake.compared", f"intake/{opening.canonical(reference)}", entry=len(twins.references))


def _readable(sheet: OpenedAnswers | NotOpened) -> OpenedAnswers:
    if isinstance(sheet, NotOpened):
        raise Altered(f"intake/{sheet.reference}")
    return sheet


def _why(sheet: OpenedAnswers, sought: _Sought) -> Iterator[MatchedBy]:
    if sought.symbols and sought.symbols in sheet.reference.replace("-", ""):
        yield MatchedBy.REFERENCE
    name = _folded(sheet.answers.name)
    if sought.parts and all(part in name for part in sought.parts):
        yield MatchedBy.NAME
    if sheet.words is not None and _are_words(sought.parts, [_folded(word) for word in sheet.words]):
        yield MatchedBy.WORDS
    if sought.digits and any(sought.digits in number for number in sheet.numbers):
        yield MatchedBy.NUMBER


def _are_words(parts: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether one or both of the two words were typed, whole or begun, in either order."""
    orders = (words, list(reversed(words)))
    return 0 < len(parts) <= len(words) and any(
        all(_begins(part, word) for part, word in zip(parts, order, strict=False)) for order in orders
    )


def _begins(part: str, word: str) -> bool:
    return part == word or (len(part) >= _FEWEST_OF_A_WORD and word.startswith(part))


def _whole_reference(work: Work, typed: str) -> list[tuple[str, datetime]]:
    """Return the request of a whole reference, whatever became of it and however old it is."""
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
    """Return what the page shows of requests, in the order of `why`."""
    columns = (Intake.reference, Intake.status, Intake.received_at, Intake.claimed_by, Intake.outcome, Account.name)
    found = select(*columns).outerjoin(Account, Account.id == Intake.claimed_by).where(Intake.reference.in_(why))
    rows = {row.reference: row for row in work.session.execute(found)}
    return tuple(
        Hit(
            reference=reference,
            status=rows[reference].status,
            received_at=rows[reference].received_at,
            claimed_by=rows[reference].name,
            mine=rows[reference].claimed_by == work.member.account_id,
            outcome=rows[reference].outcome,
            why=matched,
            same_number=_others(reference, sharing),
        )
        for reference, matched in why.items()
    )


def _others(reference: str, sharing: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    found = {other for references in sharing.values() if reference in references for other in references}
    return tuple(sorted(found - {reference}))


def _sought(typed: str, *, with_numbers: bool) -> _Sought:
    symbols = "".join(typed.upper().replace("-", " ").split())
    digits = "".join(letter for letter in typed if letter in string.digits) if _NUMBER.fullmatch(typed) else ""
    return _Sought(
        parts=tuple(_folded(typed).split()),
        symbols=symbols if len(symbols) >= _FEWEST_SYMBOLS and codes.is_part_of_reference(symbols) else "",
        digits=digits if with_numbers and len(digits) >= _FEWEST_DIGITS else "",
    )


def _folded(text: str) -> str:
    """Return a text without case, accents and signs, its parts one space apart."""
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(_NO_LETTER.sub(" ", text.casefold().translate(_WITHIN_A_NAME)).split())
