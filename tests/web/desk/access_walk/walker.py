"""Walks through routes as somebody of one kind, and puts everything back after each step that changed something."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

from app import health
from app.db import Database
from app.web import guard
from tests.domain import builders
from tests.support import snapshots
from tests.support.office import Office
from tests.web.desk.access_walk import cast
from tests.web.desk.access_walk.bodies import Hand, Typed
from tests.web.desk.access_walk.cast import NAME, NOBODYS, Scene
from tests.web.desk.reading import statements
from tools import permissions
from tools.permissions import Cell, Deed, Page

#: What every showing of a page makes anew.
_NEW_EACH_TIME = re.compile(
    r'(?<=name=")(csrf_token|challenge|once|token|ticket)(" value=")[^"]*|data-challenge="[^"]*'
)
#: What using the second factor writes, and being seen.
_PROVING = ("accounts", "sign_ins", "waits")


@dataclass(frozen=True)
class Answer:
    """What came back, whether it was kept, and how often the database was asked."""

    method: str
    status: int
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    #: Tables that are not as they were.
    changed: frozenset[str]
    statements: int

    @property
    def leads_to(self) -> str:
        return self.headers.get("Location", "")

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def exact(self) -> tuple[object, ...]:
        """All that somebody can see, byte for byte."""
        return self.status, sorted(self.headers.items()), self.body

    def about(self, reference: str) -> tuple[object, ...]:
        """The same, without what they typed themselves and what every page makes anew."""
        text = _NEW_EACH_TIME.sub(r"\1\2", self.text).replace(reference, "REFERENCE")
        headers = [
            (name, value.replace(reference, "REFERENCE"))
            for name, value in self.headers.items()
            if name != "Content-Length"
        ]
        return self.status, sorted(headers), text


Step = Deed | Page

#: Where there is nothing to do, or nothing left, and so nothing is changed.
NOTHING_TO_DO = {
    "claims.claim": {"own", "held"},
    "claims.release": {"waiting"},
    "dialing.not_called": set(permissions.STATES) - {"own", "held"},
    "safety.report": set(permissions.STATES),
    "retention.hold": {"held"},
    "account.set_language": {""},
    "account.prove": {""},
    "signin.stay": {""},
}


class Walker:
    """Somebody of one kind, on a scene that stays as it is."""

    def __init__(self, office: Office, scene: Scene, kind: str) -> None:
        self.office, self.scene, self.kind = office, scene, kind
        self.hand = Hand(office, scene, kind)
        self._before = snapshots.every_row(self._database)

    @property
    def _database(self) -> Database:
        return builders.database(self.office)

    def _put_back(self) -> None:
        snapshots.put_back(self._database, self._before)
        # What the app remembers of the newest epoch may be of one that is no more.
        self.office.app.extensions.pop("quietword.health", None)

    def ask(self, method: str, path: str, typed: Typed | None = None) -> Answer:
        """Send one request, note what it changed, and undo that."""
        client = cast.browser(self.office, self.scene, self.kind)
        with self.office.app.app_context():
            # What is remembered for some seconds is not read anew by one step and not by another.
            health.read()
        with statements(self.office.app) as said:
            came = client.open(path, method=method, data=typed)
        body = came.get_data()
        after = snapshots.every_row(self._database)
        changed = {name for name, rows in after.items() if not _same(rows, self._before[name])}
        if changed:
            self._put_back()
        return Answer(method, came.status_code, came.headers, body, frozenset(changed), len(said))

    def allowed(self, path: str) -> set[str]:
        """Return the methods that an address has."""
        return set(self.office.app.url_map.bind("localhost").allowed_methods(path))

    def arguments(self, endpoint: str) -> set[str]:
        return set(rule_of(self.office, endpoint).arguments)

    def typed(self, step: Step) -> Typed | None:
        """Return what the form of a step holds, its second factor too; None for a page that is only looked at.

        What it took to fill it in is put back.
        """
        if method_of(self.office, step.endpoint) == "GET":
            return None
        variant = step.variant if isinstance(step, Deed) else ""
        filled = self.hand.typed(step.endpoint, variant) | (self.hand.code if step.proof == "code" else {})
        self._put_back()
        return filled

    def take(self, step: Step, reference: str = NOBODYS, filled: Typed | None = None) -> Answer:
        """Take a step, with the form that is given or the one it needs."""
        method = method_of(self.office, step.endpoint)
        sent = self.typed(step) if filled is None else filled
        return self.ask(method, self.path(step.endpoint, reference), sent if method == "POST" else None)

    def path(self, endpoint: str, reference: str = NOBODYS, **other: object) -> str:
        """Return the address of a route, with what is there in the place of what varies."""
        scene = self.scene
        known: Mapping[str, object] = {
            "reference": reference,
            "token": scene.links.get(self.kind, NOBODYS) if endpoint.startswith("account.") else "no-such-link",
            "passkey_id": scene.passkeys.get(self.kind, scene.passkeys["supervisor"]),
            "shift_id": scene.shift,
            "account_id": scene.ids["pending" if endpoint == "team.approve" else "colleague"],
        } | other
        adapter = self.office.app.url_map.bind("localhost")
        rule = rule_of(self.office, endpoint)
        values: dict[str, Any] = {name: known[name] for name in rule.arguments}
        return adapter.build(endpoint, values)


def _same(rows: list[Any], before: list[Any]) -> bool:
    # Where a row lies tells nothing.
    return rows == before or sorted(map(repr, rows)) == sorted(map(repr, before))


def rule_of(office: Office, endpoint: str) -> Rule:
    [rule] = office.app.url_map.iter_rules(endpoint)
    return rule


def method_of(office: Office, endpoint: str) -> str:
    return "POST" if "POST" in (rule_of(office, endpoint).methods or ()) else "GET"


def rules(office: Office) -> Iterator[Rule]:
    """Yield every route of the desk."""
    return (rule for rule in office.app.url_map.iter_rules() if rule.rule.startswith("/desk"))


def beyond_proving(changed: frozenset[str]) -> set[str]:
    """Return what changed besides what giving the second factor does."""
    return set(changed) - set(_PROVING)


def expected(kind: str, cell: Cell) -> str:
    """Return what the table says for somebody who is let in."""
    counselor = {"all": "allowed", "sup": "refused", "no": "refused", "back": "back", "stone": "stone"}
    supervisor = {"no": "refused", "nosup": "refused", "back": "back", "stone": "stone", "none": "hidden"}
    return counselor.get(cell, "hidden") if kind == "counselor" else supervisor.get(cell, "allowed")


def met(answer: Answer, reference: str) -> str:
    """Return in the same words what came; a page that leads to the request has shown nothing."""
    if answer.status == 200 and "o not call." in answer.text and NAME not in answer.text:
        return "stone"
    if answer.method == "GET" and answer.status == 303 and answer.leads_to == f"/desk/{reference}":
        return "back"
    return {404: "hidden", 409: "refused", 200: "allowed", 204: "allowed", 303: "allowed"}.get(
        answer.status, str(answer.status)
    )


def kept_as_said(step: Step, wanted: str, answer: Answer, state: str = "") -> bool:
    """Return whether what is allowed was done, and what is not left no trace but that of a second factor."""
    done = beyond_proving(answer.changed) if step.proof else answer.changed
    if wanted not in ("allowed", "stone"):
        return not done
    return answer.method == "GET" or bool(done) or state in NOTHING_TO_DO.get(step.endpoint, ())


def kept_out(kind: str, endpoint: str, method: str, path: str) -> tuple[int, str]:
    if kind == "pending":
        return 303, "/desk/words"
    if method == "GET" and endpoint not in guard.QUIET:
        return 303, f"/desk/sign-in?next={path}"
    return 401, ""


def against_the_table(walker: Walker, kind: str) -> list[object]:
    """Return what differs from the table: each deed on a request in each state, then each route beside requests."""
    wrong: list[object] = []
    for deed in [*permissions.DEEDS, *permissions.SUPERVISORS_DEEDS]:
        filled = walker.typed(deed)
        for state in permissions.STATES:
            reference, wanted = walker.scene.request(kind, state), expected(kind, deed.cell(state))
            answer = walker.take(deed, reference, filled)
            came = met(answer, reference)
            if came != wanted or not kept_as_said(deed, wanted, answer, state):
                wrong.append((deed.endpoint, deed.variant, state, wanted, came, answer.changed))
    return wrong + beside_the_table(walker, kind)


def beside_the_table(walker: Walker, kind: str) -> list[object]:
    of_supervisors = {page.endpoint for page in permissions.SUPERVISORS}
    wrong: list[object] = []
    for page in (*permissions.WAITING_ROOM, *permissions.TEAM, *permissions.SUPERVISORS):
        if page.proof == "fresh":
            continue
        answer = walker.take(page)
        wanted = "hidden" if page.endpoint in of_supervisors and "supervisor" not in kind else "allowed"
        if met(answer, NOBODYS) != wanted or not kept_as_said(page, wanted, answer):
            wrong.append((page.endpoint, wanted, answer.status, answer.changed))
    return wrong
