"""The browsers in which a member is signed in, as the account page lists them, and ending them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from app.crypto import contexts
from app.domain import audit, permissions
from app.domain.accounts import accounts, sessions
from app.domain.accounts.devices import DeviceKind
from app.domain.work import Missing, Work, altered
from app.models import LoginSession


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


def own(work: Work) -> list[Browser]:
    """Return the member's own browsers, this one first, then the last used."""
    found = [_browser(work, row) for row in _live(work, work.member.account_id)]
    return sorted(found, key=lambda one: (one.here, one.seen_at), reverse=True)


def end(work: Work, mark: str) -> bool:
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
    work.session.execute(
        delete(LoginSession).where(
            LoginSession.account_id == member.account_id, LoginSession.cookie_hash != member.cookie_hash
        )
    )
    audit.record(work, "session.others_ended", f"account/{member.account_id}")


def end_colleagues(work: Work, account_id: UUID) -> None:
    """End all of a colleague's browsers. For supervisors; needs to be fresh."""
    permissions.require_supervisor(work)
    permissions.require_fresh(work)
    account = accounts.locked(work, account_id)
    sessions.end_all(work, account.id)
    audit.record(work, "session.all_ended", f"account/{account.id}")


def end_begun_with(work: Work, passkey: str) -> None:
    """End the member's other browsers that a passkey opened."""
    member = work.member
    gone = [
        row.cookie_hash
        for row in _live(work, member.account_id)
        if row.cookie_hash != member.cookie_hash and _browser(work, row).passkey == passkey
    ]
    work.session.execute(delete(LoginSession).where(LoginSession.cookie_hash.in_(gone)))


def _live(work: Work, account_id: UUID) -> Sequence[LoginSession]:
    return work.session.scalars(
        select(LoginSession).where(LoginSession.account_id == account_id, *sessions.live(work))
    ).all()


def _browser(work: Work, row: LoginSession) -> Browser:
    kind, passkey = DeviceKind.UNKNOWN, None
    if row.sealed_device is not None:
        with altered(f"session/{row.cookie_hash.hex()}"):
            shown = json.loads(work.vault.ring.open(contexts.session_device(row.cookie_hash), row.sealed_device))
        kind, passkey = DeviceKind(shown["kind"]), shown["passkey"]
    return Browser(
        mark=row.cookie_hash.hex(),
        kind=kind,
        passkey=passkey,
        started_at=row.started_at,
        seen_at=row.seen_at,
        here=row.cookie_hash == work.member.cookie_hash,
    )
