"""Passwords: checking one that was typed, and the key behind a forgotten one.

That key sleeps for two weeks, and the former password brings it back.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from app.crypto import locks
from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.crypto.tokens import Unreadable
from app.domain import audit
from app.domain.accounts import accounts, throttle
from app.domain.accounts.accounts import FormerPassword, Record
from app.domain.vault import holders
from app.domain.work import Work
from app.models import Account, AccountState, Holder, LockKind, LoginSession

_FORMER_LASTS = timedelta(days=14)


@dataclass(frozen=True)
class PasswordAttempt:
    """A counted attempt. Stretch the password with its salt outside any transaction, then finish it."""

    #: None for an unknown name, which gets the same work and the same answer.
    account_id: UUID | None
    salt: bytes = field(repr=False)
    name_hash: bytes = field(repr=False)


def begin(work: Work, email: str) -> PasswordAttempt:
    """Count the attempt before anything is checked, so that parallel guesses gain nothing; `TooSoon` to wait."""
    name = accounts.normal_email(email)
    name_hash = throttle.count(work, f"sign-in/{name}")
    account = accounts.by_email(work, name)
    record = accounts.read(work, account) if account else None
    if account is None or record is None or record.salt is None:
        return PasswordAttempt(None, work.vault.secret.blind("no-such-salt", name)[:16], name_hash)
    return PasswordAttempt(account.id, record.salt, name_hash)


def begin_own(work: Work) -> PasswordAttempt:
    return begin(work, work.session.get_one(Account, work.member.account_id).email)


def matching(work: Work, account: Account | None, stretched: Stretched) -> Record | None:
    """Return the account's record when it may sign in and this is its password, or its former one."""
    record = accounts.read(work, account) if account else None
    if record is None or record.state not in accounts.SIGNS_IN or record.verifier is None or record.holder is None:
        return None
    if _former(work, record, stretched):
        return record
    return record if matches(stretched, record.verifier) else None


def matches(stretched: Stretched, verifier: bytes) -> bool:
    try:
        locks.matches(stretched, verifier)
    except Unreadable:
        return False
    return True


def unlocked(work: Work, account: Account, record: Record, stretched: Stretched) -> PrivateKey:
    """Return the holder's key behind a password that matched; a former password brings its own key back."""
    if former := _former(work, record, stretched):
        return _restore(work, account, former, stretched)
    assert record.holder is not None
    return holders.unlock(work, record.holder, LockKind.PASSWORD, stretched.key)


def replace_forgotten(work: Work, account: Account, private: PrivateKey, stretched: Stretched) -> UUID:
    """Give the account a new key that waits for approval; one that was approved sleeps, any other is deleted."""
    record = accounts.read(work, account)
    old = record.sleeping
    if record.state is AccountState.ACTIVE and record.holder and record.verifier:
        old = FormerPassword(record.holder, record.verifier, record.state, work.now + _FORMER_LASTS)
    else:
        work.session.execute(delete(Holder).where(Holder.id == record.holder))
    holder_id = holders.make(work, account.id, private, stretched.key).id
    accounts.change(
        work, account, state=AccountState.PENDING, holder=holder_id, verifier=stretched.verifier, sleeping=old
    )
    return holder_id


def end_former(work: Work) -> None:
    """Destroy the keys that have slept for two weeks."""
    twice = select(Holder.account_id).group_by(Holder.account_id).having(func.count() > 1)
    for account in work.session.scalars(select(Account).where(Account.id.in_(twice))).all():
        old = accounts.read(work, account).sleeping
        if old is not None and work.now >= old.until:
            accounts.change(work, account, sleeping=None)
            holders.dismiss(work, [old.holder])


def _former(work: Work, record: Record, stretched: Stretched) -> FormerPassword | None:
    """Return the former password if it is this one and can still come back."""
    old = record.sleeping
    return old if old is not None and work.now < old.until and matches(stretched, old.verifier) else None


def _restore(work: Work, account: Account, old: FormerPassword, stretched: Stretched) -> PrivateKey:
    """Bring the old key back, and delete the key that replaced it and its sessions."""
    private = holders.unlock(work, old.holder, LockKind.PASSWORD, stretched.key)
    work.session.execute(delete(Holder).where(Holder.id == accounts.read(work, account).holder))
    accounts.change(work, account, holder=old.holder, verifier=old.verifier, state=old.state, sleeping=None)
    work.session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    audit.record(work, "password.old_came_back", f"account/{account.id}")
    return private
