"""Coming back with the return code: status and replies, something to say, other wishes, a new number, withdrawing.

The code opens the thread and never the answers. Nothing here needs the ring or the audit key, and an unknown code
costs what a known one does.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.crypto import contexts, tokens
from app.crypto.contexts import Context
from app.crypto.epochs import EpochFacts
from app.crypto.tokens import Unreadable
from app.crypto.words import ReturnCode
from app.domain.intake import numbers, thread, wishes
from app.domain.intake.answers import Wishes
from app.domain.intake.numbers import Number
from app.domain.intake.thread import Entry
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Altered, Missing, Reason, Refused, Work
from app.models import EntryKind, Intake, LetterKind, Status

#: What a client may say, word for word. The page has the words.
SENTENCES = ("question", "missed", "later", "changed", "still", "thanks")
TEXT_LETTERS = 200
#: What staff may answer. Free text never leaves the desk.
TEMPLATES = ("read", "will_call", "tried", "stopped", "call_us", "times", "number", "refer")

UNDO_FOR = timedelta(hours=24)
#: So many entries of a client are taken in a day; stopping our calls is never counted.
MOST_IN_A_DAY = 20
_A_DAY = timedelta(hours=24)
# A thread this long, or a shorter one, takes as many derivations of keys as no thread at all.
_USUAL_ENTRIES = 8
_NOWHERE = UUID(int=0)


@dataclass(frozen=True)
class Seen:
    """What the page may show: a status, and what staff chose to answer. Nothing that the client ever wrote."""

    status: Status
    #: Templates in order, each with the moment it was chosen.
    replies: tuple[tuple[str, datetime], ...]
    #: Somebody has just looked at the number.
    calling: bool
    #: Until when a withdrawal can be undone; None where there is nothing to undo.
    undo_until: datetime | None
    held: bool


@dataclass(frozen=True)
class _Back:
    """A thread, opened by its code."""

    intake: Intake = field(repr=False)
    key: bytes = field(repr=False)
    entries: list[Entry] = field(repr=False)

    @property
    def withdrawn(self) -> bool:
        """What the thread says; the column may have been changed."""
        return self.intake.status is Status.WITHDRAWN or thread.is_withdrawn(self.entries)

    def took(self, receipt: bytes) -> bool:
        return any(entry.row.receipt_hash == receipt for entry in self.entries)


def find(work: Work, code: ReturnCode) -> Seen:
    """Return what the page shows for a code; `Missing` when there is no such request any more."""
    back = _opened(work, code, select(Intake))
    intake = back.intake
    replies = (entry for entry in back.entries if entry.kind is EntryKind.MESSAGE and "template" in entry.value)
    return Seen(
        status=Status.WITHDRAWN if back.withdrawn else intake.status,
        replies=tuple((entry.value["template"], entry.at) for entry in replies),
        calling=intake.calling_until is not None and work.now < intake.calling_until,
        undo_until=_undo_until(work, intake),
        held=intake.held,
    )


def say(work: Work, code: ReturnCode, *, nonce: bytes, sentence: str, text: str) -> None:
    """Leave a message. The same message from one showing of the page is one message."""
    value = {"from": wishes.CLIENT, "sentence": sentence, "text": text}
    _append(work, code, EntryKind.MESSAGE, value, _receipt(nonce, EntryKind.MESSAGE, value))


def wish(work: Work, code: ReturnCode, *, nonce: bytes, wished: Wishes) -> None:
    """Change how contact is safe: what it forbids holds at once, what it allows is asked about by voice."""
    value = wishes.wished_form(wished)
    _append(work, code, EntryKind.WISHES, value, _receipt(nonce, EntryKind.WISHES, value))


def give_number(work: Work, code: ReturnCode, epoch: EpochFacts, *, nonce: bytes, number: Number) -> None:
    """Leave a new number that only the desk can read; it is asked about by voice before it is called."""
    # Its box is another one each time, so the receipt is for the number itself.
    receipt = _receipt(nonce, EntryKind.WISHES, vars(number))
    intake_id = _locked(work, code).intake.id
    box = numbers.seal(epoch, intake_id, number)
    value = wishes.number_form(numbers.box_hash(box))
    _append(work, code, EntryKind.WISHES, value, receipt, sealed_number=box, epoch_id=epoch.id)


def withdraw(work: Work, code: ReturnCode, *, nonce: bytes) -> None:
    """Stop contact at once. It can be undone for 24 hours; then the worker erases everything but a tombstone."""
    back = _locked(work, code)
    receipt = _receipt(nonce, EntryKind.WITHDRAWAL, {"withdrawn": True})
    if back.withdrawn or back.took(receipt):
        return
    intake = back.intake
    _write(work, back, EntryKind.WITHDRAWAL, {"withdrawn": True}, receipt, line="intake.withdrawn")
    intake.status, intake.withdrawn_at = Status.WITHDRAWN, work.now
    intake.outcome = intake.closed_at = intake.follow_up_at = None
    outbox.cancel_about(work, intake.id)
    _tell(work, intake)


def undo(work: Work, code: ReturnCode, *, nonce: bytes) -> None:
    """Take a withdrawal back; the request is open again. `Refused` when it is too late."""
    back = _locked(work, code)
    receipt = _receipt(nonce, EntryKind.WITHDRAWAL, {"withdrawn": False})
    if not back.withdrawn or back.took(receipt):
        return
    if _undo_until(work, back.intake) is None:
        raise Refused(Reason.TOO_LATE)
    _refuse_too_many(work, back)
    intake = back.intake
    _write(work, back, EntryKind.WITHDRAWAL, {"withdrawn": False}, receipt, line="intake.restored")
    intake.withdrawn_at = None
    _open_again(intake)
    _tell(work, intake)


def _append(
    work: Work, code: ReturnCode, kind: EntryKind, value: Mapping[str, Any], receipt: bytes, **beside: Any
) -> None:
    """Write an entry that was not written yet, and open what was closed: somebody has to see it."""
    back = _locked(work, code)
    if back.took(receipt):
        return
    if back.withdrawn:
        raise Refused(Reason.WITHDRAWN)
    _refuse_too_many(work, back)
    _write(work, back, kind, value, receipt, **beside)
    intake = back.intake
    if intake.status is Status.CLOSED:
        _open_again(intake)
    _tell(work, intake)


def _locked(work: Work, code: ReturnCode) -> _Back:
    """Open the thread so that nobody else, client or staff, writes its next entry meanwhile."""
    return _opened(work, code, select(Intake).with_for_update())


def _opened(work: Work, code: ReturnCode, intakes: Select[Intake]) -> _Back:
    """Open a thread by its code. Without one, the same statements and derivations end in `Missing`."""
    keys = {keys.lookup: keys.key for keys in work.vault.secret.return_keys(code)}
    # Who waited for the row must see what the other wrote.
    intake = work.session.scalar(
        intakes.where(Intake.return_lookup.in_(list(keys))), execution_options={"populate_existing": True}
    )
    rows = thread.rows(
        work, intake_id=intake.id if intake else _NOWHERE, reference=intake.reference if intake else "none"
    )
    for number in range(len(rows), _USUAL_ENTRIES):
        _derive_for_nothing(contexts.message(_NOWHERE, number))
    if intake is None:
        _derive_for_nothing(contexts.thread_key_by_return_code(_NOWHERE))
        raise Missing
    place = contexts.thread_key_by_return_code(intake.id)
    try:
        key = tokens.open_bytes(keys[intake.return_lookup or b""], place, intake.sealed_return_key)
    except Unreadable as error:
        raise Altered(f"intake/{intake.reference}") from error
    return _Back(intake, key, thread.opened(intake.id, key, rows))


def _derive_for_nothing(place: Context) -> None:
    tokens.sub_key(bytes(32), place.path)


def _open_again(intake: Intake) -> None:
    """Give it back to whoever had it, unless they have left since."""
    intake.status = Status.CLAIMED if intake.claimed_by else Status.WAITING
    intake.outcome = intake.closed_at = None


def _undo_until(work: Work, intake: Intake) -> datetime | None:
    if intake.withdrawn_at is None or work.now - intake.withdrawn_at >= UNDO_FOR:
        return None
    return intake.withdrawn_at + UNDO_FOR


def _write(
    work: Work,
    back: _Back,
    kind: EntryKind,
    value: Mapping[str, Any],
    receipt: bytes,
    *,
    line: str = "thread.written",
    **beside: Any,
) -> None:
    """Write the next entry of the thread, and its line in the trail."""
    thread.THREAD.append(
        work,
        back.entries,
        intake=back.intake,
        key=back.key,
        kind=kind,
        value=value,
        line=line,
        receipt_hash=receipt,
        **beside,
    )


def _tell(work: Work, intake: Intake) -> None:
    """Start the clock as for a new request, and write to whoever has it, or is on call."""
    intake.heard_at = work.now.replace(second=0, microsecond=0)
    intake.due_at = None if intake.status is Status.WITHDRAWN else _due_at(work, intake)
    told = oncall.recipients_about(work, intake)
    oncall.start_clock(intake, told)
    outbox.write(work, LetterKind.NEWS, told, intake.id)


def _due_at(work: Work, intake: Intake) -> datetime:
    """Return by when somebody has to act on news: whoever writes again waits no longer for what was promised before."""
    promised_at = oncall.promise(work)
    if intake.due_at is None or intake.due_at == intake.follow_up_at:
        return promised_at
    return min(intake.due_at, promised_at)


def _refuse_too_many(work: Work, back: _Back) -> None:
    """Keep a lost code from filling the team's mailboxes."""
    theirs = (entry for entry in back.entries if entry.row.receipt_hash and entry.value.get("from") != wishes.STAFF)
    recent = [entry for entry in theirs if work.now - entry.at < _A_DAY]
    if len(recent) >= MOST_IN_A_DAY:
        raise Refused(Reason.TOO_MANY_ENTRIES)


def _receipt(nonce: bytes, kind: EntryKind, value: Mapping[str, Any]) -> bytes:
    """Return what makes two sendings of one page, saying the same, one entry."""
    said = json.dumps([kind, value], sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.sha256(tokens.framed([nonce, said])).digest()
