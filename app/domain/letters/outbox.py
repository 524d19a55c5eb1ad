"""Letters to the team, written in the transaction of what they tell, taken by workers one at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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


@dataclass(frozen=True)
class Chained:
    """How long the record is, and the code of its last line in hexadecimal."""

    length: int
    head: str


@dataclass(frozen=True)
class Taken:
    """A letter to send now. It knows a reference and counts; nothing a client wrote is within its reach."""

    id: UUID
    kind: LetterKind
    to: str
    language: str
    reference: str | None
    waiting: int
    #: None but in the weekly letter.
    chain: Chained | None = None
    #: When the next calling hours begin that nobody serves; None for any other letter, or once somebody does.
    gap_at: datetime | None = None
    #: When the daily check last came through; None but in the letter that it stays away, or if it never did.
    checked_at: datetime | None = None
    #: What the link ends with that confirms an address; None in any other letter.
    token: str | None = field(default=None, repr=False)


def write(
    work: Work,
    kind: LetterKind,
    recipients: Iterable[tuple[UUID, datetime, *tuple[Reader, ...]]],
    intake_id: UUID | None = None,
) -> None:
    """Write one letter to each account, wanted at its moment, and remember as what they were told."""
    rows = [
        {
            "id": uuid4(),
            "kind": kind,
            "account_id": account_id,
            "intake_id": intake_id,
            "reader": reader[0] if reader else None,
            "wanted_at": wanted_at,
            "next_at": wanted_at,
            "tries": 0,
        }
        for account_id, wanted_at, *reader in recipients
    ]
    if rows:
        work.session.execute(work.insert(Letter).values(rows))


def alarm(work: Work, kind: LetterKind, intake_id: UUID | None = None) -> None:
    """Write one letter to the alarm address, at once."""
    row = {"id": uuid4(), "kind": kind, "intake_id": intake_id, "wanted_at": work.now, "next_at": work.now, "tries": 0}
    work.session.execute(work.insert(Letter).values(row))


def write_to(work: Work, address: str, kind: LetterKind, account_id: UUID) -> UUID:
    """Write one letter about an account to another address than the account's; return its id."""
    letter = Letter(
        id=uuid4(), kind=kind, account_id=account_id, address=address, wanted_at=work.now, next_at=work.now, tries=0
    )
    work.session.add(letter)
    work.session.flush()
    return letter.id


def token(work: Work, letter_id: UUID) -> str:
    """Return what a letter's link ends with: the same for every try, and in no row."""
    return work.vault.secret.blind("letter", str(letter_id)).hex()


def due(work: Work) -> bool:
    """Return whether a letter waits to be sent now; a cheap question, asked every second."""
    return work.session.scalar(_due(work).limit(1)) is not None


def take(work: Work) -> Taken | None:
    """Hide the most urgent letter from other workers for five minutes and return it; None when none is due."""
    first = _due(work).order_by(Letter.next_at).limit(1).with_for_update(skip_locked=True)
    taken = work.session.scalar(
        update(Letter)
        .where(Letter.id == first.scalar_subquery())
        .values(next_at=work.now + _HIDDEN, tries=Letter.tries + 1)
        .returning(Letter)
    )
    if taken is None:
        return None
    to, language = _reader(work, taken.account_id)
    if exclusions.hidden(work, taken.intake_id, taken.account_id):
        # Whoever wrote it, and however long ago: the client does not want this member of the team to know.
        taken.failed_at, taken.failure = work.now, _CANCELLED
        return None
    asked = taken.kind is LetterKind.ADDRESS_ASKED
    if asked and work.now - taken.wanted_at >= LINK_LASTS:
        taken.failed_at, taken.failure, taken.address = work.now, _CANCELLED, None
        return None
    known = (Intake.status == Status.WAITING, ~exclusions.hidden_from(taken.account_id))
    waiting = select(func.count()).select_from(Intake).where(*known)
    return Taken(
        id=taken.id,
        kind=taken.kind,
        to=taken.address or to,
        language=language,
        reference=work.session.scalar(select(Intake.reference).where(Intake.id == taken.intake_id)),
        waiting=work.session.scalars(waiting).one(),
        chain=_chained(work) if taken.kind is LetterKind.WEEKLY else None,
        gap_at=_gap_at(work) if taken.kind is LetterKind.GAP else None,
        checked_at=marks.marked_at(work, marks.CANARY) if taken.kind is LetterKind.CANARY_SILENT else None,
        token=token(work, taken.id) if asked else None,
    )


def mark_sent(work: Work, letter_id: UUID) -> None:
    """Note that the mail server took a letter, even if it was cancelled on the way there.

    With the letter of the daily check, that check has come through.
    """
    now_sent = {"sent_at": work.now, "failed_at": None, "failure": None, "address": None}
    sent = update(Letter).where(Letter.id == letter_id).values(now_sent)
    if work.session.scalar(sent.returning(Letter.kind)) is LetterKind.CANARY:
        marks.remember(work, marks.CANARY)


def mark_failed(work: Work, letter_id: UUID, failure: str) -> None:
    """Try again later: 30 s, doubling, at most an hour apart, for seven days; then it shows as failed."""
    letter = work.session.get(Letter, letter_id)
    if letter is None or letter.sent_at is not None or letter.failed_at is not None:
        return
    letter.failure = failure
    if work.now - letter.wanted_at >= _GIVEN_UP_AFTER:
        letter.failed_at, letter.address = work.now, None
    else:
        letter.next_at = work.now + min(_FIRST_PAUSE * 2 ** min(letter.tries - 1, 10), _LONGEST_PAUSE)


def cancel_for(work: Work, account_id: UUID) -> None:
    """Give up unsent letters to somebody who has left."""
    _cancel(work, Letter.account_id == account_id)


def cancel_asking(work: Work, account_id: UUID) -> None:
    """Give up unsent letters that ask for an address to be confirmed."""
    _cancel(work, (Letter.account_id == account_id) & (Letter.kind == LetterKind.ADDRESS_ASKED))


def cancel_to(work: Work, account_id: UUID, intake_id: UUID) -> None:
    """Give up unsent letters about a request to somebody who must not know of it."""
    _cancel(work, (Letter.account_id == account_id) & (Letter.intake_id == intake_id))


def cancel_later(work: Work, intake_id: UUID) -> None:
    """Give up letters about a request that were to leave later: somebody has it now, or it has ended."""
    _cancel(work, (Letter.intake_id == intake_id) & (Letter.wanted_at > work.now))


def cancel_about(work: Work, intake_id: UUID) -> None:
    """Give up unsent letters about a request that was taken back."""
    _cancel(work, Letter.intake_id == intake_id)


def forget_alarms(work: Work, kinds: Iterable[LetterKind]) -> None:
    """Delete letters of these kinds, whether or not they left: what they told has changed."""
    work.session.execute(delete(Letter).where(Letter.account_id.is_(None), Letter.kind.in_(kinds)))


def _reader(work: Work, account_id: UUID | None) -> tuple[str, str]:
    """Return whom a letter goes to, and in which language."""
    if account_id is None:
        return work.practice.alarm_email, work.practice.languages[0]
    found = work.session.execute(select(Account.email, Account.language).where(Account.id == account_id)).one()
    return found.email, found.language


def _chained(work: Work) -> Chained:
    length, head = audit.head(work)
    return Chained(length, head.hex())


def _gap_at(work: Work) -> datetime | None:
    return work.session.scalar(select(func.min(Gap.starts_at)).where(Gap.ends_at > work.now))


def _due(work: Work) -> Select[UUID]:
    return select(Letter.id).where(Letter.sent_at.is_(None), Letter.failed_at.is_(None), Letter.next_at <= work.now)


def _cancel(work: Work, whose: ColumnElement[bool]) -> None:
    unsent = update(Letter).where(whose, Letter.sent_at.is_(None), Letter.failed_at.is_(None))
    work.session.execute(unsent.values(failed_at=work.now, failure=_CANCELLED, address=None))
