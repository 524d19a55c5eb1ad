"""Serves the desk in this process, so that a browser sees the clock that a test moves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.serving import make_server

from tests.support import ports
from tests.support.clock import Clock
from tests.support.office import Office, make_app


class _Answering:
    """Serves the application until it is stopped, even while a page polls."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._asked = 0
        self._stopped = False
        self._changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        with self._changed:
            if self._stopped:
                return ServiceUnavailable()(environ, start_response)
            self._asked += 1
        try:
            return self._app(environ, start_response)
        finally:
            with self._changed:
                self._asked -= 1
                self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            assert self._changed.wait_for(lambda: not self._asked, timeout=20), "a page was never answered"


@contextmanager
def office(database_url: str, folder: Path, **more: str) -> Iterator[Office]:
    """Yield a practice, and serve its pages on localhost until the block ends; `more` are settings."""
    port, clock = ports.free(), Clock()
    app = make_app(database_url, folder, clock, PUBLIC_URL=f"http://localhost:{port}", **more)
    answering = _Answering(app)
    server = make_server("127.0.0.1", port, answering, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Office(app, clock)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        answering.stop()
        app.extensions["quietword"].database.engine.dispose()


def address(served: Office, path: str = "") -> str:
    """Return the whole address of a page."""
    url: str = served.app.extensions["quietword"].settings.public_url
    return url + path
