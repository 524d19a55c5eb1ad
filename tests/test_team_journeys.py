"""The team over its days: somebody joins, works and leaves, and is locked out; and nobody acts on a request.

Real pages and real mail, a clock that is passed in, on both databases.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.cli import worker
from app.crypto import totp
from app.models import Account, Grant, Holder, Intake, Letter, Lock, LoginSession, Model
from tests.domain import builders
from tests.domain.helpers import escalations
from tests.domain.helpers.escalations import Watch
from tests.support import snapshots
from tests.support.authenticator import Authenticator
from tests.support.clock import Clock
from tests.support.office import PASSWORD, Office, Person, make_app
from tests.support.smtp import SmtpTrap
from tests.web.desk import touching
from tests.web.desk.reading import Page, Seat
from tests.web.desk.test_invite import finish, phrase_of, secret_of
from tests.web.desk.test_team import TEAM, colleague, six_words
from tests.web.public import returning_client

#: Nobody else in these pages is called so.
MARKER = "Wilhelmina"


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: Clock, smtp: SmtpTrap) -> Iterator[Flask]:
    made = make_app(database_url, tmp_path, clock, MAIL_PORT=str(smtp.port))
    yield made
    made.extensions["quietword"].database.engine.dispose()


@dataclass
class Leaver:
    """A colleague as they are: what they know, what they carry, and the browser they sat at."""

    email: str
    password: str = field(repr=False)
    totp_secret: bytes = field(repr=False)
    seat: Seat = field(repr=False)
    device: Authenticator = field(default_factory=Authenticator, repr=False)

    def sign_in(self, office: Office) -> tuple[Seat, Page]:
        """Try password and code in a new browser."""
        office.clock.forward(seconds=60)
        seat = Seat(office.app.test_client())
        code = totp.code(self.totp_secret, office.clock())
        return seat, seat.send("/desk/sign-in", email=self.email, password=self.password, code=code)

    def touch(self, office: Office) -> tuple[Seat, Page]:
        """Try the passkey alone, with its secret, in a new browser."""
        office.clock.forward(seconds=60)
        seat = Seat(office.app.test_client())
        return seat, touching.touch(seat, self.device)

    def forget(self, office: Office) -> Page:
        """Try to choose a new password."""
        office.clock.forward(seconds=60)
        code = totp.code(self.totp_secret, office.clock())
        return Seat(office.app.test_client()).send("/desk/forgotten", email=self.email, code=code, kept="y")


def ask(office: Office, name: str = MARKER) -> str:
    """Send the form as a client does; return the reference."""
    known = references(office)
    returning_client.asked(office.app.test_client(), office.clock, name=name)
    [new] = references(office) - known
    return new


def references(office: Office) -> set[str]:
    with office.work() as work:
        return set(work.session.scalars(select(Intake.reference)))


def posted(office: Office, smtp: SmtpTrap, about: str) -> list[str]:
    """Let the worker go round and send what is due; return who was told about a request."""
    before = len(smtp.letters)
    with office.app.app_context():
        assert worker.do_rounds() == 0
        assert worker.deliver() == 0
    new = smtp.letters[before:]
    return sorted(f"{one.recipients[0]}: {one.message['Subject']}" for one in new if about in one.message["Subject"])


def join(office: Office, supervisor: Person, here: Seat) -> Leaver:
    """Invite Ada, finish her link, compare six words, approve her, and add her passkey, all by the pages."""
    here.send(TEAM, name="Ada", email="ada@example.org", code=touching.fresh(supervisor, office.clock))
    [link] = re.findall(r"http://localhost(/desk/invite/[\w-]{43})", here.look(TEAM).text)
    seat = Seat(office.app.test_client())
    page = seat.look(link)
    assert finish(seat, link, page, office.clock).status == 303
    secret = base64.b32decode(secret_of(page).replace(" ", ""))
    ada = Leaver("ada@example.org", phrase_of(page), secret, seat)
    assert seat.look("/desk/").leads_to == "/desk/words", "she opens nothing yet"
    assert six_words(seat.look("/desk/words")) == six_words(here.look(TEAM))
    approve = f"{TEAM}/{colleague(office, ada.email).id}/approve"
    assert here.send(approve, TEAM, code=touching.fresh(supervisor, office.clock)).leads_to == TEAM
    person = Person(ada.email, secret, (), "")
    assert touching.add(seat, person, office.clock, ada.device).leads_to == touching.ACCOUNT
    return ada


def plan(office: Office, here: Seat, person_id: object) -> None:
    """Give somebody the shift that begins with this minute, by the form of the rota."""
    begins = office.clock().astimezone(escalations.phoenix("23 08:00").tzinfo)
    times = {"starts_at": f"{begins:%Y-%m-%dT%H:%M}", "ends_at": f"{begins + timedelta(hours=9):%Y-%m-%dT%H:%M}"}
    assert here.send("/desk/rota", person=str(person_id), **times).leads_to == "/desk/rota"


def leave(office: Office, supervisor: Person, here: Seat, ada: Leaver) -> Page:
    """Off-board Ada by the team page; return the page that lists what she may still know."""
    suspend = f"{TEAM}/{colleague(office, ada.email).id}/suspend"
    answer = here.send(suspend, TEAM, code=touching.fresh(supervisor, office.clock))
    assert answer.status == 303
    return here.look(answer.leads_to or "")


def test_a_colleague_joins_works_and_leaves_and_is_locked_out(office: Office, smtp: SmtpTrap) -> None:
    """V-18: by the old cookie, the old password, the old passkey, and by a password that was forgotten."""
    supervisor = office.found()
    here = Seat(office.browser(supervisor))
    ada = join(office, supervisor, here)
    plan(office, here, colleague(office, ada.email).id)

    first = ask(office)
    told = posted(office, smtp, first)
    opened = ada.seat.look(f"/desk/{first}")
    left = leave(office, supervisor, here, ada)
    second = ask(office)
    told_later = posted(office, smtp, second)

    assert told == [f"{ada.email}: A request is waiting: {first}"]
    assert MARKER in opened.text
    assert first in left.text
    assert told_later == [f"{supervisor.email}: A request is waiting: {second}"]
    assert [MARKER in here.look(f"/desk/{one}").text for one in (first, second)] == [True, True]
    assert ada.seat.look(f"/desk/{first}").leads_to == f"/desk/sign-in?next=/desk/{first}"
    assert ada.seat.post("/desk/rota", {}).status == 401
    assert ada.sign_in(office)[1].status == 422
    assert "This passkey is not known here." in ada.touch(office)[1].text
    assert "That did not match." in ada.forget(office).text
    with office.work() as work:
        hers = select(Letter).join(Account, Account.id == Letter.account_id).where(Account.email == ada.email)
        waiting = [letter for letter in work.session.scalars(hers) if not (letter.sent_at or letter.failed_at)]
    assert waiting == []


def test_who_has_left_opens_nothing_with_an_old_copy_of_the_database(office: Office, smtp: SmtpTrap) -> None:
    """Must hold 4 and 10: her rows put back as they were give her account back, and the roll still says no."""
    supervisor = office.found()
    here = Seat(office.browser(supervisor))
    ada = join(office, supervisor, here)
    first = ask(office)
    ada.seat.look(f"/desk/{first}")
    cookie, rows = ada.seat.cookies["s"], theirs(office, ada)
    everything = snapshots.every_row(builders.database(office))
    left = leave(office, supervisor, here, ada)
    second = ask(office)

    builders.put_back(office, *rows)

    by_cookie = Seat(office.app.test_client())
    by_cookie.client.set_cookie("s", cookie, domain="localhost")
    for seat in (by_cookie, ada.sign_in(office)[0], ada.touch(office)[0]):
        assert seat.cookies, "her account is there again"
        for path in ("/desk/", f"/desk/{first}", f"/desk/{second}"):
            page = seat.look(path)
            assert (page.status, MARKER in page.html) == (409, False), path
            assert "This record was altered." in page.text
    office.clock.forward(days=31)
    posted(office, smtp, first)
    [holder] = [row for row in rows if isinstance(row, Holder)]
    hers = {grant.epoch_id for grant in builders.copies(office, Grant) if grant.holder_id == holder.id}
    assert hers == {row.epoch_id for row in rows if isinstance(row, Grant)}, "no new epoch is granted to her"
    assert not hers & {intake.epoch_id for intake in builders.copies(office, Intake)}, (
        "no request lies under an old one"
    )

    # On a machine of her own, with the server's keys: what was open when the copy was made, as the page said. No more.
    assert "A copy of the database that they took along" in left.text
    snapshots.put_back(builders.database(office), everything)
    seat, _ = ada.sign_in(office)
    assert MARKER in seat.look(f"/desk/{first}").text
    assert seat.look(f"/desk/{second}").status == 404


def theirs(office: Office, ada: Leaver) -> list[Model]:
    """Keep what belongs to Ada, in the order in which it can be put back."""
    account_id = colleague(office, ada.email).id
    accounts = [row for row in builders.copies(office, Account) if row.id == account_id]
    holders = [row for row in builders.copies(office, Holder) if row.account_id == account_id]
    known = {row.id for row in holders}
    locks = [row for row in builders.copies(office, Lock) if row.holder_id in known]
    grants = [row for row in builders.copies(office, Grant) if row.holder_id in known]
    sessions = [row for row in builders.copies(office, LoginSession) if row.account_id == account_id]
    return [*accounts, *holders, *locks, *grants, *sessions]


@pytest.fixture
def day(office: Office, smtp: SmtpTrap) -> Watch:
    """Ada is on call from nine, Ben from noon; Grace supervises. A client asks at ten."""
    team = escalations.of(office)
    team.plan("Ada", "23 09:00", "23 12:00")
    team.plan("Ben", "23 12:00", "23 18:00")
    team.clock.set(escalations.phoenix("23 10:00") - timedelta(seconds=3))
    posted(office, smtp, "")
    team.reference = ask(office)
    return team


def signed_in(day: Watch, name: str) -> Seat:
    """Sign somebody in; the worker has locked whatever session they had."""
    person, seat = day.people[name], Seat(day.office.app.test_client())
    code = totp.code(person.totp_secret, day.clock())
    assert seat.send("/desk/sign-in", email=person.email, password=PASSWORD, code=code).status == 303
    return seat


def told_at(day: Watch, smtp: SmtpTrap, *times: str) -> dict[str, list[str]]:
    """Let the worker go round at these times; return who got a letter about the request, by the time it came."""
    told = {}
    for text in times:
        day.set(text)
        if letters := posted(day.office, smtp, day.reference):
            told[text] = letters
    return told


def test_a_request_that_nobody_opens_is_told_to_the_next_and_then_to_the_supervisors(
    day: Watch, smtp: SmtpTrap
) -> None:
    """Each by a letter of its own, at the minute, and nobody twice."""
    told = told_at(day, smtp, "23 10:00", "23 10:14", "23 10:15", "23 10:29", "23 10:30", "23 10:45", "23 11:30")

    waiting, still = f"A request is waiting: {day.reference}", f"A request still waits: {day.reference}"
    assert told == {
        "23 10:00": [f"ada@example.org: {waiting}"],
        "23 10:15": [f"ben@example.org: {still}"],
        "23 10:30": [f"grace@example.org: {still}"],
    }


def test_opening_stops_that_clock_once_and_claiming_stops_it(day: Watch, smtp: SmtpTrap) -> None:
    """Opened five minutes after it came, it waits an hour and ten minutes more; claimed, nobody else is told."""
    first = told_at(day, smtp, "23 10:00")
    day.set("23 10:05")
    assert signed_in(day, "Ada").look(f"/desk/{day.reference}").status == 200
    paused = told_at(day, smtp, "23 10:15", "23 10:40")
    assert signed_in(day, "Ada").look(f"/desk/{day.reference}").status == 200
    escalated = told_at(day, smtp, "23 11:14", "23 11:15", "23 11:20")
    claimed = signed_in(day, "Ben").send(f"/desk/{day.reference}/claim", f"/desk/{day.reference}")
    after = told_at(day, smtp, "23 11:30", "23 11:50", "23 13:00")

    assert list(first) == ["23 10:00"]
    assert paused == {}
    assert escalated == {"23 11:15": [f"ben@example.org: A request still waits: {day.reference}"]}
    assert claimed.status == 303
    assert after == {}
