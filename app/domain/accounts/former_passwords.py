"""The key behind a forgotten password: it sleeps for two weeks, and the former password brings it back."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from app.crypto import locks
from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.crypto.tokens import Unreadable
from app.domain import audit
from app.domain.accounts import accounts
from app.domain.accounts.accounts import FormerPassword, Record
from app.domain.vault import holders
from app.domain.work import Work
from app.models import Account, AccountState, Holder, LockKind, LoginSession

LASTS = timedelta(days=14)


def replace_by(work: Work, account: Account, private: PrivateKey, stretched: Stretched) -> UUID:
    """Give the account a new key that waits for approval; one that was approved sleeps, any other is deleted."""
    record = accounts.read(work, account)
    old = record.sleeping
    if record.state is AccountState.ACTIVE and record.holder and record.verifier:
        old = FormerPassword(record.holder, record.verifier, record.state, work.now + LASTS)
    else:
        work.session.execute(delete(Holder).where(Holder.id == record.holder))
    holder_id = holders.make(work, account.id, private, stretched.key)
    accounts.change(
        work, account, state=AccountState.PENDING, holder=holder_id, verifier=stretched.verifier, sleeping=old
    )
    return holder_id


def known(work: Work, record: Record, stretched: Stretched) -> FormerPassword | None:
    """Return the former password if it is this one and can still come back."""
    old = record.sleeping
    if old is None or work.now >= old.until:
        return None
    try:
        locks.matches(stretched, old.verifier)
    except Unreadable:
        return None
    return old


def restore(work: Work, account: Account, old: FormerPassword, stretched: Stretched) -> PrivateKey:
    """Bring the old key back, and delete the key that replaced it and its sessions."""
    private = holders.unlock(work, old.holder, LockKind.PASSWORD, stretched.key)
    work.session.execute(delete(Holder).where(Holder.id == accounts.read(work, account).holder))
    accounts.change(work, account, holder=old.holder, verifier=old.verifier, state=old.state, sleeping=None)
    work.session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    audit.record(work, "password.old_came_back", f"account/{account.id}")
    return private


def end_sleep(work: Work) -> None:
    """Destroy the keys that have slept for two weeks."""
    twice = select(Holder.account_id).group_by(Holder.account_id).having(func.count() > 1)
    for account in work.session.scalars(select(Account).where(Account.id.in_(twice))).all():
        old = accounts.read(work, account).sleeping
        if old is not None and work.now >= old.until:
            accounts.change(work, account, sleeping=None)
            holders.dismiss(work, [old.holder])
