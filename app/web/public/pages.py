"""Pages that only say something: help lines, safety, privacy, teens, leaving, the card to embed."""

from flask import Response, current_app, make_response, render_template
from flask.typing import ResponseReturnValue

from app import current
from app.web.layout import compress
from app.web.public.blueprint import bp
from app.web.questions import times


@bp.get("/help-lines")
@compress.compressed()
def help_lines() -> str:
    return render_template("public/help_lines.html")


@bp.get("/device-safety")
@compress.compressed()
def device_safety() -> str:
    return render_template("public/device_safety.html")


@bp.get("/privacy")
@compress.compressed()
def privacy() -> str:
    return render_template("public/privacy.html")


@bp.get("/teen")
@compress.compressed()
def teen() -> str:
    return render_template("public/teen.html", hours=times.opening_hours(current.practice()))


@bp.get("/accessibility")
@compress.compressed()
def accessibility() -> str:
    return render_template("public/accessibility.html", hours=times.opening_hours(current.practice()))


@bp.get("/undone")
@compress.compressed()
def undone() -> str:
    return render_template("public/undone.html")


@bp.get("/leave")
def leave() -> Response:
    """Blank at once; its stylesheet clears what the browser kept, then the neutral page opens (S-23)."""
    page = make_response(render_template("public/leave.html"))
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


@bp.get("/leave.css")
def leave_stylesheet() -> Response:
    sheet = Response(
        "a{color:inherit;display:inline-block;padding:13px}h1{font:inherit;margin:0}\n", mimetype="text/css"
    )
    sheet.headers["Clear-Site-Data"] = '"cache"'
    return sheet


@bp.get("/embed")
@compress.compressed()
def embed() -> str:
    """The card for the end of an article: a question and a button, nothing is typed in it."""
    return render_template("public/embed.html")


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    return current_app.response_class(status=204)
