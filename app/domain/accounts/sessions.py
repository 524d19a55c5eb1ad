"""Sessions: signing in, the second factor, and the browsers that are signed in.

The holder's key exists only inside the session's row, under a key that exists only in the cookie.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from app.crypto import codes, contexts, tokens, totp
from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.crypto.tokens import Unreadable
from app.domain import audit, permissions
from app.domain.accounts import accounts, passwords, throttle
from app.domain.accounts.accounts import Device, DeviceKind
from app.domain.accounts.passwords import PasswordAttempt
from app.domain.letters import outbox
from app.domain.vault import epochs, holders
from app.domain.work import Member, Missing, Work, altered
from app.models import Account, AccountState, LetterKind, LoginSession, SignInDelay, SpentChallenge

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)


@dataclass(frozen=True)
class Resumed:
    """A signed-in browser: its member, what its session remembers, and when it was last seen."""

    member: Member
    data: Mapping[str, Any] = field(repr=False)
    seen_at: datetime


@dataclass(frozen=True)
class Browser:
    """One signed-in browser. `mark` names it on the page; it opens nothing."""

    mark: str
    kind: DeviceKind
    #: The passkey that opened it, or None for a password.
    passkey: str | None
    started_at: datetime
    seen_at: datetime
    here: bool


def finish(
    work: Work, attempt: PasswordAttempt, stretched: Stretched, code: str, device: Device = accounts.NOWHERE
) -> str | None:
    """Return the cookie of a new session; None when anything is wrong, without saying what."""
    account = accounts.find(work, attempt.account_id)
    record = passwords.matching(work, account, stretched)
    if account is None or record is None or not second_factor(work, account, code):
        refuse(work, attempt.account_id)
        return None
    throttle.clear(work, attempt.name_hash)
    return let_in(work, account, passwords.unlocked(work, account, record, stretched), device)


def let_in(work: Work, account: Account, private: PrivateKey, device: Device, passkey: str | None = None) -> str:
    """Record a sign-in, and return the cookie of its new session."""
    audit.record(work, "sign_in.done", f"account/{account.id}")
    return start(work, account, private, device=device, passkey=passkey)


def refuse(work: Work, account_id: UUID | None) -> None:
    audit.record(work, "sign_in.refused", f"account/{account_id or 'unknown'}")


def start(
    work: Work,
    account: Account,
    private: PrivateKey,
    data: Mapping[str, Any] | None = None,
    *,
    device: Device = accounts.NOWHERE,
    passkey: str | None = None,
) -> str:
    """Open a new session that holds the private key, and prove what it opens; return its cookie."""
    record = accounts.read(work, account)
    if record.state is AccountState.ACTIVE and record.holder is not None:
        epochs.prove_all(work, account, record.holder, private)
    accounts.notify_if_new_device(work, account, device, passkey)
    cookie = codes.link_token()
    cookie_hash, key = _derived(cookie)
    shown = json.dumps({"kind": device.kind, "passkey": passkey}).encode()
    work.session.add(
        LoginSession(
            cookie_hash=cookie_hash,
            account_id=account.id,
            started_at=work.now,
            seen_at=work.now,
            proved_at=work.now,
            ring_id=work.vault.ring.newest,
            sealed_key=_seal(work, key, contexts.session_key(cookie_hash), private.encoded),
            sealed_data=_seal(work, key, contexts.session_data(cookie_hash), json.dumps(data or {}).encode()),
            sealed_device=work.vault.ring.seal(contexts.session_device(cookie_hash), shown),
        )
    )
    work.session.flush()
    return cookie


def resume(work: Work, cookie: str) -> Resumed | None:
    """Return whose session it is; None when it has ended, was locked, or is unknown. `Altered` for another's row."""
    cookie_hash, key = _derived(cookie)
    row = work.session.execute(
        select(LoginSession, Account)
        .join(Account, Account.id == LoginSession.account_id)
        .where(LoginSession.cookie_hash == cookie_hash, *live(work))
    ).first()
    if row is None:
        return None
    signed_in, account = row
    record = accounts.read(work, account)
    if record.state not in accounts.SIGNS_IN or record.holder is None:
        return None
    member = Member(
        account_id=account.id,
        role=record.role,
        state=record.state,
        holder_id=record.holder,
        cookie_hash=cookie_hash,
        proved_at=signed_in.proved_at,
        language=account.language,
        key=lambda: PrivateKey.decode(_open(work, key, contexts.session_key(cookie_hash), signed_in.sealed_key)),
        passkeys=tuple(passkey.credential for passkey in record.passkeys),
    )
    with altered(f"session/{cookie_hash.hex()}"):
        data = json.loads(_open(work, key, contexts.session_data(cookie_hash), signed_in.sealed_data))
    return Resumed(member, data, signed_in.seen_at)


def live(work: Work) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a session that can still be resumed."""
    return (
        LoginSession.sealed_key.is_not(None),
        LoginSession.seen_at > work.now - IDLE,
        LoginSession.started_at > work.now - ABSOLUTE,
    )


def whose(work: Work, cookie: str) -> UUID | None:
    """Return the account of a session, even of a locked one; None once it has ended. It lets nobody in."""
    cookie_hash, _ = _derived(cookie)
    young = LoginSession.started_at > work.now - ABSOLUTE
    return work.session.scalar(select(LoginSession.account_id).where(LoginSession.cookie_hash == cookie_hash, young))


def touch(work: Work, member: Member) -> None:
    work.session.execute(
        update(LoginSession).where(LoginSession.cookie_hash == member.cookie_hash).values(seen_at=work.now)
    )


def save_data(work: Work, cookie: str, data: Mapping[str, Any]) -> None:
    cookie_hash, key = _derived(cookie)
    sealed = _seal(work, key, contexts.session_data(cookie_hash), json.dumps(data).encode())
    work.session.execute(
        update(LoginSession)
        .where(LoginSession.cookie_hash == cookie_hash, LoginSession.sealed_key.is_not(None))
        .values(sealed_data=sealed, seen_at=work.now)
    )


def change_password(work: Work, attempt: PasswordAttempt, old: Stretched, new: Stretched, salt: bytes) -> bool:
    """Put the member's key behind a new password, and end their other browsers; False when the old one is wrong.

    `new` is stretched with `salt`, `old` with the attempt's. Needs to be fresh.
    """
    permissions.require_fresh(work)
    account = accounts.own(work)
    if passwords.matching(work, account, old) is None:
        audit.record(work, "password.refused", f"account/{account.id}")
        return False
    throttle.clear(work, attempt.name_hash)
    holders.change_password(work, new.key)
    accounts.change(work, account, salt=salt, verifier=new.verifier)
    end_others(work)
    audit.record(work, "password.changed", f"account/{account.id}")
    outbox.write_now(work, LetterKind.ACCOUNT_CHANGE, [account])
    return True


def sign_out(work: Work) -> None:
    work.session.execute(delete(LoginSession).where(LoginSession.cookie_hash == work.member.cookie_hash))
    audit.record(work, "sign_out", f"account/{work.member.account_id}")


def sign_out_everywhere(work: Work) -> None:
    end_all(work, work.member.account_id)
    audit.record(work, "sign_out.everywhere", f"account/{work.member.account_id}")


def end_all(work: Work, account_id: UUID) -> None:
    work.session.execute(delete(LoginSession).where(LoginSession.account_id == account_id))


def own_browsers(work: Work) -> list[Browser]:
    """Return the member's own browsers, this one first, then the last used."""
    mine = select(LoginSession).where(LoginSession.account_id == work.member.account_id, *live(work))
    found = []
    for row in work.session.scalars(mine):
        kind, passkey, here = DeviceKind.UNKNOWN, None, row.cookie_hash == work.member.cookie_hash
        if row.sealed_device is not None:
            with altered(f"session/{row.cookie_hash.hex()}"):
                shown = json.loads(work.vault.ring.open(contexts.session_device(row.cookie_hash), row.sealed_device))
            kind, passkey = DeviceKind(shown["kind"]), shown["passkey"]
        found.append(Browser(row.cookie_hash.hex(), kind, passkey, row.started_at, row.seen_at, here))
    return sorted(found, key=lambda one: (one.here, one.seen_at), reverse=True)


def end_browser(work: Work, mark: str) -> bool:
    """End one of the member's own browsers; return whether it was this one. May be `Missing`."""
    try:
        cookie_hash = bytes.fromhex(mark)
    except ValueError as error:
        raise Missing from error
    mine = delete(LoginSession).where(
        LoginSession.cookie_hash == cookie_hash, LoginSession.account_id == work.member.account_id
    )
    if work.session.scalar(mine.returning(LoginSession.account_id)) is None:
        raise Missing
    audit.record(work, "session.ended", f"account/{work.member.account_id}")
    return cookie_hash == work.member.cookie_hash


def end_others(work: Work) -> None:
    member = work.member
    others = (LoginSession.account_id == member.account_id, LoginSession.cookie_hash != member.cookie_hash)
    work.session.execute(delete(LoginSession).where(*others))
    audit.record(work, "session.others_ended", f"account/{member.account_id}")


def end_colleagues(work: Work, account_id: UUID) -> None:
    """End all of a colleague's browsers. For supervisors; needs to be fresh."""
    permissions.require_supervisor(work)
    permissions.require_fresh(work)
    account = accounts.locked(work, account_id)
    end_all(work, account.id)
    audit.record(work, "session.all_ended", f"account/{account.id}")


def end_begun_with(work: Work, passkey: str) -> None:
    """End the member's other browsers that a passkey opened."""
    others = (one for one in own_browsers(work) if not one.here)
    gone = [bytes.fromhex(one.mark) for one in others if one.passkey == passkey]
    work.session.execute(delete(LoginSession).where(LoginSession.cookie_hash.in_(gone)))


def overdue(work: Work) -> bool:
    return work.session.scalar(select(LoginSession.cookie_hash).where(_over(work)).limit(1)) is not None


def lock_idle(work: Work) -> None:
    """Delete the keys of sessions that are idle or too old, and the waits and challenges that have expired."""
    gone = dict.fromkeys(("sealed_key", "sealed_data", "sealed_device"))
    work.session.execute(update(LoginSession).where(_over(work)).values(gone))
    work.session.execute(delete(LoginSession).where(LoginSession.started_at <= work.now - ABSOLUTE))
    work.session.execute(delete(SignInDelay).where(SignInDelay.until < work.now - IDLE))
    work.session.execute(delete(SpentChallenge).where(SpentChallenge.until < work.now))


def second_factor(work: Work, account: Account, code: str) -> bool:
    """Accept a code once: the authenticator's, or a printed one."""
    record = accounts.read(work, account)
    hashed = codes.hash_token(codes.symbols_of(code))
    if hashed in record.backup_hashes:
        accounts.change(work, account, backup_hashes=tuple(one for one in record.backup_hashes if one != hashed))
        audit.record(work, "backup_code.used", f"account/{account.id}")
        return True
    if account.sealed_totp is None:
        return False
    try:
        secret = work.vault.ring.open(contexts.totp(account.id), account.sealed_totp)
        step = totp.check(secret, code.replace(" ", ""), work.now, record.totp_step)
    except (Unreadable, totp.WrongCode):
        return False
    accounts.change(work, account, totp_step=step)
    return True


def _over(work: Work) -> ColumnElement[bool]:
    too_long = or_(LoginSession.seen_at <= work.now - IDLE, LoginSession.started_at <= work.now - ABSOLUTE)
    return and_(too_long, LoginSession.sealed_key.is_not(None))


def _derived(cookie: str) -> tuple[bytes, bytes]:
    """Return the hash of the row, and the key that only the cookie gives."""
    material = cookie.encode()
    return tokens.sub_key(material, "session-row"), tokens.sub_key(material, "session-key")


def _seal(work: Work, key: bytes, place: contexts.Context, data: bytes) -> bytes:
    return work.vault.ring.seal(place, tokens.seal_bytes(key, place, data))


def _open(work: Work, key: bytes, place: contexts.Context, sealed: bytes | None) -> bytes:
    return tokens.open_bytes(key, place, work.vault.ring.open(place, sealed or b""))
