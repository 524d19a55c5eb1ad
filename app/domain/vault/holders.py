"""Who can open: counselors' key pairs behind their locks, and the printed recovery sheet."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from app.crypto import codes, contexts, locks
from app.crypto.hpke import PrivateKey
from app.crypto.tokens import Unreadable
from app.domain import audit, marks
from app.domain.vault import epochs, key_register
from app.domain.vault.epochs import Opener
from app.domain.work import Altered, Reason, Refused, Work
from app.models import Grant, Holder, HolderKind, Lock, LockKind


def make(work: Work, account_id: UUID, private: PrivateKey, lock_key: bytes) -> UUID:
    """Keep a new holder behind its password; it opens nothing until it is admitted."""
    holder = Holder(
        id=uuid4(),
        kind=HolderKind.COUNSELOR,
        account_id=account_id,
        public_key=private.public.encoded,
        created_at=work.now,
    )
    _keep(work, holder, LockKind.PASSWORD, lock_key, private)
    return holder.id


def found(work: Work, holder_id: UUID) -> str:
    """Put the first holder and a recovery sheet on the roll and begin the first epoch; return the sheet's code."""
    sheet, code = _make_sheet(work)
    first = _holder(work, holder_id)
    key_register.change(
        work, key_register.read(work), {h.id: key_register.public_key(h).digest for h in (first, sheet)}
    )
    epochs.begin(work)
    return code


def unlock(work: Work, holder_id: UUID, kind: LockKind, lock_key: bytes) -> PrivateKey:
    """Return the private key; `Altered` when no lock of that kind opens, or it is not the holder's key."""
    for lock in work.session.scalars(select(Lock).where(Lock.holder_id == holder_id, Lock.kind == kind)):
        place = contexts.lock(holder_id, lock.id)
        try:
            return locks.unlock(lock_key, place, work.vault.ring.open(place, lock.sealed_key))
        except Unreadable:
            continue
    raise Altered(f"holder/{holder_id}")


def add_lock(work: Work, lock_id: UUID, kind: LockKind, lock_key: bytes) -> None:
    """Put the member's own key behind one more lock."""
    _lock(work, work.member.holder_id, lock_id, kind, lock_key, work.member.key())


def change_password(work: Work, lock_key: bytes) -> None:
    """Put the member's own key behind another password; the lock of the old one is destroyed."""
    holder_id = work.member.holder_id
    work.session.execute(delete(Lock).where(Lock.holder_id == holder_id, Lock.kind == LockKind.PASSWORD))
    add_lock(work, uuid4(), LockKind.PASSWORD, lock_key)


def remove_lock(work: Work, lock_id: UUID) -> None:
    """Destroy a lock, if it is there."""
    work.session.execute(delete(Lock).where(Lock.id == lock_id))


def unlock_one(work: Work, holder_id: UUID, lock_id: UUID, lock_key: bytes) -> PrivateKey:
    """Return the private key behind one lock; `Altered` when it is gone, another's, or does not open."""
    lock = work.session.get(Lock, lock_id)
    place = contexts.lock(holder_id, lock_id)
    try:
        return locks.unlock(lock_key, place, work.vault.ring.open(place, lock.sealed_key if lock else None))
    except Unreadable as error:
        raise Altered(f"holder/{holder_id}/lock/{lock_id}") from error


def admit(work: Work, holder_id: UUID, digest: bytes, by: Opener | None = None) -> None:
    """Put a holder on the roll and grant every live epoch that the member, or whoever is named, opens.

    `Refused` when the stored public key is not the one whose words were compared.
    """
    public = key_register.public_key(_holder(work, holder_id))
    if public.digest != digest:
        raise Refused(Reason.KEY_CHANGED)
    listed = key_register.read(work)
    key_register.change(work, listed, {**listed.digests, holder_id: digest})
    epochs.grant_all(work, holder_id, public, by)


def strike(work: Work, account_id: UUID) -> None:
    """Take an account's holders off the roll, destroy their locks and grants, begin a new epoch."""
    dismiss(work, work.session.scalars(select(Holder.id).where(Holder.account_id == account_id)).all())


def dismiss(work: Work, holder_ids: Sequence[UUID]) -> None:
    """Take holders off the roll, destroy their locks and grants; begin a new epoch if one was on the roll."""
    work.session.execute(delete(Lock).where(Lock.holder_id.in_(holder_ids)))
    work.session.execute(delete(Grant).where(Grant.holder_id.in_(holder_ids)))
    listed = key_register.read(work)
    remaining = {holder: digest for holder, digest in listed.digests.items() if holder not in holder_ids}
    if len(remaining) < len(listed.digests):
        key_register.change(work, listed, remaining)
        epochs.begin(work)


def new_sheet(work: Work, by: Opener | None = None) -> str:
    """Replace the recovery sheet; return its code, which is shown once and kept nowhere."""
    old = [sheet.id for sheet in _sheets(work)]
    sheet, code = _make_sheet(work)
    public = key_register.public_key(sheet)
    epochs.grant_all(work, sheet.id, public, by)
    listed = key_register.read(work)
    kept = {holder: digest for holder, digest in listed.digests.items() if holder not in old}
    key_register.change(work, listed, {**kept, sheet.id: public.digest})
    work.session.execute(delete(Holder).where(Holder.id.in_(old)))
    audit.record(work, "sheet.printed", f"holder/{sheet.id}")
    return code


def confirm_sheet(work: Work, typed: str, *, line_tested: bool = False) -> None:
    """Let the form go live once the printed code opens the sheet; `codes.BadCode` or `Refused` when it does not.

    `line_tested` says that a called phone showed what `[calls]` says; `Refused` while nobody has said so (S-59).
    """
    sheet = open_sheet(work, typed)
    if not marks.marked(work, marks.LIVE):
        if not line_tested:
            raise Refused(Reason.LINE_UNTESTED)
        audit.record(work, "line.tested", f"holder/{sheet.holder_id}")
        # Once: since when the form is open also says how long the daily check has been silent.
        marks.remember(work, marks.LIVE)
    audit.record(work, "sheet.confirmed", f"holder/{sheet.holder_id}")


def open_sheet(work: Work, typed: str) -> Opener:
    """Unlock the recovery sheet with its printed code; `codes.BadCode` or `Refused` when it does not open."""
    key = locks.entropy_key(codes.parse_recovery_code(typed), "recovery")
    digests = key_register.read(work).digests
    for sheet in _sheets(work):
        try:
            private = unlock(work, sheet.id, LockKind.RECOVERY, key)
        except Altered:
            continue
        if digests.get(sheet.id) == private.public.digest:
            return Opener(sheet.id, partial(_same, private))
    raise Refused(Reason.OTHER_SHEET)


def _same(private: PrivateKey) -> PrivateKey:
    return private


def _sheets(work: Work) -> Sequence[Holder]:
    return work.session.scalars(select(Holder).where(Holder.kind == HolderKind.SHEET)).all()


def _holder(work: Work, holder_id: UUID) -> Holder:
    holder = work.session.get(Holder, holder_id)
    if holder is None:
        raise Altered(f"holder/{holder_id}")
    return holder


def _make_sheet(work: Work) -> tuple[Holder, str]:
    code, private = codes.recovery_code(), PrivateKey.generate()
    sheet = Holder(id=uuid4(), kind=HolderKind.SHEET, public_key=private.public.encoded, created_at=work.now)
    key = locks.entropy_key(codes.parse_recovery_code(code), "recovery")
    _keep(work, sheet, LockKind.RECOVERY, key, private)
    return sheet, code


def _keep(work: Work, holder: Holder, kind: LockKind, key: bytes, private: PrivateKey) -> None:
    work.session.add(holder)
    work.session.flush()
    _lock(work, holder.id, uuid4(), kind, key, private)


def _lock(work: Work, holder_id: UUID, lock_id: UUID, kind: LockKind, key: bytes, private: PrivateKey) -> None:
    place = contexts.lock(holder_id, lock_id)
    sealed = work.vault.ring.seal(place, locks.lock(key, place, private))
    work.session.add(
        Lock(id=lock_id, holder_id=holder_id, kind=kind, ring_id=work.vault.ring.newest, sealed_key=sealed)
    )
    work.session.flush()
