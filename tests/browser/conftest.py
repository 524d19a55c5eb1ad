"""The pages behind the real web server, in real browsers, with neighbors that may see who comes.

And each page in every state, as the walks through both sides met it.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import site as sites
from tests.browser.neighbors import Neighbor, neighbor
from tests.browser.site import Site
from tests.support.browser import Profiles
from tests.support.certificate import Certificate
from tests.web.desk.access_walk import walk
from tests.web.public import crawl
from tools import pages


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


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each public page once, by the state that shows it."""
    with crawl.walked(tmp_path_factory.mktemp("walk")) as visits:
        return pages.once((f"{visit.endpoint}, {visit.said}", visit.page.html) for visit in visits)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each page of the desk once, by what was done to see it."""
    with walk.walked(tmp_path_factory.mktemp("desk")) as met:
        return pages.once((name, page.html) for name, page in met)


@pytest.fixture(scope="session")
def everywhere(states: dict[str, str], desk: dict[str, str]) -> dict[str, str]:
    return states | desk


@pytest.fixture(scope="session")
def show(browser: Browser) -> Iterator[pages.Show]:
    """A window on a phone that shows any of them."""
    with Profiles(browser) as profiles:
        yield pages.Show(profiles.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce"))
