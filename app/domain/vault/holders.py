"""Holders: members' key pairs behind their locks, and the printed recovery sheet."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from app.crypto import codes, contexts, locks
from app.crypto.hpke import PrivateKey
from app.crypto.tokens import Unreadable
from app.domain import audit, marks
from app.domain.vault import epochs, key_register
from app.domain.work import Altered, Opener, Reason, Refused, Work, altered
from app.models import Grant, Holder, HolderKind, Lock, LockKind


def make(work: Work, account_id: UUID | None, private: PrivateKey, lock_key: bytes) -> Holder:
    """Store a new holder behind a password, or a recovery sheet for no account; it opens nothing until admitted."""
    kind, lock = (HolderKind.COUNSELOR, LockKind.PASSWORD) if account_id else (HolderKind.SHEET, LockKind.RECOVERY)
    encoded = private.public.encoded
    holder = Holder(id=uuid4(), kind=kind, account_id=account_id, public_key=encoded, created_at=work.now)
    work.session.add(holder)
    work.session.flush()
    _lock(work, holder.id, uuid4(), lock, lock_key, private)
    return holder


def found(work: Work, holder_id: UUID) -> str:
    """Register the first holder and a recovery sheet, and begin the first epoch; return the sheet's code."""
    sheet, code = _make_sheet(work)
    first = read(work, holder_id)
    key_register.change(work, add={one.id: key_register.public_key(one).digest for one in (first, sheet)})
    epochs.begin(work)
    return code


def read(work: Work, holder_id: UUID) -> Holder:
    """Return a holder's row; `Altered` when it is missing."""
    holder = work.session.get(Holder, holder_id)
    if holder is None:
        raise Altered(f"holder/{holder_id}")
    return holder


def unlock(work: Work, holder_id: UUID, kind: LockKind, lock_key: bytes) -> PrivateKey:
    """Return the holder's private key; `Altered` when no lock of that kind opens."""
    for lock in work.session.scalars(select(Lock).where(Lock.holder_id == holder_id, Lock.kind == kind)):
        with suppress(Unreadable):
            return _unlock(work, holder_id, lock.id, lock_key, lock.sealed_key)
    raise Altered(f"holder/{holder_id}")


def unlock_one(work: Work, holder_id: UUID, lock_id: UUID, lock_key: bytes) -> PrivateKey:
    """Return the private key behind one lock; `Altered` when it is missing, another holder's, or does not open."""
    lock = work.session.get(Lock, lock_id)
    with altered(f"holder/{holder_id}/lock/{lock_id}"):
        return _unlock(work, holder_id, lock_id, lock_key, lock.sealed_key if lock else None)


def add_lock(work: Work, lock_id: UUID, kind: LockKind, lock_key: bytes) -> None:
    """Put the member's own key behind one more lock."""
    _lock(work, work.member.holder_id, lock_id, kind, lock_key, work.member.key())


def change_password(work: Work, lock_key: bytes) -> None:
    """Put the member's own key behind another password, and destroy the lock of the old one."""
    holder_id = work.member.holder_id
    work.session.execute(delete(Lock).where(Lock.holder_id == holder_id, Lock.kind == LockKind.PASSWORD))
    add_lock(work, uuid4(), LockKind.PASSWORD, lock_key)


def remove_lock(work: Work, lock_id: UUID) -> None:
    work.session.execute(delete(Lock).where(Lock.id == lock_id))


def admit(work: Work, holder_id: UUID, digest: bytes, by: Opener | None = None) -> None:
    """Register a holder and grant them every live epoch, opened by the member or by `by`.

    `Refused` when the stored public key is not the one whose words were compared.
    """
    public = key_register.public_key(read(work, holder_id))
    if public.digest != digest:
        raise Refused(Reason.KEY_CHANGED)
    key_register.change(work, add={holder_id: digest})
    epochs.grant_all(work, holder_id, public, by)


def dismiss(work: Work, holder_ids: Sequence[UUID]) -> None:
    """Destroy the locks and grants of holders; where one was registered, remove it and begin a new epoch."""
    work.session.execute(delete(Lock).where(Lock.holder_id.in_(holder_ids)))
    work.session.execute(delete(Grant).where(Grant.holder_id.in_(holder_ids)))
    if not key_register.read(work).digests.keys().isdisjoint(holder_ids):
        key_register.change(work, remove=holder_ids)
        epochs.begin(work)


def new_sheet(work: Work, by: Opener | None = None) -> str:
    """Replace the recovery sheet; return its code, which is shown once and stored nowhere."""
    old = [sheet.id for sheet in _sheets(work)]
    sheet, code = _make_sheet(work)
    public = key_register.public_key(sheet)
    epochs.grant_all(work, sheet.id, public, by)
    key_register.change(work, add={sheet.id: public.digest}, remove=old)
    work.session.execute(delete(Holder).where(Holder.id.in_(old)))
    audit.record(work, "sheet.printed", f"holder/{sheet.id}")
    return code


def confirm_sheet(work: Work, typed: str, *, line_tested: bool = False) -> None:
    """Open the form to clients once the printed code opens the sheet; `codes.BadCode` or `Refused` when it does not.

    `line_tested`: somebody checked that a called phone shows what `[calls]` says. The first time it is needed (S-59).
    """
    sheet = open_sheet(work, typed)
    if not marks.marked(work, marks.LIVE):
        if not line_tested:
            raise Refused(Reason.LINE_UNTESTED)
        audit.record(work, "line.tested", f"holder/{sheet.holder_id}")
        # Only the first time: the silence of the daily check is measured from this moment.
        marks.remember(work, marks.LIVE)
    audit.record(work, "sheet.confirmed", f"holder/{sheet.holder_id}")


def open_sheet(work: Work, typed: str) -> Opener:
    """Unlock the recovery sheet with its printed code; `codes.BadCode` or `Refused` when it does not open."""
    key = locks.entropy_key(codes.parse_recovery_code(typed), "recovery")
    digests = key_register.read(work).digests
    for sheet in _sheets(work):
        with suppress(Altered):
            private = unlock(work, sheet.id, LockKind.RECOVERY, key)
            if digests.get(sheet.id) == private.public.digest:
                return Opener.unlocked(sheet.id, private)
    raise Refused(Reason.OTHER_SHEET)


def drill(work: Work, typed: str) -> str:
    """Open every live epoch with the printed code; return the code of the next sheet. `Altered` names what fails.

    It is replaced, because a code that was typed may have been seen.
    """
    sheet = open_sheet(work, typed)
    epochs.try_all(work, sheet)
    audit.record(work, "sheet.drilled", f"holder/{sheet.holder_id}")
    return new_sheet(work, by=sheet)


def _sheets(work: Work) -> Sequence[Holder]:
    return work.session.scalars(select(Holder).where(Holder.kind == HolderKind.SHEET)).all()


def _make_sheet(work: Work) -> tuple[Holder, str]:
    code = codes.recovery_code()
    key = locks.entropy_key(codes.parse_recovery_code(code), "recovery")
    return make(work, None, PrivateKey.generate(), key), code


def _lock(work: Work, holder_id: UUID, lock_id: UUID, kind: LockKind, key: bytes, private: PrivateKey) -> None:
    place = contexts.lock(holder_id, lock_id)
    sealed = work.vault.ring.seal(place, locks.lock(key, place, private))
    work.session.add(
        Lock(id=lock_id, holder_id=holder_id, kind=kind, ring_id=work.vault.ring.newest, sealed_key=sealed)
    )
    work.session.flush()


def _unlock(work: Work, holder_id: UUID, lock_id: UUID, key: bytes, sealed: bytes | None) -> PrivateKey:
    place = contexts.lock(holder_id, lock_id)
    return locks.unlock(key, place, work.vault.ring.open(place, sealed))
