"""Registers the pages that a process serves by its role, and chooses their language."""

from flask import Flask, g, has_request_context, request
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from app.domain.work import LANGUAGES, Member
from app.web import catalogs, desk, errors, guard, headers, layout, limits, ops
from app.web.public import bp as public


def install(app: Flask) -> None:
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
        for blueprint in desk.BLUEPRINTS:
            app.register_blueprint(blueprint)
    limits.install(app)


def _language() -> str:
    if not has_request_context():
        return "en"
    if layout.at_desk():
        member = g.get("actor")
        # Before anybody has signed in, the browser says which language.
        if isinstance(member, Member):
            return member.language
        return request.accept_languages.best_match(LANGUAGES, "en")
    # By path, so that a page that does not exist still answers in its language.
    return "es" if request.path.startswith("/es/") else "en"
