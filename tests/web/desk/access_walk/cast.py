"""The cast of the walk through every route: everybody there can be at the desk, and a request in every state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.accounts import accounts, sessions
from app.domain.calls import call_log, dialing
from app.domain.calls.call_log import CallReport
from app.domain.casework import claims, retention
from app.domain.intake.tombstones import Cause
from app.domain.letters import outbox
from app.domain.rota import rota
from app.domain.team import team
from app.models import Letter, LetterKind, Outcome, Role, Shift
from tests.domain import builders
from tests.domain.helpers import passkey_touches, returning_clients
from tests.support import snapshots
from tests.support.office import Office, Person
from tests.web.desk import touching
from tests.web.desk.reading import Seat

#: A morning on which the requests may be called.
MONDAY = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
#: What only an opened request shows.
NAME, NUMBER = "Marisol", "+16025550123"
NOBODYS = "K7QF-3MDX"
_HOWS = ("own", "held", "closed")

#: Who works here, each with the kind of their own requests.
TEAM = ("counselor", "excluded counselor", "supervisor", "excluded supervisor")
OUTSIDE = ("stranger", "first factor only", "suspended", "pending")
KINDS = (*OUTSIDE, *TEAM)


@dataclass(frozen=True)
class Scene:
    """What is there; whoever acts is named by their kind. Nothing in it is changed by a walk that restores it."""

    people: Mapping[str, Person] = field(repr=False)
    ids: Mapping[str, UUID]
    #: By whose it is and how it is, such as "counselor's held"; what is nobody's by its state alone.
    requests: Mapping[str, str]
    #: What a browser sends to be known by.
    cookies: Mapping[str, str] = field(repr=False)
    tokens: Mapping[str, str] = field(repr=False)
    passkeys: Mapping[str, UUID]
    #: Another browser of each of the team.
    marks: Mapping[str, str] = field(repr=False)
    #: Behind the link that confirms another address of theirs.
    links: Mapping[str, str] = field(repr=False)
    shift: UUID
    key_digest: str
    #: Those of a request that nobody is excluded from, and its two words.
    free: str
    words: tuple[str, str] = field(repr=False)

    def request(self, kind: str, state: str) -> str:
        """Return the request that is in this state for somebody; for strangers, as it is for a counselor."""
        if state in self.requests:
            return self.requests[state]
        mine, theirs = ("supervisor", "counselor") if "supervisor" in kind else ("counselor", "supervisor")
        how = {"another's": "own", "closed, another's": "closed"}.get(state, state)
        return self.requests[f"{mine if how == state else theirs}'s {how}"]


def scene(office: Office) -> Scene:
    """Put everybody and everything in place; the second time the rows are put back."""
    office.clock.set(MONDAY)
    return snapshots.step(office.app, office.clock, ("the cast of the walk",), lambda: _scene(office))


def _scene(office: Office) -> Scene:
    people = _people(office)
    passkeys = {kind: passkey_touches.owner(office, people[kind]).add(secret=False) for kind in TEAM}
    halfway = _halfway(office, people["colleague"])
    office.renewed(people["supervisor"])
    marks = {kind: _another_browser(office, people[kind]) for kind in TEAM}
    requests = _requests(office, people)
    free = returning_clients.client(office, b"free", replace(builders.SAID, name="Sam")).reference
    shift = _shifts(office, people)
    office.renewed(people["supervisor"])
    links = {kind: _link(office, people[kind], f"{kind.replace(' ', '-')}@new.example.org") for kind in TEAM}
    # By now nobody's second factor is fresh, and nobody was idle for too long.
    office.clock.forward(minutes=6)
    for kind in ("counselor", "supervisor"):
        for how in ("own", "held"):
            with office.work(people[kind]) as work:
                dialing.reveal(work, requests[f"{kind}'s {how}"], "agreed")
    cookies = {kind: person.cookie for kind, person in people.items()} | {"first factor only": halfway}
    with office.work() as work:
        [waiting] = [one for one in team.roster(work) if one.words]
    opened = returning_clients.opened(office, people["supervisor"], free)
    return Scene(
        people=people,
        ids={kind: builders.account_id(office, person) for kind, person in people.items()},
        requests=requests,
        cookies=cookies,
        tokens={kind: _token(office, people[kind]) for kind in (*TEAM, "pending")},
        passkeys=passkeys,
        marks=marks,
        links=links,
        shift=shift,
        key_digest=waiting.key_digest or "",
        free=free,
        words=opened.answers.words,
    )


def _people(office: Office) -> dict[str, Person]:
    supervisor = office.found()
    hired = {
        kind: office.hire(supervisor, f"{name}@example.org", role)
        for kind, name, role in (
            ("counselor", "ada", Role.COUNSELOR),
            ("excluded counselor", "cleo", Role.COUNSELOR),
            ("excluded supervisor", "olga", Role.SUPERVISOR),
            ("colleague", "ben", Role.COUNSELOR),
            ("suspended", "eve", Role.COUNSELOR),
        )
    }
    builders.suspend(office, supervisor, hired["suspended"])
    office.renewed(supervisor)
    return {"supervisor": supervisor, "pending": office.join("newcomer@example.org"), **hired}


def _halfway(office: Office, person: Person) -> str:
    """Return what somebody holds after their passkey and before their password."""
    owner = passkey_touches.owner(office, person)
    owner.add(secret=False)
    page = touching.touch(Seat(office.app.test_client()), owner.device, secret="")
    return page.form(touching.FINISH).fields["token"]


def _another_browser(office: Office, person: Person) -> str:
    office.clock.forward(seconds=30)
    assert builders.sign_in(office, person)
    with office.work(person) as work:
        [other] = [one for one in sessions.own_browsers(work) if not one.here]
    return other.mark


def _link(office: Office, person: Person, email: str) -> str:
    with office.work(person) as work:
        accounts.ask_for_address(work, email)
        work.session.flush()
        mine = (Letter.kind == LetterKind.ADDRESS_ASKED, Letter.account_id == work.member.account_id)
        return outbox.token(work, work.session.scalars(select(Letter.id).where(*mine)).one())


def _requests(office: Office, people: Mapping[str, Person]) -> dict[str, str]:
    """Let a request come into each state. For the excluded none of them exists."""
    counselor, supervisor = people["counselor"], people["supervisor"]
    said = replace(builders.SAID, name=NAME, phone=NUMBER)
    owners = {"counselor": counselor, "supervisor": supervisor}
    names = ["waiting", "withdrawn", "erased", *(f"{kind}'s {how}" for kind in owners for how in _HOWS)]
    clients = {name: returning_clients.client(office, name.encode(), said) for name in names}
    requests = {name: client.reference for name, client in clients.items()}
    for reference in requests.values():
        for kind in ("excluded counselor", "excluded supervisor"):
            _do(office, supervisor, claims.exclude, reference, builders.account_id(office, people[kind]))
    office.prove(supervisor)
    for kind, person in owners.items():
        for how in _HOWS:
            _call(office, person, requests[f"{kind}'s {how}"])
        _do(office, supervisor, retention.hold, requests[f"{kind}'s held"], held=True)
        _do(office, person, claims.close, requests[f"{kind}'s closed"], Outcome.REFERRED)
    _call(office, supervisor, requests["waiting"])
    _do(office, supervisor, claims.release, requests["waiting"])
    clients["withdrawn"].withdraw()
    _do(office, supervisor, retention.erase, requests["erased"], Cause.ASKED)
    return requests


def _call(office: Office, person: Person, reference: str) -> None:
    """Take a request, and let somebody else answer before its client does: then two new words are given."""
    for outcome in ("other_person", "reached"):
        _do(office, person, call_log.record, reference, CallReport(outcome))


def _do(office: Office, person: Person, rule: Any, reference: str, *said: Any, **more: Any) -> None:
    with office.work(person) as work:
        rule(work, reference, *said, **more)


def _shifts(office: Office, people: Mapping[str, Person]) -> UUID:
    """Let the counselor serve now and a colleague later; return the later shift."""
    office.on_call(people["counselor"])
    later = builders.account_id(office, people["colleague"])
    with office.work() as work:
        rota.add(work, later, work.now + timedelta(hours=2), work.now + timedelta(hours=6))
        work.session.flush()
        return work.session.scalars(select(Shift.id).where(Shift.account_id == later)).one()


def _token(office: Office, person: Person) -> str:
    page = Seat(office.browser(person)).look("/desk/account")
    page = page if page.status == 200 else Seat(office.browser(person)).look("/desk/words")
    return page.form("/desk/sign-out").fields["csrf_token"]


def browser(office: Office, scene: Scene, kind: str) -> FlaskClient:
    """Return the browser of somebody of this kind."""
    client = office.app.test_client()
    if kind in scene.cookies:
        client.set_cookie("s", scene.cookies[kind], domain="localhost")
    return client
