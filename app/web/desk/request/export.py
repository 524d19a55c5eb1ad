"""A request to take along: as a file, with everything there is about it, and on paper."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.validators import AnyOf

from app import current
from app.domain.casework import exports
from app.domain.casework.exports import Export
from app.domain.intake import opening
from app.web.desk.calls import card
from app.web.desk.forms import ProvenForm, lazy_gettext
from app.web.desk.request import ending, history, text_export
from app.web.questions.fields import Radio

bp = Blueprint("export", __name__, url_prefix="/desk")

_TYPES = {"json": "application/json", "text": "text/plain"}
_ENDINGS = {"json": "json", "text": "txt"}


class ExportForm(ProvenForm):
    format = Radio(validate_choice=False, validators=[AnyOf(list(_TYPES), lazy_gettext("Choose what you need."))])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.format.choices = [
            ("text", gettext("A text that people read")),
            ("json", gettext("A file that programs read (JSON)")),
        ]


@bp.get("/<reference>/export")
def form(reference: str) -> str:
    return _page(reference, ExportForm(formdata=None))


@bp.post("/<reference>/export")
def export(reference: str) -> ResponseReturnValue:
    form = ExportForm()
    if not form.proven():
        return _page(reference, form), 422
    with current.work() as work:
        exported = exports.export(work, reference)
    format: str = form.format.data
    text = _json(exported) if format == "json" else _text(exported)
    answer = Response(text, content_type=f"{_TYPES[format]}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{exported.reference}.{_ENDINGS[format]}"'
    return answer


@bp.get("/<reference>/print")
def paper(reference: str) -> str:
    """Show a request for the printer. Number and words stay at the desk: paper is found."""
    with current.work() as work:
        opened = opening.open(work, reference)
    return render_template(
        "desk/request/print.html",
        history=history.lines(opened, current.practice())[::-1],
        now=current.now(),
        **card.facts(opened),
        **ending.facts(opened),
    )


def _page(reference: str, form: ExportForm) -> str:
    with current.work() as work:
        reference = exports.exportable(work, reference)
    return render_template("desk/request/export.html", reference=reference, form=form)


def _json(exported: Export) -> str:
    """Return the whole in ASCII: no letter of it can steer a terminal or turn a line around."""
    return json.dumps(exported.parts, indent=2) + "\n"


def _text(exported: Export) -> str:
    title = gettext("Request %(reference)s", reference=exported.reference)
    return "\n".join([title, "", *_sections(exported), ""])


def _sections(exported: Export) -> Iterator[str]:
    """Yield what stands alone first, then each part under its name."""
    yield from text_export.lines({name: part for name, part in exported.parts.items() if isinstance(part, str | int)})
    for name, part in exported.parts.items():
        if not isinstance(part, str | int):
            yield ""
            yield from text_export.lines({name: part})
