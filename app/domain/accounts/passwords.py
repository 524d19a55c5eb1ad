"""Changing a password that the member knows: the same key goes behind another lock, so nothing waits for approval."""

from app.crypto.locks import Stretched
from app.domain import audit, permissions
from app.domain.accounts import accounts, browsers, sessions, throttle
from app.domain.accounts.sessions import SignInAttempt
from app.domain.letters import outbox
from app.domain.vault import holders
from app.domain.work import Work
from app.models import Account, LetterKind


def begin(work: Work) -> SignInAttempt:
    """Count the attempt before anything is checked; `TooSoon` to wait."""
    return sessions.begin(work, work.session.get_one(Account, work.member.account_id).email)


def change(work: Work, attempt: SignInAttempt, old: Stretched, new: Stretched, salt: bytes) -> bool:
    """Put the member's key behind a new password, and end their other browsers; False when the old one is wrong.

    `new` is stretched with `salt`, `old` with the attempt's. Needs to be fresh.
    """
    permissions.require_fresh(work)
    account = accounts.own(work)
    if sessions.matching(work, account, old) is None:
        audit.record(work, "password.refused", f"account/{account.id}")
        return False
    throttle.clear(work, attempt.name_hash)
    holders.change_password(work, new.key)
    accounts.change(work, account, salt=salt, verifier=new.verifier)
    browsers.end_others(work)
    audit.record(work, "password.changed", f"account/{account.id}")
    outbox.write_now(work, LetterKind.ACCOUNT_CHANGE, [account])
    return True
