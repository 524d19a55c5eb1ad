"""The form of a note that is being typed, and the page that returns it to its author."""

from datetime import datetime
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext
from wtforms import HiddenField, ValidationError

from app.domain.casework import notes
from app.web import drafts
from app.web.desk.forms import DeskForm
from app.web.questions.fields import ParagraphsField


class UnsavedNoteForm(DeskForm):
    """A form that carries a note, finished or not."""

    text = ParagraphsField()
    #: The ticket of the page: new each time it is shown.
    once = HiddenField()
    #: When the draft in the box was stored. Empty: the box held no draft.
    kept = HiddenField()

    @property
    def kept_at(self) -> datetime | None:
        return drafts.moment(self.kept.data)

    def renewed(self, reference: str) -> bool:
        """Return whether the author only signed in again elsewhere; nothing is done before they see the page again."""
        return bool(self["csrf_token"].errors) and drafts.issued(self.once.data, g.actor.account_id, reference)

    def refuse_forged(self) -> None:
        if not self.text.data or not self.renewed(_reference()):
            abort(403)


class NoteForm(UnsavedNoteForm):
    def validate_text(self, field: ParagraphsField) -> None:
        count = len(field.data or "")
        if not count:
            raise ValidationError(gettext("Write something first."))
        if count > notes.LETTERS:
            told = {"most": notes.LETTERS, "count": count}
            raise ValidationError(gettext("Make it shorter: up to %(most)s letters. These are %(count)s.", **told))


def page(form: UnsavedNoteForm, sentence: str | None = None, **facts: Any) -> str:
    """Return the page with the note in it, to be sent again."""
    if form.renewed(_reference()):
        sentence = gettext("You signed in again since then. Nothing is lost: save it once more.")
    return render_template("desk/request/note.html", form=form, reference=_reference(), sentence=sentence, facts=facts)


def _reference() -> str:
    return str((request.view_args or {})["reference"])
