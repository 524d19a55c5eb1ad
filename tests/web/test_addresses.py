"""Every address that a page or a view builds names an endpoint, and no page of the desk spells one out."""

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from tests.support.running import ROOT

_BUILT = re.compile(r"""url_for\(\s*["']([a-z_]+\.[a-z_]+)["']""")
_SPELLED_OUT = re.compile(r"""(?:href|action|formaction)=["']/desk""")


def pages() -> Iterator[Path]:
    yield from (ROOT / "templates").rglob("*.html")
    yield from (ROOT / "app" / "web").rglob("*.py")


def test_every_endpoint_that_a_page_names_exists(app: Flask) -> None:
    named = {endpoint for page in pages() for endpoint in _BUILT.findall(page.read_text(encoding="utf-8"))}

    assert len(named) > 50
    assert named - {rule.endpoint for rule in app.url_map.iter_rules()} == set()


def test_no_page_spells_out_an_address_of_the_desk() -> None:
    assert [page.name for page in pages() if _SPELLED_OUT.search(page.read_text(encoding="utf-8"))] == []
