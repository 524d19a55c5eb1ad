"""The date on the form, on the confirmation and on the return page knows who is on call when."""

from datetime import timedelta

import pytest
from flask import Flask

from app.domain import marks
from app.domain.rota import rota
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office
from tests.web.public.visitor import look, send


@pytest.fixture
def monday(office: Office, clock: Clock) -> Office:
    """Monday at ten in Arizona: somebody is on call today and on Wednesday, and nobody on Tuesday."""
    clock.forward(hours=2)
    person = office.found()
    account_id = builders.account_id(office, person)
    with office.work() as work:
        marks.remember(work, marks.WORKER)
        for days in (0, 2):
            begins = work.now + timedelta(days=days)
            rota.add(work, account_id, begins, begins + timedelta(hours=6))
    return office


def test_s44_a_day_with_nobody_on_call_is_not_promised(app: Flask, monday: Office, clock: Clock) -> None:
    client = app.test_client()

    page = look(client, send(client, clock, program=None).location)

    assert "Most people hear from us by Wednesday, November 25, " in page.text


def test_s44_the_form_says_the_day_when_the_rota_makes_it_later(app: Flask, monday: Office, clock: Clock) -> None:
    assert "Most people hear from us by Wednesday, November 25, " in look(app.test_client(), "/").text
    with monday.work() as work:
        [(account_id, _)] = rota.people(work)
        rota.add(work, account_id, work.now + timedelta(days=1), work.now + timedelta(days=1, hours=6))
    clock.forward(seconds=6)

    assert "Most people hear from us within one work day." in look(app.test_client(), "/").text


def test_s44_nobody_is_promised_a_call_before_the_first_time_they_checked(
    app: Flask, monday: Office, clock: Clock
) -> None:
    client = app.test_client()

    page = look(client, send(client, clock, program=None, when=["fri-am"]).location)

    assert "Most people hear from us by Friday, November 27, 12 pm, " in page.text


def test_s44_what_was_promised_stays_when_the_rota_changes(app: Flask, monday: Office, clock: Clock) -> None:
    client = app.test_client()
    address = send(client, clock, program=None).location
    with monday.work() as work:
        for shift in rota.shifts(work, work.now, work.now + timedelta(days=9)):
            rota.remove(work, shift.id)

    assert "by Wednesday, November 25, " in look(client, address).text
