"""The form's ticket: how long it lasts, what it is bound to, and who is asked to send once more."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.clock import Clock
from tests.web.public.stored import kept
from tests.web.public.visitor import Page, fill, look, send


def test_s17_a_page_left_open_for_a_day_still_sends(plain_client: FlaskClient, clock: Clock) -> None:
    """A-08: more than the 20 hours of WCAG 2.2.1."""
    form = fill(token=look(plain_client).ticket)
    clock.forward(hours=23, minutes=59)

    assert plain_client.post("/", data=form).status_code == 303


def test_s17_an_older_page_is_shown_again_with_everything_typed_and_then_sends(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    form = fill(token=look(plain_client).ticket)
    clock.forward(hours=24, minutes=1)

    again = Page(plain_client.post("/", data=form))

    assert again.status == 422
    assert "This page was open for a long time. Nothing is lost. Please press “Send my request” again." in again.text
    assert again.value("name") == "Sam"
    assert plain_client.post("/", data={**form, "token": again.ticket}).status_code == 303
    assert kept(plain_app) == 1


@pytest.mark.parametrize("token", [None, "", "made up", "é", "x" * 10_000])
def test_s19_without_a_good_ticket_nothing_is_taken(one_client: FlaskClient, token: str | None) -> None:
    assert one_client.post("/", data=fill(token=token)).status_code == 422


def test_v36_a_ticket_is_bound_to_the_language_of_its_form(one_client: FlaskClient, one_clock: Clock) -> None:
    ticket = look(one_client, "/es/").ticket
    one_clock.forward(seconds=3)

    assert one_client.post("/", data=fill(token=ticket)).status_code == 422


def test_s18_a_form_filled_in_faster_than_anybody_reads_is_shown_again_and_then_taken(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    form = fill(token=look(plain_client).ticket)
    clock.forward(seconds=1)

    again = Page(plain_client.post("/", data=form))

    assert again.status == 422
    assert "You can also call us at 480-555-0142." in again.text
    assert (again.value("name"), kept(plain_app)) == ("Sam", 0)
    clock.forward(seconds=1)
    assert plain_client.post("/", data={**form, "token": again.ticket}).status_code == 303


def test_s18_a_filled_trap_is_shown_again_emptied_and_then_taken(
    plain_app: Flask, plain_client: FlaskClient, clock: Clock
) -> None:
    again = Page(send(plain_client, clock, box="http://spam.example"))

    assert (again.status, again.value("name"), kept(plain_app)) == (422, "Sam", 0)
    assert "spam" not in again.html
    assert plain_client.post("/", data=fill(token=again.ticket)).status_code == 303
