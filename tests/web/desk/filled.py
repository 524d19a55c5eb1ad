"""Every form of the desk that takes text, filled in, and whether all of it came back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from wtforms import HiddenField, PasswordField, StringField
from wtforms.fields.datetime import DateTimeLocalField
from wtforms.fields.numeric import IntegerField

from app.domain.rota import rota
from app.web.desk.forms import DeskForm
from tests.domain import builders
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Seat
from tests.web.desk.test_phone_in import GOOD

NOTE = "She calls it the Zanzibar business."
TIME, EARLIER = "2026-11-25T10:00", "2026-11-23T07:30"
WORDS = ("kettle", "harbor")

#: Shown once and never again.
SECRET = {"code", "recovery"}
#: One tap or one line of a list: nothing was typed.
TAPPED = {"outcome", "direction", "confirmed", "once", "remove", "reason", "kind", "to", "who", "held", "picked"} | {
    "said", "day", "part", "session", "choice", "typed",
}  # fmt: skip


@dataclass
class Desk:
    """Somebody with a form before them, and a colleague who does something meanwhile."""

    office: Office
    supervisor: Person
    counselor: Person
    client: Client
    sit: Sit = field(repr=False)

    @property
    def address(self) -> str:
        return f"/desk/{self.client.reference}"

    @property
    def clock(self) -> Clock:
        return self.office.clock

    def author(self, form: str) -> Person:
        return self.supervisor if form == "team.InviteForm" else self.counselor

    def do(self, person: Person, rule: Callable[..., Any], *said: Any, **more: Any) -> Any:
        with self.office.work(person) as work:
            return rule(work, self.client.reference, *said, **more)


@dataclass(frozen=True)
class Typed:
    """A form that is filled in: where it is sent, the page it stands on, and what is typed."""

    path: str
    typed: Mapping[str, Any]
    page: str = "/desk/account"
    #: Sent along, and no text.
    tapped: Mapping[str, Any] = field(default_factory=dict)


_SAID = ("name", "phone", "when", "note")
#: Of each form that takes text, by module and name, how it is filled in. "{r}" is the request.
FORMS: dict[str, Typed] = {
    "note_forms.NoteForm": Typed("{r}/note", {"text": NOTE}, "{r}"),
    "note_forms.UnsavedNoteForm": Typed("{r}/claim", {"text": NOTE}, "{r}"),
    "call_log.AttemptForm": Typed("{r}/attempt", {"text": NOTE, "follow_up": TIME}, "{r}", {"outcome": "no_answer"}),
    "call_log.FollowUpForm": Typed("{r}/follow-up", {"at": TIME}),
    "wishes.SettleForm": Typed("{r}/wishes", {"phone": "602 555 0177", "when": ["mon-am"]}, "{r}/wishes"),
    "safety.ReportForm": Typed("{r}/reported", {"happened_at": EARLIER}, tapped={"kind": "danger"}),
    "incoming_calls.CalledForm": Typed("/desk/called", {"first": "zanzi", "second": "bar", "called_at": EARLIER}),
    "incoming_calls.ToldForm": Typed("/desk/called/verify", {"name": "Zanzi Bar"}, tapped={"day": "mon", "part": "am"}),
    "incoming_calls.SaidForm": Typed("/desk/called/said", {"text": NOTE}, tapped={"said": "talked"}),
    "phone_in.PhoneInForm": Typed("/desk/new", {name: GOOD[name] for name in _SAID}, "/desk/new"),
    "rota.ShiftForm": Typed("/desk/rota", {"starts_at": TIME, "ends_at": "2026-11-25T12:00", "weeks": "3"}),
    "rota.CoverForm": Typed(
        "/desk/rota/{shift}/cover", {"starts_at": "2026-11-23T09:00", "ends_at": "2026-11-23T10:00"},
    ),
    "account.NameForm": Typed("/desk/account/name", {"name": "Ada Zanzibar"}),
    "account.AddressForm": Typed("/desk/account/address", {"email": "zanzibar@example.org"}),
    "account.PasskeyForm": Typed("/desk/account/passkeys", {"name": "My Zanzibar phone"}),
    "team.InviteForm": Typed("/desk/team", {"name": "Kim Zanzibar", "email": "kim@example.org"}),
    "search.SearchForm": Typed("/desk/search", {"q": "Zanzibar"}),
}  # fmt: skip
ON_A_REQUEST = [name for name, form in FORMS.items() if form.path.startswith("{r}")]


def open_form(desk: Desk, name: str) -> tuple[Seat, str, dict[str, Any]]:
    """Return the browser, and where and what a filled-in form would send."""
    form, seat = FORMS[name], desk.sit(desk.author(name))
    path = form.path.format(r=desk.address, shift=_shift(desk) if "{shift}" in form.path else "")
    page = seat.look(form.page.format(r=desk.address))
    own = next((one.fields for one in page.forms if one.action == path), {})
    token = page.form("/desk/sign-out").fields
    return seat, path, {**token, **own, **_ticket(desk, name, seat), **_more(desk, name), **form.tapped, **form.typed}


def _ticket(desk: Desk, name: str, seat: Seat) -> dict[str, str]:
    """Return what the pages for a caller carry once they know so many of the two words."""
    words = {"incoming_calls.ToldForm": WORDS[:1], "incoming_calls.SaidForm": WORDS}.get(name)
    if words is None:
        return {}
    page = seat.send("/desk/called", "/desk/called", **dict(zip(("first", "second"), words, strict=False)))
    [ticket, *_] = page.find("input", name="ticket")
    return {"ticket": ticket["value"] or ""}


def _more(desk: Desk, name: str) -> dict[str, Any]:
    """Return what is chosen on a form beside what is typed."""
    if name == "phone_in.PhoneInForm":
        return GOOD
    if name == "wishes.SettleForm":
        return {"way": "call", "which": "told", "ok": ["vm"], "tz": "America/Phoenix"}
    if name.startswith("rota."):
        return {"person": str(builders.account_id(desk.office, desk.supervisor))}
    return {}


def _shift(desk: Desk) -> str:
    desk.office.on_call(desk.counselor)
    with desk.office.work() as work:
        [planned] = rota.shifts(work, work.now, work.now.replace(year=2027))
        return str(planned.id)


def nothing_lost(html: str, name: str, differently: Mapping[str, Any] = MappingProxyType({})) -> bool:
    """Return whether everything typed stands on a page, in the boxes of a form or to be copied."""
    typed = {**FORMS[name].typed, **{key: text for key, text in differently.items() if key in FORMS[name].typed}}
    texts = [text for one in typed.values() for text in ([one] if isinstance(one, str) else one)]
    missing = [text for text in texts if text not in html]
    assert not missing, f"lost: {missing}"
    return True


Kind = TypeVar("Kind")


def below(kind: type[Kind]) -> Iterator[type[Kind]]:
    """Yield every form that is made from this one."""
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def text_forms() -> list[type[DeskForm]]:
    return [one for one in below(DeskForm) if [*typed_fields(one)]]


def typed_fields(form: type[DeskForm]) -> Iterator[str]:
    """Yield the fields of a form that take what somebody types, and no secret."""
    for name in dir(form):
        kind = _kind(form, name)
        typed = kind is not None and issubclass(kind, StringField | DateTimeLocalField | IntegerField)
        # How long somebody is busy is one tap, too.
        if typed and not is_secret(form, name) and name not in TAPPED | {"minutes"}:
            yield name


def is_secret(form: type[Any], name: str) -> bool:
    """Return whether a field is shown once at most: a password, a code, what only the page's script fills in."""
    kind = _kind(form, name)
    return kind is not None and (name in SECRET or issubclass(kind, HiddenField | PasswordField))


def _kind(form: type[Any], name: str) -> type[Any] | None:
    return getattr(getattr(form, name), "field_class", None)
