"""The command line: which commands a process offers, by its role."""

from flask import Flask

from app.cli import audit, demo, keys, setup, team, worker


def install(app: Flask) -> None:
    """Register the commands; a public process has no key for any of them."""
    if app.extensions["quietword"].settings.vault_keys:
        for module in (setup, team, keys, audit, worker, demo):
            app.register_blueprint(module.bp)
