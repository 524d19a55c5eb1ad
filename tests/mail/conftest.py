"""A practice whose letters go to a mail server of the test's choice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.mail.desk import Desk
from tests.support.clock import Clock
from tests.support.office import make_app
from tests.support.smtp import SmtpTrap


class MakeDesk(Protocol):
    """Opens a practice that hands its letters to this server."""

    def __call__(self, trap: SmtpTrap, **settings: str) -> Desk: ...


@pytest.fixture
def make_desk(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[MakeDesk]:
    made: list[Desk] = []

    def make(trap: SmtpTrap, **settings: str) -> Desk:
        more = {"MAIL_SERVER": "localhost", "MAIL_PORT": str(trap.port), **settings}
        made.append(Desk(make_app(sqlite_url, tmp_path, clock, **more), clock))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def desk(smtp: SmtpTrap, make_desk: MakeDesk) -> Desk:
    return make_desk(smtp)
