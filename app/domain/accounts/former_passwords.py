"""The old key of a forgotten password: it sleeps for two weeks, and its password brings it back."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from app.crypto import locks
from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.crypto.tokens import Unreadable
from app.domain import audit
from app.domain.accounts import accounts
from app.domain.accounts.accounts import Record, Sleeping
from app.domain.vault import holders
from app.domain.work import Work
from app.models import Account, AccountState, Holder, LockKind, LoginSession

LASTS = timedelta(days=14)


def store(work: Work, account: Account, record: Record, stretched: Stretched, holder_id: UUID) -> None:
    """Let the key that opened things sleep; one that waited for its own approval is simply replaced."""
    old = record.sleeping
    if record.state is AccountState.ACTIVE and record.holder and record.verifier:
        until = (work.now + LASTS).isoformat()
        old = Sleeping(record.holder, record.verifier, record.state, until)
    elif record.holder:
        work.session.execute(delete(Holder).where(Holder.id == UUID(record.holder)))
    accounts.change(
        work,
        account,
        state=AccountState.PENDING,
        holder=str(holder_id),
        verifier=stretched.verifier.hex(),
        sleeping=old,
    )


def known(work: Work, record: Record, stretched: Stretched) -> bool:
    """Return whether this is the old password of a key that still sleeps."""
    old = record.sleeping
    if old is None or work.now >= datetime.fromisoformat(old.until):
        return False
    try:
        locks.matches(stretched, bytes.fromhex(old.verifier))
    except Unreadable:
        return False
    return True


def restore(work: Work, account: Account, stretched: Stretched) -> PrivateKey:
    """Bring the old key back; what replaced it is gone, with its sessions."""
    record = accounts.read(work, account)
    old = record.sleeping
    assert old is not None
    private = holders.unlock(work, UUID(old.holder), LockKind.PASSWORD, stretched.key)
    work.session.execute(delete(Holder).where(Holder.id == UUID(record.holder or "")))
    state = AccountState(old.state)
    accounts.change(work, account, holder=old.holder, verifier=old.verifier, state=state, sleeping=None)
    work.session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    audit.record(work, "password.old_came_back", f"account/{account.id}")
    return private


def end_sleep(work: Work) -> None:
    """Destroy what has slept for two weeks."""
    twice = select(Holder.account_id).group_by(Holder.account_id).having(func.count() > 1)
    for account in work.session.scalars(select(Account).where(Account.id.in_(twice))).all():
        old = accounts.read(work, account).sleeping
        if old is not None and work.now >= datetime.fromisoformat(old.until):
            accounts.change(work, account, sleeping=None)
            holders.dismiss(work, [UUID(old.holder)])
