"""The code words of open requests: new ones for a call, all of them for comparing, or for the paper card."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.crypto import words
from app.domain import audit, permissions
from app.domain.casework import claims
from app.domain.intake import case_log, opening
from app.domain.intake.opening import Case
from app.domain.intake.sealed_log import has_receipt, receipt_hash
from app.domain.lists import bulk_open
from app.domain.lists.bulk_open import NotOpened, OpenedAnswers
from app.domain.work import Reason, Refused, Work
from app.models import Grant, Intake, LogKind, Status

#: We say the first word, the client answers with the second.
Pair = tuple[str, str]

#: As many as fit on paper; the newest are the likeliest to call.
MOST_ON_PAPER = 200
_OPEN = (Status.WAITING, Status.CLAIMED)


def renew(work: Work, reference: str, idempotency_key: str | None = None) -> Pair:
    """Return new code words to read out in a call that reached the client; `Refused` unless the old ones are burnt."""
    case = opening.unlock(work, reference)
    receipt = receipt_hash(idempotency_key)
    if not has_receipt(case.log, receipt):
        claims.ensure_mine(work, case)
        if not may_renew(case.log, burnt=case_log.words_in_force(case.answers, case.log) is None):
            raise Refused(Reason.NOT_REACHED)
    return give(work, case, receipt)


def may_renew(entries: list[case_log.Entry] | tuple[case_log.Logged, ...], *, burnt: bool) -> bool:
    """Return whether the code words are burnt and the last call reached the client."""
    calls = [entry for entry in entries if entry.kind is LogKind.ATTEMPT]
    return burnt and bool(calls) and calls[-1].value["outcome"] == "reached"


def give(work: Work, case: Case, receipt: bytes | None) -> Pair:
    """Return new code words in the language of the call, and write them down; the same ones for the same form."""
    if not has_receipt(case.log, receipt):
        spoken = case.answers.language
        language = spoken if spoken in words.LANGUAGES else case.intake.language
        opening.write(work, case, LogKind.WORDS, {"words": list(words.code_words(language))}, receipt)
    pair = case_log.words_in_force(case.answers, case.log)
    if pair is None:
        raise Refused(Reason.NOT_REACHED)
    return pair


@dataclass(frozen=True)
class CodeWords:
    reference: str
    received_at: datetime
    pair: Pair = field(repr=False)


@dataclass(frozen=True)
class OpenCodeWords:
    """Code words of the newest open requests, longest waiting first; without burnt ones."""

    lines: tuple[CodeWords, ...] = field(repr=False)
    #: There are older open requests, whose code words were not opened.
    more: bool
    #: References of requests that did not open.
    altered: tuple[str, ...]
    made_at: datetime


def read_open_requests(work: Work, most: int) -> OpenCodeWords:
    """Open the code words of the newest open requests that the member has a key of."""
    permissions.require_active(work)
    granted = select(Grant.epoch_id).where(Grant.holder_id == work.member.holder_id)
    found = list(bulk_open.open_answers(work, bulk_open.newest(work, _OPEN, most).where(Intake.epoch_id.in_(granted))))
    lines = [
        CodeWords(one.reference, one.received_at, one.words)
        for one in found
        if isinstance(one, OpenedAnswers) and one.words is not None
    ]
    lines.sort(key=lambda one: one.reference, reverse=True)
    lines.sort(key=lambda one: one.received_at)
    altered = sorted(one.reference for one in found if isinstance(one, NotOpened))
    return OpenCodeWords(tuple(lines), bulk_open.more(work, _OPEN, most), tuple(altered), work.now)


def make_paper_card(work: Work) -> OpenCodeWords:
    """Return what is printed on the paper card, and record each request on it; for supervisors, freshly proved."""
    permissions.require_supervisor(work)
    permissions.require_fresh(work)
    card = read_open_requests(work, MOST_ON_PAPER)
    audit.record(work, "card.printed", *(f"intake/{one.reference}" for one in card.lines))
    return card
