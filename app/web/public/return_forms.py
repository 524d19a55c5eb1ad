"""The forms of the return page, and its ticket, which carries the seven words from page to page for ten minutes.

The words travel in form bodies only, and after the first page only inside the ticket, which is sealed.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from app import current
from app.crypto import words
from app.crypto.secretkey import SecretKey, Stale
from app.crypto.words import ReturnCode
from app.domain.intake.numbers import Number
from app.domain.intake.returning import TEXT_LETTERS
from app.web.questions import choices
from app.web.questions.contact import SafeContact, read_number
from app.web.questions.fields import Checks, LineField, ParagraphsField, Pick, Radio, offered

LASTS = timedelta(minutes=10)
_FORM = "return"
#: Carries the idempotency key of a page that asks for the words.
_KEY = "return/once"
_KEY_LASTS = timedelta(hours=24)


@dataclass(frozen=True)
class ReturnTicket:
    """What opens the page. The key is new on every page, so that a page sent twice is one entry."""

    code: ReturnCode = field(repr=False)
    since: datetime
    idempotency_key: bytes = field(repr=False)

    @classmethod
    def read(cls, secret: SecretKey, code: str, key: str, now: datetime) -> Self:
        """Return the ticket or words of a form; raise `Stale`, `UnknownWords` or `WrongCount`."""
        if not is_ticket(code):
            try:
                idempotency_key = bytes.fromhex(secret.read_ticket(_KEY, key, now, _KEY_LASTS))
            except Stale:
                idempotency_key = secrets.token_bytes(16)
            return cls(words.parse_return_code(code), now, idempotency_key)
        value: Any = secret.read_ticket(_FORM, code.strip(), now, LASTS)
        since = datetime.fromisoformat(value["since"])
        return cls(words.parse_return_code(value["code"]), since, bytes.fromhex(value["nonce"]))

    def issue_next(self, secret: SecretKey) -> str:
        """Return the ticket of the next page. It is as old as the words are: ten minutes after them it ends."""
        key = secrets.token_hex(16)
        value = {"code": " ".join(self.code.words), "since": self.since.isoformat(), "nonce": key}
        return secret.issue_ticket(_FORM, value, self.since)


def is_ticket(code: str) -> bool:
    """Every ticket begins like this, and no words do."""
    return code.strip().startswith("gAAAA")


def issue_key(secret: SecretKey, now: datetime) -> str:
    """Return the sealed idempotency key of a page that asks for the words."""
    return secret.issue_ticket(_KEY, secrets.token_hex(16), now)


class _Part(FlaskForm):
    """A part of the page. The return code in the same body takes the place of a form token."""

    class Meta(FlaskForm.Meta):
        csrf = False

    def __init__(self, formdata: MultiDict[str, str] | None) -> None:
        self.practice, self.now, self.sent = current.practice(), current.now(), formdata is not None
        super().__init__(formdata=formdata, meta={"locales": False})  # type: ignore[no-untyped-call]
        self.offer()

    def offer(self) -> None:
        """Fill in what can be chosen."""


class MessageForm(_Part):
    say = Radio(validate_choice=False)
    text = ParagraphsField()

    def offer(self) -> None:
        self.say.choices = choices.sentences()

    def validate_say(self, field: Radio) -> None:
        if not offered(field):
            raise ValidationError(gettext("Choose what you want to tell us."))

    def validate_text(self, field: ParagraphsField) -> None:
        if len(field.data or "") > TEXT_LETTERS:
            raise ValidationError(gettext("Make it shorter. It can be up to 200 letters, or about 35 words."))


class WishesForm(SafeContact, _Part):
    """Everything that is safe now: an empty box is a no."""

    way = Radio(validate_choice=False)
    ok = Checks(validate_choice=False)
    when = Checks(validate_choice=False)
    tz = Pick(validate_choice=False)

    def offer(self) -> None:
        self.offer_contact()


class NumberForm(_Part):
    number: Number
    phone = LineField()

    def validate_phone(self, field: LineField) -> None:
        if not field.data:
            raise ValidationError(gettext("Enter the new phone number."))
        self.number = read_number(field.data)
