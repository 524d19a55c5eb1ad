"""The base of every desk form: a token, no unknown fields, and refusals that lose no typed text."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField, ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.validators import Length

from app import current
from app.crypto.secretkey import Stale
from app.domain.accounts import passkeys
from app.domain.casework import notes
from app.domain.work import Reason, Refused, Work
from app.web import errors
from app.web.desk import challenges
from app.web.questions import text_input


def lazy_gettext(text: str) -> str:
    """Translate when shown. The result works as a string, which the library's types do not say."""
    return _lazy_gettext(text)  # type: ignore[return-value]


#: A note for the team, beside another entry.
NOTE = TextAreaField(
    filters=[text_input.paragraphs],
    validators=[Length(max=notes.LETTERS, message=lazy_gettext("Make your note shorter, up to 900 letters."))],
)


class Refusable(FlaskForm):
    """A form that shows why a rule refused, with everything that was typed."""

    #: The reasons that the form shows, each with its field; None: the whole form. Others have a page of their own.
    refusals: Mapping[Reason, str | None] = {}
    #: Sentences of this form in place of the common ones.
    own_words: Mapping[Reason, str] = {}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]

    def accepted(self) -> bool:
        """Return whether the form may be acted on; refuse one that has unknown fields (V-37)."""
        if set(request.form) - {field.name for field in self}:
            abort(400)
        return bool(self.validate())

    @contextmanager
    def refused_here(self) -> Iterator[None]:
        """Run a rule. If it refuses with a reason of `refusals`, the form has an error afterwards."""
        try:
            yield
        except Refused as refused:
            if refused.reason not in self.refusals:
                raise
            self.refuse(refused)

    def refuse(self, refused: Refused) -> None:
        name, said = self.refusals[refused.reason], [self.sentence(refused)]
        if name is None:
            self.form_errors = said
        else:
            self[name].errors = said

    def sentence(self, refused: Refused) -> str:
        own = self.own_words.get(refused.reason)
        return str(own) if own else errors.sentence(refused)


class DeskForm(Refusable):
    """A form of a member; its token is in the sealed session."""

    def accepted(self) -> bool:
        """Return whether the form may be acted on; refuse one that is forged."""
        accepted = super().accepted()
        if self["csrf_token"].errors:
            self.refuse_forged()
        return accepted

    def refuse_forged(self) -> None:
        abort(403)


class ProvenForm(DeskForm):
    """A form that needs a fresh second factor: a code or a passkey."""

    code = StringField(filters=[text_input.line])
    challenge = HiddenField()
    passkey = HiddenField()

    def proven(self) -> bool:
        """Return whether the form is accepted and the second factor is right; shows an error if not."""
        if not self.accepted():
            return False
        with current.work() as work:
            if self.passkey.data:
                answer = challenges.assertion(self.challenge.data or "", self.passkey.data)
                right = answer is not None and passkeys.prove(work, answer)
                wrong = gettext("The passkey was not accepted. Use it once more, or type a code.")
            else:
                right = passkeys.prove(work, self.code.data or "")
                wrong = gettext("This code is not right, or it was used before. Wait for the next one.")
        if not right:
            self.code.errors = [wrong]
        return right


def entry_number(text: str | None) -> int | None:
    """Return the number of an entry in a form; None without one."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else None


def to_request(reference: str, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("intake.show", reference=reference, _anchor=anchor), 303)


def run(rule: Callable[[Work, str], object], reference: str) -> ResponseReturnValue:
    """Run a rule on a request that needs no form but the token, and return to the request."""
    DeskForm().accepted()
    with current.work() as work:
        rule(work, reference)
    return to_request(reference)


class _Ticket(CSRF):
    """Issues and checks tickets; the context is (form name, content of the ticket, longest age)."""

    def setup_form(self, form: Any) -> list[tuple[str, Any]]:
        self._name, self._carried, self._lasts = form.meta.csrf_context
        return list(super().setup_form(form))

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        return current.secret().issue_ticket(self._name, self._carried, current.now())

    def validate_csrf_token(self, form: Any, field: CSRFTokenField) -> None:
        try:
            current.secret().read_ticket(self._name, field.data or "", current.now(), self._lasts)
        except Stale as error:
            raise ValidationError(gettext("This page was open for too long. Please try again.")) from error


class TicketForm(Refusable):
    """A form for a visitor who has not signed in; its token is signed and needs no session."""

    class Meta(FlaskForm.Meta):
        csrf_class = _Ticket  # type: ignore[assignment]
        csrf_field_name = "token"

    @property
    def ticket(self) -> str:
        return self[self.meta.csrf_field_name].data or ""
