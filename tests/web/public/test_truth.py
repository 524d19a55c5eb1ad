"""What the pages say, ask and promise: risk in plain words, no question too many, times that hold."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import current
from app.domain.intake import safe_times
from app.domain.work import Party
from app.models import Intake, Model
from app.practice import hours
from app.practice.wording import banned
from app.web.questions import times
from tests.support.clock import Clock
from tests.support.logbook import Logbook
from tests.support.running import ROOT
from tests.web.public import reading
from tests.web.public.conftest import PRACTICE, close, make_live
from tests.web.public.visitor import Page, fill, look, send

TEXAS = ROOT / "practices" / "resilient-mind.toml"
PROMISES = re.compile(r"anonym|anónim|100 ?%|untraceable|irrastreable|HIPAA compliant|completely safe", re.IGNORECASE)


def rows(app: Flask) -> dict[str, int]:
    """Return how many rows each table holds."""
    with app.app_context(), current.read(Party.OPERATOR) as work:
        tables = Model.metadata.sorted_tables
        return {table.name: work.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_s32_no_page_promises_what_nobody_can_keep_or_judges(one_client: FlaskClient, prefix: str) -> None:
    """As rendered, with the texts of the practice; what a practice calls its programs is its own."""
    for path in ("/", "/teen", "/privacy", "/device-safety", "/help-lines", "/accessibility", "/undone", "/nothing"):
        text = look(one_client, prefix + path).text
        assert not PROMISES.search(text), path
        assert not banned(text, "es" if prefix else "en"), path


def test_s32_what_leaving_cannot_do_stands_before_the_first_field(one_client: FlaskClient) -> None:
    for path, sentence in (("/", "It can't erase your history."), ("/es/", "No puede borrar su historial.")):
        page = look(one_client, path)
        assert page.html.replace("&#39;", "'").index(sentence) < page.html.index('name="age"')


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/device-safety", ["A friend or a library", "Delete only this visit", "private window", "Close this tab"]),
        ("/es/device-safety", ["biblioteca", "Borre solo esta visita", "ventana privada", "Cierre esta pestaña"]),
    ],
)
def test_s33_safer_ways_are_told_with_what_they_do_not_hide(
    one_client: FlaskClient, path: str, told: list[str]
) -> None:
    text = look(one_client, path).text

    assert not [words for words in told if words not in text]


@pytest.mark.parametrize("path", ["/", "/es/", "/autofill", "/es/autofill"])
def test_s35_who_is_in_danger_reads_911_and_988_before_any_field(one_client: FlaskClient, path: str) -> None:
    html = look(one_client, path).html

    assert html.index('href="tel:911"') < html.index('href="tel:988"') < html.index('name="age"')


def test_s37_s42_s46_nothing_is_asked_that_is_not_needed_for_a_first_call(one_client: FlaskClient) -> None:
    """No self-harm, no violence, no teen's name, no mailing list: the fields are these and no others."""
    page = look(one_client)
    fields = {str(found["name"]) for _, found in page.elements if found.get("name") not in (None, "viewport")}
    asked = " ".join(re.findall(r"<(?:legend|label|summary)[^>]*>(.*?)</", page.html, re.DOTALL)).lower()

    assert fields == {
        *("token", "switch", "age", "name", "way", "phone", "ok", "when", "state", "tz"),
        *("about", "program", "lang", "note", "box", "consent"),
    }
    assert not re.search(r"suicid|hurt|kill|violen|abuse|newsletter|subscribe|teen'?s name", asked)


def test_s40_nothing_of_a_minor_is_stored_counted_or_logged(plain_app: Flask, clock: Clock) -> None:
    client, before = plain_app.test_client(), rows(plain_app)

    with Logbook() as book:
        answer = send(client, clock, age="minor", name="Markername", note="Markernote", phone="602 555 0123")

    assert (answer.status_code, answer.location) == (303, "/teen")
    assert "Set-Cookie" not in answer.headers
    assert rows(plain_app) == before
    assert not book.text
    assert "Marker" not in look(client, answer.location).html


def test_s41_no_setting_lets_a_minor_ask_alone() -> None:
    known = (ROOT / "docs" / "practice.md").read_text(encoding="utf-8") + PRACTICE.read_text(encoding="utf-8")
    source = "".join(file.read_text(encoding="utf-8") for file in Path(ROOT / "app" / "practice").glob("*.py"))

    for keys in (known, source, (ROOT / "config.py").read_text(encoding="utf-8")):
        assert not re.search(r"^\W*(?:minor|guardian|min(?:imum)?_age|under_18)\w*\W*[=:|]", keys, re.MULTILINE)


@pytest.mark.parametrize("path", ["/teen", "/es/teen"])
def test_s40_s42_the_teen_page_shows_a_parent_the_way_without_a_name(one_client: FlaskClient, path: str) -> None:
    page = look(one_client, path)

    assert not page.find("form")
    assert page.find("a", href=path.removesuffix("teen"))
    assert "You do not have to give your teen's name." in page.text or "No tiene que" in page.text
    assert "1-800-422-4453" in page.text


FIXTURES = {
    "Friday 16:59 in Arizona": (PRACTICE, datetime(2026, 11, 20, 23, 59, tzinfo=UTC), "Monday, November 23"),
    "Friday 17:01 in Arizona": (PRACTICE, datetime(2026, 11, 21, 0, 1, tzinfo=UTC), "Monday, November 23"),
    "Sunday night": (PRACTICE, datetime(2026, 11, 23, 6, 0, tzinfo=UTC), "Monday, November 23"),
    "before a holiday": (PRACTICE, datetime(2026, 11, 26, 0, 30, tzinfo=UTC), "Friday, November 27"),
    "Texas, before the clock goes back": (TEXAS, datetime(2026, 10, 30, 23, 0, tzinfo=UTC), "Monday, November 2"),
    "Texas, before the clock goes forward": (TEXAS, datetime(2027, 3, 13, 0, 30, tzinfo=UTC), "Monday, March 15"),
    "Arizona, while others change": (PRACTICE, datetime(2027, 3, 13, 1, 0, tzinfo=UTC), "Monday, March 15"),
}


@pytest.mark.parametrize(("practice", "at", "day"), FIXTURES.values(), ids=FIXTURES)
def test_s44_the_confirmation_names_a_day_on_which_somebody_is_there(
    sqlite_url: str, tmp_path: Path, practice: Path, at: datetime, day: str
) -> None:
    """Nobody is on call in any of these: the promise comes from the hours, and holds all the same."""
    clock = Clock(at)
    app = make_live(sqlite_url, tmp_path, clock, practice)
    with app.app_context():
        state = current.practice().licensed_states[0]
    zone = "America/Chicago" if practice is TEXAS else "America/Phoenix"
    client = app.test_client()

    page = look(client, send(client, clock, state=state, tz=zone, program=None, when=list(safe_times.WINDOWS)).location)
    close(app)

    assert f"Most people hear from us by {day}, " in page.text
    assert "If nobody calls you by then, call us at" in page.text


def test_s44_a_promise_keeps_its_hour_when_the_clock_changes(sqlite_url: str, tmp_path: Path) -> None:
    clock = Clock(datetime(2027, 3, 12, 16, 0, tzinfo=UTC))
    app = make_live(sqlite_url, tmp_path, clock, TEXAS)
    with app.test_request_context("/"):
        practice = current.practice()
        before = times.moment(practice, hours.due_at(practice, datetime(2027, 3, 5, 16, 0, tzinfo=UTC)))
        over = times.moment(practice, hours.due_at(practice, datetime(2027, 3, 12, 16, 0, tzinfo=UTC)))
    close(app)

    assert before.split(", ")[2] == over.split(", ")[2]


@pytest.mark.parametrize("path", ["/", "/es/"])
def test_s44_a_live_form_says_hours_zone_and_usual_reply(one_client: FlaskClient, path: str) -> None:
    text = look(one_client, path).text

    assert "Arizona" in text
    assert "Most people hear from us" in text or "La mayoría recibe respuesta" in text


def test_s45_the_limits_of_privacy_stand_before_the_note_in_spanish_too(one_client: FlaskClient) -> None:
    page = look(one_client, "/es/")

    assert page.html.index("Hay algunos límites.") < page.html.index("<textarea")


def test_s49_the_notice_is_easy_to_read_and_its_version_is_kept_with_the_request(
    plain_app: Flask, clock: Clock
) -> None:
    client = plain_app.test_client()
    english, spanish = (sentences(look(client, path)) for path in ("/privacy", "/es/privacy"))
    send(client, clock)

    with plain_app.app_context(), current.read(Party.OPERATOR) as work:
        version = work.session.scalars(select(Intake.notice)).one()

    assert reading.grade(english) <= 8
    assert reading.ease(spanish) >= 70
    assert version == current_notice(plain_app)


def sentences(page: Page) -> str:
    """Return what stands between heading and foot of a page."""
    main = re.search(r"<main.*?</main>", page.html, re.DOTALL)
    assert main
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main[0])).split())


def current_notice(app: Flask) -> str:
    with app.app_context():
        return current.practice().notice.version


@pytest.mark.parametrize("path", ["/accessibility", "/es/accessibility"])
def test_a25_the_statement_has_a_date_known_gaps_and_a_phone(one_client: FlaskClient, path: str) -> None:
    page = look(one_client, path)

    assert re.search(r"\b20\d\d\b", page.text)
    assert "480-555-0142" in page.text
    assert page.find("a", href=path.replace("accessibility", "autofill"))
    assert "WCAG 2.2" in page.text


def test_a05_a_form_that_comes_back_has_nothing_to_type_twice(one_client: FlaskClient, one_clock: Clock) -> None:
    page = Page(send(one_client, one_clock, consent=None, lang="es", program="sabr"))

    assert page.chosen("lang") == ["es"]
    assert {name: page.chosen(name) for name in ("way", "about", "program")} == {
        "way": ["call"],
        "about": ["betrayed"],
        "program": ["sabr"],
    }
    assert fill()["phone"] == page.value("phone")


@pytest.mark.parametrize(("day", "closed"), [(25, False), (26, True), (27, False)])
def test_s44_on_a_holiday_nobody_is_sent_to_a_phone_that_nobody_answers(
    sqlite_url: str, tmp_path: Path, day: int, closed: bool
) -> None:
    clock = Clock(datetime(2026, 11, day, 17, 0, tzinfo=UTC))
    app = make_live(sqlite_url, tmp_path, clock, PRACTICE)
    client = app.test_client()

    page = look(client, send(client, clock, way="icall", phone=None, when=None, tz=None, program=None).location)
    close(app)

    told = "We are closed today: Thanksgiving Day. We answer again on Friday, November 27."
    assert (told in page.text) is closed
