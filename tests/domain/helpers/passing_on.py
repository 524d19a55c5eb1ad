"""What the tests of passing requests on share: rules in somebody's name, and who is told."""

from sqlalchemy import delete, select

from app.models import Account, Intake, Letter, LetterKind
from tests.support.office import Office, Person


def do(office: Office, person: Person, rule: object, *said: object) -> None:
    assert callable(rule)
    with office.work(person) as work:
        rule(work, *said)


def row(office: Office) -> Intake:
    with office.work() as work:
        return work.session.scalars(select(Intake)).one()


def told(office: Office, kind: LetterKind) -> list[str]:
    """Return who is told of a request by letters of a kind that may still leave, in order of their names."""
    with office.work() as work:
        letters = (
            select(Account.email)
            .join(Letter, Letter.account_id == Account.id)
            .where(Letter.kind == kind, Letter.sent_at.is_(None), Letter.failed_at.is_(None))
            .order_by(Account.email)
        )
        return list(work.session.scalars(letters))


def no_letters(office: Office) -> None:
    with office.work() as work:
        work.session.execute(delete(Letter))
