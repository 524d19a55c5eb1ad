"""The grade that the MDN HTTP Observatory gives our headers, by its own analyser, offline and over TLS."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from tests.browser.neighbors import Answer, neighbor
from tests.support import ports, schema
from tests.support.certificate import Certificate
from tests.support.clock import Clock
from tests.web.public.conftest import close, make_live
from tools import node

#: The form has everything this analyser knows of but a cookie and a place on the browsers' own list (5 each).
#: A page without a script has no integrity to show (5).
LEAST = {"/": 135, "/desk/sign-in": 130}

pytestmark = pytest.mark.thorough


@pytest.fixture
def served(tmp_path: Path, self_signed: Certificate) -> Iterator[int]:
    """The port of a live service over TLS."""
    port = ports.free()
    app = make_live(schema.sqlite(tmp_path), tmp_path, Clock(), PUBLIC_URL=f"https://localhost:{port}")
    keys = (str(self_signed.file), str(self_signed.key_file))
    server = make_server("127.0.0.1", port, app, threaded=True, ssl_context=keys)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield port
    server.shutdown()
    thread.join()
    server.server_close()
    close(app)


def test_v56_the_observatory_gives_an_a_plus(served: int, self_signed: Certificate) -> None:
    with neighbor() as plain:
        # What stands before the service leads from http to https, as docs/operations.md says.
        plain.pages = {
            page: Answer(status=301, headers={"Location": f"https://localhost:{served}{page}"}) for page in LEAST
        }
        port = plain.origin("localhost").rpartition(":")[2]
        said = node.run(
            node.NPM / "observatory.mjs", str(served), port, *LEAST, NODE_EXTRA_CA_CERTS=str(self_signed.file)
        )
    found = json.loads(said)

    assert found.keys() == LEAST.keys()
    for page, one in found.items():
        assert (one["status"], one["verified"], one["grade"]) == (200, True, "A+"), page
        assert one["score"] >= LEAST[page], one["results"]
