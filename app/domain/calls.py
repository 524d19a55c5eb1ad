"""Calling the client: whether that is safe and allowed, the number, and the mark that a call may be starting."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from app import hours
from app.domain import audit, claims, intakes, log, wishes
from app.domain.answers import Wishes
from app.domain.intakes import Case, Opened
from app.domain.log import Logged
from app.domain.work import Missing, Refused, Work
from app.models import Exclusion, Intake, LogEntry, LogKind, Status, ThreadEntry

CALLING_FOR = timedelta(minutes=2)
#: Why somebody calls outside the safe times, or calls who wants to call. The page has the words.
REASONS = ("now", "agreed", "danger", "noted")

History = Sequence[log.Entry] | Sequence[Logged]


@dataclass(frozen=True)
class Dialing:
    """What is shown while a call may be starting."""

    #: With the whole number; masked again once the call must not start any more.
    opened: Opened
    until: datetime
    #: How long the thread was when the number was asked for: what is newer was not known then.
    since: int
    #: The client has forbidden meanwhile what they allowed before.
    tightened: bool
    version: str = field(repr=False)


def reveal(work: Work, reference: str, reason: str | None = None) -> None:
    """Open the number to the member, who is responsible from then on; for two minutes a call may be starting.

    `Refused` when it is somebody else's, was taken back, must not be called any more, or when a reason is missing.
    """
    case = intakes.case(work, reference)
    _refuse_somebody_elses(case, work)
    opened = intakes.shown(work, case)
    if (found := obstacle(opened, work.practice.tries)) is not None:
        raise Refused(found)
    if reason not in REASONS and needs_reason(opened, work.now):
        raise Refused("refused.reason")
    if opened.status is Status.WAITING:
        claims.claim(work, opened.reference)
    if reason in REASONS:
        intakes.write(work, case, LogKind.REASON, {"reason": reason})
    case.intake.calling_until = work.now + CALLING_FOR
    case.intake.calling_by = work.member.account_id
    case.intake.calling_entry = len(case.thread)
    audit.record(work, "intake.revealed", case.subject)


def dialing(work: Work, reference: str) -> Dialing | None:
    """Return what the member sees while their mark is open, None otherwise; `Refused` once it was taken back.

    Showing it was recorded when the mark was made.
    """
    case = intakes.case(work, reference)
    intake, me = case.intake, work.member.account_id
    since, until = intake.calling_entry, intake.calling_until
    mine = intake.status is Status.CLAIMED and intake.claimed_by == intake.calling_by == me
    if not mine or since is None or until is None or work.now >= until:
        return None
    tightened = wishes.tightened(case.thread, since, work.now)
    opened = intakes.shown(work, case)
    if tightened:
        opened = intakes.masked(opened)
    return Dialing(opened, until, since, tightened, version(work, opened.reference))


def end(work: Work, reference: str) -> None:
    """Note that no call is starting any more; `Missing`. Nothing happens where the member looked at no number."""
    version(work, reference)
    reference = intakes.canonical(reference)
    mine = (
        update(Intake)
        .where(
            Intake.reference == reference,
            Intake.calling_by == work.member.account_id,
            Intake.calling_until > work.now,
        )
        .values(calling_until=work.now)
        .returning(Intake.id)
    )
    if work.session.scalar(mine) is not None:
        audit.record(work, "intake.not_called", f"intake/{reference}")


def version(work: Work, reference: str) -> str:
    """Return what changes whenever the request does, for which nothing is opened; `Missing`."""
    reference = intakes.canonical(reference)
    intakes.require_active(work)
    not_mine = select(Exclusion.account_id).where(
        Exclusion.intake_id == Intake.id, Exclusion.account_id == work.member.account_id
    )
    lengths = [
        select(func.max(table.number)).where(table.intake_id == Intake.id).scalar_subquery()
        for table in (ThreadEntry, LogEntry)
    ]
    row = work.session.execute(
        select(Intake.status, Intake.claimed_by, Intake.calling_by, Intake.calling_until, *lengths).where(
            Intake.reference == reference, ~not_mine.exists()
        )
    ).first()
    if row is None:
        raise Missing
    facts = "\n".join(str(fact) for fact in row)
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def obstacle(opened: Opened, tries: int) -> str | None:
    """Return why nobody may call now, whatever the reason, as a message id; None when somebody may."""
    if opened.status is Status.CLOSED:
        return "refused.closed"
    if opened.answers.phone is None and opened.answers.email is None:
        return "refused.no_number"
    if wrong_number(opened.history, opened.number_at):
        return "refused.wrong_number"
    if tried(opened.history, opened.heard_at) >= tries:
        return "refused.enough_tries"
    return None


def needs_reason(opened: Opened, now: datetime) -> bool:
    """Return whether the client did not ask for a call at this moment; writing to them needs no time of its own."""
    return opened.answers.phone is not None and not safe(opened.wishes, now)


def safe(wished: Wishes, now: datetime) -> bool:
    """Return whether they want a call, and at this moment."""
    if wished.way != "call" or wished.zone is None:
        return False
    outlook = hours.outlook(wished.when, wished.zone, now)
    return outlook is not None and outlook.safe


def tried(history: History, heard_at: datetime | None) -> int:
    """Return how often we called in vain since we last spoke with the client, or heard from them."""
    attempts = [(_happened_at(one), one.value) for one in history if one.kind is LogKind.ATTEMPT]
    spoken = [at for at, value in attempts if value["outcome"] == "reached" or value["direction"] == "in"]
    since = max([*spoken, heard_at] if heard_at else spoken, default=None)
    in_vain = [at for at, value in attempts if value["direction"] == "out" and value["outcome"] != "reached"]
    return sum(since is None or at > since for at in in_vain)


def wrong_number(history: History, number_at: datetime | None) -> bool:
    """Return whether somebody else's phone rang, and no other number was settled since."""
    wrong = [
        _happened_at(one) for one in history if one.kind is LogKind.ATTEMPT and one.value["outcome"] == "wrong_number"
    ]
    return bool(wrong) and (number_at is None or number_at < max(wrong))


def _refuse_somebody_elses(case: Case, work: Work) -> None:
    by = case.intake.claimed_by
    if case.intake.status is Status.CLAIMED and by != work.member.account_id:
        raise Refused("refused.claimed", who=case.claimed_by, at=case.intake.claimed_at)


def _happened_at(entry: log.Entry | Logged) -> datetime:
    return datetime.fromisoformat(entry.value["happened_at"]).replace(tzinfo=UTC)
