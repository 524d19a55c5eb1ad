"""Reads the settings from the environment, NAME or NAME_FILE; fails with one sentence that names the setting."""

import base64
import binascii
import ipaddress
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.settings import CannotStart, MailServer, Role, Settings

_MAKE_ONE = "make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_PORTS = {"https": 443, "http": 80}


def load(environ: Mapping[str, str]) -> Settings:
    """Return checked settings; raise `CannotStart` with one sentence for the first that is wrong."""
    role = _role(environ)
    opens = role is not Role.PUBLIC
    if not opens:
        _refuse_opening_secrets(environ)
    public_url = _url(environ, "PUBLIC_URL")
    return Settings(
        role=role,
        database_url=_database_url(environ),
        secret_keys=_secret_keys(environ),
        vault_keys=_vault_keys(environ) if opens else (),
        audit_key=_key("AUDIT_KEY", _required(environ, "AUDIT_KEY", _MAKE_ONE)) if opens else None,
        epoch_verify_key=_verify_key(environ, needed=not opens),
        practice_file=Path(_read(environ, "PRACTICE_FILE") or "practice.toml"),
        public_url=public_url,
        desk_url=_url(environ, "DESK_URL") if _read(environ, "DESK_URL") else public_url,
        mail=_mail(environ),
        redis_url=_redis_url(environ),
        trusted_proxies=_whole_number(environ, "TRUSTED_PROXIES", default=0, least=0, most=8),
        processes=_whole_number(environ, "WEB_PROCESSES", default=1, least=1, most=64),
        metrics_token=_metrics_token(environ),
        demonstration=_switch(environ, "DEMONSTRATION"),
    )


def _read(environ: Mapping[str, str], name: str) -> str | None:
    """Return NAME, or what the file NAME_FILE holds; None when neither is set."""
    value, file = environ.get(name), environ.get(f"{name}_FILE")
    if value and file:
        raise CannotStart(f"{name} and {name}_FILE are both set; keep one of them.")
    if not file:
        return value.strip() if value and value.strip() else None
    try:
        return Path(file).read_text(encoding="utf-8").strip() or None
    except (OSError, ValueError) as error:
        # Its value is not repeated: somebody may have put the secret itself there.
        raise CannotStart(f"{name}_FILE names a file that cannot be read as text.") from error


def _required(environ: Mapping[str, str], name: str, hint: str) -> str:
    value = _read(environ, name)
    if value is None:
        raise CannotStart(f"{name} is not set; {hint}.")
    return value


def _listed(environ: Mapping[str, str], name: str) -> tuple[bytes, ...]:
    """Return a list of keys, newest first, separated by commas or white space."""
    texts = _required(environ, name, _MAKE_ONE).replace(",", " ").split()
    if not texts:
        raise CannotStart(f"{name} holds no key; {_MAKE_ONE}.")
    keys = tuple(_key(name, text) for text in texts)
    # Compared as bytes: base64 writes one key in several ways.
    if len(set(keys)) < len(keys):
        raise CannotStart(f"{name} holds the same key twice.")
    return keys


def _secret_keys(environ: Mapping[str, str]) -> tuple[bytes, ...]:
    return _listed(environ, "SECRET_KEY")


def _vault_keys(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return Fernet's own way of writing a key, whichever way it was pasted."""
    return tuple(base64.urlsafe_b64encode(key).decode() for key in _listed(environ, "VAULT_KEYS"))


def _key(name: str, text: str) -> bytes:
    """Return the key's bytes; refuse what is short or visibly not random. Never repeats the key."""
    try:
        raw = base64.b64decode(
            text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4),
            validate=True,
        )
    except (binascii.Error, ValueError) as error:
        raise CannotStart(f"{name} holds a key that is not base64; {_MAKE_ONE}.") from error
    if len(raw) < 32:
        raise CannotStart(f"{name} holds a key of {len(raw)} bytes; 32 random ones are needed: {_MAKE_ONE}.")
    # 32 random bytes hold fewer than 16 different values less than once in 10^14 keys.
    if len(set(raw)) < 16:
        raise CannotStart(f"{name} holds a key that is not random; {_MAKE_ONE}.")
    if name == "VAULT_KEYS" and len(raw) != 32:
        raise CannotStart(f"VAULT_KEYS holds a key of {len(raw)} bytes; a Fernet key has 32: {_MAKE_ONE}.")
    return raw


def _verify_key(environ: Mapping[str, str], needed: bool) -> bytes | None:
    hint = "print it on the desk's machine with: flask keys status"
    text = _required(environ, "EPOCH_VERIFY_KEY", hint) if needed else _read(environ, "EPOCH_VERIFY_KEY")
    if text is None:
        return None
    key = _key("EPOCH_VERIFY_KEY", text)
    if len(key) != 32:
        raise CannotStart(f"EPOCH_VERIFY_KEY has {len(key)} bytes instead of 32; {hint}.")
    return key


def _role(environ: Mapping[str, str]) -> Role:
    try:
        return Role(_read(environ, "ROLE") or Role.ALL)
    except ValueError as error:
        raise CannotStart(f"ROLE is one of {', '.join(Role)}.") from error


def _refuse_opening_secrets(environ: Mapping[str, str]) -> None:
    for name in ("VAULT_KEYS", "AUDIT_KEY"):
        if environ.get(name) or environ.get(f"{name}_FILE"):
            raise CannotStart(f"{name} is set, and ROLE=public must not hold it; remove it from this process.")


def _database_url(environ: Mapping[str, str]) -> str:
    url = _read(environ, "DATABASE_URL") or "sqlite:///instance/quietword.db"
    wrong = "DATABASE_URL is sqlite:/// and a file, or postgresql+psycopg:// and user:password@host/database."
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise CannotStart(wrong) from error
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise CannotStart(wrong)
    if url.startswith("sqlite:") and parts.database in (None, "", ":memory:"):
        raise CannotStart(wrong)
    return url


def _split(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise CannotStart(f"{name} is not an address.") from error
    return parts


def _url(environ: Mapping[str, str], name: str) -> str:
    """Return an origin without a trailing slash."""
    url = _required(
        environ,
        name,
        "it is the address people type, such as https://private.example.org",
    )
    parts = _split(name, url)
    host = parts.hostname
    if not host or parts.path not in ("", "/") or "@" in parts.netloc or "?" in url or "#" in url:
        raise CannotStart(f"{name} is a scheme and a host only, such as https://private.example.org.")
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        raise CannotStart(f"{name} begins with https:// (http only for localhost, 127.0.0.1 and [::1]).")
    if parts.scheme not in _PORTS:
        raise CannotStart(f"{name} begins with https://.")
    if not (_HOST_NAME.fullmatch(host) or _is_address(host)):
        raise CannotStart(f"{name} has a host name of letters, digits, dots and hyphens (others as xn--…).")
    bracketed = f"[{host}]" if ":" in host else host
    # Browsers leave the usual port out of what they send.
    usual = parts.port in (None, _PORTS[parts.scheme])
    return f"{parts.scheme}://{bracketed}" if usual else f"{parts.scheme}://{bracketed}:{parts.port}"


def _redis_url(environ: Mapping[str, str]) -> str | None:
    url = _read(environ, "REDIS_URL")
    if url is None:
        return None
    parts = _split("REDIS_URL", url)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise CannotStart("REDIS_URL is redis:// or rediss:// and a host.")
    return url


def _metrics_token(environ: Mapping[str, str]) -> str | None:
    token = _read(environ, "METRICS_TOKEN")
    if token and len(token) < 20:
        raise CannotStart("METRICS_TOKEN has fewer than 20 characters.")
    return token


def _whole_number(environ: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = _read(environ, name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise CannotStart(f"{name} is a whole number from {least} to {most}.")
    return int(text)


def _switch(environ: Mapping[str, str], name: str) -> bool:
    text = (_read(environ, name) or "0").lower()
    if text not in ("0", "1", "true", "false", "yes", "no"):
        raise CannotStart(f"{name} is 1 or 0.")
    return text in ("1", "true", "yes")


def _mail(environ: Mapping[str, str]) -> MailServer:
    host = _mail_host(environ)
    use_tls, use_ssl = _switch(environ, "MAIL_USE_TLS"), _switch(environ, "MAIL_USE_SSL")
    if use_tls and use_ssl:
        raise CannotStart("MAIL_USE_TLS and MAIL_USE_SSL are both set; keep one of them.")
    if not (use_tls or use_ssl or _loopback(host)):
        raise CannotStart("MAIL_USE_TLS or MAIL_USE_SSL is needed: MAIL_SERVER is not on this machine.")
    username, password = _read(environ, "MAIL_USERNAME"), _read(environ, "MAIL_PASSWORD")
    if bool(username) != bool(password):
        raise CannotStart("MAIL_USERNAME and MAIL_PASSWORD come together or not at all.")
    usual_port = 465 if use_ssl else 587 if use_tls else 25
    return MailServer(
        host=host,
        port=_whole_number(environ, "MAIL_PORT", default=usual_port, least=1, most=65535),
        use_tls=use_tls,
        use_ssl=use_ssl,
        username=username,
        password=password,
        sender=_sender(environ),
        ca_file=_ca_file(environ),
    )


def _mail_host(environ: Mapping[str, str]) -> str:
    host = (_read(environ, "MAIL_SERVER") or "localhost").lower()
    if not (_HOST_NAME.fullmatch(host) or _is_address(host)):
        raise CannotStart("MAIL_SERVER is a host name only, such as smtp.example.org; the port is MAIL_PORT.")
    return host


def _ca_file(environ: Mapping[str, str]) -> Path | None:
    file = _read(environ, "MAIL_CA_FILE")
    if file is None:
        return None
    try:
        ssl.create_default_context().load_verify_locations(file)
    except OSError as error:
        raise CannotStart("MAIL_CA_FILE names a file that holds no certificate (PEM).") from error
    return Path(file)


def _sender(environ: Mapping[str, str]) -> str:
    sender = _required(
        environ,
        "MAIL_DEFAULT_SENDER",
        "it is the address letters to the team come from",
    )
    if not re.fullmatch(r"[!-+\--;=?A-~]+@[!-+\--;=?A-~]+", sender):
        raise CannotStart("MAIL_DEFAULT_SENDER is one plain address such as desk@example.org.")
    return sender


def _loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
