"""The public process as it runs in the open: no ring, no audit key, and a request is taken all the same."""

import http.client
import json
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path

from app import current
from app.domain.intake import arrivals, opening
from app.web.public.forms import Ticket
from tests.cli.conftest import Install
from tests.support import ports, running
from tests.support.clock import Clock
from tests.support.office import Office
from tests.support.running import Programs, Web
from tests.web.public.visitor import fill

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(web: Web, method: str, path: str, body: str | None = None) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
    try:
        connection.request(method, path, body, {"Host": f"localhost:{web.port}", **(FORM if body else {})})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read().decode()
    finally:
        connection.close()


def test_without_ring_and_audit_key_the_public_process_takes_a_request_that_the_desk_opens(
    database_url: str, tmp_path: Path, programs: Programs, install: Install
) -> None:
    """What a stolen public server holds opens nothing."""
    port, now = ports.free(), Clock(datetime.now(UTC))
    whole = running.environment(tmp_path, database_url=database_url, web_port=port)
    app = install(whole, now)
    office = Office(app, now)
    supervisor = office.found()
    told = json.loads(running.flask(whole, "keys", "status", "--json").stdout)
    public = {name: value for name, value in whole.items() if name not in ("VAULT_KEYS", "AUDIT_KEY")}
    web = programs.web({**public, "ROLE": "public", "EPOCH_VERIFY_KEY": told["epoch_verify_key"]}, port)

    shown, headers, page = ask(web, "GET", "/")
    with app.app_context():
        ticket = Ticket.new(now(), autofill=False).seasoned().issue(current.secret(), "en", now())
    sent, answer, _ = ask(web, "POST", "/", urllib.parse.urlencode(fill(token=ticket, name="Marker"), doseq=True))
    confirmed, _, _ = ask(web, "GET", answer["Location"])
    desk = [ask(web, "GET", path)[0] for path in ("/desk/", "/desk/sign-in", "/desk/team", "/desk/K7QF-3MDX")]
    hidden = [ask(web, "GET", path)[0] for path in ("/.git/HEAD", "/static/", "/static/../config.py", "/console")]
    traced, _, echoed = ask(web, "TRACE", "/")
    with office.work(supervisor) as work:
        opened = opening.open(work, arrivals.reference_of(work, answer["Location"].rpartition("/")[2]))

    assert (shown, sent, confirmed) == (200, 303, 200)
    assert 'name="consent"' in page
    assert desk == [404] * 4
    assert isinstance(opened, opening.Opened)
    assert opened.answers.name == "Marker"
    # V-57: no repository, no listing, no debugger, no TRACE, no version.
    assert hidden == [404] * 4
    assert traced == 405
    assert "HTTP/1" not in echoed
    assert headers["Server"] == "web"
    assert "Marker" not in web.said


def test_what_cannot_be_read_as_a_request_is_not_repeated_in_the_log(
    sqlite_url: str, tmp_path: Path, programs: Programs
) -> None:
    """V-49: neither the line nor the address it came from."""
    web = programs.web(running.environment(tmp_path, database_url=sqlite_url))
    broken = [b"Zanzibar\r\n\r\n", b"GET /Zanzibar HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nZan zibar: x\r\n\r\n"]

    answers = [raw(web, request) for request in broken]

    assert [answer.split()[1] for answer in answers] == [b"400", b"400", b"400"]
    assert web.stop() == 0
    assert "anzibar" not in web.said
    assert "127.0.0.1" not in web.said


def raw(web: Web, request: bytes) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
    connection.connect()
    try:
        connection.sock.sendall(request)
        return connection.sock.recv(65536)
    finally:
        connection.close()
