"""Who may write about calls: whoever has the request; and whoever its client called, who then tells the other."""

from app.domain import claims, oncall, outbox
from app.domain.intakes import Case
from app.domain.work import Reason, Refused, Work
from app.models import LetterKind, Status

#: Withdrawn, erased and closed requests take no calls.
OPEN = (Status.WAITING, Status.CLAIMED)


def mine(work: Work, case: Case) -> None:
    """Let the member pass who has an open request, and give it to them while nobody acts; `Refused` for others."""
    require_open(case)
    if case.intake.claimed_by != work.member.account_id:
        claims.claim(work, case.intake.reference)


def anybody(work: Work, case: Case) -> None:
    """Let any member pass whom the client of an open request called; a colleague who has it gets a letter."""
    require_open(case)
    if case.intake.status is Status.WAITING:
        claims.claim(work, case.intake.reference)
    else:
        tell(work, case)


def tell(work: Work, case: Case) -> None:
    """Write to the colleague who has the request, if somebody else does."""
    if case.intake.claimed_by not in (None, work.member.account_id):
        outbox.write(work, LetterKind.NEWS, oncall.recipients_about(work, case.intake), case.intake.id)


def require_open(case: Case) -> None:
    if case.intake.status not in OPEN:
        raise Refused(Reason.CLOSED)
