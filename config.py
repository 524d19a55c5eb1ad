"""Reads the settings from the environment, NAME or NAME_FILE; fails with one sentence that names the setting."""

import base64
import binascii
import ipaddress
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar
from urllib.parse import SplitResult, urlsplit

from annotated_types import Ge, Le, MinLen, Predicate
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.settings import CannotStart, MailServer, ProcessRole, Settings

_MAKE_ONE = "make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_PORTS = {"https": 443, "http": 80}

T = TypeVar("T")

#: What must be set, and how to come by it.
_NEEDED = {
    "SECRET_KEY": _MAKE_ONE,
    "VAULT_KEYS": _MAKE_ONE,
    "AUDIT_KEY": _MAKE_ONE,
    "EPOCH_VERIFY_KEY": "print it on the desk's machine with: flask keys status",
    "PUBLIC_URL": "it is the address people type, such as https://private.example.org",
    "MAIL_DEFAULT_SENDER": "it is the address letters to the team come from",
}
#: What the public process must not hold, because it opens.
_OPENING = ("VAULT_KEYS", "AUDIT_KEY")


def load(environ: Mapping[str, str]) -> Settings:
    """Return checked settings; raise `CannotStart` with one sentence for the first that is wrong."""
    # First: it decides which keys may be asked for.
    role = _read(environ, "ROLE") or ProcessRole.ALL
    if role not in set(ProcessRole):
        raise CannotStart(f"ROLE is one of {', '.join(ProcessRole)}.")
    public = role == ProcessRole.PUBLIC
    for name in _OPENING if public else ():
        if environ.get(name) or environ.get(f"{name}_FILE"):
            raise CannotStart(f"{name} is set, and ROLE=public must not hold it; remove it from this process.")
    texts = {name: text for name in _NAMES if (text := _read(environ, name))}
    not_needed = _OPENING if public else ("EPOCH_VERIFY_KEY",)
    for name, hint in _NEEDED.items():
        if name not in texts and name not in not_needed:
            raise CannotStart(f"{name} is not set; {hint}.")
    return Settings(mail=MailServer(**_checked(_Mail, texts)), **_checked(_Rest, texts))


def _read(environ: Mapping[str, str], name: str) -> str | None:
    """Return NAME, or what the file NAME_FILE holds; None when neither is set."""
    value, file = environ.get(name), environ.get(f"{name}_FILE")
    if value and file:
        raise CannotStart(f"{name} and {name}_FILE are both set; keep one of them.")
    if not file:
        return value.strip() if value and value.strip() else None
    with suppress(OSError, ValueError):
        return Path(file).read_text(encoding="utf-8").strip() or None
    # Its value is not repeated: somebody may have put the secret itself there.
    raise CannotStart(f"{name}_FILE names a file that cannot be read as text.")


def _checked(model: type[BaseModel], texts: Mapping[str, str]) -> dict[str, Any]:
    try:
        return model.model_validate(texts).model_dump()
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
    # Outside of `except`: pydantic's error holds the texts, and would be in the traceback.
    raise CannotStart(" ".join([*map(str, first["loc"][:1]), first["msg"]]) + ".")


def _wrong(sentence: str) -> PydanticCustomError:
    """Return what a check raises; the sentence follows the name of the setting and repeats no secret."""
    return PydanticCustomError("wrong", sentence)


def _or(sentence: str) -> WrapValidator:
    """Say this when anything in the type is not met."""

    def check(text: object, read: Callable[[object], object]) -> object:
        try:
            return read(text)
        except (ValueError, OSError, ArgumentError):
            raise _wrong(sentence) from None

    return WrapValidator(check)


def _key(text: str) -> bytes:
    """Return the key's bytes; refuse what is short or visibly not random. Never repeats the key."""
    try:
        raw = base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise _wrong(f"holds a key that is not base64; {_MAKE_ONE}") from None
    if len(raw) < 32:
        raise _wrong(f"holds a key of {len(raw)} bytes; 32 random ones are needed: {_MAKE_ONE}")
    # 32 random bytes hold fewer than 16 different values less than once in 10^14 keys.
    if len(set(raw)) < 16:
        raise _wrong(f"holds a key that is not random; {_MAKE_ONE}")
    return raw


def _exact(raw: bytes) -> bytes:
    if len(raw) != 32:
        raise _wrong(f"holds a key of {len(raw)} bytes instead of 32")
    return raw


def _fernet(raw: bytes) -> str:
    """Return Fernet's own way of writing a key, whichever way it was pasted."""
    return base64.urlsafe_b64encode(raw).decode()


def _listed(text: str) -> list[str]:
    """Return a list of keys, newest first, separated by commas or white space."""
    texts = text.replace(",", " ").split()
    if not texts:
        raise _wrong(f"holds no key; {_MAKE_ONE}")
    return texts


def _different(keys: tuple[T, ...]) -> tuple[T, ...]:
    # Compared after reading: base64 writes one key in several ways.
    if len(set(keys)) < len(keys):
        raise _wrong("holds the same key twice")
    return keys


def _database(url: str) -> str:
    file = make_url(url).database
    if url.startswith("postgresql+psycopg://") or (url.startswith("sqlite:///") and file not in {None, "", ":memory:"}):
        return url
    raise ValueError


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _wrong("is not an address") from None
    return parts


def _origin(url: str) -> str:
    """Return an origin without a trailing slash."""
    parts = _split(url)
    host = parts.hostname
    if not host or parts.path not in ("", "/") or "@" in parts.netloc or "?" in url or "#" in url:
        raise _wrong("is a scheme and a host only, such as https://private.example.org")
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        raise _wrong("begins with https:// (http only for localhost, 127.0.0.1 and [::1])")
    if parts.scheme not in _PORTS:
        raise _wrong("begins with https://")
    if not _is_host(host):
        raise _wrong("has a host name of letters, digits, dots and hyphens (others as xn--…)")
    bracketed = f"[{host}]" if ":" in host else host
    # Browsers leave the usual port out of what they send.
    usual = parts.port in (None, _PORTS[parts.scheme])
    return f"{parts.scheme}://{bracketed}" if usual else f"{parts.scheme}://{bracketed}:{parts.port}"


def _redis(url: str) -> str:
    parts = _split(url)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise _wrong("is redis:// or rediss:// and a host")
    return url


def _certificates(file: Path) -> Path:
    ssl.create_default_context().load_verify_locations(file)
    return file


def _is_host(text: str) -> bool:
    return bool(_HOST_NAME.fullmatch(text)) or _is_address(text)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


_DATABASE = "is sqlite:/// and a file, or postgresql+psycopg:// and user:password@host/database"
_MAIL_HOST = "is a host name only, such as smtp.example.org; the port is MAIL_PORT"
_CA_FILE = "names a file that holds no certificate (PEM)"
_PLAIN_ADDRESS = re.compile(r"[!-+\--;=?A-~]+@[!-+\--;=?A-~]+")

_Key = Annotated[bytes, BeforeValidator(_key)]
_FernetKey = Annotated[str, BeforeValidator(_fernet), BeforeValidator(_exact), BeforeValidator(_key)]
_ListOf = Annotated[tuple[T, ...], BeforeValidator(_listed), AfterValidator(_different)]
_Origin = Annotated[str, AfterValidator(_origin)]
_Switch = Annotated[bool, _or("is 1 or 0")]


class _Rest(BaseModel):
    """Each setting but those of the mail, by its name in `Settings`, with the type that checks it."""

    model_config = ConfigDict(alias_generator=str.upper, hide_input_in_errors=True)

    role: ProcessRole = ProcessRole.ALL
    database_url: Annotated[str, AfterValidator(_database), _or(_DATABASE)] = "sqlite:///instance/quietword.db"
    secret_keys: _ListOf[_Key] = Field(alias="SECRET_KEY")
    vault_keys: _ListOf[_FernetKey] = ()
    audit_key: _Key | None = None
    epoch_verify_key: Annotated[_Key, AfterValidator(_exact)] | None = None
    practice_file: Path = Path("practice.toml")
    public_url: _Origin
    desk_url: _Origin = Field(default_factory=lambda read: read["public_url"])
    redis_url: Annotated[str, AfterValidator(_redis)] | None = None
    trusted_proxies: Annotated[int, Ge(0), Le(8), _or("is a whole number from 0 to 8")] = 0
    processes: Annotated[int, Ge(1), Le(64), _or("is a whole number from 1 to 64")] = Field(1, alias="WEB_PROCESSES")
    metrics_token: Annotated[str, MinLen(20), _or("has fewer than 20 characters")] | None = None
    demonstration: _Switch = False


class _Mail(BaseModel):
    """The settings of the mail, by their names in `MailServer`."""

    model_config = ConfigDict(alias_generator=lambda name: f"MAIL_{name.upper()}", hide_input_in_errors=True)

    host: Annotated[str, Predicate(_is_host), _or(_MAIL_HOST), BeforeValidator(str.lower)] = Field(
        "localhost", alias="MAIL_SERVER"
    )
    use_tls: _Switch = False
    use_ssl: _Switch = False
    port: Annotated[int, Ge(1), Le(65535), _or("is a whole number from 1 to 65535")] = Field(
        default_factory=lambda read: 465 if read["use_ssl"] else 587 if read["use_tls"] else 25
    )
    username: str | None = None
    password: str | None = None
    sender: Annotated[
        str, Predicate(_PLAIN_ADDRESS.fullmatch), _or("is one plain address such as desk@example.org")
    ] = Field(alias="MAIL_DEFAULT_SENDER")
    ca_file: Annotated[Path, AfterValidator(_certificates), _or(_CA_FILE)] | None = None

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.use_tls and self.use_ssl:
            raise _wrong("MAIL_USE_TLS and MAIL_USE_SSL are both set; keep one of them")
        here = self.host == "localhost" or (_is_address(self.host) and ipaddress.ip_address(self.host).is_loopback)
        if not (self.use_tls or self.use_ssl or here):
            raise _wrong("MAIL_USE_TLS or MAIL_USE_SSL is needed: MAIL_SERVER is not on this machine")
        if bool(self.username) != bool(self.password):
            raise _wrong("MAIL_USERNAME and MAIL_PASSWORD come together or not at all")
        return self


_NAMES = [field.alias or "" for model in (_Rest, _Mail) for field in model.model_fields.values()]
