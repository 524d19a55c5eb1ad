"""Which pages a process serves, by its role, and in which language."""

from flask import Flask, g, has_request_context, request
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from app.domain.work import LANGUAGES, Member
from app.web import catalogs, errors, guard, headers, layout, limits, ops
from app.web.desk.account import account, forgotten, password, signin
from app.web.desk.calls import call_log, dialing, incoming_calls, paper_card, phone_in
from app.web.desk.lists import queue, search
from app.web.desk.records import audit, figures
from app.web.desk.request import (
    claims,
    closing,
    escalation,
    export,
    intake,
    notes,
    replies,
    retention,
    safety,
    same_number,
    wishes,
)
from app.web.desk.rota import rota
from app.web.desk.team import approval as own_words
from app.web.desk.team import invite, recovery_sheet, team
from app.web.public import bp as public

_DESK = (
    *(
        signin,
        invite,
        forgotten,
        recovery_sheet,
        own_words,
        queue,
        search,
        incoming_calls,
        paper_card,
        team,
        rota,
        account,
        audit,
        figures,
    ),
    *(phone_in, claims, dialing, call_log, notes, replies, wishes, safety, same_number, escalation, closing),
    *(retention, export, password, intake),
)


def install(app: Flask) -> None:
    """Register what the role serves, behind the guard."""
    settings = app.extensions["quietword"].settings
    time_zone = app.extensions["quietword"].practice.time_zone
    babel = Babel(app, locale_selector=_language, timezone_selector=lambda: time_zone)  # type: ignore[no-untyped-call]
    babel.domain_instance = catalogs.Catalogs(catalogs.FOLDER)
    app.config["WTF_CSRF_SECRET_KEY"] = app.extensions["quietword"].vault.secret.blind("form-token", "desk")
    # A form's token lives as long as its session does.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    guard.install(app)
    headers.install(app)
    errors.install(app)
    app.register_blueprint(ops.bp)
    app.register_blueprint(layout.bp)
    if settings.serves_public:
        app.register_blueprint(public)
        app.register_blueprint(public, name="public_es", url_prefix="/es")
    if settings.serves_desk:
        for module in _DESK:
            app.register_blueprint(module.bp)
    limits.install(app)


def _language() -> str:
    if not has_request_context():
        return "en"
    if request.path.startswith("/desk"):
        return _language_at_the_desk()
    # By path, so that a page that does not exist still answers in its language.
    return "es" if request.path.startswith("/es/") else "en"


def _language_at_the_desk() -> str:
    """Return what the member chose, or what the browser asks for before anybody has signed in."""
    member = g.get("actor")
    if isinstance(member, Member):
        return member.language
    return request.accept_languages.best_match(LANGUAGES, "en")
