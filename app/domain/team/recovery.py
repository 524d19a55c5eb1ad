"""The recovery sheet: its printed code approves somebody when nobody else can, and proves that it still opens.

Each use makes a new sheet, because a code that was typed may have been seen.
"""

from uuid import UUID

from sqlalchemy import select

from app.crypto import contexts, hpke, words
from app.domain import audit
from app.domain.accounts import accounts
from app.domain.team import team
from app.domain.vault import epochs, holders, key_register
from app.domain.work import Altered, Reason, Refused, Work, altered
from app.models import Account, AccountState, Epoch, EpochState, Grant, Holder


def six_words(work: Work, account_id: UUID) -> tuple[tuple[str, ...], bytes]:
    """Return the fingerprint words of the key that waits for approval, and its digest."""
    holder = _waiting(work, account_id)
    key = key_register.public_key(holder)
    return words.fingerprint(holder.id, key, "en"), key.digest


def approve(work: Work, account_id: UUID, typed: str, digest: bytes) -> str:
    """Grant the compared key every epoch that the sheet opens; return the code of the next sheet.

    `codes.BadCode` or `Refused` when it is not the code, nobody waits, or the key has changed.
    """
    sheet = holders.open_sheet(work, typed)
    holder = _waiting(work, account_id)
    holders.admit(work, holder.id, digest, by=sheet)
    account = accounts.locked(work, account_id)
    team.activate(work, account)
    audit.record(work, "team.recovered", f"account/{account_id}")
    return holders.new_sheet(work, by=sheet)


def drill(work: Work, typed: str) -> str:
    """Open every live epoch with the printed code; return the code of the next sheet. `Altered` names what fails."""
    sheet = holders.open_sheet(work, typed)
    granted = work.session.execute(
        select(Epoch.id, Epoch.sealed_marker, Grant.sealed_key)
        .outerjoin(Grant, (Grant.epoch_id == Epoch.id) & (Grant.holder_id == sheet.holder_id))
        .where(Epoch.state == EpochState.LIVE)
    )
    for epoch_id, marker, sealed_key in granted.all():
        if sealed_key is None:
            raise Refused(Reason.NO_GRANT)
        private = epochs.open_grant(work, epoch_id, sealed_key, sheet)
        if marker is not None:
            with altered(contexts.marker(epoch_id).path):
                hpke.open(private, contexts.marker(epoch_id), marker)
    audit.record(work, "sheet.drilled", f"holder/{sheet.holder_id}")
    return holders.new_sheet(work, by=sheet)


def _waiting(work: Work, account_id: UUID) -> Holder:
    account = work.session.get(Account, account_id)
    record = accounts.read(work, account) if account else None
    if record is None or record.state is not AccountState.PENDING or record.holder is None:
        raise Refused(Reason.NOT_WAITING)
    holder = work.session.get(Holder, record.holder)
    if holder is None:
        raise Altered(f"holder/{record.holder}")
    return holder
