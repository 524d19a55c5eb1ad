"""The two words of a request that go on: a new pair, told by voice, once somebody else knows the old one."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.crypto import words
from app.domain import permissions
from app.domain.casework import claims
from app.domain.intake import case_log, opening, receipts
from app.domain.intake.opening import Case
from app.domain.lists import bulk_open
from app.domain.lists.bulk_open import NotOpened, OpenedAnswers
from app.domain.work import Reason, Refused, Work
from app.models import Grant, Intake, LogKind, Status

#: We say the first word, the client answers with the second.
Pair = tuple[str, str]


def renew(work: Work, reference: str, nonce: str | None = None) -> Pair:
    """Return a new pair to read out in the call that just reached them; `Refused` unless the old one is burnt."""
    case = opening.unlock(work, reference)
    receipt = receipts.of(nonce)
    if not receipts.has(case.log, receipt):
        claims.ensure_mine(work, case)
        if not may_renew(case.log, burnt=case_log.words_in_force(case.answers, case.log) is None):
            raise Refused(Reason.NOT_REACHED)
    return give(work, case, receipt)


def may_renew(entries: list[case_log.Entry] | tuple[case_log.Logged, ...], *, burnt: bool) -> bool:
    """Return whether the words are burnt and the last call reached the client."""
    calls = [entry for entry in entries if entry.kind is LogKind.ATTEMPT]
    return burnt and bool(calls) and calls[-1].value["outcome"] == "reached"


def give(work: Work, case: Case, receipt: bytes | None) -> Pair:
    """Return a new pair in the language of the call, and write it down; the same again for the same page."""
    if not receipts.has(case.log, receipt):
        opening.write(work, case, LogKind.WORDS, {"words": list(words.code_words(_language(case)))}, receipt)
    pair = case_log.words_in_force(case.answers, case.log)
    if pair is None:
        raise Refused(Reason.NOT_REACHED)
    return pair


def _language(case: Case) -> str:
    """Return the language they speak on the phone, or that of their page where we have no words in it."""
    spoken = case.answers.language
    return spoken if spoken in words.LANGUAGES else case.intake.language


_OPEN = (Status.WAITING, Status.CLAIMED)


@dataclass(frozen=True)
class CodeWords:
    """The words of one request."""

    reference: str
    received_at: datetime
    pair: Pair = field(repr=False)


@dataclass(frozen=True)
class OpenCodeWords:
    """Words of the newest open requests, newest first; burnt ones are left out."""

    given: tuple[CodeWords, ...] = field(repr=False)
    #: There are older open requests, and nobody looked at their words.
    more: bool
    #: Records that are not what this service wrote.
    altered: tuple[str, ...]


def read_open_requests(work: Work, most: int) -> OpenCodeWords:
    """Return the words of the newest open requests that the member has a key of."""
    permissions.require_active(work)
    granted = select(Grant.epoch_id).where(Grant.holder_id == work.member.holder_id)
    wanted = bulk_open.newest(work, _OPEN, most).where(Intake.epoch_id.in_(granted))
    sheets = list(bulk_open.open_answers(work, wanted))
    given = [
        CodeWords(sheet.reference, sheet.received_at, sheet.words)
        for sheet in sheets
        if isinstance(sheet, OpenedAnswers) and sheet.words is not None
    ]
    newest_first = sorted(sorted(given, key=lambda one: one.reference), key=lambda one: one.received_at, reverse=True)
    altered = sorted(sheet.reference for sheet in sheets if isinstance(sheet, NotOpened))
    return OpenCodeWords(tuple(newest_first), bulk_open.more(work, _OPEN, most), tuple(altered))
