"""Epoch proofs: each sign-in opens a test token ("marker") of every live epoch, to prove that people can open it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from app.crypto import contexts, hpke
from app.crypto.hpke import PrivateKey, PublicKey
from app.crypto.tokens import Unreadable
from app.domain import audit
from app.domain.vault import epochs
from app.domain.work import Altered, Opener, Work
from app.models import Account, AccountState, Epoch, EpochProof, EpochState, Grant

#: How long a proof counts, and how long a new epoch may wait for its first two.
PROVES = timedelta(days=14)
_ENOUGH = 2


def fill(work: Work) -> None:
    """Seal a marker to every live epoch that has none."""
    bare = select(Epoch).where(Epoch.state == EpochState.LIVE, Epoch.sealed_marker.is_(None))
    for epoch in work.session.scalars(bare):
        if epochs.ours(work, epoch):
            public = PublicKey.decode(epoch.public_key)
            epoch.sealed_marker = hpke.seal(public, contexts.marker(epoch.id), epochs.MARKER)


def open_all(work: Work, account: Account, holder_id: UUID, private: PrivateKey) -> None:
    """Open the marker of every live epoch with a holder's key, and note who opened it and when."""
    found = work.session.execute(
        select(Epoch.id, Epoch.sealed_marker, Grant.sealed_key)
        .join(Grant, (Grant.epoch_id == Epoch.id) & (Grant.holder_id == holder_id))
        .where(Epoch.state == EpochState.LIVE, Epoch.sealed_marker.is_not(None))
    )
    for epoch_id, sealed_marker, sealed_key in found.all():
        try:
            hpke.open(
                epochs.open_grant(work, epoch_id, sealed_key, Opener.unlocked(holder_id, private)),
                contexts.marker(epoch_id),
                sealed_marker,
            )
        except (Unreadable, Altered):
            # The member may go on. The audit trail and the warning at the desk report it.
            audit.record(work, "marker.refused", f"epoch/{epoch_id}")
            continue
        opening = work.insert(EpochProof).values(epoch_id=epoch_id, account_id=account.id, at=work.now)
        work.session.execute(
            opening.on_conflict_do_update(
                index_elements=[EpochProof.epoch_id, EpochProof.account_id], set_={"at": work.now}
            )
        )


def unproven(work: Work) -> bool:
    """Return whether some live epoch can be opened, or was opened in the last 14 days, by fewer than two people."""
    active = Account.state == AccountState.ACTIVE
    people = select(func.count()).select_from(Account).where(active).scalar_subquery()
    openings = (
        select(func.count())
        .select_from(EpochProof)
        .join(Account, Account.id == EpochProof.account_id)
        .where(EpochProof.epoch_id == Epoch.id, EpochProof.at > work.now - PROVES, active)
        .correlate(Epoch)
        .scalar_subquery()
    )
    old = Epoch.starts_at <= work.now - PROVES
    weak = select(Epoch.id).where(Epoch.state == EpochState.LIVE, or_(people < _ENOUGH, old & (openings < _ENOUGH)))
    return work.session.scalar(weak.limit(1)) is not None
