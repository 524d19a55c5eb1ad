"""The outbox: letters to the team, written in the transaction of what they report, sent by workers one at a time.

It also says what became of each letter about a request.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, delete, func, select, update

from app.domain import audit, exclusions, marks
from app.domain.work import Work
from app.models import Account, Gap, Intake, Letter, LetterKind, Reader, Status

_HIDDEN = timedelta(minutes=5)
_GIVEN_UP_AFTER = timedelta(days=7)
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_CANCELLED = "cancelled"
#: How long the link works that confirms an address.
LINK_LASTS = timedelta(minutes=60)
#: The conditions of a letter that may still be sent.
UNSENT = (Letter.sent_at.is_(None), Letter.failed_at.is_(None))


class DeliveryState(StrEnum):
    #: The mail server took it.
    DELIVERED = "delivered"
    #: It is to leave later.
    PLANNED = "planned"
    #: It is due, and no try has failed.
    LEAVING = "leaving"
    #: The mail server said no; it is tried again.
    REFUSED = "refused"
    #: The mail server could not be reached; it is tried again.
    UNREACHED = "unreached"
    #: There was no more reason to send it.
    CANCELLED = "cancelled"
    #: The worker has stopped trying.
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Delivery:
    kind: LetterKind
    reader: Reader | None
    name: str
    wanted_at: datetime
    #: When it is tried next, or was planned for.
    next_at: datetime
    state: DeliveryState


@dataclass(frozen=True)
class Taken:
    """A letter to send now. It has a reference and counts, and nothing that a client wrote."""

    id: UUID
    kind: LetterKind
    to: str
    language: str
    reference: str | None
    waiting: int
    #: The length of the audit trail and the code of its last line; None except in the weekly letter.
    chain: tuple[int, bytes] | None = None
    #: When the next gap begins; None in any other letter, or once the gap is filled.
    gap_at: datetime | None = None
    #: When the daily check last came through; None before the first time, and in any letter but that it is missing.
    checked_at: datetime | None = None
    #: The end of the link that confirms an address; None in any other letter.
    token: str | None = field(default=None, repr=False)


def write(
    work: Work,
    kind: LetterKind,
    recipients: Iterable[tuple[UUID, datetime, *tuple[Reader, ...]]],
    intake_id: UUID | None = None,
) -> None:
    """Write one letter to each account, to leave at its moment, with the role in which it is notified."""
    for account_id, wanted_at, *reader in recipients:
        _add(work, kind, wanted_at, account_id=account_id, intake_id=intake_id, reader=reader[0] if reader else None)
    work.session.flush()


def write_now(work: Work, kind: LetterKind, accounts: Iterable[Account]) -> None:
    """Write one letter to each account, to leave at once."""
    write(work, kind, [(account.id, work.now) for account in accounts])


def alarm(work: Work, kind: LetterKind, intake_id: UUID | None = None) -> None:
    """Write one letter to the alarm address, to leave at once."""
    _add(work, kind, work.now, intake_id=intake_id)
    work.session.flush()


def write_to(work: Work, address: str, kind: LetterKind, account_id: UUID) -> UUID:
    """Write one letter about an account to another address than the account's; return its id."""
    letter = _add(work, kind, work.now, account_id=account_id, address=address)
    work.session.flush()
    return letter.id


def token(work: Work, letter_id: UUID) -> str:
    """Return the end of a letter's link. It is the same for every try, and is not stored."""
    return work.vault.secret.blind("letter", str(letter_id)).hex()


def due(work: Work) -> bool:
    """Return whether a letter is due; cheap, because the worker asks every second."""
    return work.session.scalar(_due(work).limit(1)) is not None


def take(work: Work) -> Taken | None:
    """Hide the most urgent letter from other workers for five minutes and return it; None if none is due."""
    first = _due(work).order_by(Letter.next_at).limit(1).with_for_update(skip_locked=True)
    taken = work.session.scalar(
        update(Letter)
        .where(Letter.id == first.scalar_subquery())
        .values(next_at=work.now + _HIDDEN, tries=Letter.tries + 1)
        .returning(Letter)
    )
    if taken is None:
        return None
    if taken.account_id is None:
        to, language = work.practice.alarm_email, work.practice.languages[0]
    else:
        account = work.session.get_one(Account, taken.account_id)
        to, language = account.email, account.language
    asked = taken.kind is LetterKind.ADDRESS_ASKED
    over = asked and work.now - taken.wanted_at >= LINK_LASTS
    # The client may not want this member to know, whenever the letter was written.
    if over or exclusions.hidden(work, taken.intake_id, taken.account_id):
        taken.failed_at, taken.failure, taken.address = work.now, _CANCELLED, None
        return None
    known = (Intake.status == Status.WAITING, ~exclusions.hidden_from(taken.account_id))
    waiting = select(func.count()).select_from(Intake).where(*known)
    next_gap = select(func.min(Gap.starts_at)).where(Gap.ends_at > work.now)
    return Taken(
        id=taken.id,
        kind=taken.kind,
        to=taken.address or to,
        language=language,
        reference=work.session.scalar(select(Intake.reference).where(Intake.id == taken.intake_id)),
        waiting=work.session.scalars(waiting).one(),
        chain=audit.head(work) if taken.kind is LetterKind.WEEKLY else None,
        gap_at=work.session.scalar(next_gap) if taken.kind is LetterKind.GAP else None,
        checked_at=marks.marked_at(work, marks.CANARY) if taken.kind is LetterKind.CANARY_SILENT else None,
        token=token(work, taken.id) if asked else None,
    )


def mark_sent(work: Work, letter_id: UUID) -> None:
    """Note that the mail server took a letter, even if it was cancelled meanwhile; its letter ends the daily check."""
    now_sent = {"sent_at": work.now, "failed_at": None, "failure": None, "address": None}
    sent = update(Letter).where(Letter.id == letter_id).values(now_sent)
    if work.session.scalar(sent.returning(Letter.kind)) is LetterKind.CANARY:
        marks.remember(work, marks.CANARY)


def mark_failed(work: Work, letter_id: UUID, failure: str) -> None:
    """Try again after 30 s, doubling to at most an hour, for seven days; then give up."""
    letter = work.session.get(Letter, letter_id)
    if letter is None or letter.sent_at is not None or letter.failed_at is not None:
        return
    letter.failure = failure
    if work.now - letter.wanted_at >= _GIVEN_UP_AFTER:
        letter.failed_at, letter.address = work.now, None
    else:
        letter.next_at = work.now + min(_FIRST_PAUSE * 2 ** min(letter.tries - 1, 10), _LONGEST_PAUSE)


def cancel(work: Work, *which: ColumnElement[bool]) -> None:
    """Cancel the unsent letters for which all these conditions are true."""
    unsent = update(Letter).where(*which, *UNSENT)
    work.session.execute(unsent.values(failed_at=work.now, failure=_CANCELLED, address=None))


def forget_alarms(work: Work, kinds: Iterable[LetterKind]) -> None:
    """Delete letters of these kinds to the alarm address, sent or not, because the state they report has changed."""
    work.session.execute(delete(Letter).where(Letter.account_id.is_(None), Letter.kind.in_(kinds)))


def deliveries(work: Work, reference: str) -> list[Delivery]:
    """Return the letters about a request, oldest first."""
    letters = (
        select(Letter, Account.name)
        .join(Intake, Intake.id == Letter.intake_id)
        .join(Account, Account.id == Letter.account_id)
        .where(Intake.reference == reference)
        .order_by(Letter.wanted_at, Account.name)
    )
    return [
        Delivery(one.kind, one.reader, name, one.wanted_at, one.next_at, _delivery_state(one, work.now))
        for one, name in work.session.execute(letters)
    ]


def _add(work: Work, kind: LetterKind, wanted_at: datetime, **columns: Any) -> Letter:
    letter = Letter(id=uuid4(), kind=kind, wanted_at=wanted_at, next_at=wanted_at, **columns)
    work.session.add(letter)
    return letter


def _due(work: Work) -> Select[UUID]:
    return select(Letter.id).where(*UNSENT, Letter.next_at <= work.now)


def _delivery_state(letter: Letter, now: datetime) -> DeliveryState:
    if letter.sent_at is not None:
        return DeliveryState.DELIVERED
    if letter.failed_at is not None:
        return DeliveryState.CANCELLED if letter.failure == _CANCELLED else DeliveryState.GIVEN_UP
    if letter.failure is not None:
        # A failure ends with a code only if the mail server itself answered.
        return DeliveryState.REFUSED if letter.failure[-3:].isdigit() else DeliveryState.UNREACHED
    return DeliveryState.PLANNED if letter.wanted_at > now else DeliveryState.LEAVING
