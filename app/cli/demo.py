"""The demonstration practice: accounts, rota, recovery sheet, a dozen fictional requests. Never for real people."""

import base64
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import delete, update

from app import current
from app.cli import output
from app.cli.demo_data import REQUESTS, Fictional
from app.cli.team import bring_up_to_date
from app.crypto import codes, locks, totp, words
from app.crypto.hpke import PrivateKey
from app.domain.accounts import sessions
from app.domain.accounts.sessions import Resumed
from app.domain.health import readiness
from app.domain.intake import arrivals
from app.domain.rota import rota
from app.domain.team import team
from app.domain.vault import holders
from app.domain.work import Actor, Missing, Party, Reason, Refused, Work
from app.models import Intake, Letter, LoginSession, Role, Status

bp = output.blueprint("demo")

_DAYS_OF_ROTA = 728
_SINCE = timedelta(days=4)


@dataclass(frozen=True)
class _Person:
    email: str
    name: str
    role: Role
    password: str = field(default_factory=lambda: words.passphrase("en"), repr=False)
    totp_secret: bytes = field(default_factory=totp.new_secret, repr=False)

    def described(self) -> dict[str, str]:
        secret = base64.b32encode(self.totp_secret).decode()
        return {"email": self.email, "password": self.password, "totp_secret": secret, "role": self.role}


@bp.cli.command()
@click.option("--code", "email", help="Print the current code of this account's authenticator instead.")
def demo(email: str | None) -> None:
    """Make the demonstration practice once; a second run keeps everything."""
    if not current.settings().demonstration:
        raise Refused(Reason.DEMONSTRATION_ONLY)
    if email is not None:
        click.echo(_code(email))
        return
    bring_up_to_date()
    if _file().exists():
        click.echo("The demonstration practice is there already; everything is kept.")
        return
    _write(_make())
    click.echo(f"The demonstration practice is ready; its accounts are in {_file()}.")


def _make() -> dict[str, object]:
    """Build everything as of some days ago, through the same rules as a real practice."""
    counselor = _Person("ada@example.org", "Ada Example", Role.COUNSELOR)
    supervisor = _Person("grace@example.org", "Grace Example", Role.SUPERVISOR)
    second = _Person("ben@example.org", "Ben Example", Role.COUNSELOR)
    chief = _join(supervisor)
    recovery_code = chief.data["recovery_code"]
    for person in (counselor, second):
        _join(person)
    with _earlier(chief.member) as work:
        for colleague in team.roster(work):
            if colleague.key_digest:
                team.approve(work, colleague.id, colleague.key_digest)
        holders.confirm_sheet(work, recovery_code, line_tested=True)
    _plan(counselor, second)
    _fill([counselor, second])
    return {
        "url": current.settings().public_url,
        "mailbox_url": os.environ.get("DEMO_MAILBOX_URL"),
        "mail_dir": os.environ.get("DEMO_MAIL_DIR"),
        "accounts": [person.described() for person in (counselor, supervisor, second)],
        "recovery_code": recovery_code,
    }


def _join(person: _Person) -> Resumed:
    with _earlier(Party.OPERATOR) as work:
        token = team.invite(work, email=person.email, name=person.name, role=person.role)
    salt = locks.new_salt()
    brought = team.Credentials(
        stretched=locks.stretch(person.password, salt),
        salt=salt,
        private=PrivateKey.generate(),
        totp_secret=person.totp_secret,
        backup_codes=codes.backup_codes(),
    )
    with _earlier(Party.NEWCOMER) as work:
        cookie = team.accept(work, token, brought, totp.code(person.totp_secret, work.now))
        session = sessions.resume(work, cookie) if cookie else None
    assert session is not None
    return session


def _plan(first: _Person, second: _Person) -> None:
    """Put two counselors on call in turn, around the clock, so that a letter leaves within seconds at any hour."""
    zone = ZoneInfo(current.practice().time_zone)
    with _earlier(Party.OPERATOR) as work:
        today = work.now.astimezone(zone).date()
        monday = datetime.combine(today - timedelta(days=today.weekday()), time(), zone)
        turns = [(team.by_email(work, first.email), 0, 3), (team.by_email(work, second.email), 3, 7)]
        for account_id, begins, ends in [*turns, *((who, 7 + begins, 7 + ends) for who, begins, ends in turns)]:
            rota.add(work, account_id, _midnight(monday, begins), _midnight(monday, ends))
        # A demonstration lasts longer than two weeks, and nobody plans its shifts.
        rota.add(work, turns[0][0], _midnight(monday, 14), _midnight(monday, _DAYS_OF_ROTA))


def _midnight(monday: datetime, days: int) -> datetime:
    return (monday + timedelta(days=days)).astimezone(UTC)


def _fill(people: Sequence[_Person]) -> None:
    for index, fictional in enumerate(REQUESTS):
        reference = _arrive(fictional)
        if fictional.became == "claimed":
            person = people[index % len(people)]
            with current.work(Party.OPERATOR) as work:
                account_id = team.by_email(work, person.email)
                work.session.execute(
                    update(Intake)
                    .where(Intake.reference == reference)
                    .values(status=Status.CLAIMED, claimed_by=account_id, claimed_at=work.now)
                )
    with current.work(Party.OPERATOR) as work:
        # No letter about these requests is to leave, now or later, and nobody is signed in.
        work.session.execute(update(Letter).where(Letter.failed_at.is_(None)).values(sent_at=work.now))
        work.session.execute(update(Intake).values(clock_at=None, overdue_for=Intake.due_at))
        work.session.execute(delete(LoginSession))


def _arrive(fictional: Fictional) -> str:
    with current.work(Party.CLIENT) as work:
        work.now -= fictional.ago
        epoch = readiness.health(work, 0).epoch
        assert epoch is not None
        token = arrivals.submit(
            work,
            epoch,
            idempotency_key=secrets.token_bytes(16),
            language=fictional.language,
            answers=fictional.answers,
            wishes=fictional.wishes,
        )
        reference = arrivals.reference_of(work, token)
        if fictional.became == "taken back":
            arrivals.undo(work, token)
    return reference


@contextmanager
def _earlier(actor: Actor) -> Iterator[Work]:
    with current.work(actor) as work:
        work.now -= _SINCE
        yield work


def _file() -> Path:
    return Path(os.environ.get("DEMO_FILE", "instance/demo.json"))


def _write(facts: Mapping[str, object]) -> None:
    _file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _file().touch(mode=0o600)
    _file().write_text(json.dumps(facts, indent=2), encoding="utf-8")


def _code(email: str) -> str:
    accounts = json.loads(_file().read_text(encoding="utf-8"))["accounts"] if _file().exists() else []
    for account in accounts:
        if account["email"] == email.strip().lower():
            return totp.code(base64.b32decode(account["totp_secret"]), current.now())
    raise Missing
