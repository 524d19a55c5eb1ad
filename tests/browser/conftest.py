"""The public pages behind the real web server, in real browsers, with neighbors that may see who comes."""

from collections.abc import Iterator

import pytest

from tests.bed.certificate import Certificate
from tests.browser import site as sites
from tests.browser.neighbors import Neighbor, neighbor
from tests.browser.site import Site


@pytest.fixture(scope="module")
def elsewhere(self_signed: Certificate) -> Iterator[Neighbor]:
    """Sites of others over TLS; leaving leads there, so that no test visits anybody for real."""
    with neighbor(self_signed) as there:
        yield there


@pytest.fixture(scope="module")
def parents() -> Iterator[Neighbor]:
    """Sites of others that frame our card; one of their names is listed."""
    with neighbor() as there:
        yield there


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, elsewhere: Neighbor, parents: Neighbor) -> Iterator[Site]:
    leads_to, framed_by = f"{elsewhere.origin('exit.localhost')}/", parents.origin("127.0.0.1")
    with sites.serve(tmp_path_factory.mktemp("site"), leads_to=leads_to, framed_by=framed_by) as served:
        yield served
