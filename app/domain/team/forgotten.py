"""A forgotten password: a new key that opens nothing until it is approved, while the old one sleeps.

It takes the second factor. The old password brings the old key back: a thief of a phone pushes nobody out.
"""

from dataclasses import dataclass, field

from sqlalchemy import select

from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.domain import audit
from app.domain.accounts import accounts, devices, former_passwords, passkeys, sessions, throttle
from app.domain.accounts.accounts import Record
from app.domain.accounts.devices import Device
from app.domain.accounts.passkeys import Assertion
from app.domain.accounts.sessions import SignInAttempt
from app.domain.team import team
from app.domain.vault import holders, key_register
from app.domain.work import Reason, Refused, Work
from app.models import Account, AccountState, Holder, Role


@dataclass(frozen=True)
class Renewed:
    """A new session, and the code of a new sheet where the old one was used."""

    cookie: str = field(repr=False)
    recovery_code: str | None = field(repr=False)


def renew(
    work: Work,
    attempt: SignInAttempt,
    stretched: Stretched,
    proof: str | Assertion,
    recovery: str | None,
    device: Device = devices.NOWHERE,
) -> Renewed | None:
    """Replace a forgotten password, stretched with the attempt's salt; None when the second factor is wrong.

    The proof is a code, or what a passkey answered. The account waits for approval, unless the printed recovery code
    approves it. `Refused` where nobody would be left who can open, `codes.BadCode` for what is no recovery code.
    """
    account = accounts.find(work, attempt.account_id)
    record = accounts.read(work, account) if account else None
    if account is None or record is None or record.state not in (AccountState.ACTIVE, AccountState.PENDING):
        return None
    if not _proven(work, account, record, proof):
        audit.record(work, "password.refused", f"account/{account.id}")
        return None
    if recovery and record.role is not Role.SUPERVISOR:
        # The next code is shown to be printed, and keeping the sheet is a supervisor's.
        raise Refused(Reason.SUPERVISORS_ONLY)
    sheet = holders.open_sheet(work, recovery) if recovery else None
    if sheet is None and not _left(work, account, record):
        raise Refused(Reason.NOBODY_LEFT_TO_APPROVE)
    throttle.clear(work, attempt.name_hash)
    private = PrivateKey.generate()
    holder_id = former_passwords.replace_by(work, account, private, stretched)
    sessions.end_all(work, account.id)
    audit.record(work, "password.renewed", f"account/{account.id}")
    team.tell_of(work, account)
    if sheet is None:
        return Renewed(sessions.start(work, account, private, device=device), None)
    holders.admit(work, holder_id, private.public.digest, by=sheet)
    team.activate(work, account)
    code = holders.new_sheet(work, by=sheet)
    return Renewed(sessions.start(work, account, private, {"recovery_code": code}, device=device), code)


def _proven(work: Work, account: Account, record: Record, proof: str | Assertion) -> bool:
    if isinstance(proof, Assertion):
        return passkeys.second_factor(work, account, proof)
    return sessions.second_factor(work, account, record, proof)


def _left(work: Work, account: Account, record: Record) -> bool:
    """Return whether others can open meanwhile; where a supervisor waits, another one who can approve them."""
    if record.role is Role.SUPERVISOR:
        return team.another_supervisor(work, account)
    digests = key_register.read(work).digests
    rows = work.session.execute(
        select(Holder.id)
        .join(Account, Account.id == Holder.account_id)
        .where(Account.id != account.id, Account.state == AccountState.ACTIVE)
    )
    return any(row.id in digests for row in rows)
