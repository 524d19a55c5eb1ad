"""Pages that only say something: help lines, safety, privacy, teens, leaving, the card to embed."""

from functools import partial

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from app import current
from app.web.layout import compress
from app.web.public.blueprint import bp
from app.web.questions import times


def _page(name: str) -> str:
    return render_template(f"public/{name}.html", hours=times.opening_hours(current.practice()))


# "embed" is the card for the end of an article: a question and a button, nothing is typed in it.
for _name in ("help_lines", "device_safety", "privacy", "teen", "accessibility", "undone", "embed"):
    bp.add_url_rule(f"/{_name.replace('_', '-')}", _name, compress.compressed()(partial(_page, _name)))


@bp.get("/leave")
def leave() -> Response:
    """Blank at once; its stylesheet clears what the browser kept, then the neutral page opens (S-23)."""
    return make_response(render_template("public/leave.html"), {"Referrer-Policy": "no-referrer"})


@bp.get("/leave.css")
def leave_stylesheet() -> Response:
    sheet = "a{color:inherit;display:inline-block;padding:13px}h1{font:inherit;margin:0}\n"
    return Response(sheet, headers={"Clear-Site-Data": '"cache"'}, mimetype="text/css")


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    return Response(status=204)
