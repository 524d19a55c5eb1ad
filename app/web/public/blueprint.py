"""The public blueprint: no session, no cookie, the same views in every language.

Registered once per language: as "public" at the root and as "public_es" at "/es".
"""

from flask import Blueprint, abort, request

from app import current

bp = Blueprint("public", __name__)


@bp.before_request
def only_in_languages_of_the_practice() -> None:
    if request.blueprint == "public_es" and "es" not in current.practice().languages:
        abort(404)
