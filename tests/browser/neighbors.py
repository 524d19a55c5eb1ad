"""Other people's sites, on this machine: where leaving leads, pages that frame the card, a form without our care."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.certificate import Certificate

_DULL = "<!doctype html><html lang=en><title>Weather</title><h1>Weather</h1></html>"


@dataclass(frozen=True)
class Answer:
    """What a page answers; HTML unless its headers say otherwise."""

    body: str = _DULL
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Neighbor:
    """A server that remembers what it was asked. Every address that no page is set for is dull."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self._origin = f"{scheme}://{{}}:{server.server_port}"

    def origin(self, host: str) -> str:
        """Return its origin under a name; browsers find all of localhost's on this machine."""
        return self._origin.format(host)

    def answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append((path, headers))
        return self.pages.get(path, Answer())


@contextmanager
def neighbor(certificate: Certificate | None = None) -> Iterator[Neighbor]:
    """Yield a site on a port of its own, over TLS when it has a certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = here.answer(self.path, dict(self.headers))
            body = found.body.encode()
            self.send_response(found.status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **found.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """What was asked is remembered, not printed."""

    server = _Server(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file, certificate.key_file)
        # In the thread of each connection: one that never greets must not keep the others waiting.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    here = Neighbor(server, "https" if certificate else "http")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    # Browsers keep connections open for later; those threads must not keep the tests.
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """A browser that hangs up is none."""
