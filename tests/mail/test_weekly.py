"""The weekly letter: once a week, when calling hours begin, with what a cut record would be compared by."""

from datetime import UTC, datetime

from app.domain import audit
from app.domain.health import weekly
from app.domain.work import Party
from tests.mail.desk import Desk
from tests.support.logbook import Logbook
from tests.support.smtp import SmtpTrap

FRIDAY = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
#: Nine in the morning of a Monday in Arizona.
MONDAY = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


def duty(desk: Desk, at: datetime) -> None:
    desk.clock.set(at)
    with desk.office.work(Party.WORKER) as work:
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
