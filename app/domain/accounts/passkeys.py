"""Passkeys: a second factor, and with a secret of its own also a lock on the holder's key.

The list of passkeys is in the account's sealed record, so none can be added or brought back without it.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import update

from app.crypto import locks, passkeys
from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.crypto.passkeys import Site
from app.domain import audit, permissions
from app.domain.accounts import accounts, passwords, sessions, throttle
from app.domain.accounts.accounts import Device, Passkey, Record
from app.domain.accounts.passwords import PasswordAttempt
from app.domain.letters import outbox
from app.domain.vault import holders
from app.domain.work import Missing, Reason, Refused, Work
from app.models import Account, LetterKind, LockKind, LoginSession, SpentChallenge

#: How long a challenge waits for its assertion, and an assertion for the password.
LASTS = timedelta(minutes=5)
MOST = 10


@dataclass(frozen=True)
class Assertion:
    """What a browser sends from an authenticator: the challenge, the response to it, and the secret, if any."""

    site: Site
    challenge: str
    response: str = field(repr=False)
    secret: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PasskeyAttempt:
    #: None when the response names nobody, or its challenge was used before.
    account_id: UUID | None
    credential: bytes
    name_hash: bytes = field(repr=False)


@dataclass(frozen=True)
class Halfway:
    """A passkey that was right but opens nothing by itself: the password is needed, too."""

    passkey: str
    email: str


def listed(work: Work) -> list[tuple[Passkey, bool]]:
    """Return the member's own passkeys, oldest first, and whether each signs in without the password."""
    record = accounts.read(work, work.session.get_one(Account, work.member.account_id))
    return [(one, one.holder == record.holder) for one in record.passkeys]


def add(work: Work, assertion: Assertion, name: str, device: Device) -> None:
    """Store a new passkey of the member, and a lock behind its secret. Needs to be fresh; may be `Refused`."""
    permissions.require_fresh(work)
    account = accounts.own(work)
    record = accounts.read(work, account)
    if len(record.passkeys) >= MOST:
        raise Refused(Reason.MANY_PASSKEYS)
    try:
        made = passkeys.check_registration(assertion.response, assertion.site, assertion.challenge.encode())
    except passkeys.Rejected as error:
        raise Refused(Reason.PASSKEY) from error
    known = made.credential in (one.credential for one in record.passkeys)
    if known or not _spend(work, assertion.challenge):
        raise Refused(Reason.PASSKEY)
    passkey = Passkey(uuid4(), name, made.credential, made.public_key, made.count, work.now)
    if assertion.secret is not None:
        halves = locks.split(assertion.secret)
        passkey = replace(passkey, holder=work.member.holder_id, verifier=halves.verifier)
        holders.add_lock(work, passkey.id, LockKind.PASSKEY, halves.key)
    accounts.change(work, account, passkeys=(*record.passkeys, passkey))
    # One letter reports the new passkey; its first use on the same device is no further news.
    accounts.remember_device(work, account, device, str(passkey.id))
    audit.record(work, "passkey.added", _subject(account, passkey))
    outbox.write_now(work, LetterKind.ACCOUNT_CHANGE, [account])


def remove(work: Work, passkey_id: UUID) -> None:
    """Delete one of the member's passkeys and its lock, and end the other browsers it opened. Needs to be fresh."""
    permissions.require_fresh(work)
    account = accounts.own(work)
    record = accounts.read(work, account)
    passkey = next((one for one in record.passkeys if one.id == passkey_id), None)
    if passkey is None:
        raise Missing
    accounts.change(work, account, passkeys=tuple(one for one in record.passkeys if one is not passkey))
    holders.remove_lock(work, passkey_id)
    sessions.end_begun_with(work, str(passkey.id))
    audit.record(work, "passkey.removed", _subject(account, passkey))
    outbox.write_now(work, LetterKind.ACCOUNT_CHANGE, [account])


def begin(work: Work, assertion: Assertion) -> PasskeyAttempt:
    """Count the attempt and spend its challenge before anything is checked; `TooSoon` to wait."""
    try:
        named = passkeys.read_claim(assertion.response)
    except passkeys.Rejected:
        named = passkeys.Claim(b"", b"")
    name_hash = throttle.count(work, f"passkey/{named.user.hex()}")
    good = _spend(work, assertion.challenge) and len(named.user) == len(UUID(int=0).bytes)
    return PasskeyAttempt(UUID(bytes=named.user) if good else None, named.credential, name_hash)


def finish(work: Work, attempt: PasskeyAttempt, assertion: Assertion, device: Device) -> str | Halfway | None:
    """Return the cookie of a new session; `Halfway` when the password is needed, too; None when it is refused."""
    account = accounts.find(work, attempt.account_id)
    passkey = _used(work, account, attempt.credential, assertion) if account else None
    if account is None or passkey is None:
        sessions.refuse(work, account.id if account else None)
        return None
    throttle.clear(work, attempt.name_hash)
    private = _unlocked(work, accounts.read(work, account), passkey, assertion.secret)
    if private is None:
        return Halfway(str(passkey.id), account.email)
    return sessions.let_in(work, account, private, device, str(passkey.id))


def finish_with_password(
    work: Work, attempt: PasswordAttempt, stretched: Stretched, halfway: Halfway, device: Device, *, once: str
) -> str | None:
    """Return the cookie of a new session, or None. `halfway` works `once`, and only with the right password."""
    account = accounts.find(work, attempt.account_id)
    record = passwords.matching(work, account, stretched)
    known = record is not None and halfway.passkey in (str(one.id) for one in record.passkeys)
    if account is None or record is None or not known or not _spend(work, once):
        sessions.refuse(work, attempt.account_id)
        return None
    throttle.clear(work, attempt.name_hash)
    private = passwords.unlocked(work, account, record, stretched)
    return sessions.let_in(work, account, private, device, halfway.passkey)


def prove(work: Work, proof: str | Assertion) -> bool:
    """Note that the member gave their second factor just now; False when it is wrong, and it counts. Or `TooSoon`."""
    account = accounts.own(work)
    name_hash = throttle.count(work, f"prove/{account.id}")
    if not second_factor(work, account, proof):
        audit.record(work, "proof.refused", f"account/{account.id}")
        return False
    throttle.clear(work, name_hash)
    mine = update(LoginSession).where(LoginSession.cookie_hash == work.member.cookie_hash)
    work.session.execute(mine.values(proved_at=work.now))
    return True


def second_factor(work: Work, account: Account, proof: str | Assertion) -> bool:
    """Accept a code, or an assertion of one of the account's passkeys in its place, once."""
    if isinstance(proof, str):
        return sessions.second_factor(work, account, proof)
    try:
        credential = passkeys.read_claim(proof.response).credential
    except passkeys.Rejected:
        credential = b""
    return _spend(work, proof.challenge) and _used(work, account, credential, proof) is not None


def _used(work: Work, account: Account, credential: bytes, assertion: Assertion) -> Passkey | None:
    """Check an assertion against the account's passkey, and note its use; None when it is wrong."""
    record = accounts.read(work, account)
    passkey = next((one for one in record.passkeys if one.credential == credential), None)
    if passkey is None or record.state not in accounts.SIGNS_IN:
        return None
    try:
        count = passkeys.check_assertion(
            assertion.response,
            assertion.site,
            assertion.challenge.encode(),
            public_key=passkey.public_key,
            count=passkey.count,
        )
    except passkeys.Rejected:
        return None
    except passkeys.Copied:
        audit.record(work, "passkey.copied", _subject(account, passkey))
        outbox.write_now(work, LetterKind.ACCOUNT_CHANGE, [account])
        return None
    now_used = replace(passkey, count=count, used_at=work.now)
    accounts.change(work, account, passkeys=tuple(now_used if one is passkey else one for one in record.passkeys))
    audit.record(work, "passkey.used", _subject(account, passkey))
    return now_used


def _unlocked(work: Work, record: Record, passkey: Passkey, secret: bytes | None) -> PrivateKey | None:
    """Return the holder's key; None when the passkey has no lock on it, or came without its secret."""
    if secret is None or passkey.verifier is None or passkey.holder is None or passkey.holder != record.holder:
        return None
    halves = locks.split(secret)
    if not passwords.matches(halves, passkey.verifier):
        return None
    return holders.unlock_one(work, passkey.holder, passkey.id, halves.key)


def _spend(work: Work, challenge: str) -> bool:
    """Note that a challenge was used; False when it was before."""
    challenge_hash = hashlib.sha256(challenge.encode()).digest()
    once = (
        work.insert(SpentChallenge)
        .values(challenge_hash=challenge_hash, until=work.now + 2 * LASTS)
        .on_conflict_do_nothing()
        .returning(SpentChallenge.challenge_hash)
    )
    return work.session.scalar(once) is not None


def _subject(account: Account, passkey: Passkey) -> str:
    return f"account/{account.id}/passkey/{passkey.id}"
