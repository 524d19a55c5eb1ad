"""Hours and promises as a client reads them."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from app import current
from app.practice import hours
from app.web.questions import times
from tests.web.public.conftest import WithPractice

FRIDAY_EVENING = datetime(2026, 11, 21, 0, 1, tzinfo=UTC)
DAY_BEFORE_THE_HOLIDAY = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)


def promised(client: FlaskClient, received_at: datetime, path: str = "/") -> str:
    with client.application.test_request_context(path):
        practice = current.practice()
        return times.moment(practice, hours.due_at(practice, received_at)).replace("\N{NO-BREAK SPACE}", " ")


def test_s44_a_request_on_friday_evening_is_answered_by_monday(one_client: FlaskClient) -> None:
    assert promised(one_client, FRIDAY_EVENING) == "Monday, November 23, 6 pm, Arizona time"


def test_s44_a_holiday_is_no_work_day(one_client: FlaskClient) -> None:
    assert promised(one_client, DAY_BEFORE_THE_HOLIDAY) == "Friday, November 27, 3 pm, Arizona time"


def test_s44_the_promise_speaks_spanish(one_client: FlaskClient) -> None:
    assert promised(one_client, FRIDAY_EVENING, "/es/").startswith("lunes 23 de noviembre, 6")


@pytest.mark.parametrize(
    ("promise", "sentence"),
    [
        ("work_days = 2", "Most people hear from us within 2 work days."),
        ("work_hours = 1", "Most people hear from us within 1 hour of the time we are open."),
        ("work_hours = 4", "Most people hear from us within 4 hours of the time we are open."),
    ],
)
def test_s44_the_usual_reply_is_what_the_practice_promises(
    with_practice: WithPractice, promise: str, sentence: str
) -> None:
    client = with_practice("work_days = 1", promise)

    with client.application.test_request_context("/"):
        assert times.usual_reply(current.practice()) == sentence


def test_hours_with_a_break_and_a_single_day_read_well(with_practice: WithPractice) -> None:
    client = with_practice(
        '[hours]\nmonday = "09:00-17:00"  # example, as are all hours',
        '[hours]\nsunday = "10:30-12:00"\nmonday = "09:00-12:00, 13:00-17:00"',
    )

    with client.application.test_request_context("/"):
        said = times.opening_hours(current.practice()).replace("\N{NO-BREAK SPACE}", " ")

    assert said == (
        "Monday, 9 am to 12 pm and 1 pm to 5 pm; Tuesday to Friday, 9 am to 5 pm; "
        "Sunday, 10:30 am to 12 pm, Arizona time"
    )


def test_a_zone_that_the_form_does_not_list_is_named_by_its_city(one_client: FlaskClient) -> None:
    with one_client.application.test_request_context("/"):
        assert times.zone("America/Boise") == "Boise time"
