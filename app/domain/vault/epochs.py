"""Epochs and grants: the key pairs that requests are sealed to, and who can open them."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.crypto import contexts, hpke
from app.crypto.epochs import EpochFacts
from app.crypto.hpke import PrivateKey, PublicKey
from app.domain import audit
from app.domain.vault import key_register
from app.domain.work import Altered, Opener, Reason, Refused, Work, altered
from app.models import Epoch, EpochState, Grant

LASTS = timedelta(days=30)
#: The text of every test token; only that it opens matters.
MARKER = b"marker"


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
    private = PrivateKey.generate()
    epoch = Epoch(
        id=uuid4(),
        number=(work.session.scalar(select(func.max(Epoch.number))) or 0) + 1,
        starts_at=work.now,
        public_key=private.public.encoded,
        state=EpochState.LIVE,
    )
    epoch.signature = work.vault.audit_key.signer().sign(facts(epoch))
    epoch.sealed_marker = hpke.seal(private.public, contexts.marker(epoch.id), MARKER)
    work.session.add(epoch)
    work.session.flush()
    for holder_id, public in recipients.items():
        grant(work, epoch, private, holder_id, public)
    audit.record(work, "epoch.begun", f"epoch/{epoch.id}")
    return epoch


def renew(work: Work) -> bool:
    """Begin a new epoch when the newest is a month old; return whether it did."""
    epochs = live(work)
    if not epochs or work.now - epochs[-1].starts_at < LASTS:
        return False
    begin(work)
    return True


def grant(work: Work, epoch: Epoch, private: PrivateKey, holder_id: UUID, public: PublicKey) -> None:
    """Seal an epoch's private key to one holder."""
    box = hpke.seal(public, contexts.grant_box(epoch.id, holder_id), private.encoded)
    sealed = work.vault.ring.seal(contexts.grant(epoch.id, holder_id), box)
    work.session.merge(Grant(epoch_id=epoch.id, holder_id=holder_id, ring_id=work.vault.ring.newest, sealed_key=sealed))
    work.session.flush()


def grant_all(work: Work, holder_id: UUID, public: PublicKey, by: Opener | None = None) -> None:
    """Give one holder every live epoch, opened by the member or by `by`; `Refused` when one was not granted to them."""
    for epoch in live(work):
        opener = by or work.member
        granted_to = work.session.get(Grant, (epoch.id, opener.holder_id))
        if granted_to is None:
            raise Refused(Reason.NO_GRANT)
        grant(work, epoch, open_grant(work, epoch.id, granted_to.sealed_key, opener), holder_id, public)


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
