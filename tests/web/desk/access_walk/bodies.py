"""What the walk through every route types: for each form the least that its rule accepts, in the sender's name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.crypto import totp
from app.web import guard
from tests.support.authenticator import Authenticator
from tests.support.office import PASSWORD, Office, Person
from tests.web.desk import touching
from tests.web.desk.access_walk import cast
from tests.web.desk.access_walk.cast import Scene
from tests.web.desk.reading import Seat
from tests.web.desk.test_phone_in import GOOD

Typed = dict[str, Any]

_OTHER = "nine slow trains through the hills"
_WISHES: Typed = {
    "way": "call",
    "which": "keep",
    "ok": ["vm"],
    "when": ["mon-am"],
    "tz": "America/Phoenix",
    "entry": "1",
    "once": "x",
}
#: What is the same whoever sends it, by endpoint and variant.
_SAME: Mapping[tuple[str, str], Typed] = {
    ("dialing.reveal", ""): {"reason": "agreed"},
    ("call_log.attempt", "out"): {"outcome": "no_answer"},
    ("call_log.attempt", "in"): {"outcome": "reached", "direction": "in"},
    ("call_log.follow_up", ""): {"at": "2026-11-30T10:00"},
    ("call_log.renew_words", ""): {"once": "x"},
    ("wishes.settle", ""): _WISHES,
    ("notes.write", ""): {"text": "She prefers the afternoon."},
    ("notes.reply", ""): {"template": "read"},
    ("safety.locate", ""): {"state": "TX"},
    ("safety.begin", ""): {"kind": "danger"},
    ("safety.report", ""): {"kind": "danger", "happened_at": "2026-11-23T09:45"},
    ("claims.close", ""): {"outcome": "declined"},
    ("export.export", ""): {"format": "json"},
    ("retention.hold", ""): {"held": "yes"},
    ("retention.erase", ""): {"reason": "asked"},
    ("search.find", ""): {"q": "Sam"},
    ("phone_in.send", ""): GOOD,
    ("rota.be_busy", ""): {"minutes": "30", "at": "/desk/"},
    ("rota.be_free", ""): {"at": "/desk/"},
    ("account.rename", ""): {"name": "Another Name"},
    ("account.set_language", ""): {"language": "en"},
    ("account.ask_for_address", ""): {"email": "another@example.org"},
    ("password.change", ""): {"old": PASSWORD, "choice": "own", "password": _OTHER, "again": _OTHER, "kept": "y"},
    ("team.change_role", ""): {"role": "supervisor"},
    ("team.invite", ""): {"name": "Kim", "email": "kim@example.org"},
}


@dataclass(frozen=True)
class Hand:
    """Somebody who fills in forms; who is not of the team sends what a supervisor would."""

    office: Office
    scene: Scene
    kind: str

    @property
    def person(self) -> Person:
        return self.scene.people[self._author]

    @property
    def _author(self) -> str:
        return self.kind if self.kind in cast.TEAM else "supervisor"

    @property
    def token(self) -> Typed:
        return {"csrf_token": self.scene.tokens.get(self.kind, self.scene.tokens["supervisor"])}

    @property
    def code(self) -> Typed:
        return {"code": totp.code(self.person.totp_secret, self.office.clock())}

    def typed(self, endpoint: str, variant: str = "") -> Typed:
        """Return all that a form has to hold but the second factor; before the door there is no token."""
        if endpoint in guard.LEADS_IN:
            return {}
        written = self._written().get(endpoint)
        return {**self.token, **(written() if written else _SAME.get((endpoint, variant), {}))}

    def _written(self) -> Mapping[str, Callable[[], Typed]]:
        """Return what depends on who is there."""
        scene, colleague = self.scene, str(self.scene.ids["colleague"])
        shift = {"starts_at": "2026-12-01T10:00", "ends_at": "2026-12-01T11:00"}
        return {
            "claims.hand_over": lambda: {"to": colleague},
            "claims.exclude": lambda: {"who": colleague},
            "claims.include": lambda: {"who": str(scene.ids["excluded counselor"])},
            "incoming_calls.compare": lambda: dict(zip(("first", "second"), scene.words, strict=True)),
            "incoming_calls.verify": lambda: {**self._called(1), "name": "Sam", "day": "mon", "part": "am"},
            "incoming_calls.renew_words": lambda: self._called(2),
            "incoming_calls.settle": lambda: {**self._called(2), "said": "talked"},
            "rota.add": lambda: {"person": colleague, "weeks": "1", **shift},
            "rota.cover": lambda: {
                "person": str(scene.ids["supervisor"]),
                "starts_at": "2026-11-23T13:00",
                "ends_at": "2026-11-23T14:00",
            },
            "account.add_passkey": self._passkey,
            "account.end_session": lambda: {"session": scene.marks[self._author]},
            "team.approve": lambda: {"key_digest": scene.key_digest},
            "recovery_sheet.confirm": lambda: {"typed": scene.people["supervisor"].recovery_code or ""},
        }

    def _called(self, count: int) -> Typed:
        """Return the ticket of a page that knows so many of the two words."""
        seat = Seat(cast.browser(self.office, self.scene, self._author))
        words = dict(zip(("first", "second"), self.scene.words[:count], strict=False))
        page = seat.send("/desk/called", "/desk/called", **words)
        [ticket, *_] = page.find("input", name="ticket")
        return {"ticket": ticket["value"]}

    def _passkey(self) -> Typed:
        """Return what the page's script would send, with a challenge of this session."""
        seat = Seat(cast.browser(self.office, self.scene, self._author))
        assert seat.send(touching.NEW, touching.NEW, **self.code).status == 303
        challenge = seat.look(touching.NEW).form(touching.ADD).fields["challenge"]
        made = Authenticator().make(challenge, self.scene.ids[self._author].bytes)
        return {"name": "Another", "challenge": challenge, "passkey": made, "secret": ""}
