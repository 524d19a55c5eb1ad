"""Puts the application together from its settings, and nothing else."""

import logging
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app import cli, current, logs, mail, practice, schema
from app.crypto.secretkey import SecretKey
from app.crypto.vault import AuditKey, EpochVerifier, Ring, Vault
from app.current import Clock, Running
from app.db import Database
from app.domain.vault import epochs, key_register
from app.domain.work import Party, Work
from app.practice import wording
from app.settings import CannotStart, Settings
from app.web import routes

_log = logging.getLogger(__name__)
_LARGEST_BODY = 64 * 1024


def create_app(settings: Settings, clock: Clock = current.system_clock) -> Flask:
    """Return the application for these settings; `CannotStart` with one sentence when it cannot be."""
    logs.install()
    app = Flask(__name__, static_folder=None, template_folder="../templates")
    app.config.update(
        MAX_CONTENT_LENGTH=_LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=_LARGEST_BODY,
        MAX_FORM_PARTS=200,
        BABEL_DEFAULT_LOCALE="en",
    )
    running = Running(
        settings=settings,
        practice=_practice(settings),
        vault=_vault(settings),
        database=_database(settings),
        clock=clock,
        schema=schema.newest(),
        started_at=clock(),
    )
    app.extensions["quietword"] = running
    _check_keys(running)
    words = wording.telling(settings.public_url) if settings.serves_public else []
    if words:
        # Histories and the logs of networks show the host's name (S-08).
        _log.warning(
            "the host name in PUBLIC_URL holds the word %s, and others can see it; take one that says less", words[0]
        )
    mail.install(app)
    routes.install(app)
    cli.install(app)
    return app


def _practice(settings: Settings) -> practice.Practice:
    hosts = [urlsplit(url).hostname or "" for url in (settings.public_url, settings.desk_url)]
    try:
        return practice.load(settings.practice_file, own_hosts=hosts)
    except practice.Mistakes as mistakes:
        raise CannotStart(f"PRACTICE_FILE ({settings.practice_file}) has mistakes.\n{mistakes}") from mistakes


def _database(settings: Settings) -> Database:
    try:
        return Database(settings.database_url)
    except OSError as error:
        raise CannotStart("DATABASE_URL names a file whose folder is not there and cannot be made.") from error


def _vault(settings: Settings) -> Vault:
    audit_key = AuditKey(settings.audit_key) if settings.audit_key else None
    verify_key = audit_key.verify_key if audit_key else settings.epoch_verify_key
    if verify_key is None or settings.epoch_verify_key not in (None, verify_key):
        raise CannotStart("EPOCH_VERIFY_KEY does not belong to AUDIT_KEY; flask keys status prints the one that does.")
    return Vault(
        SecretKey(settings.secret_keys),
        EpochVerifier(verify_key),
        Ring(settings.vault_keys) if settings.vault_keys else None,
        audit_key,
    )


def _check_keys(running: Running) -> None:
    """Refuse to start with keys that do not fit the database: nothing could be read later."""
    try:
        with running.database.read() as session:
            work = Work(session, running.vault, running.practice, Party.OPERATOR, running.started_at)
            strange = epochs.signed_by_another_key(work)
            needed = key_register.rows_per_ring_key(work)
    except SQLAlchemyError:
        # Not migrated yet, or not there at the moment: the pages say so, and `flask migrate` must run.
        return
    finally:
        # The web server forks now, and a connection that two processes share answers the wrong one.
        running.database.close()
    if strange:
        name = "AUDIT_KEY" if running.settings.audit_key else "EPOCH_VERIFY_KEY"
        raise CannotStart(f"{name} is not the key that signed this database's epochs.")
    if running.settings.vault_keys:
        lost = sorted(set(needed) - set(running.vault.ring.ids))
        if lost:
            raise CannotStart(f"VAULT_KEYS lacks the key {lost[0]}, which stored rows still need.")
