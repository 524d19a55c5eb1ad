"""The settings of a process; knows neither their source nor a default."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class ProcessRole(StrEnum):
    """What a process serves; it decides which secrets the process may hold."""

    ALL = "all"
    PUBLIC = "public"
    DESK = "desk"
    WORKER = "worker"


class CannotStart(Exception):
    """One plain sentence for the operator; never contains a secret."""


@dataclass(frozen=True)
class MailServer:
    """The mail server, in Flask-Mail's names."""

    host: str
    port: int
    use_tls: bool
    use_ssl: bool
    username: str | None
    password: str | None = field(repr=False)
    sender: str
    ca_file: Path | None


@dataclass(frozen=True)
class Settings:
    """Everything from the environment, checked. Lists of keys are newest first."""

    role: ProcessRole
    database_url: str = field(repr=False)
    secret_keys: tuple[bytes, ...] = field(repr=False)
    vault_keys: tuple[str, ...] = field(repr=False)
    audit_key: bytes | None = field(repr=False)
    epoch_verify_key: bytes | None
    practice_file: Path
    public_url: str
    desk_url: str
    mail: MailServer
    redis_url: str | None = field(repr=False)
    trusted_proxies: int
    #: How many processes serve; without Redis each of them counts the limits for itself.
    processes: int
    metrics_token: str | None = field(repr=False)
    demonstration: bool

    @property
    def serves_public(self) -> bool:
        return self.role in (ProcessRole.ALL, ProcessRole.PUBLIC)

    @property
    def serves_desk(self) -> bool:
        return self.role in (ProcessRole.ALL, ProcessRole.DESK)

    @property
    def secure_cookie(self) -> bool:
        """False only where browsers would refuse a Secure cookie: plain http on this very machine."""
        return self.desk_url.startswith("https://")
