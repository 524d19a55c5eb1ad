"""What every form of the desk has in common: a token, and no field it does not know."""

from typing import Any

from flask import abort, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField

from app import current
from app.crypto.secretkey import Stale
from app.domain import signin


def lazy_gettext(text: str) -> str:
    """Translate when shown; what comes back is as good as a string, and the library does not say so."""
    return _lazy_gettext(text)  # type: ignore[return-value]


def one_line(text: str | None) -> str | None:
    """Return what was typed on one line, without characters that no database keeps and nobody sees."""
    if text is None:
        return None
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


class DeskForm(FlaskForm):
    """A form of somebody signed in; its token lives in the sealed session."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]

    def accepted(self) -> bool:
        """Return whether the form may be acted on; refuse one that is forged or has unknown fields (V-37)."""
        if set(request.form) - {field.name for field in self}:
            abort(400)
        if self.validate():
            return True
        if self["csrf_token"].errors:
            abort(403)
        return False


class ProvenForm(DeskForm):
    """A form whose deed needs a fresh second factor."""

    code = StringField(filters=[one_line])

    def proven(self) -> bool:
        """Return whether the form is accepted and the code right; says so beside the field when not."""
        if not self.accepted():
            return False
        with current.work() as work:
            right = signin.prove(work, self.code.data or "")
        if not right:
            self.code.errors = [gettext("This code is not right, or it was used before. Wait for the next one.")]
        return right


class _Ticket(CSRF):
    """Issues and checks tickets; the context is (form name, what the ticket carries, longest age)."""

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


class TicketForm(FlaskForm):
    """A form of somebody not signed in yet; its token is signed and needs no session."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]

    class Meta(FlaskForm.Meta):
        csrf_class = _Ticket  # type: ignore[assignment]
        csrf_field_name = "token"

    def accepted(self) -> bool:
        if set(request.form) - {field.name for field in self}:
            abort(400)
        return bool(self.validate())
