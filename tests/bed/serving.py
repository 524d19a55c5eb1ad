"""The desk on a port of this process, so that a browser meets a clock that a test moves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from werkzeug.serving import make_server

from tests.bed import ports
from tests.bed.clock import Clock
from tests.bed.office import Office, make_app


@contextmanager
def office(database_url: str, folder: Path, **more: str) -> Iterator[Office]:
    """Yield a practice whose pages are served on localhost until the block is left; `more` are settings."""
    port, clock = ports.free(), Clock()
    app = make_app(database_url, folder, clock, PUBLIC_URL=f"http://localhost:{port}", **more)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Office(app, clock)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["quietword"].database.engine.dispose()


def address(served: Office, path: str = "") -> str:
    """Return the whole address of a page."""
    url: str = served.app.extensions["quietword"].settings.public_url
    return url + path
