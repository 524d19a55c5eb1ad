"""Epochs and grants: the key pairs that requests are sealed to, and who can open them.

Each sign-in opens a test token of every live epoch, to prove that people can open it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select

from app.crypto import contexts, hpke
from app.crypto.hpke import PrivateKey, PublicKey
from app.crypto.tokens import Unreadable
from app.crypto.vault import EpochFacts
from app.domain import audit
from app.domain.vault import key_register
from app.domain.work import Altered, Opener, Reason, Refused, Work, altered
from app.models import Account, AccountState, Epoch, EpochProof, EpochState, Grant

LASTS = timedelta(days=30)
#: The text of every test token ("marker"); only that it opens matters.
_MARKER = b"marker"
#: How long a proof counts, and how long a new epoch may wait for its first two.
PROVES = timedelta(days=14)
_ENOUGH = 2


def facts(epoch: Epoch) -> EpochFacts:
    return EpochFacts(
        id=epoch.id,
        number=epoch.number,
        starts_at=epoch.starts_at,
        public_key=epoch.public_key,
        state=epoch.state.value,
    )


def verified(work: Work, epoch: Epoch) -> EpochFacts:
    """Return the signed facts; `Altered` when the signature is not ours."""
    with altered(f"epoch/{epoch.id}"):
        work.vault.verifier.verify(facts(epoch), epoch.signature)
    return facts(epoch)


def ours(work: Work, epoch: Epoch) -> bool:
    try:
        verified(work, epoch)
    except Altered:
        return False
    return True


def live(work: Work) -> Sequence[Epoch]:
    """Return the live epochs, oldest first; `Altered` names one that is not ours."""
    epochs = work.session.scalars(select(Epoch).where(Epoch.state == EpochState.LIVE).order_by(Epoch.number)).all()
    for epoch in epochs:
        verified(work, epoch)
    return epochs


def begin(work: Work) -> Epoch:
    """Begin an epoch and grant it to every registered holder; nobody has to be present."""
    recipients = key_register.recipients(work)
    if not recipients:
        raise Refused(Reason.NOBODY_ON_THE_ROLL)
    live(work)
    number = (work.session.scalar(select(func.max(Epoch.number))) or 0) + 1
    epoch, private = signed(work, number, EpochState.LIVE)
    epoch.sealed_marker = hpke.seal(private.public, contexts.marker(epoch.id), _MARKER)
    work.session.add(epoch)
    work.session.flush()
    for holder_id, public in recipients.items():
        grant(work, epoch, private, holder_id, public)
    audit.record(work, "epoch.begun", f"epoch/{epoch.id}")
    return epoch


def signed(work: Work, number: int, state: EpochState) -> tuple[Epoch, PrivateKey]:
    """Return a new signed epoch, not yet stored, and its private key."""
    private = PrivateKey.generate()
    epoch = Epoch(id=uuid4(), number=number, starts_at=work.now, public_key=private.public.encoded, state=state)
    epoch.signature = work.vault.audit_key.sign(facts(epoch))
    return epoch, private


def renew(work: Work) -> bool:
    """Begin a new epoch when the newest is a month old; return whether it did."""
    epochs = live(work)
    if not epochs or work.now - epochs[-1].starts_at < LASTS:
        return False
    begin(work)
    return True


def grant(work: Work, epoch: Epoch, private: PrivateKey, holder_id: UUID, public: PublicKey) -> None:
    box = hpke.seal(public, contexts.grant_box(epoch.id, holder_id), private.encoded)
    sealed = work.vault.ring.seal(contexts.grant(epoch.id, holder_id), box)
    work.session.merge(Grant(epoch_id=epoch.id, holder_id=holder_id, ring_id=work.vault.ring.newest, sealed_key=sealed))
    work.session.flush()


def grant_all(work: Work, holder_id: UUID, public: PublicKey, by: Opener | None = None) -> None:
    """Give one holder every live epoch, opened by the member or by `by`; `Refused` when one was not granted to them."""
    for epoch, private in _opened(work, by):
        grant(work, epoch, private, holder_id, public)


def open_grant(work: Work, epoch_id: UUID, sealed_key: bytes, by: Opener | None = None) -> PrivateKey:
    """Return the epoch's private key from the grant of the member, or of `by`."""
    opener = by or work.member
    holder_id = opener.holder_id
    with altered(f"grant/{epoch_id}/{holder_id}"):
        box = work.vault.ring.open(contexts.grant(epoch_id, holder_id), sealed_key)
        return PrivateKey.decode(hpke.open(opener.key(), contexts.grant_box(epoch_id, holder_id), box))


def granted(work: Work) -> dict[UUID, PrivateKey]:
    """Return the private key of every epoch the member was granted, without those whose grant was altered."""
    own = select(Grant.epoch_id, Grant.sealed_key).where(Grant.holder_id == work.member.holder_id)
    keys: dict[UUID, PrivateKey] = {}
    for epoch_id, sealed_key in work.session.execute(own).all():
        with suppress(Altered):
            keys[epoch_id] = open_grant(work, epoch_id, sealed_key)
    return keys


def signed_by_another_key(work: Work) -> bool:
    """Return whether there are epochs and none of them carries our signature: the key is another one."""
    epochs = work.session.scalars(select(Epoch)).all()
    return bool(epochs) and not any(ours(work, epoch) for epoch in epochs)


def fill_markers(work: Work) -> None:
    """Seal a marker to every live epoch that has none."""
    bare = select(Epoch).where(Epoch.state == EpochState.LIVE, Epoch.sealed_marker.is_(None))
    for epoch in work.session.scalars(bare):
        if ours(work, epoch):
            public = PublicKey.decode(epoch.public_key)
            epoch.sealed_marker = hpke.seal(public, contexts.marker(epoch.id), _MARKER)


def prove_all(work: Work, account: Account, holder_id: UUID, private: PrivateKey) -> None:
    """Open the marker of every live epoch with a holder's key, and note who opened it and when."""
    found = work.session.execute(
        select(Epoch.id, Epoch.sealed_marker, Grant.sealed_key)
        .join(Grant, (Grant.epoch_id == Epoch.id) & (Grant.holder_id == holder_id))
        .where(Epoch.state == EpochState.LIVE, Epoch.sealed_marker.is_not(None))
    )
    for epoch_id, sealed_marker, sealed_key in found.all():
        try:
            hpke.open(
                open_grant(work, epoch_id, sealed_key, Opener.unlocked(holder_id, private)),
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


def try_all(work: Work, by: Opener) -> None:
    """Open the test token of every live epoch; `Refused` for one without a grant, `Altered` names what fails."""
    for epoch, private in _opened(work, by):
        if epoch.sealed_marker is not None:
            place = contexts.marker(epoch.id)
            with altered(place.path):
                hpke.open(private, place, epoch.sealed_marker)


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


def _opened(work: Work, by: Opener | None) -> Iterator[tuple[Epoch, PrivateKey]]:
    """Yield every live epoch with its private key; `Refused` when one was not granted. Without epochs nobody opens."""
    for epoch in live(work):
        opener = by or work.member
        granted_to = work.session.get(Grant, (epoch.id, opener.holder_id))
        if granted_to is None:
            raise Refused(Reason.NO_GRANT)
        yield epoch, open_grant(work, epoch.id, granted_to.sealed_key, opener)
