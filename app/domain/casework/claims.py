"""Who has a request, and who never does: claiming it, giving it back, handing it over, keeping it from somebody."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.domain import audit, exclusions
from app.domain.accounts import accounts
from app.domain.casework import drafts
from app.domain.intake import case_log, opening
from app.domain.intake.opening import Case, Opened
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Missing, Reason, Refused, Work
from app.models import Account, AccountState, Grant, Intake, LetterKind, LogKind, Role, Status


@dataclass(frozen=True)
class Candidate:
    """Somebody of the team, as whoever decides about a request sees them."""

    id: UUID
    name: str
    #: May open requests; somebody who waits for approval may do so later.
    active: bool
    has_it: bool
    excluded: bool


def claim(work: Work, reference: str) -> None:
    """Make the member responsible. Only the first of two claims succeeds; the other hears who and when.

    What somebody has and forgot may be taken from them.
    """
    case = opening.unlock(work, reference)
    _require_open(case)
    if case.intake.claimed_by == work.member.account_id:
        # An unsteady thumb claims twice.
        return
    if case.intake.status is not Status.WAITING and not oncall.forgotten(work, case.intake):
        raise Refused(Reason.CLAIMED, who=case.claimed_by, at=case.intake.claimed_at)
    _give(work, case, work.member.account_id)
    audit.record(work, "intake.claimed", case.subject)


def release(work: Work, reference: str) -> None:
    """Give a request back: it waits again, and whoever would hear of a new one hears of it."""
    case = opening.unlock(work, reference)
    if case.intake.status is Status.WAITING:
        return
    _require_decides(work, case)
    _require_open(case)
    _free(work, case, work.member.account_id)
    audit.record(work, "intake.released", case.subject)


def hand_over(work: Work, reference: str, to: UUID) -> None:
    """Make a colleague responsible who can open it, and write to them."""
    case = opening.unlock(work, reference)
    _require_open(case)
    if case.intake.claimed_by == to:
        return
    _require_decides(work, case)
    if to not in _able(work, case):
        raise Refused(Reason.CANNOT_HAVE_IT)
    _give(work, case, to)
    if to != work.member.account_id:
        outbox.write(work, LetterKind.HANDED_OVER, oncall.recipients_about(work, case.intake), case.intake.id)
    audit.record(work, "intake.handed_over", audit.receiver(case.subject, to))


def exclude(work: Work, reference: str, account_id: UUID) -> None:
    """Keep a request from a member of the team, by the client's wish: for them it exists no more.

    `Refused` when nobody would be left who can open it.
    """
    case = opening.unlock(work, reference)
    _require_decides(work, case)
    if work.session.get(Account, account_id) is None:
        raise Refused(Reason.NO_SUCH_ACCOUNT)
    if not _able(work, case) - {account_id}:
        raise Refused(Reason.LAST_WHO_COULD_OPEN)
    exclusions.add(work, case.intake.id, account_id)
    if not case_log.is_excluded(case.log, account_id):
        opening.write(work, case, LogKind.EXCLUSION, {"account": str(account_id), "excluded": True})
    _forget(work, case, account_id)


def include(work: Work, reference: str, account_id: UUID) -> None:
    """Let somebody see a request again; for supervisors, and never for oneself: to the excluded it is `Missing`."""
    if work.member.role is not Role.SUPERVISOR:
        raise Missing
    case = opening.unlock(work, reference)
    exclusions.remove(work, case.intake.id, account_id)
    if case_log.is_excluded(case.log, account_id):
        opening.write(work, case, LogKind.EXCLUSION, {"account": str(account_id), "excluded": False})


def candidates(work: Work, opened: Opened) -> tuple[Candidate, ...]:
    """Return whom an opened request may be handed to or kept from, by name; nobody where the member may not decide."""
    if not opened.claimed_by_me and work.member.role is not Role.SUPERVISOR:
        return ()
    has_it = select(Intake.claimed_by).where(Intake.reference == opened.reference).scalar_subquery()
    people = (
        select(Account.id, Account.name, Account.state, has_it.label("has_it"))
        .where(Account.state.in_((AccountState.ACTIVE, AccountState.PENDING)))
        .order_by(Account.name)
    )
    excluded = {
        UUID(entry.value["account"]): entry.value["excluded"]
        for entry in opened.history
        if entry.kind is LogKind.EXCLUSION
    }
    return tuple(
        Candidate(
            id=row.id,
            name=row.name,
            active=row.state is AccountState.ACTIVE,
            has_it=row.has_it == row.id,
            excluded=excluded.get(row.id, False),
        )
        for row in work.session.execute(people)
    )


def _require_decides(work: Work, case: Case) -> None:
    if case.intake.claimed_by == work.member.account_id or work.member.role is Role.SUPERVISOR:
        return
    somebody = {"who": case.claimed_by, "at": case.intake.claimed_at} if case.claimed_by else {}
    raise Refused(Reason.NOT_YOURS, **somebody)


def _require_open(case: Case) -> None:
    if case.intake.status is Status.CLOSED:
        raise Refused(Reason.CLOSED)


def _give(work: Work, case: Case, account_id: UUID) -> None:
    intake = case.intake
    outbox.cancel_later(work, intake.id)
    intake.status, intake.claimed_by, intake.claimed_at = Status.CLAIMED, account_id, work.now
    if intake.due_at is not None and intake.due_at == intake.overdue_for:
        # Its time has passed and will not be told again: whoever takes it now has a while, then others hear of it.
        intake.clock_at, intake.escalated, intake.seen_at = work.now, 0, work.now


def _free(work: Work, case: Case, leaver: UUID) -> None:
    """Let it wait again. Somebody has to act, and the leaver is not the one to be told."""
    intake = case.intake
    intake.status, intake.claimed_by, intake.claimed_at = Status.WAITING, None, None
    intake.due_at = intake.due_at or oncall.promise(work)
    told = oncall.recipients_again(work, intake.id, leaver)
    oncall.start_clock(intake, told)
    outbox.write(work, LetterKind.NEW_REQUEST, told, intake.id)


def _forget(work: Work, case: Case, account_id: UUID) -> None:
    """Take from somebody who was excluded what they have of it: the claim, unsent letters, an unsaved note."""
    intake = case.intake
    outbox.cancel_to(work, account_id, intake.id)
    drafts.drop(work, intake.id, account_id)
    if intake.claimed_by != account_id:
        return
    if intake.status is Status.CLAIMED:
        _free(work, case, account_id)
    else:
        intake.claimed_by = intake.claimed_at = None


def _able(work: Work, case: Case) -> set[UUID]:
    """Return who can open it now: active, with a grant, excluded neither by a row nor by the log."""
    granted = set(work.session.scalars(select(Grant.holder_id).where(Grant.epoch_id == case.intake.epoch_id)))
    able = set()
    for account in work.session.scalars(select(Account).where(exclusions.may_know(case.intake.id))):
        record = accounts.read(work, account)
        opens = record.holder is not None and record.holder in granted
        if opens and record.state is AccountState.ACTIVE and not case_log.is_excluded(case.log, account.id):
            able.add(account.id)
    return able


#: Withdrawn, erased and closed requests take no calls.
OPEN = (Status.WAITING, Status.CLAIMED)


def ensure_mine(work: Work, case: Case) -> None:
    """Let the member pass who has an open request, and give it to them while nobody acts; `Refused` for others."""
    require_open(case)
    if case.intake.claimed_by != work.member.account_id:
        claim(work, case.intake.reference)


def ensure_claimed(work: Work, case: Case) -> None:
    """Let any member pass whom the client of an open request called; a colleague who has it gets a letter."""
    require_open(case)
    if case.intake.status is Status.WAITING:
        claim(work, case.intake.reference)
    else:
        notify_owner(work, case)


def notify_owner(work: Work, case: Case) -> None:
    """Write to the colleague who has the request, if somebody else does."""
    if case.intake.claimed_by not in (None, work.member.account_id):
        outbox.write(work, LetterKind.NEWS, oncall.recipients_about(work, case.intake), case.intake.id)


def require_open(case: Case) -> None:
    if case.intake.status not in OPEN:
        raise Refused(Reason.CLOSED)
