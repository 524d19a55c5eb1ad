"""A forgotten password: the second factor makes a new key, which opens nothing until it is approved.

The former password brings the old key back, so that the thief of a phone locks nobody out.
"""

from sqlalchemy import select

from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.domain import audit
from app.domain.accounts import accounts, passkeys, passwords, sessions, throttle
from app.domain.accounts.accounts import Device, Record
from app.domain.accounts.passkeys import Assertion
from app.domain.accounts.passwords import PasswordAttempt
from app.domain.team import team
from app.domain.vault import holders, key_register
from app.domain.work import Reason, Refused, Work
from app.models import Account, AccountState, Holder, Role


def renew(
    work: Work,
    attempt: PasswordAttempt,
    stretched: Stretched,
    proof: str | Assertion,
    recovery: str | None,
    device: Device = accounts.NOWHERE,
) -> str | None:
    """Replace a forgotten password, stretched with the attempt's salt; return the cookie of a new session.

    None when `proof`, a code or a passkey's assertion, is wrong. The account waits for approval, unless the printed
    recovery code approves it. `Refused` when nobody else could open requests meanwhile, `codes.BadCode` for no code.
    """
    account = accounts.find(work, attempt.account_id)
    record = accounts.read(work, account) if account else None
    if account is None or record is None or record.state not in accounts.SIGNS_IN:
        return None
    if not passkeys.second_factor(work, account, proof):
        audit.record(work, "password.refused", f"account/{account.id}")
        return None
    if recovery and record.role is not Role.SUPERVISOR:
        # The next code is shown, to be printed, and the sheet is for supervisors.
        raise Refused(Reason.SUPERVISORS_ONLY)
    sheet = holders.open_sheet(work, recovery) if recovery else None
    if sheet is None and not _others_open(work, account, record):
        raise Refused(Reason.NOBODY_LEFT_TO_APPROVE)
    throttle.clear(work, attempt.name_hash)
    private = PrivateKey.generate()
    holder_id = passwords.replace_forgotten(work, account, private, stretched)
    sessions.end_all(work, account.id)
    audit.record(work, "password.renewed", f"account/{account.id}")
    team.notify_of_change(work, account)
    data = {}
    if sheet is not None:
        holders.admit(work, holder_id, private.public.digest, by=sheet)
        team.activate(work, account)
        data["recovery_code"] = holders.new_sheet(work, by=sheet)
    return sessions.start(work, account, private, data, device=device)


def _others_open(work: Work, account: Account, record: Record) -> bool:
    """Return whether somebody else can open requests; for a supervisor, another one who can also approve them."""
    if record.role is Role.SUPERVISOR:
        return team.another_supervisor(work, account)
    digests = key_register.read(work).digests
    rows = work.session.execute(
        select(Holder.id)
        .join(Account, Account.id == Holder.account_id)
        .where(Account.id != account.id, Account.state == AccountState.ACTIVE)
    )
    return any(row.id in digests for row in rows)
