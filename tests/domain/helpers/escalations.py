"""A small team with a rota, a request, and the letters that told of it: who, as what, about what, when."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from app.domain.casework import claims, escalation
from app.domain.intake import opening
from app.domain.rota import oncall, rota
from app.domain.team import team
from app.domain.work import Party
from app.models import Account, Exclusion, Intake, Letter, LetterKind
from tests.support.clock import Clock
from tests.support.office import Office, Person

_ZONE = ZoneInfo("America/Phoenix")
_DUTIES = (
    escalation.escalate,
    escalation.remind_of_follow_ups,
    escalation.remind_of_overdue,
    rota.announce_gaps,
)


def phoenix(text: str) -> datetime:
    """Return a moment of November 2026 on the practice's clock: "23 10:00" is a Monday, the 26th a holiday."""
    return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=_ZONE)


@dataclass
class Watch:
    """Grace supervises; Ada, Ben and Cleo are counselors. Nobody is on the rota yet."""

    office: Office
    people: dict[str, Person] = field(repr=False)
    reference: str = ""

    @property
    def clock(self) -> Clock:
        return self.office.clock

    def set(self, text: str) -> None:
        self.clock.set(phoenix(text))

    def id(self, name: str) -> UUID:
        with self.office.work() as work:
            found = team.by_email(work, self.people[name].email)
        assert found is not None
        return found

    def plan(self, name: str, begins: str, ends: str, weeks: int = 1) -> None:
        account_id = self.id(name)
        with self.office.work() as work:
            rota.add(work, account_id, phoenix(begins), phoenix(ends), weeks)

    def ask(self, nonce: bytes = b"nonce") -> str:
        self.reference = self.office.ask(nonce=nonce)
        return self.reference

    def open(self, name: str) -> None:
        with self.office.work(self.person(name)) as work:
            opening.open(work, self.reference)

    def claim(self, name: str) -> None:
        with self.office.work(self.person(name)) as work:
            claims.claim(work, self.reference)

    def give_back(self, name: str) -> None:
        with self.office.work(self.person(name)) as work:
            claims.release(work, self.reference)

    def pass_on(self, name: str) -> None:
        with self.office.work(self.person(name)) as work:
            escalation.pass_on(work, self.reference)

    def be_busy(self, name: str, minutes: int) -> None:
        with self.office.work(self.person(name)) as work:
            oncall.set_busy(work, minutes)

    def be_free(self, name: str) -> None:
        with self.office.work(self.person(name)) as work:
            oncall.set_busy(work, None)

    def person(self, name: str) -> Person:
        """Return somebody whose session has not ended meanwhile."""
        return self.office.renewed(self.people[name])

    def keep_from(self, name: str) -> None:
        excluded = Exclusion(intake_id=self.intake().id, account_id=self.id(name))
        with self.office.work() as work:
            work.session.add(excluded)

    def change(self, **values: object) -> None:
        """Set columns of the request, as a rule elsewhere does."""
        with self.office.work() as work:
            work.session.execute(update(Intake).where(Intake.reference == self.reference).values(values))

    def intake(self) -> Intake:
        with self.office.work() as work:
            return work.session.scalars(select(Intake).where(Intake.reference == self.reference)).one()

    def round(self, text: str | None = None) -> None:
        """Let the worker do its duties, at a time if given."""
        if text:
            self.set(text)
        for duty in _DUTIES:
            with self.office.work(Party.WORKER) as work:
                duty(work)

    def rounds(self, *times: str) -> None:
        """Let the worker go round at these times."""
        for text in times:
            self.round(text)

    def told(self, *kinds: LetterKind) -> list[str]:
        """Return the letters about requests, in the order in which they are wanted."""
        letters = (
            select(Letter, Account.name)
            .join(Account, Account.id == Letter.account_id)
            .where(Letter.intake_id.is_not(None))
            .order_by(Letter.wanted_at, Account.name)
        )
        with self.office.work() as work:
            rows = work.session.execute(letters).all()
        return [_line(row.Letter, row.name) for row in rows if not kinds or row.Letter.kind in kinds]

    def gap_letters(self) -> list[str]:
        letters = select(Letter, Account.name).join(Account, Account.id == Letter.account_id)
        with self.office.work() as work:
            rows = work.session.execute(letters.where(Letter.kind == LetterKind.GAP).order_by(Letter.wanted_at)).all()
        return [f"{row.name}, {row.Letter.wanted_at.astimezone(_ZONE):%d %H:%M}" for row in rows]

    def night(self, rule: str) -> None:
        running = self.office.app.extensions["quietword"]
        running.practice = replace(running.practice, night=rule)


def of(office: Office) -> Watch:
    """Let everybody join. The practice calls from 9 to 18, and waits at night."""
    supervisor = office.found()
    people = {name: office.hire(supervisor, f"{name.lower()}@example.org") for name in ("Ada", "Ben", "Cleo")}
    team = Watch(office, {"Grace": supervisor, **people})
    team.night("wait")
    return team


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def total(outcomes: Sequence[int | Exception]) -> int:
    """Return how much several workers did together; none of them may have stumbled."""
    done = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert len(done) == len(outcomes), outcomes
    return sum(done)


def _line(letter: Letter, name: str) -> str:
    return f"{letter.kind}: {name} as {letter.reader}, {letter.wanted_at.astimezone(_ZONE):%d %H:%M}"
