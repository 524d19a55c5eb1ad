"""What pages are built from: stylesheets, scripts, help lines, the practice, and addresses in the page's language."""

import base64
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import get_locale
from flask_compress import Compress

from app import current
from app.practice import Practice

FOLDER = Path(__file__).parent.parent / "static"
#: One dated file, checked at its sources (S-36).
_HELP_LINES = Path(__file__).with_name("help_lines.toml")
_FILES = "quietword.files"
#: Spaces and hyphens that a line is not broken at.
_UNBROKEN = str.maketrans({" ": "\N{NO-BREAK SPACE}", "-": "\N{NON-BREAKING HYPHEN}"})
_TYPES = {".css": "text/css", ".js": "text/javascript"}

bp = Blueprint("layout", __name__)
#: Opt-in per view: a page with both a secret and typed text is never compressed (BREACH).
compress = Compress()


@dataclass(frozen=True)
class File:
    content: bytes
    mimetype: str

    @property
    def integrity(self) -> str:
        return "sha384-" + base64.b64encode(hashlib.sha384(self.content).digest()).decode()


@dataclass(frozen=True)
class HelpLine:
    """Texts are by language. A number is written as people say it; None where there is no such way."""

    name: Mapping[str, str]
    audience: Mapping[str, str]
    how: Mapping[str, str]
    checked_on: date
    source: str
    call: str | None = None
    text: str | None = None
    chat: str | None = None


@cache
def help_lines() -> tuple[HelpLine, ...]:
    return tuple(HelpLine(**line) for line in tomllib.loads(_HELP_LINES.read_text(encoding="utf-8"))["line"])


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    state.app.config["COMPRESS_REGISTER"] = False
    state.app.config["COMPRESS_ALGORITHM"] = ["zstd", "br", "gzip"]
    assert isinstance(state.app, Flask)
    compress.init_app(state.app)


@bp.get("/static/<name>")
@compress.compressed()
def file(name: str) -> Response:
    found = files().get(name)
    if found is None:
        abort(404)
    response = Response(found.content, mimetype=found.mimetype)
    # A stylesheet in the disk cache would show that somebody was here (S-04).
    response.headers["Cache-Control"] = "no-store"
    return response


def files() -> Mapping[str, File]:
    """Return the stylesheets and scripts as this practice serves them, read once."""
    if _FILES not in current_app.extensions:
        paths = [path for path in FOLDER.iterdir() if path.suffix in _TYPES]
        texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
        texts["base.css"] = stylesheet(texts["base.css"], current.practice())
        current_app.extensions[_FILES] = {
            path.name: File(texts[path.name].encode(), _TYPES[path.suffix]) for path in paths
        }
    found: Mapping[str, File] = current_app.extensions[_FILES]
    return found


def stylesheet(source: str, practice: Practice) -> str:
    light, dark = practice.colors.light, practice.colors.dark
    return source + (
        f":root{{--bg:{light.ground};--brand:{light.brand};--brand-hi:{light.brand_hover}}}"
        "@media(prefers-color-scheme:dark)"
        f"{{:root{{--bg:{dark.ground};--brand:{dark.brand};--brand-hi:{dark.brand_hover}}}}}\n"
    )


def at_desk() -> bool:
    return request.path.startswith("/desk")


def language() -> str:
    """Return the language of the page: "en" or "es"."""
    locale = get_locale()
    return locale.language if locale else "en"


def address(name: str, **values: Any) -> str:
    return _address_in(language(), name, **values)


@bp.app_context_processor
def _known() -> dict[str, Any]:
    practice = current.practice()
    spoken = language()
    return {
        "address": address,
        "demonstration": current.settings().demonstration,
        "files": files,
        "help_lines": help_lines(),
        "language": spoken,
        "other_language": next((other for other in practice.languages if other != spoken), None),
        "elsewhere": _elsewhere,
        "elsewhere_named": _address_in,
        "practice": practice,
        "public": "public" in current_app.blueprints,
    }


@bp.app_template_filter("unbroken")
def _unbroken(text: object) -> str:
    """Return a phone number that stays on one line where there is room for it."""
    return str(text).translate(_UNBROKEN)


def _elsewhere(other: str) -> str:
    """Return this page's path in another language, or the form's where the page has none."""
    blueprint, _, name = (request.endpoint or "").partition(".")
    if blueprint in ("public", "public_es") and request.method in ("GET", "HEAD"):
        return _address_in(other, name, **(request.view_args or {}))
    return _address_in(other, "form")


def _address_in(spoken: str, name: str, **values: Any) -> str:
    return url_for(f"public_es.{name}" if spoken == "es" else f"public.{name}", **values)
