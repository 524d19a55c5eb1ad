"""The service as an operator runs it, live, with a way out and a listed site that are on this machine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import config
from app import create_app, current
from app.domain.vault import epochs, holders
from app.domain.work import Party
from tests.support import ports, running, schema
from tests.support.running import Web

#: Not looked at by anybody: a stylesheet, the missing icon, and the page that goes on at once.
_NO_PAGES = ("leave", "leave_stylesheet", "favicon")
_PRACTICE = running.ROOT / "practices" / "family-strategies.toml"


@dataclass(frozen=True)
class Site:
    """Where it is, where its way out leads, and the server itself."""

    url: str
    exit: str
    web: Web
    database_url: str
    #: The paths of all public pages that are looked at, in every language, as the app lists them.
    pages: tuple[str, ...]

    def at(self, path: str) -> str:
        return self.url + path


@contextmanager
def serve(folder: Path, *, leads_to: str, framed_by: str = "https://www.example.org") -> Iterator[Site]:
    """Yield the service behind gunicorn; whoever asks names the network it comes from, as a proxy would."""
    practice = folder / "practice.toml"
    text = _PRACTICE.read_text(encoding="utf-8")
    text = _replaced(text, 'exit_address = "https://www.weather.gov/"', f'exit_address = "{leads_to}"')
    text = _replaced(text, 'embed_origins = ["https://www.example.org"]', f'embed_origins = ["{framed_by}"]')
    practice.write_text(text, encoding="utf-8")
    port, url = ports.free(), schema.sqlite(folder)
    settings = running.environment(
        folder,
        database_url=url,
        web_port=port,
        PRACTICE_FILE=str(practice),
        TRUSTED_PROXIES="1",
        WEB_PROCESSES="1",
        WEB_THREADS="8",
    )
    pages = open_form(settings)
    with running.programs(folder) as programs:
        web = programs.web(settings, port)
        yield Site(web.url, leads_to, web, url, pages)


def open_form(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Let the form go live without people: an epoch, and a sheet that is typed back. Return the public pages."""
    app = create_app(config.load(settings))
    with app.app_context(), current.work(Party.OPERATOR) as work:
        code = holders.new_sheet(work)
        epochs.begin(work)
        holders.confirm_sheet(work, code, line_tested=True)
    app.extensions["quietword"].database.close()
    return tuple(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("public.", "public_es."))
        and "GET" in (rule.methods or ())
        and not rule.arguments
        and rule.endpoint.rpartition(".")[2] not in _NO_PAGES
    )


def _replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)
