"""Shows at the real programs that a wrong setting stops the start: one sentence, exit status 1, no traceback."""

import base64
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import config
from app import create_app
from app.settings import CannotStart
from tests.support import ports, running
from tests.support.clock import Clock
from tests.support.office import Office
from tests.support.running import Programs

Environ = dict[str, str]


def random_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
def environ(sqlite_url: str, tmp_path: Path) -> Environ:
    return running.environment(tmp_path, database_url=sqlite_url)


def start(environ: Mapping[str, str]) -> str:
    """Return the sentence that stops the start."""
    with pytest.raises(CannotStart) as refused:
        create_app(config.load(environ))
    return str(refused.value)


def migrate(environ: Environ) -> subprocess.CompletedProcess[str]:
    return running.flask(environ, "migrate")


def serve(environ: Environ) -> subprocess.CompletedProcess[str]:
    """Run the web server to its end, as a service manager does."""
    command = [sys.executable, "-m", "gunicorn"]
    return subprocess.run(
        command, cwd=running.ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def set_up(environ: Environ, clock: Clock) -> None:
    app = create_app(config.load({**environ, "PUBLIC_URL": "http://localhost"}), clock)
    Office(app, clock).found()
    app.extensions["quietword"].database.close()


#: A key that says what it is, to see whether it is repeated.
TWICE = base64.b64encode(b"swordfish" + secrets.token_bytes(23)).decode().rstrip("=")
WRONG = {
    "a missing key": {"SECRET_KEY": ""},
    "a weak key": {"SECRET_KEY": base64.b64encode(b"swordfish" * 4).decode()},
    "a duplicate ring key": {"VAULT_KEYS": f"{TWICE}, {TWICE}="},
    "a key file that is not there": {"AUDIT_KEY": "", "AUDIT_KEY_FILE": "/nowhere/swordfish"},
    "a database nobody can open": {"DATABASE_URL": "postgresql+psycopg://me:swordfish@h:port/db"},
    "a folder nobody can make": {"DATABASE_URL": "sqlite:////dev/null/quietword.db"},
    "plain mail to elsewhere": {"MAIL_SERVER": "smtp.example.org", "MAIL_PASSWORD": "swordfish"},
    "keys in the wrong hands": {"ROLE": "public"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_command_says_what_is_wrong_and_ends(environ: Environ, changes: Environ) -> None:
    done = migrate({**environ, **changes})

    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("Quiet Word cannot start: ")
    assert any(name.removesuffix("_FILE") in line for name in changes)
    assert "swordfish" not in line
    assert TWICE not in line


@pytest.mark.parametrize("what", ["a weak key", "a database nobody can open", "keys in the wrong hands"])
def test_the_web_server_says_what_is_wrong_and_ends(environ: Environ, what: str) -> None:
    changes = WRONG[what]

    done = serve({**environ, **changes})

    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("Quiet Word cannot start: ")
    assert any(name.removesuffix("_FILE") in line for name in changes)
    assert "swordfish" not in line
    assert TWICE not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEB_PROCESSES", "two"),
        ("WEB_PROCESSES", "0"),
        ("WEB_THREADS", "65"),
        ("LISTEN", "localhost:http"),
        ("LISTEN", "8000"),
    ],
)
def test_the_web_servers_own_settings_are_refused_in_the_same_way(environ: Environ, name: str, value: str) -> None:
    done = serve({**environ, name: value})

    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith(f"Quiet Word cannot start: {name} is a ")


@pytest.mark.parametrize("program", [migrate, serve])
def test_every_mistake_of_the_practice_file_is_named_at_once(
    environ: Environ, tmp_path: Path, program: Callable[[Environ], subprocess.CompletedProcess[str]]
) -> None:
    file = tmp_path / "practice.toml"
    good = Path(environ["PRACTICE_FILE"]).read_text(encoding="utf-8")
    file.write_text(good.replace("night =", "nihgt =").replace('name = "', 'nmae = "', 1), encoding="utf-8")

    done = program({**environ, "PRACTICE_FILE": str(file)})

    assert done.returncode == 1
    assert done.stderr.startswith(f"Quiet Word cannot start: PRACTICE_FILE ({file}) has mistakes.\n")
    assert "nmae" in done.stderr
    assert "name" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_practice_file_that_is_not_there_stops_the_start(environ: Environ, tmp_path: Path) -> None:
    sentence = start({**environ, "PRACTICE_FILE": str(tmp_path / "none.toml")})

    assert sentence.startswith("PRACTICE_FILE")
    assert str(tmp_path / "none.toml") in sentence


def test_a_ring_that_lacks_a_needed_key_is_refused_by_its_id(environ: Environ, clock: Clock) -> None:
    """Rows still need the key, and the sentence says which."""
    set_up(environ, clock)
    newer = {**environ, "VAULT_KEYS": random_key()}
    with create_engine(environ["DATABASE_URL"]).connect() as connection:
        needed = connection.execute(text("SELECT DISTINCT ring_id FROM accounts")).scalars().one()

    sentence = start(newer)

    assert sentence == f"VAULT_KEYS lacks the key {needed}, which stored rows still need."
    create_app(config.load({**newer, "VAULT_KEYS": f"{newer['VAULT_KEYS']},{environ['VAULT_KEYS']}"}))


def test_another_audit_key_is_refused(environ: Environ, clock: Clock) -> None:
    set_up(environ, clock)

    assert start({**environ, "AUDIT_KEY": random_key()}).startswith("AUDIT_KEY is not the key")


def test_a_verify_key_of_another_installation_is_refused_in_public(environ: Environ, clock: Clock) -> None:
    set_up(environ, clock)
    public = {**environ, "ROLE": "public", "EPOCH_VERIFY_KEY": random_key()}

    sentence = start({name: value for name, value in public.items() if name not in ("VAULT_KEYS", "AUDIT_KEY")})

    assert sentence.startswith("EPOCH_VERIFY_KEY is not the key")


def test_a_verify_key_beside_another_audit_key_is_refused_before_anything_is_signed(environ: Environ) -> None:
    assert start({**environ, "EPOCH_VERIFY_KEY": random_key()}).startswith("EPOCH_VERIFY_KEY does not belong")


def test_checking_the_keys_leaves_no_connection_that_a_forked_process_would_share(
    database_url: str, tmp_path: Path
) -> None:
    app = create_app(config.load(running.environment(tmp_path, database_url=database_url)))

    assert app.extensions["quietword"].database.engine.pool.checkedin() == 0


def test_a_database_that_is_down_does_not_stop_the_start(environ: Environ, programs: Programs) -> None:
    """The pages say so, and come back by themselves when it does."""
    nowhere = f"postgresql+psycopg://nobody:swordfish@127.0.0.1:{ports.free()}/none"

    web = programs.web({**environ, "DATABASE_URL": nowhere})

    assert "swordfish" not in web.said
    assert not web.ended


@pytest.mark.parametrize("role", ["all", "desk"])
def test_s08_a_host_name_that_tells_too_much_is_warned_of_where_clients_see_it(
    environ: Environ, capsys: pytest.CaptureFixture[str], role: str
) -> None:
    def said(url: str) -> str:
        create_app(config.load({**environ, "ROLE": role, "PUBLIC_URL": url}))
        return capsys.readouterr().err

    quiet, telling = said("https://private.example.org"), said("https://Counseling.example.org")

    assert not quiet
    assert ("the host name in PUBLIC_URL holds the word counsel" in telling) is (role == "all")
