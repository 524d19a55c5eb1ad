"""The daily check is never among the requests of clients: each surface, and that it would be without its flag."""

import contextlib
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, exists, func, select, update

from app.domain.casework import escalation, exports
from app.domain.intake import opening, sealed, tombstones
from app.domain.letters import outbox
from app.domain.lists import figures, queue, search
from app.domain.lists.queue import View
from app.domain.work import Altered, Missing, Refused, Work
from app.models import DailyCheck, Intake, Letter, LetterKind
from tests.domain import builders
from tests.domain.helpers import daily_checks
from tests.support import running
from tests.support.office import Office, Person

Values = Mapping[str, Any]
Ask = Callable[[Work, str], object]


def listed(view: View) -> Ask:
    return lambda work, _reference: [row.reference for row in queue.page(work, view).rows]


def counted(work: Work, _reference: str) -> object:
    return dict(queue.page(work, View.NEW).counts)


def opened(work: Work, reference: str) -> object:
    try:
        return opening.open(work, reference)
    except Missing:
        return None


def exported(work: Work, reference: str) -> object:
    try:
        return exports.exportable(work, reference)
    except Missing:
        return None


def told_as_waiting(work: Work, _reference: str) -> object:
    work.session.execute(delete(Letter))
    outbox.write(work, LetterKind.WEEKLY, [(work.member.account_id, work.now)])
    letter = outbox.take(work)
    assert letter is not None
    return letter.waiting


def compared(work: Work, _reference: str) -> object:
    somebody = queue.page(work, View.NEW).rows[-1].reference
    return search.same_number(work, somebody).unread


WAITING: Values = {}
MINE: Values = {"status": "claimed", "claimed_by": "me", "claimed_at": "now"}
CLOSED: Values = {"status": "closed", "outcome": "spam", "closed_at": "now"}
PLANNED: Values = {"follow_up_at": "before"}
LATE: Values = {"clock_at": "before", "due_at": "before", "promised_at": "before"}
WITHDRAWN: Values = {"status": "withdrawn", "withdrawn_at": "before"}

SURFACES: dict[str, tuple[Values, Ask]] = {
    "For you now": (WAITING, listed(View.NOW)),
    "New": (WAITING, listed(View.NEW)),
    "Mine": (MINE, listed(View.MINE)),
    "All open": (WAITING, listed(View.OPEN)),
    "Follow-ups": (PLANNED, listed(View.FOLLOW_UPS)),
    "Closed": (CLOSED, listed(View.CLOSED)),
    "the counts": (WAITING, counted),
    "the pulse": (WAITING, lambda work, _: queue.version(work).waiting),
    "the page of a request": (WAITING, opened),
    "export": (WAITING, exported),
    "search by reference": (WAITING, lambda work, reference: search.find(work, reference).total),
    "what a search opens": (WAITING, lambda work, _: search.find(work, "daily").unread),
    "the same number": (WAITING, compared),
    "figures": (WAITING, lambda work, _: figures.weeks(work, 1)[0].received),
    "the letters' count": (WAITING, told_as_waiting),
    "escalation": (LATE, lambda work, _: escalation.escalate(work)),
    "overdue": (LATE, lambda work, _: escalation.remind_of_overdue(work)),
    "follow-ups that are due": (PLANNED, lambda work, _: escalation.remind_of_follow_ups(work)),
    "erasing": (WITHDRAWN, lambda work, _: tombstones.erase_withdrawn(work)),
    "sealing anew": (WAITING, lambda work, _: sealed.reseal_to_newest(work)),
}


def without_it(ask: Ask) -> Ask:
    """Return what a surface gives while there is no check at all."""

    def look(work: Work, reference: str) -> object:
        work.session.execute(delete(DailyCheck))
        return ask(work, reference)

    return look


def seen(office: Office, person: Person, ask: Ask, reference: str) -> object:
    """Return what a surface gives, or the name of what it says no with; nothing of it is kept."""
    result: object = None
    with contextlib.suppress(_Undone), office.work(person) as work:
        try:
            result = ask(work, reference)
        except (Altered, Refused) as error:
            result = str(error)
        raise _Undone
    return result


class _Undone(Exception):
    """Leaves a transaction without keeping it."""


@pytest.mark.parametrize(("values", "ask"), SURFACES.values(), ids=SURFACES)
def test_no_surface_of_requests_meets_the_daily_check(office: Office, values: Values, ask: Ask) -> None:
    """The same row without its flag shows on each of them: it is the flag that keeps it away."""
    supervisor = office.found()
    for number in range(4):
        office.ask(nonce=bytes([number]))
    assert daily_checks.check(office)
    office.clock.forward(hours=2)
    office.renewed(supervisor)
    reference = daily_checks.row(office).reference
    known = {"me": builders.account_id(office, supervisor), "now": office.clock()}
    known |= {"before": office.clock() - timedelta(days=2)}
    tempting = {name: known.get(value, value) for name, value in values.items()} | {"language": "en"}
    with builders.writer(office) as session:
        session.execute(update(DailyCheck).values(tempting))

    nothing = seen(office, supervisor, without_it(ask), reference)
    flagged = seen(office, supervisor, ask, reference)
    daily_checks.change(office, "UPDATE intakes SET canary = false")
    bare = seen(office, supervisor, ask, reference)

    assert flagged == nothing
    assert bare != nothing


def test_a_query_that_nobody_has_written_yet_does_not_meet_it_either(office: Office) -> None:
    """However it comes by requests: counted, joined, nested, changed or deleted."""
    office.found()
    assert daily_checks.check(office)
    count = func.count()
    letters = select(count).select_from(Letter)

    with office.work() as work:
        for found in (
            select(count).select_from(Intake),
            letters.join(Intake, Intake.id == Letter.intake_id),
            letters.where(Letter.intake_id.in_(select(Intake.id))),
            letters.where(exists().where(Letter.intake_id == Intake.id)),
            select(func.count(func.coalesce(Intake.reference, Intake.language))),
        ):
            assert work.session.scalar(found) == 0
        assert work.session.get(Intake, daily_checks.row_in(work).id) is None
        work.session.execute(update(Intake).values(escalated=2))
        work.session.execute(delete(Intake))
        assert daily_checks.row_in(work).escalated == 0


def test_only_the_check_and_the_way_in_know_that_there_are_two_kinds() -> None:
    """Whoever else named the wider one would meet the check."""
    named = [
        path.relative_to(running.ROOT / "app").as_posix()
        for path in sorted((running.ROOT / "app").rglob("*.py"))
        if re.search(r"\b(Arrival|DailyCheck)\b|\b(FROM|INTO|UPDATE) intakes\b", path.read_text(encoding="utf-8"))
    ]

    the_check, the_way_in = ["domain/health/daily_check.py"], ["domain/intake/arrivals.py", "domain/intake/sealed.py"]
    assert named == [*the_check, *the_way_in, "models/intakes.py"]
