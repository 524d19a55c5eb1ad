"""Incoming calls: finds the request by its code words, verifies the caller, and writes down the call.

Until the caller is verified, this module returns references only, and writes nothing about a request.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import permutations

from sqlalchemy import delete, select

from app.crypto import phonetics
from app.crypto.words import plain
from app.domain import audit, permissions
from app.domain.accounts import throttle
from app.domain.calls import call_log, code_words
from app.domain.calls.call_log import CallReport
from app.domain.calls.code_words import Pair
from app.domain.casework import claims
from app.domain.intake import opening, returning, thread
from app.domain.intake.opening import Case
from app.domain.intake.sealed_log import has_receipt, receipt_hash
from app.domain.work import Missing, Refused, Work
from app.models import EntryKind, Intake, LogEntry, SignInDelay, Status

#: So many open requests are compared, the newest.
MOST = 5_000
#: What a caller may want, and the outcome of the call.
SAID = {"talked": "reached", "could_not_talk": "bad_time", "stop": "reached", "again": "reached"}


@dataclass(frozen=True)
class Heard:
    """One or two code words as somebody heard them, in any order."""

    words: tuple[str, ...] = field(repr=False)
    #: One of them was picked from words that sound like what was said.
    picked: bool = False


@dataclass(frozen=True)
class Match:
    """The requests that the heard words may belong to, longest waiting first."""

    references: tuple[str, ...]
    #: The words are equal, not only similar in sound.
    exact: bool
    #: Both words are equal to those of one request alone. Otherwise the caller has to know more.
    certain: bool
    more: bool
    altered: tuple[str, ...]


@dataclass(frozen=True)
class IncomingCall:
    """What a caller knows without help: a name, and a time they checked; None where they checked none."""

    name: str = field(repr=False)
    when: str | None = field(repr=False)


def note_comparing(work: Work) -> None:
    """Record that somebody compares words with the code words of open requests, and never the words."""
    permissions.require_active(work)
    audit.record(work, "call.compared", f"account/{work.member.account_id}")


def match(work: Work, heard: Heard) -> Match:
    """Return the requests with these code words, or else with similar ones, which may have been misheard."""
    spelled = [plain(word) for word in heard.words]
    alike = [{word, *phonetics.could_be(word)} for word in spelled]
    every = set().union(*alike)

    def is_similar(pair: Pair) -> bool:
        # Nearly all pairs end here.
        if every.isdisjoint(map(plain, pair)):
            return False
        return any(all(word in near for word, near in zip(ours, alike, strict=True)) for ours in orders(pair))

    def orders(pair: Pair) -> Iterator[tuple[str, ...]]:
        return permutations((plain(pair[0]), plain(pair[1])), len(spelled))

    read = code_words.read_open_requests(work, MOST)
    known = [one for one in read.lines if is_similar(one.pair)]
    exact = [one for one in known if tuple(spelled) in orders(one.pair)]
    return Match(
        references=tuple(one.reference for one in exact or known),
        exact=bool(exact),
        certain=len(exact) == 1 and len(spelled) == 2 and not heard.picked,
        more=read.more,
        altered=read.altered,
    )


def verify(work: Work, references: Sequence[str], call: IncomingCall) -> str | None:
    """Return the one request of these that is the caller's; None, which counts, when none is. May raise `TooSoon`."""
    name_hash = throttle.count(work, f"called/{' '.join(sorted(references))}")
    theirs = [case for case in _cases(work, references) if _knows(case, call)]
    if len(theirs) != 1:
        audit.record(work, "call.refused", f"account/{work.member.account_id}")
        return None
    work.session.execute(delete(SignInDelay).where(SignInDelay.name_hash == name_hash))
    audit.record(work, "call.verified", theirs[0].subject)
    return theirs[0].intake.reference


def log_incoming_call(
    work: Work, reference: str, said: str, *, note: str = "", happened_at: datetime | None = None, idempotency_key: str
) -> None:
    """Write down a call of a verified caller. One who says stop is not called again, and a day later all is erased."""
    receipt = receipt_hash(idempotency_key, said, note)
    try:
        case = opening.unlock(work, reference)
    except Refused:
        # The same form may have stopped it already.
        entry = select(LogEntry.number).join(Intake, Intake.id == LogEntry.intake_id)
        known = entry.where(Intake.reference == opening.canonical(reference), LogEntry.receipt_hash == receipt)
        if work.session.scalar(known) is not None:
            return
        raise
    if has_receipt(case.log, receipt):
        return
    call = CallReport(SAID[said], call_log.IN, note, happened_at, said)
    if said == "stop":
        claims.require_open(case)
    else:
        claims.ensure_claimed(work, case)
    call_log.write(work, case, call, receipt=receipt)
    if said == "stop":
        # As a withdrawal on the return page does; there it can be undone for a day.
        opening.write(work, case, EntryKind.WITHDRAWAL, {"withdrawn": True, "from": thread.STAFF})
        returning.stop_contact(work, case.intake)
        claims.notify_owner(work, case)


def renew_words(work: Work, reference: str, idempotency_key: str) -> Pair:
    """Return new code words to read out to a verified caller who forgot the old ones, or was overheard."""
    case = opening.unlock(work, reference)
    claims.require_open(case)
    return code_words.give(work, case, receipt_hash(idempotency_key, "words"))


def _cases(work: Work, references: Sequence[str]) -> Iterator[Case]:
    """Yield those that are still open, always in one order, so that no two transactions wait for each other."""
    for reference in sorted(references):
        try:
            case = opening.unlock(work, reference)
        except (Missing, Refused):
            continue
        if case.intake.status is not Status.CLOSED:
            yield case


def _knows(case: Case, call: IncomingCall) -> bool:
    """Return whether the caller knows what came with the request, not by the return page, which others may know."""
    asked = [e.value for e in case.thread if e.kind is EntryKind.WISHES and e.value.get("from") != thread.CLIENT]
    times = {window for value in asked for window in value["when"]}
    return _same_name(call.name, case.answers.name) and (call.when in times if call.when else not times)


def _same_name(one: str, other: str) -> bool:
    """Return whether two names sound the same; a first name is enough."""
    words = list(zip(one.split(), other.split(), strict=False))
    return bool(words) and (phonetics.alike(one, other) or all(phonetics.alike(*pair) for pair in words))
