"""Who may do what: guards that let the right member pass, and raise for everybody else."""

from datetime import timedelta

from app.domain.work import Missing, Party, Reason, Refused, Work
from app.models import (
    AccountState,
    Role,
)


def require_supervisor(work: Work) -> None:
    """Let supervisors and the operator pass."""
    if work.actor is Party.OPERATOR:
        return
    if work.member.role is not Role.SUPERVISOR or work.member.state is not AccountState.ACTIVE:
        raise Missing


def require_fresh(work: Work) -> None:
    """Let those pass who gave their second factor in the last five minutes."""
    if not fresh(work):
        raise Refused(Reason.PROVE_AGAIN)


FRESH = timedelta(minutes=5)


def fresh(work: Work) -> bool:
    """Return whether the member gave their second factor a moment ago."""
    return work.now - work.member.proved_at <= FRESH


def require_active(work: Work) -> None:
    """Let those pass who may open requests; to others there are none."""
    if work.member.state is not AccountState.ACTIVE:
        raise Missing
