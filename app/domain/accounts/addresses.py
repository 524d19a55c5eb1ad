"""The address a member signs in with and gets letters at: another one is asked for, and confirmed from there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.crypto import codes
from app.domain import audit, permissions
from app.domain.accounts import accounts
from app.domain.accounts.accounts import Moving, Record
from app.domain.letters import outbox
from app.domain.work import Missing, Reason, Refused, Work
from app.models import Account, LetterKind


def ask(work: Work, email: str) -> None:
    """Write to another address, so that it is confirmed from there; until then everything stays. Needs to be fresh.

    `Refused` for the member's own address, and for one that somebody else of the team has.
    """
    permissions.require_fresh(work)
    account = accounts.locked(work, work.member.account_id)
    email = email.strip().lower()
    if email == account.email:
        raise Refused(Reason.OWN_EMAIL)
    _require_free(work, account.id, email)
    outbox.cancel_asking(work, account.id)
    link = outbox.token(work, outbox.write_to(work, email, LetterKind.ADDRESS_ASKED, account.id))
    until = (work.now + outbox.LINK_LASTS).isoformat()
    accounts.change(work, account, moving=Moving(email, codes.hash_token(link).hex(), until))
    audit.record(work, "address.asked", f"account/{account.id}")


def asked(work: Work, token: str) -> str:
    """Return the address that a link of the member's confirms; `Missing` when it is none of theirs.

    `Refused` when it came too late, unless it has done its work already.
    """
    return _asked(work, accounts.read(work, work.session.get_one(Account, work.member.account_id)), token)


def confirm(work: Work, token: str) -> None:
    """Let the address be the member's, and tell the one they left. May be `Missing` or `Refused`."""
    account = accounts.locked(work, work.member.account_id)
    record = accounts.read(work, account)
    email = _asked(work, record, token)
    if email == record.email:
        return
    _require_free(work, account.id, email)
    accounts.change(work, account, email=email)
    try:
        work.session.flush()
    except IntegrityError as error:
        # Two who were asked from the same address confirmed it at the same moment.
        raise Refused(Reason.KNOWN_EMAIL) from error
    outbox.write_to(work, record.email, LetterKind.ADDRESS_LEFT, account.id)
    audit.record(work, "address.changed", f"account/{account.id}")


def cancel(work: Work) -> None:
    """Take back what was asked for: the link in its letter works no more."""
    account = accounts.locked(work, work.member.account_id)
    if accounts.read(work, account).moving is not None:
        accounts.change(work, account, moving=None)
        outbox.cancel_asking(work, account.id)
        audit.record(work, "address.kept", f"account/{account.id}")


def _asked(work: Work, record: Record, token: str) -> str:
    moving = record.moving
    if moving is None or moving.token_hash != codes.hash_token(token).hex():
        raise Missing
    if moving.email != record.email and work.now >= datetime.fromisoformat(moving.until):
        raise Refused(Reason.LINK_OVER)
    return moving.email


def _require_free(work: Work, account_id: UUID, email: str) -> None:
    taken = select(Account.id).where(Account.email == email, Account.id != account_id)
    if work.session.scalar(taken) is not None:
        raise Refused(Reason.KNOWN_EMAIL)
