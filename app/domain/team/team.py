"""The team: invite, accept, approve by six fingerprint words, change roles, suspend."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from app.crypto import codes, contexts, totp, words
from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.domain import audit, permissions
from app.domain.accounts import accounts, sessions
from app.domain.accounts.accounts import Device, Record
from app.domain.letters import outbox
from app.domain.rota import rota
from app.domain.vault import holders, key_register
from app.domain.work import Missing, Party, Reason, Refused, Work
from app.models import Account, AccountState, Holder, Letter, LetterKind, LoginSession, OneTimeLink, Role

LINK_LASTS = timedelta(minutes=60)
_MADE = {Role.SUPERVISOR: "team.made_supervisor", Role.COUNSELOR: "team.made_counselor"}


@dataclass(frozen=True)
class Invitation:
    account_id: UUID
    name: str
    email: str
    role: Role


@dataclass(frozen=True)
class Credentials:
    """What a newcomer starts with: the stretched password, a key pair, a second factor and its printed codes."""

    stretched: Stretched = field(repr=False)
    salt: bytes = field(repr=False)
    private: PrivateKey = field(repr=False)
    totp_secret: bytes = field(repr=False)
    backup_codes: Sequence[str] = field(repr=False)


@dataclass(frozen=True)
class TeamMember:
    """One row of the team page. `words` and `key_digest` (hex) are given while the account waits for approval."""

    id: UUID
    name: str
    email: str
    role: Role
    state: AccountState
    seen_at: datetime | None
    #: In how many browsers they are signed in now.
    browsers: int
    words: tuple[str, ...] | None = None
    key_digest: str | None = None


def invite(work: Work, *, email: str, name: str, role: Role) -> str:
    """Return the token of a one-time link for an account that has not accepted yet. Needs to be fresh at the desk."""
    permissions.require_supervisor(work)
    if work.actor is not Party.OPERATOR:
        permissions.require_fresh(work)
    email = accounts.normal_email(email)
    account = accounts.by_email(work, email)
    if account is not None and accounts.read(work, account).state is not AccountState.INVITED:
        raise Refused(Reason.KNOWN_EMAIL)
    if account is None:
        account = Account(id=uuid4(), created_at=work.now)
        work.session.add(account)
    account.name = name.strip()
    accounts.write(work, account, Record(email=email, role=role, state=AccountState.INVITED))
    work.session.flush()
    work.session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id))
    token = codes.link_token()
    work.session.add(
        OneTimeLink(token_hash=codes.hash_token(token), account_id=account.id, expires_at=work.now + LINK_LASTS)
    )
    audit.record(work, "team.invited", f"account/{account.id}")
    return token


def invitation(work: Work, token: str) -> Invitation:
    """Return the invitation of a link; `Missing` when it was used, has expired, or is unknown."""
    account = work.session.scalar(
        select(Account)
        .join(OneTimeLink, OneTimeLink.account_id == Account.id)
        .where(OneTimeLink.token_hash == codes.hash_token(token), OneTimeLink.expires_at > work.now)
    )
    if account is None:
        raise Missing
    record = accounts.read(work, account)
    if record.state is not AccountState.INVITED:
        raise Missing
    return Invitation(account.id, account.name, account.email, record.role)


def accept(work: Work, token: str, brought: Credentials, code: str, device: Device = accounts.NOWHERE) -> str | None:
    """Make the account's keys and sign it in; return the cookie, or None when the code is wrong.

    The first supervisor founds the vault, and has the recovery code in the session until they type it back.
    """
    account = accounts.locked(work, invitation(work, token).account_id)
    try:
        step = totp.check(brought.totp_secret, code.replace(" ", ""), work.now, None)
    except totp.WrongCode:
        return None
    record = accounts.read(work, account)
    if record.state is not AccountState.INVITED:
        raise Missing
    holder_id = holders.make(work, account.id, brought.private, brought.stretched.key).id
    founds = record.role is Role.SUPERVISOR and key_register.read(work).number == 0
    accounts.change(
        work,
        account,
        state=AccountState.ACTIVE if founds else AccountState.PENDING,
        holder=holder_id,
        salt=brought.salt,
        verifier=brought.stretched.verifier,
        totp_step=step,
        backup_hashes=tuple(codes.hash_token(codes.symbols_of(one)) for one in brought.backup_codes),
    )
    account.sealed_totp = work.vault.ring.seal(contexts.totp(account.id), brought.totp_secret)
    work.session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id))
    audit.record(work, "team.joined", f"account/{account.id}")
    data = {"recovery_code": holders.found(work, holder_id)} if founds else {}
    if not founds:
        outbox.write_now(work, LetterKind.TEAM_CHANGE, accounts.supervisors(work))
    return sessions.start(work, account, brought.private, data, device=device)


def roster(work: Work) -> list[TeamMember]:
    """Return everybody, by name; with the fingerprint words of those who wait for approval."""
    live = func.count().filter(*sessions.live(work)).label("live")
    seen = (
        select(LoginSession.account_id, func.max(LoginSession.seen_at).label("at"), live)
        .group_by(LoginSession.account_id)
        .subquery()
    )
    rows = work.session.execute(
        select(Account, seen.c.at, seen.c.live).outerjoin(seen, seen.c.account_id == Account.id).order_by(Account.name)
    ).all()
    keys = {holder.id: holder for holder in work.session.scalars(select(Holder))}
    found = []
    for row in rows:
        account, record = row.Account, accounts.read(work, row.Account)
        holder = keys.get(record.holder) if record.holder and record.state is AccountState.PENDING else None
        six, digest = _six_words(holder) if holder else (None, None)
        found.append(
            TeamMember(
                id=account.id,
                name=account.name,
                email=account.email,
                role=record.role,
                state=record.state,
                seen_at=row.at,
                browsers=row.live or 0,
                words=six,
                key_digest=digest.hex() if digest else None,
            )
        )
    return found


def approve(work: Work, account_id: UUID, key_digest: str) -> None:
    """Grant a newcomer exactly the key whose words were compared. Needs to be fresh."""
    permissions.require_supervisor(work)
    permissions.require_fresh(work)
    account = accounts.locked(work, account_id)
    holder = _waiting(work, account)
    try:
        digest = bytes.fromhex(key_digest)
    except ValueError as error:
        raise Refused(Reason.KEY_CHANGED) from error
    holders.admit(work, holder.id, digest)
    activate(work, account)
    audit.record(work, "team.approved", f"account/{account.id}")


def six_words(work: Work, account_id: UUID) -> tuple[tuple[str, ...], bytes]:
    """Return the fingerprint words of the key that waits for approval, and its digest."""
    return _six_words(_waiting(work, work.session.get_one(Account, account_id)))


def approve_by_sheet(work: Work, account_id: UUID, typed: str, digest: bytes) -> str:
    """Grant the compared key every epoch that the recovery sheet opens; return the code of the next sheet.

    `codes.BadCode` or `Refused` when it is not the code, nobody waits, or the key has changed.
    """
    sheet = holders.open_sheet(work, typed)
    account = accounts.locked(work, account_id)
    holders.admit(work, _waiting(work, account).id, digest, by=sheet)
    activate(work, account)
    audit.record(work, "team.recovered", f"account/{account_id}")
    return holders.new_sheet(work, by=sheet)


def activate(work: Work, account: Account) -> None:
    """Make an account active whose key was granted, and destroy the key of its former password."""
    old = accounts.read(work, account).sleeping
    accounts.change(work, account, state=AccountState.ACTIVE, sleeping=None)
    if old is not None:
        holders.dismiss(work, [old.holder])
    outbox.write_now(work, LetterKind.TEAM_CHANGE, accounts.supervisors(work))


def suspend(work: Work, account_id: UUID) -> None:
    """Lock a colleague out: delete sessions, links, shifts, passkeys, locks and grants, and begin a new epoch."""
    permissions.require_supervisor(work)
    if work.actor is not Party.OPERATOR:
        permissions.require_fresh(work)
    account = accounts.locked(work, account_id)
    record = accounts.read(work, account)
    if record.role is Role.SUPERVISOR and record.state is AccountState.ACTIVE and not another_supervisor(work, account):
        raise Refused(Reason.LAST_SUPERVISOR)
    accounts.change(work, account, state=AccountState.SUSPENDED, passkeys=(), moving=None)
    sessions.end_all(work, account.id)
    work.session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id))
    rota.clear(work, account.id)
    outbox.cancel(work, Letter.account_id == account.id)
    holders.dismiss(work, work.session.scalars(select(Holder.id).where(Holder.account_id == account.id)).all())
    audit.record(work, "team.suspended", f"account/{account.id}")
    outbox.write_now(work, LetterKind.TEAM_CHANGE, accounts.supervisors(work))


def change_role(work: Work, account_id: UUID, role: Role) -> None:
    """Make a colleague a supervisor, or a counselor again. Needs to be fresh. The last supervisor stays one.

    It takes effect with their next HTTP request, because each reads role and state from the sealed record.
    """
    permissions.require_supervisor(work)
    permissions.require_fresh(work)
    account = accounts.locked(work, account_id)
    record = accounts.read(work, account)
    if record.state is not AccountState.ACTIVE:
        raise Refused(Reason.NOT_AT_WORK)
    if record.role is role:
        return
    if role is Role.COUNSELOR and not another_supervisor(work, account):
        raise Refused(Reason.LAST_TO_SUPERVISE)
    accounts.change(work, account, role=role)
    audit.record(work, _MADE[role], f"account/{account.id}")
    notify_of_change(work, account)


def another_supervisor(work: Work, account: Account) -> bool:
    """Return whether another supervisor can open requests, and lock them all until this transaction ends."""
    # Locked, so that of two who leave at the same time the second is refused.
    rows = accounts.supervisors(work, lock=True)
    digests = key_register.read(work).digests
    records = [accounts.read(work, one) for one in rows if one.id != account.id]
    return any(
        one.role is Role.SUPERVISOR and one.state is AccountState.ACTIVE and one.holder in digests for one in records
    )


def notify_of_change(work: Work, account: Account) -> None:
    """Write to an account that it was changed, and to all other supervisors that the team was."""
    outbox.write_now(work, LetterKind.ACCOUNT_CHANGE, [account])
    others = (one for one in accounts.supervisors(work) if one.id != account.id)
    outbox.write_now(work, LetterKind.TEAM_CHANGE, others)


def by_email(work: Work, email: str) -> UUID:
    """Return the account with this address; `Missing` when there is none."""
    account = accounts.by_email(work, email)
    if account is None:
        raise Missing
    return account.id


def require_nobody(work: Work) -> None:
    """Let the first set-up pass; `Refused` once an invitation was accepted."""
    if work.session.scalar(select(Account.id).where(Account.state != AccountState.INVITED).limit(1)):
        raise Refused(Reason.SET_UP)


def own_words(work: Work) -> tuple[str, ...]:
    """Return the fingerprint words that a newcomer reads out, from their own private key."""
    member = work.member
    return words.fingerprint(member.holder_id, member.key().public, "en")


def _waiting(work: Work, account: Account) -> Holder:
    record = accounts.read(work, account)
    if record.state is not AccountState.PENDING or record.holder is None:
        raise Refused(Reason.NOT_WAITING)
    return holders.read(work, record.holder)


def _six_words(holder: Holder) -> tuple[tuple[str, ...], bytes]:
    key = key_register.public_key(holder)
    return words.fingerprint(holder.id, key, "en"), key.digest
