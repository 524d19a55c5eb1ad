"""A copied step leads to the same rows as the real one, and from another state the step is done again."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.models import Mark
from tests.support import running, snapshots
from tests.support.clock import Clock
from tests.support.office import Office, make_app


class Stepping:
    """A step that a test repeats: it stores a mark, and a minute passes."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.began = clock()
        self._what = (uuid4(),)
        self._taken = 0

    def step(self) -> int:
        """Do the step; return how often it was really done."""
        return snapshots.step(self.app, self.clock, self._what, self._keep)

    def _keep(self) -> int:
        self._taken += 1
        self.mark("kept")
        self.clock.forward(minutes=1)
        return self._taken

    def mark(self, name: str) -> None:
        with self.app.extensions["quietword"].database.write() as session:
            session.add(Mark(name=name, at=self.clock()))

    def marks(self) -> dict[str, datetime]:
        with self.app.extensions["quietword"].database.read() as session:
            return {mark.name: mark.at for mark in session.scalars(select(Mark))}

    def go_back(self) -> None:
        self.clock.set(self.began)
        with self.app.extensions["quietword"].database.write() as session:
            session.execute(delete(Mark))


@pytest.fixture
def stepping(app: Flask, clock: Clock) -> Stepping:
    return Stepping(app, clock)


def test_from_the_same_state_rows_and_time_are_put_back(stepping: Stepping) -> None:
    first = stepping.step()
    stepping.go_back()

    second = stepping.step()

    assert (first, second) == (1, 1)
    assert stepping.marks() == {"kept": stepping.began}
    assert stepping.clock() > stepping.began


@pytest.mark.parametrize(
    "change",
    [lambda stepping: stepping.mark("other"), lambda stepping: stepping.clock.forward(seconds=1)],
    ids=["another row", "another time"],
)
def test_from_another_state_the_step_is_taken(stepping: Stepping, change: Callable[[Stepping], None]) -> None:
    stepping.step()
    stepping.go_back()
    change(stepping)

    assert stepping.step() == 2


def test_under_other_keys_the_step_is_taken(
    stepping: Stepping, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stepping.step()
    stepping.go_back()
    stepping.app = make_app(database_url, tmp_path_factory.mktemp("other"), stepping.clock, **running.keys())

    assert stepping.step() == 2

    stepping.app.extensions["quietword"].database.close()


def test_people_who_are_remembered_are_still_told_apart(office: Office) -> None:
    grace = office.found()
    ada, ben = office.hire(grace, "ada@example.org"), office.hire(grace, "ben@example.org")

    secrets = [(one.cookie, one.totp_secret, one.backup_codes) for one in (grace, ada, ben)]

    assert len(set(secrets)) == 3
    assert [office.member(one).role for one in (grace, ada, ben)] == ["supervisor", "counselor", "counselor"]
