"""The weekly letter: once a week, when calling hours begin, with what a cut record would be compared by."""

from dataclasses import replace
from datetime import UTC, date, datetime

from app.domain import audit
from app.domain.health import weekly
from app.domain.work import Party
from tests.mail.desk import Desk
from tests.support.logbook import Logbook
from tests.support.smtp import SmtpTrap

FRIDAY = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
#: Nine in the morning of a Monday in Arizona.
MONDAY = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


def duty(desk: Desk, at: datetime, *holidays: date) -> None:
    desk.clock.set(at)
    with desk.office.work(Party.WORKER) as work:
        work.practice = replace(work.practice, holidays={day: {"en": "Closed"} for day in holidays})
        weekly.write(work)


def weekly_letters(smtp: SmtpTrap) -> list[str]:
    return [one.message.get_content() for one in smtp.letters if one.message["Subject"] == "The record of this week"]


def test_supervisors_get_the_length_and_the_head_once_a_week(desk: Desk, smtp: SmtpTrap) -> None:
    """V-51: kept in a mailbox, the numbers show a record that was cut short."""
    duty(desk, FRIDAY)
    duty(desk, MONDAY.replace(hour=15, minute=59))
    with Logbook() as logbook:
        for _ in range(2):
            duty(desk, MONDAY)
    while desk.deliver():
        pass

    with desk.office.work() as work:
        length, head = audit.head(work)
    [letter] = weekly_letters(smtp)
    assert f"Lines: {length}" in letter
    assert f"Head: {head.hex()}" in letter
    assert head.hex() in logbook.text
    assert "http://localhost/desk/audit" in letter


def test_a_worker_that_slept_over_monday_writes_when_it_wakes(desk: Desk, smtp: SmtpTrap) -> None:
    duty(desk, FRIDAY)

    duty(desk, datetime(2026, 12, 3, 3, 0, tzinfo=UTC))
    while desk.deliver():
        pass

    assert len(weekly_letters(smtp)) == 1


def test_weeks_without_calling_hours_have_no_letter(desk: Desk, smtp: SmtpTrap) -> None:
    closed = [date(2026, 12, day) for day in range(7, 19)]
    duty(desk, FRIDAY)
    duty(desk, MONDAY)

    for day in (16, 16, 17):
        duty(desk, datetime(2026, 12, day, 18, 0, tzinfo=UTC), *closed)
    while desk.deliver():
        pass

    assert len(weekly_letters(smtp)) == 1
