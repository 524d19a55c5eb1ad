"""How long somebody waits between attempts: each is counted before it is checked, and success clears the count."""

import math
from datetime import timedelta

from sqlalchemy import delete, select

from app.domain.work import Work
from app.models import SignInDelay

_LONGEST_WAIT = 30


class TooSoon(Exception):
    """The last attempt under this name failed a moment ago. Try again in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too soon")
        self.retry_after = retry_after


def count(work: Work, name: str) -> bytes:
    """Note a failure in advance; success forgets it. 1 s, doubling, at most 30 s: never a lockout."""
    name_hash = work.vault.secret.blind("wait", name)
    before = work.session.execute(
        select(SignInDelay.failures, SignInDelay.until).where(SignInDelay.name_hash == name_hash)
    ).first()
    failures = before.failures if before else 0
    pause = timedelta(seconds=min(2 ** min(failures, 5), _LONGEST_WAIT))
    counted = (
        work.insert(SignInDelay)
        .values(name_hash=name_hash, failures=1, until=work.now + pause)
        .on_conflict_do_update(
            index_elements=[SignInDelay.name_hash],
            set_={"failures": SignInDelay.failures + 1, "until": work.now + pause},
            where=SignInDelay.until <= work.now,
        )
        .returning(SignInDelay.failures)
    )
    if work.session.scalar(counted) is None:
        until = work.session.scalar(select(SignInDelay.until).where(SignInDelay.name_hash == name_hash)) or work.now
        raise TooSoon(max(1, math.ceil((until - work.now).total_seconds())))
    return name_hash


def clear(work: Work, name_hash: bytes) -> None:
    """Let the next attempt under this name come at once: this one was right."""
    work.session.execute(delete(SignInDelay).where(SignInDelay.name_hash == name_hash))
