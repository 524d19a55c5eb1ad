"""The forms of incoming calls, and the sealed ticket that carries a caller from one page to the next."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from flask_babel import gettext
from wtforms import HiddenField, StringField, ValidationError
from wtforms.validators import AnyOf, DataRequired, Length

from app import current
from app.crypto.secretkey import Stale
from app.domain.calls import incoming_calls
from app.domain.calls.incoming_calls import IncomingCall
from app.domain.intake import safe_times
from app.practice import hours
from app.web.desk.dates import MomentField
from app.web.desk.forms import DeskForm, NoteField, lazy_gettext
from app.web.questions import text_input

#: Instead of a day: a client who wants to call us checked no time.
NO_TIME = "none"
_LONGEST_AGO = timedelta(days=7)
_LASTS = timedelta(minutes=30)
_ONE_WORD = Length(max=40, message=lazy_gettext("Enter one word only."))


@dataclass(frozen=True)
class CallerTicket:
    """The requests that may be the caller's; one once the caller is verified. For one member and half an hour.

    The nonce is the idempotency key of what is recorded.
    """

    references: tuple[str, ...]
    verified: bool
    #: When they called; None: just now.
    called_at: datetime | None
    nonce: str = field(repr=False)

    @classmethod
    def new(cls, references: tuple[str, ...], *, verified: bool, called_at: datetime | None) -> Self:
        return cls(references, verified, called_at, secrets.token_hex(16))

    @classmethod
    def read(cls, ticket: str, *, verified: bool) -> Self:
        """Read a ticket; `Stale` for another member's, an old one, or one of an unverified caller."""
        value: Any = current.secret().read_ticket(_form(verified=verified), ticket, current.now(), _LASTS)
        if value["by"] != str(current.actor()):
            raise Stale
        at = datetime.fromisoformat(value["at"]) if value["at"] else None
        return cls(tuple(value["references"]), verified, at, value["nonce"])

    @property
    def ticket(self) -> str:
        value = {
            "by": str(current.actor()),
            "references": list(self.references),
            "at": self.called_at.isoformat() if self.called_at else None,
            "nonce": self.nonce,
        }
        return current.secret().issue_ticket(_form(verified=self.verified), value, current.now())


def _form(*, verified: bool) -> str:
    # Two kinds of tickets: that of an unverified caller opens nothing.
    return "called/verified" if verified else "called/asked"


class CalledForm(DeskForm):
    first = StringField(filters=[text_input.line], validators=[_ONE_WORD])
    second = StringField(filters=[text_input.line], validators=[_ONE_WORD])
    called_at = MomentField()
    #: The member picked a word that sounds like the one heard: "yes".
    picked = StringField()

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(f"{self.first.data or ''} {self.second.data or ''}".split())

    def validate_called_at(self, field: MomentField) -> None:
        at = field.maybe
        if at is not None and at > current.now():
            raise ValidationError(gettext("This time is still to come. Enter when they called."))
        if at is not None and current.now() - at > _LONGEST_AGO:
            raise ValidationError(gettext("That was more than 7 days ago. Write a note at the request instead."))

    def validate_first(self, field: StringField) -> None:
        if not self.words:
            raise ValidationError(gettext("Enter the words as you heard them."))
        if len(self.words) > 2:
            raise ValidationError(gettext("Enter two words only, as you heard them."))


class CallerForm(DeskForm):
    ticket = HiddenField()

    def caller(self, *, verified: bool) -> CallerTicket:
        return CallerTicket.read(self.ticket.data or "", verified=verified)


class ToldForm(CallerForm):
    name = StringField(
        filters=[text_input.line],
        validators=[
            DataRequired(lazy_gettext("Enter the name they say they gave us.")),
            Length(max=60, message=lazy_gettext("Use a shorter name, up to 60 letters.")),
        ],
    )
    day = StringField(validators=[AnyOf([*hours.WEEKDAYS, NO_TIME], message=lazy_gettext("Choose a day."))])
    part = StringField()

    def validate_part(self, field: StringField) -> None:
        if self.day.data != NO_TIME and field.data not in safe_times.PARTS:
            raise ValidationError(gettext("Choose a time of the day."))

    @property
    def told(self) -> IncomingCall:
        when = None if self.day.data == NO_TIME else f"{self.day.data}-{self.part.data}"
        return IncomingCall(self.name.data or "", when)


class SaidForm(CallerForm):
    said = StringField(validators=[AnyOf(list(incoming_calls.SAID), message=lazy_gettext("Choose what they wanted."))])
    text = NoteField()
