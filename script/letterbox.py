"""A mail server and its one reader on loopback: every letter becomes a file and a line on a plain page."""

import asyncio
import contextlib
import email
import email.policy
import html
import re
import secrets
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1.0625rem/1.6 system-ui, sans-serif; max-inline-size: 44rem; margin: 2rem auto; padding: 1rem; }
a { color: LinkText; overflow-wrap: anywhere; }
li { margin-block: .75rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { font: inherit; white-space: pre-wrap; border-block-start: 1px solid; padding-block-start: 1rem; }
"""


class Folder:
    """The letters, each in `<n>.eml`, counted from 1 and never renumbered."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def numbers(self) -> list[int]:
        """Return the numbers of all letters, newest first."""
        return sorted((int(file.stem) for file in self._path.glob("*.eml") if file.stem.isdigit()), reverse=True)

    def keep(self, raw: bytes) -> int:
        """Write the letter so that a reader sees all of it or none, and return its number."""
        with self._turn:
            number = max(self.numbers(), default=0) + 1
            unfinished = self._path / f"{number}.part"
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(raw)
            unfinished.rename(self._path / f"{number}.eml")
        return number

    def letter(self, number: int) -> EmailMessage | None:
        """Return the letter of this number, or None when there is none."""
        try:
            raw = (self._path / f"{number}.eml").read_bytes()
        except FileNotFoundError:
            return None
        return email.message_from_bytes(raw, policy=email.policy.default)


class _Keeper:
    """Takes every letter from anybody: aiosmtpd calls this once a letter is complete."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self._folder.keep(envelope.original_content or b"")
        return "250 OK"


class _Listener(Controller):
    """A mail server on a port of the system's choice, known once it listens."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Pages(ThreadingHTTPServer):
    """Serves the two pages of one folder."""

    daemon_threads = True

    def __init__(self, port: int, folder: Folder) -> None:
        super().__init__(("127.0.0.1", port), _Reader)
        self.folder = folder


class _Reader(BaseHTTPRequestHandler):
    """Shows the list at `/` and one letter at `/<n>`; nothing here changes anything."""

    server: _Pages

    def do_GET(self) -> None:
        if not self._asked_by_this_machine():
            self._answer(HTTPStatus.BAD_REQUEST, _page("Unknown host", "<p>This mailbox has another address.</p>"))
        elif self.path == "/":
            self._answer(HTTPStatus.OK, _list_page(self.server.folder))
        elif (number := self.path[1:]).isascii() and number.isdigit() and len(number) < 10:
            self._show(int(number))
        else:
            self._show(0)

    def _show(self, number: int) -> None:
        letter = self.server.folder.letter(number)
        if letter is None:
            self._answer(HTTPStatus.NOT_FOUND, _page("No such letter", "<p><a href='/'>All letters</a></p>"))
        else:
            self._answer(HTTPStatus.OK, _letter_page(letter))

    def _asked_by_this_machine(self) -> bool:
        # A foreign site whose name resolves to loopback must not read one-time links out of letters.
        port = self.server.server_address[1]
        return self.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}")

    def _answer(self, status: HTTPStatus, page: str) -> None:
        nonce = secrets.token_urlsafe(16)
        body = page.replace("<style>", f'<style nonce="{nonce}">', 1).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Security-Policy", f"default-src 'none'; style-src 'nonce-{nonce}'")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the demonstration's terminal belongs to its own sentences."""


def _page(title: str, body: str) -> str:
    heading = html.escape(title)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{heading}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{heading}</h1>{body}</main></body></html>"
    )


def _list_page(folder: Folder) -> str:
    intro = "<p>Letters of the demonstration. Nothing leaves this machine. Load this page again for new ones.</p>"
    lines = "".join(_line(number, letter) for number in folder.numbers() if (letter := folder.letter(number)))
    return _page("Local mailbox", intro + (f"<ol reversed>{lines}</ol>" if lines else "<p>No letters yet.</p>"))


def _line(number: int, letter: EmailMessage) -> str:
    subject = html.escape(str(letter["Subject"] or "(no subject)"))
    facts = html.escape(f"to {letter['To'] or '–'}, {letter['Date'] or '–'}")
    return f'<li value="{number}"><a href="/{number}">{subject}</a><br>{facts}</li>'


def _letter_page(letter: EmailMessage) -> str:
    facts = "".join(
        f"<dt>{name}</dt><dd>{html.escape(str(letter[name]))}</dd>" for name in ("From", "To", "Date") if letter[name]
    )
    part = letter.get_body(("plain",))
    text = str(part.get_content()) if part is not None else "(This letter has no plain text.)"
    body = f"<p><a href='/'>All letters</a></p><dl>{facts}</dl><pre>{''.join(_with_links(text))}</pre>"
    return _page(str(letter["Subject"] or "(no subject)"), body)


def _with_links(text: str) -> Iterator[str]:
    """Yield escaped text in which each web address is a link."""
    end = 0
    for found in _LINK.finditer(text):
        yield html.escape(text[end : found.start()])
        address = html.escape(found.group())
        yield f'<a href="{address}" rel="noreferrer">{address}</a>'
        end = found.end()
    yield html.escape(text[end:])


class Mailbox:
    """The mail server and the page, running from `start` to `stop`; a port of 0 means any free one."""

    def __init__(self, path: Path, smtp_port: int = 0, page_port: int = 0) -> None:
        folder = Folder(path)
        self._smtp = _Listener(_Keeper(folder), hostname="127.0.0.1", port=_free_or_any(smtp_port))
        self._pages = _Pages(_free_or_any(page_port), folder)
        self._reading: threading.Thread | None = None

    @property
    def smtp_port(self) -> int:
        return self._smtp.port

    @property
    def page_port(self) -> int:
        return self._pages.server_address[1]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.page_port}/"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Return when both answer."""
        self._smtp.start()
        self._reading = threading.Thread(target=self._pages.serve_forever, name="mailbox-page", daemon=True)
        self._reading.start()

    def stop(self) -> None:
        """End both; a second time does nothing."""
        if self._reading is None:
            return
        self._pages.shutdown()
        self._pages.server_close()
        self._reading.join()
        self._reading = None
        self._smtp.stop()


def _free_or_any(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port
