"""The address a member signs in with and gets letters at: they ask for another one, and confirm it from there."""

from sqlalchemy.exc import IntegrityError

from app.crypto import codes
from app.domain import audit, permissions
from app.domain.accounts import accounts
from app.domain.accounts.accounts import Moving, Record
from app.domain.letters import outbox
from app.domain.work import Missing, Reason, Refused, Work
from app.models import Account, Letter, LetterKind


def ask(work: Work, email: str) -> None:
    """Write to another address, so that it is confirmed from there; until then the old one is valid. Needs to be fresh.

    `Refused` for the member's own address, and for one of another account.
    """
    permissions.require_fresh(work)
    account = accounts.own(work)
    email = accounts.normal_email(email)
    if email == account.email:
        raise Refused(Reason.OWN_EMAIL)
    _require_free(work, account, email)
    _cancel_letters(work, account)
    link = outbox.token(work, outbox.write_to(work, email, LetterKind.ADDRESS_ASKED, account.id))
    accounts.change(work, account, moving=Moving(email, codes.hash_token(link), work.now + outbox.LINK_LASTS))
    audit.record(work, "address.asked", f"account/{account.id}")


def asked(work: Work, token: str) -> str:
    """Return the address that a link of the member's confirms; `Missing` when it is another's.

    `Refused` when it has expired, unless it was used before.
    """
    return _asked(work, accounts.read(work, work.session.get_one(Account, work.member.account_id)), token)


def confirm(work: Work, token: str) -> None:
    """Make the address the member's, and write to the old one. May be `Missing` or `Refused`."""
    account = accounts.own(work)
    record = accounts.read(work, account)
    email = _asked(work, record, token)
    if email == record.email:
        return
    _require_free(work, account, email)
    accounts.change(work, account, email=email)
    try:
        work.session.flush()
    except IntegrityError as error:
        # Two members who asked for the same address confirmed it at the same moment.
        raise Refused(Reason.KNOWN_EMAIL) from error
    outbox.write_to(work, record.email, LetterKind.ADDRESS_LEFT, account.id)
    audit.record(work, "address.changed", f"account/{account.id}")


def cancel(work: Work) -> None:
    """Stop waiting for another address: the link in its letter no longer works."""
    account = accounts.own(work)
    if accounts.read(work, account).moving is not None:
        accounts.change(work, account, moving=None)
        _cancel_letters(work, account)
        audit.record(work, "address.kept", f"account/{account.id}")


def _asked(work: Work, record: Record, token: str) -> str:
    moving = record.moving
    if moving is None or moving.token_hash != codes.hash_token(token):
        raise Missing
    if moving.email != record.email and work.now >= moving.until:
        raise Refused(Reason.LINK_OVER)
    return moving.email


def _require_free(work: Work, account: Account, email: str) -> None:
    if accounts.by_email(work, email) not in (None, account):
        raise Refused(Reason.KNOWN_EMAIL)


def _cancel_letters(work: Work, account: Account) -> None:
    outbox.cancel(work, Letter.account_id == account.id, Letter.kind == LetterKind.ADDRESS_ASKED)
