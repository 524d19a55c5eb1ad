"""Opening and claiming. The one door through which answers leave is here, and it writes its audit line."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.crypto import boxes, codes, places, tokens
from app.crypto.boxes import PrivateKey
from app.crypto.tokens import Unreadable
from app.domain import arrivals, audit, epochs, news, thread, tombstones, wishes
from app.domain.answers import Answers, Wishes
from app.domain.news import News
from app.domain.thread import Entry
from app.domain.work import Altered, Missing, Refused, Work
from app.models import Account, AccountState, Grant, Intake, Status

CALLING_FOR = timedelta(minutes=2)


@dataclass(frozen=True)
class Opened:
    """A request, opened for one member in one request. What the client wrote never shows in `repr`."""

    reference: str
    status: Status
    received_at: datetime
    language: str
    claimed_by: str | None
    claimed_by_me: bool
    #: The number is masked unless it was revealed.
    answers: Answers = field(repr=False)
    #: The strictest of all that nobody has settled by voice.
    wishes: Wishes = field(repr=False)
    news: News = field(repr=False)
    #: When the client last wrote on the return page; None if never.
    heard_at: datetime | None


@dataclass(frozen=True)
class Tombstone:
    """A request that was taken back or erased: do not call."""

    reference: str
    status: Status
    received_at: datetime
    #: Until when the client can undo it; None once everything is gone.
    erased_at: datetime | None = None
    held: bool = False


def open(work: Work, reference: str) -> Opened | Tombstone:
    """Open a request and record that it was; `Missing`, `Refused` without a grant, or `Altered`."""
    found = _found(work, reference)
    if found.gone:
        return _tombstone(work, found)
    opened = _shown(work, found)
    audit.record(work, "intake.opened", f"intake/{opened.reference}")
    return replace(
        opened,
        answers=replace(opened.answers, phone=_masked(opened.answers.phone)),
        news=opened.news.with_numbers(lambda phone: _masked(phone) or ""),
    )


def reveal(work: Work, reference: str) -> Opened:
    """Open a request with its whole number, and record that it was shown; `Refused` once it was taken back.

    For two minutes a call may be starting, and the client is told so.
    """
    found = _found(work, reference)
    if found.gone:
        raise Refused("refused.gone")
    opened = _shown(work, found)
    found.intake.calling_until = work.now + CALLING_FOR
    audit.record(work, "intake.revealed", f"intake/{opened.reference}")
    return opened


def claim(work: Work, reference: str) -> None:
    """Make the member responsible. Only the first of two claims succeeds; the other hears who and when."""
    reference = _canonical(reference)
    _require_active(work)
    first_come = (
        update(Intake)
        .where(Intake.reference == reference, Intake.status == Status.WAITING)
        .values(status=Status.CLAIMED, claimed_by=work.member.account_id, claimed_at=work.now)
        .returning(Intake.id)
    )
    if work.session.scalar(first_come) is None:
        raise _lost(work, reference)
    audit.record(work, "intake.claimed", f"intake/{reference}")


@dataclass(frozen=True)
class _Found:
    intake: Intake
    sealed_grant: bytes | None
    claimed_by: str | None
    #: When the trail last says that it was taken back; None while it never was.
    taken_back_at: datetime | None

    @property
    def gone(self) -> bool:
        """Return whether only a tombstone is left; `Altered` where the row says one thing and its keys another."""
        gone = self.intake.status in (Status.WITHDRAWN, Status.ERASED)
        withdrawn = self.intake.status is Status.WITHDRAWN and self.intake.withdrawn_at is not None
        if (gone == self.kept and not withdrawn) or (self.taken_back_at is not None and self.kept):
            raise Altered(f"intake/{self.intake.reference}")
        return gone

    @property
    def kept(self) -> bool:
        """Return whether anything of what the client wrote is still there, as for a day after a withdrawal."""
        return bool(self.intake.sealed_answers_key or self.intake.sealed_thread_key or self.intake.sealed_answers)


def _found(work: Work, reference: str) -> _Found:
    reference = _canonical(reference)
    _require_active(work)
    row = work.session.execute(
        select(
            Intake,
            Grant.sealed_key,
            Account.name,
            audit.last_at(f"intake/{reference}", "intake.undone").label("taken_back_at"),
        )
        .outerjoin(Grant, (Grant.epoch_id == Intake.epoch_id) & (Grant.holder_id == work.member.holder_id))
        .outerjoin(Account, Account.id == Intake.claimed_by)
        .where(Intake.reference == reference)
        # A client may be withdrawing it on the return page at this moment.
        .with_for_update(of=Intake, key_share=True)
    ).first()
    if row is None:
        raise Missing
    return _Found(row.Intake, row.sealed_key, row.name, row.taken_back_at)


def _shown(work: Work, found: _Found) -> Opened:
    """Open answers and thread, and check everything that shows an altered record."""
    intake = found.intake
    epoch_key, entries = _thread(work, found)
    try:
        place = places.answers_key(intake.id, intake.epoch_id)
        answers_key = boxes.open(epoch_key, place, intake.sealed_answers_key)
        answers = Answers.from_sealed(tokens.open_text(answers_key, places.answers(intake.id), intake.sealed_answers))
    except Unreadable as error:
        raise Altered(f"intake/{intake.reference}") from error
    holds = wishes.in_force(entries, work.now)
    if holds is None or thread.withdrawn(entries):
        raise Altered(f"intake/{intake.reference}")
    return Opened(
        reference=intake.reference,
        status=intake.status,
        received_at=intake.received_at,
        language=intake.language,
        claimed_by=found.claimed_by,
        claimed_by_me=intake.claimed_by == work.member.account_id,
        answers=news.with_number_in_force(work, answers, holds),
        wishes=holds.wishes,
        news=news.read(work, entries, holds),
        heard_at=intake.heard_at,
    )


def _thread(work: Work, found: _Found) -> tuple[PrivateKey, list[Entry]]:
    """Return the key of the request's epoch, and its opened thread."""
    intake = found.intake
    if found.sealed_grant is None:
        raise Refused("refused.no_grant")
    epoch_key = epochs.open_grant(work, intake.epoch_id, found.sealed_grant)
    try:
        work.vault.secret.check_origin(arrivals.origin(vars(intake)), intake.origin_tag)
        key = boxes.open(epoch_key, places.thread_key(intake.id, intake.epoch_id), intake.sealed_thread_key)
    except Unreadable as error:
        raise Altered(f"intake/{intake.reference}") from error
    return epoch_key, thread.read(work, intake_id=intake.id, reference=intake.reference, key=key)


def _tombstone(work: Work, found: _Found) -> Tombstone:
    """Return what is left; `Altered` where the column says withdrawn and the thread does not."""
    intake = found.intake
    if found.kept and not thread.withdrawn(_thread(work, found)[1]):
        raise Altered(f"intake/{intake.reference}")
    erased_at = intake.withdrawn_at + tombstones.ERASED_AFTER if found.kept and intake.withdrawn_at else None
    return Tombstone(intake.reference, intake.status, intake.received_at, erased_at, intake.held)


def _lost(work: Work, reference: str) -> Refused | Missing:
    row = work.session.execute(
        select(Intake.status, Intake.claimed_at, Account.name)
        .outerjoin(Account, Account.id == Intake.claimed_by)
        .where(Intake.reference == reference)
    ).first()
    if row is None:
        return Missing()
    if row.name is None:
        return Refused("refused.gone")
    return Refused("refused.claimed", who=row.name, at=row.claimed_at)


def _canonical(reference: str) -> str:
    try:
        return codes.parse_reference(reference)
    except codes.BadCode as error:
        raise Missing from error


def _require_active(work: Work) -> None:
    if work.member.state is not AccountState.ACTIVE:
        raise Missing


def _masked(phone: str | None) -> str | None:
    return None if phone is None else f"•••\N{NO-BREAK SPACE}•••\N{NO-BREAK SPACE}••{phone[-2:]}"
