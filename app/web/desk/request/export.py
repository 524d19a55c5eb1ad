"""Exports a request: as a file with everything there is about it, and on paper."""

import json
from collections.abc import Iterator, Mapping, Sequence

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.validators import AnyOf

from app import current
from app.domain.casework import exports
from app.domain.casework.exports import Export
from app.domain.intake import opening
from app.web.desk import outcomes
from app.web.desk.calls.card import Card
from app.web.desk.forms import ProvenForm, lazy_gettext
from app.web.desk.request import history
from app.web.questions import text_input
from app.web.questions.fields import Radio

bp = Blueprint("export", __name__, url_prefix="/desk")

#: Of each format, the media type and the ending of the file.
_FORMATS = {"json": ("application/json", "json"), "text": ("text/plain", "txt")}
_INDENT = "  "


class ExportForm(ProvenForm):
    format = Radio(
        choices=lambda: [
            ("text", lazy_gettext("A text that people read")),
            ("json", lazy_gettext("A file that programs read (JSON)")),
        ],
        validate_choice=False,
        validators=[AnyOf(list(_FORMATS), lazy_gettext("Choose what you need."))],
    )


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
    media_type, ending = _FORMATS[form.format.data]
    # JSON is in ASCII, so that no letter of it steers a terminal or reverses a line.
    text = json.dumps(exported.parts, indent=2) + "\n" if ending == "json" else _text(exported)
    answer = Response(text, content_type=f"{media_type}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{exported.reference}.{ending}"'
    return answer


@bp.get("/<reference>/print")
def paper(reference: str) -> str:
    """Show a request for the printer. Number and code words are left out: strangers find paper."""
    with current.work() as work:
        opened = opening.open(work, reference)
    return render_template(
        "desk/request/print.html",
        history=history.lines(opened, current.practice())[::-1],
        now=current.now(),
        intake=opened,
        card=Card.of(opened),
        outcome=outcomes.closed_with(opened),
    )


def _page(reference: str, form: ExportForm) -> str:
    with current.work() as work:
        reference = exports.exportable(work, reference)
    return render_template("desk/request/export.html", reference=reference, form=form)


def _text(exported: Export) -> str:
    """Return the single values first, then each part under its name."""
    single = {name: part for name, part in exported.parts.items() if isinstance(part, str | int)}
    lines = [gettext("Request %(reference)s", reference=exported.reference), "", *_lines(single)]
    for name, part in exported.parts.items():
        if name not in single:
            lines += ["", *_lines({name: part})]
    return "\n".join([*lines, ""])


def _lines(value: Mapping[str, object]) -> Iterator[str]:
    """Yield one line per value, nested ones indented. No line begins with text that somebody typed."""
    for name, said in value.items():
        label = name.replace("_", " ")
        if isinstance(said, Mapping):
            yield f"{label}:"
            yield from (_INDENT + line for line in _lines(said))
        elif isinstance(said, Sequence) and not isinstance(said, str):
            yield from _listed(label, said)
        elif said is not None:
            first, *rest = _words(said).split("\n")
            yield f"{label}: {first}"
            # An indented and marked line is read neither as a formula nor as a label.
            yield from (f"{_INDENT}| {line}" for line in rest)


def _listed(label: str, items: Sequence[object]) -> Iterator[str]:
    if not any(isinstance(item, Mapping) for item in items):
        yield f"{label}: {', '.join(map(_words, items))}"
        return
    yield f"{label}:"
    for item in items:
        assert isinstance(item, Mapping)
        yield f"{_INDENT}-"
        yield from (_INDENT * 2 + line for line in _lines(item))


def _words(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return text_input.paragraphs(str(value))
