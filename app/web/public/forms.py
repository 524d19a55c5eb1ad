"""The request form: the questions, a trap for scripts, and the sealed ticket of one showing of the page.

The ticket takes the place of a session, so that a look at the form leaves no trace (S-17, S-19).
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField

from app import current
from app.crypto.secretkey import SecretKey, Stale
from app.web import layout
from app.web.questions.questions import Questions

MINOR = "minor"
LASTS = timedelta(hours=24)
#: Nobody reads and fills the form in less; a script does (S-18).
SHORTEST = timedelta(seconds=2)


@dataclass(frozen=True)
class Ticket:
    """One showing of the form. The key makes two sendings of the same answers one request."""

    idempotency_key: bytes
    shown_at: datetime
    autofill: bool

    @classmethod
    def new(cls, now: datetime, *, autofill: bool) -> Self:
        return cls(secrets.token_bytes(16), now, autofill)

    @classmethod
    def read(cls, secret: SecretKey, language: str, text: str, now: datetime) -> Self:
        """Return the ticket of the form in this language; raise `Stale`."""
        value: Any = secret.read_ticket(f"intake/{language}", text, now, LASTS)
        return cls(bytes.fromhex(value["nonce"]), datetime.fromisoformat(value["shown_at"]), value["autofill"])

    def issue(self, secret: SecretKey, language: str, now: datetime) -> str:
        facts = {"nonce": self.idempotency_key.hex(), "shown_at": self.shown_at.isoformat(), "autofill": self.autofill}
        return secret.issue_ticket(f"intake/{language}", facts, now)

    def seasoned(self) -> Self:
        """Return the ticket with enough time spent: for a form that is shown again."""
        return replace(self, shown_at=self.shown_at - SHORTEST)


@dataclass(frozen=True)
class Handed:
    """The ticket that came in with a form, and the one of its next showing."""

    presented: Ticket | None
    next: str

    @property
    def autofill(self) -> bool:
        return self.presented is not None and self.presented.autofill


def take(secret: SecretKey, language: str, text: str, now: datetime) -> Handed:
    """Read a presented ticket; a good one is issued again, a bad one is replaced."""
    try:
        presented = Ticket.read(secret, language, text, now)
    except Stale:
        return Handed(None, Ticket.new(now, autofill=False).seasoned().issue(secret, language, now))
    return Handed(presented, presented.issue(secret, language, now))


class TicketCheck(CSRF):
    """Holds a form to its ticket, which its context has read."""

    def setup_form(self, form: Any) -> list[tuple[str, Any]]:
        self._handed: Handed = form.meta.csrf_context
        return list(super().setup_form(form))

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        return self._handed.next

    def validate_csrf_token(self, form: Any, field: CSRFTokenField) -> None:
        if self._handed.presented is None:
            raise ValidationError(
                gettext("This page was open for a long time. Nothing is lost. Please press “Send my request” again.")
            )


class IntakeForm(Questions):
    class Meta(FlaskForm.Meta):
        csrf = True
        csrf_class = TicketCheck  # type: ignore[assignment]
        csrf_field_name = "token"

    box = HiddenField()

    def __init__(self, handed: Handed, formdata: MultiDict[str, str] | None) -> None:
        self.practice, self.language, self.now = current.practice(), layout.language(), current.now()
        self.handed = handed
        super().__init__(formdata=formdata, meta={"csrf_context": handed, "locales": False})  # type: ignore[no-untyped-call]
        self.offer()

    @property
    def wrong(self) -> Iterator[Field]:
        """The fields with errors, in the order of the page."""
        return (field for field in self if field.errors)

    @property
    def says_more(self) -> bool:
        """Note and language of the call are folded with the others here; the language always has an answer."""
        return super().says_more or bool(self.note.data or self.note.errors) or self.lang.data != self.language
