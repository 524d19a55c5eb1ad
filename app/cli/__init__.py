"""The command line: which commands a process offers, by its role."""

from flask import Flask

from app.cli import audit, demo, keys, team, worker


def install(app: Flask) -> None:
    """Register the commands; a public process has no key for any of them."""
    if app.extensions["quietword"].settings.vault_keys:
        for bp in (team.setup_bp, team.bp, keys.bp, audit.bp, worker.bp, demo.bp):
            app.register_blueprint(bp)
