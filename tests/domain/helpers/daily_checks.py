"""What the tests of the daily check share: rounds as the worker does them, and the check as it is stored."""

from typing import Any

from sqlalchemy import select, text

from app.cli import worker
from app.domain.health import daily_check
from app.domain.work import Party, Work
from app.models import Arrival, DailyCheck, DailyCheckKey, Epoch, EpochState, Letter, LetterKind
from tests.domain import builders
from tests.support.office import Office

ALARM = "alarm@example.org"
TROUBLES = (LetterKind.CANARY_BROKEN, LetterKind.CANARY_SILENT, LetterKind.CANARY_OVER)


def check(office: Office) -> bool:
    with office.work(Party.WORKER) as work:
        return daily_check.check(work)


def watch(office: Office) -> None:
    with office.work(Party.WORKER) as work:
        daily_check.watch(work)


def round_(office: Office) -> int:
    """Do all duties once and deliver every letter, as the worker does; return how many duties stopped."""
    with office.app.app_context():
        stopped = worker.do_rounds()
        worker.deliver()
    return stopped


def row(office: Office) -> Arrival:
    [found] = builders.copies(office, DailyCheck)
    return found


def row_in(work: Work) -> Arrival:
    return work.session.scalars(select(DailyCheck)).one()


def stored(office: Office) -> tuple[int, int, int]:
    """Return how many checks, epochs of the check, and keys of it there are."""
    with office.work() as work:
        tables: tuple[Any, ...] = (DailyCheck.id, Epoch.id, DailyCheckKey.epoch_id)
        wanted = (select(tables[0]), select(tables[1]).where(Epoch.state == EpochState.CANARY), select(tables[2]))
        one, two, three = (len(work.session.scalars(each).all()) for each in wanted)
    return one, two, three


def change(office: Office, statement: str, **values: Any) -> None:
    """Write to the database as somebody who knows no key."""
    with builders.writer(office) as session:
        session.execute(text(statement), values)


def alarms(office: Office) -> list[str]:
    """Return the letters of trouble that are kept, oldest first."""
    with office.work() as work:
        found = select(Letter.kind).where(Letter.kind.in_(TROUBLES)).order_by(Letter.wanted_at)
        return [str(kind) for kind in work.session.scalars(found)]
