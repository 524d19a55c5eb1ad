"""Permissions: each guard lets the right members pass, and raises for everybody else."""

from datetime import timedelta

from app.domain.work import Missing, Party, Reason, Refused, Work
from app.models import AccountState, Role

FRESH = timedelta(minutes=5)


def require_supervisor(work: Work) -> None:
    """Let supervisors and the operator pass."""
    if work.actor is Party.OPERATOR:
        return
    if work.member.role is not Role.SUPERVISOR or work.member.state is not AccountState.ACTIVE:
        raise Missing


def require_fresh(work: Work) -> None:
    """Let members pass who gave their second factor in the last five minutes."""
    if not fresh(work):
        raise Refused(Reason.PROVE_AGAIN)


def fresh(work: Work) -> bool:
    return work.now - work.member.proved_at <= FRESH


def require_active(work: Work) -> None:
    """Let members pass who may open requests; for others there are none."""
    if work.member.state is not AccountState.ACTIVE:
        raise Missing
