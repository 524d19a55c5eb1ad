"""What a client can do with the return code: read status and replies, write, change wishes or number, withdraw.

The code opens the thread and never the answers. Nothing here needs the ring or the audit key, and an unknown code
costs as much as a known one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select

from app.crypto import contexts, tokens
from app.crypto.contexts import Context
from app.crypto.vault import EpochFacts
from app.crypto.words import ReturnCode
from app.domain.intake import numbers, thread, tombstones
from app.domain.intake.answers import Wishes
from app.domain.intake.numbers import Number
from app.domain.intake.sealed_log import NewEntry, has_receipt, receipt_hash
from app.domain.intake.thread import Entry
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Missing, Reason, Refused, Work, altered
from app.models import EntryKind, Intake, Letter, LetterKind, Status

#: What a client may say. The page has the sentences.
SENTENCES = ("question", "missed", "later", "changed", "still", "thanks")
TEXT_LETTERS = 200
#: What staff may answer. Free text never leaves the desk.
TEMPLATES = ("read", "will_call", "tried", "stopped", "call_us", "times", "number", "refer")

#: So many entries of a client are accepted in a day; a withdrawal is never refused.
MOST_IN_A_DAY = 20
_A_DAY = timedelta(hours=24)
# A thread up to this length costs as many derivations of keys as no thread at all.
_USUAL_ENTRIES = 8
_NOWHERE = UUID(int=0)


@dataclass(frozen=True)
class Seen:
    """What the page may show: nothing that the client ever wrote."""

    status: Status
    #: The templates that staff answered with, and when.
    replies: tuple[tuple[str, datetime], ...]
    #: Somebody has just looked at the number.
    calling: bool
    #: Until when a withdrawal can be undone.
    undo_until: datetime | None
    held: bool


@dataclass(frozen=True)
class _Back:
    intake: Intake = field(repr=False)
    key: bytes = field(repr=False)
    entries: list[Entry] = field(repr=False)

    @property
    def withdrawn(self) -> bool:
        """Whether it is withdrawn; somebody may have changed the column, not the thread."""
        return self.intake.status is Status.WITHDRAWN or thread.is_withdrawn(self.entries)


def find(work: Work, code: ReturnCode) -> Seen:
    """Return what the page shows for a code; `Missing` when there is no such request any more."""
    back = _opened(work, code, select(Intake))
    intake = back.intake
    return Seen(
        status=Status.WITHDRAWN if back.withdrawn else intake.status,
        replies=thread.replies(back.entries),
        calling=intake.calling_until is not None and work.now < intake.calling_until,
        undo_until=_undo_until(work, intake),
        held=intake.held,
    )


def say(work: Work, code: ReturnCode, *, idempotency_key: bytes, sentence: str, text: str) -> None:
    value = {"from": thread.CLIENT, "sentence": sentence, "text": text}
    _write(work, code, _entry(EntryKind.MESSAGE, value, idempotency_key))


def wish(work: Work, code: ReturnCode, *, idempotency_key: bytes, wished: Wishes) -> None:
    """Change how contact is safe: what it forbids is in force at once, what it allows is asked about by voice."""
    value = {**wished.sealed_form(), "from": thread.CLIENT}
    _write(work, code, _entry(EntryKind.WISHES, value, idempotency_key))


def give_number(work: Work, code: ReturnCode, epoch: EpochFacts, *, idempotency_key: bytes, number: Number) -> None:
    """Leave a new number that only the desk can read; it is asked about by voice before it is called."""
    # The same number is sealed differently each time, so the receipt is for the number itself.
    receipt = receipt_hash(idempotency_key, EntryKind.WISHES, vars(number))
    sealed = numbers.seal(epoch, _locked(work, code).intake.id, number)
    value = {"from": thread.CLIENT, "number": sealed.digest}
    _write(work, code, NewEntry(EntryKind.WISHES, value, receipt, sealed))


def withdraw(work: Work, code: ReturnCode, *, idempotency_key: bytes) -> None:
    """Stop contact at once. It can be undone for 24 hours; then the worker erases everything but a tombstone."""
    back, new = _locked(work, code), _entry(EntryKind.WITHDRAWAL, {"withdrawn": True}, idempotency_key)
    if back.withdrawn or has_receipt(back.entries, new.receipt_hash):
        return
    intake = back.intake
    thread.THREAD.append(work, back.entries, intake, back.key, new)
    stop_contact(work, intake)
    _notify(work, intake)


def stop_contact(work: Work, intake: Intake) -> None:
    """Mark a request as withdrawn, and cancel its letters; the caller writes the entry in the thread."""
    intake.status, intake.withdrawn_at = Status.WITHDRAWN, work.now
    intake.outcome = intake.closed_at = intake.follow_up_at = intake.due_at = None
    outbox.cancel(work, Letter.intake_id == intake.id)


def undo(work: Work, code: ReturnCode, *, idempotency_key: bytes) -> None:
    """Take a withdrawal back; the request is open again. `Refused` when it is too late."""
    back, new = _locked(work, code), _entry(EntryKind.WITHDRAWAL, {"withdrawn": False}, idempotency_key)
    if not back.withdrawn or has_receipt(back.entries, new.receipt_hash):
        return
    if _undo_until(work, back.intake) is None:
        raise Refused(Reason.TOO_LATE)
    _refuse_too_many(work, back)
    intake = back.intake
    thread.THREAD.append(work, back.entries, intake, back.key, new)
    intake.withdrawn_at = None
    _open_again(intake)
    _notify(work, intake)


def _entry(kind: EntryKind, value: Mapping[str, object], idempotency_key: bytes) -> NewEntry:
    return NewEntry(kind, value, receipt_hash(idempotency_key, kind, value))


def _write(work: Work, code: ReturnCode, new: NewEntry) -> None:
    """Write an entry that was not written yet, and reopen a closed request: somebody has to see it."""
    back = _locked(work, code)
    if has_receipt(back.entries, new.receipt_hash):
        return
    if back.withdrawn:
        raise Refused(Reason.WITHDRAWN)
    _refuse_too_many(work, back)
    thread.THREAD.append(work, back.entries, back.intake, back.key, new)
    intake = back.intake
    if intake.status is Status.CLOSED:
        _open_again(intake)
    _notify(work, intake)


def _locked(work: Work, code: ReturnCode) -> _Back:
    """Open the thread and lock it: nobody else writes its next entry meanwhile."""
    return _opened(work, code, select(Intake).with_for_update())


def _opened(work: Work, code: ReturnCode, intakes: Select[Intake]) -> _Back:
    """Open a thread by its code. Without one, the same statements and derivations end in `Missing`."""
    keys = {keys.lookup: keys.key for keys in work.vault.secret.return_keys(code)}
    # After waiting for the lock, the row may be another.
    intake = work.session.scalar(
        intakes.where(Intake.return_lookup.in_(list(keys))), execution_options={"populate_existing": True}
    )
    rows = thread.THREAD.read(work, intake.id if intake else _NOWHERE)
    for number in range(len(rows), _USUAL_ENTRIES):
        _derive_for_nothing(contexts.message(_NOWHERE, number))
    if intake is None:
        _derive_for_nothing(contexts.thread_key_by_return_code(_NOWHERE))
        raise Missing
    place = contexts.thread_key_by_return_code(intake.id)
    with altered(f"intake/{intake.reference}"):
        key = tokens.open_bytes(keys[intake.return_lookup or b""], place, intake.sealed_return_key)
    return _Back(intake, key, thread.THREAD.open(intake.id, key, rows))


def _derive_for_nothing(place: Context) -> None:
    tokens.sub_key(bytes(32), place.path)


def _open_again(intake: Intake) -> None:
    """Reopen a request for the member who had it, unless they have left since."""
    intake.status = Status.CLAIMED if intake.claimed_by else Status.WAITING
    intake.outcome = intake.closed_at = None


def _undo_until(work: Work, intake: Intake) -> datetime | None:
    if intake.withdrawn_at is None or work.now - intake.withdrawn_at >= tombstones.ERASED_AFTER:
        return None
    return intake.withdrawn_at + tombstones.ERASED_AFTER


def _notify(work: Work, intake: Intake) -> None:
    """Start the clock as for a new request, and notify the member who has it, or those on call."""
    intake.heard_at = work.now.replace(second=0, microsecond=0)
    intake.due_at = None if intake.status is Status.WITHDRAWN else _due_at(work, intake)
    recipients = oncall.recipients_about(work, intake)
    oncall.start_clock(intake, recipients)
    outbox.write(work, LetterKind.NEWS, recipients, intake.id)


def _due_at(work: Work, intake: Intake) -> datetime:
    """Return by when somebody has to act on news: never later than what was promised before."""
    promised_at = oncall.promise(work)
    if intake.due_at is None or intake.due_at == intake.follow_up_at:
        return promised_at
    return min(intake.due_at, promised_at)


def _refuse_too_many(work: Work, back: _Back) -> None:
    """Prevent that a lost code fills the team's mailboxes."""
    theirs = (entry for entry in back.entries if entry.row.receipt_hash and entry.value.get("from") != thread.STAFF)
    recent = [entry for entry in theirs if work.now - entry.at < _A_DAY]
    if len(recent) >= MOST_IN_A_DAY:
        raise Refused(Reason.TOO_MANY_ENTRIES)
