"""A call somebody took: the same questions and rules as on the form, spoken; the words to read out, once."""

from dataclasses import replace
from typing import Any

import pytest
from flask_babel import force_locale, gettext
from sqlalchemy import func, select, update

from app import health
from app.crypto import words
from app.crypto.words import ReturnCode
from app.domain.intake import returning
from app.domain.work import LANGUAGES, Party
from app.models import AuditLine, Confirmation, Epoch, Intake, Letter, Status
from app.practice.facts import FORMATS, OPTIONAL_FIELDS
from app.practice.questions import QUESTIONS
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.skippable import ANSWERS

NEW = "/desk/new"
GOOD: dict[str, Any] = {
    "age": "adult",
    "name": "Sam",
    "way": "call",
    "phone": "602 555 0123",
    "ok": ["vm"],
    "when": ["mon-am", "tue-pm"],
    "state": "AZ",
    "tz": "America/Phoenix",
    "lang": "en",
    "note": "After work is best.",
    "consent": "yes",
}


@pytest.fixture
def seat(counselor: Person, sit: Sit) -> Seat:
    return sit(counselor)


def enter(seat: Seat, at: Page | None = None, **typed: Any) -> Page:
    return seat.send(NEW, at, **{**GOOD, **typed})


def intakes_kept(office: Office) -> list[Intake]:
    with office.work() as work:
        return list(work.session.scalars(select(Intake)))


def test_what_was_said_on_the_phone_is_a_request_of_whoever_took_the_call(
    office: Office, counselor: Person, seat: Seat
) -> None:
    answer = enter(seat)

    assert (answer.status, answer.leads_to) == (303, "/desk/new/words")
    [kept] = intakes_kept(office)
    me = office.member(counselor).account_id
    assert (kept.status, kept.claimed_by, kept.language) == (Status.CLAIMED, me, "en")
    page = seat.look(f"/desk/{kept.reference}")
    for part in (
        "This request is yours.",
        "Sam",
        "Leave a voicemail",
        "Do NOT send a text",
        "After work is best.",
    ):
        assert part in page.text


def test_the_trail_says_who_took_it_and_no_letter_leaves(office: Office, counselor: Person, seat: Seat) -> None:
    """Nobody needs to be told of what somebody has already."""
    office.on_call(counselor)
    with office.work() as work:
        before = work.session.scalar(select(func.count()).select_from(Letter))

    enter(seat)

    [kept] = intakes_kept(office)
    with office.work() as work:
        about = select(AuditLine).where(AuditLine.subject == f"intake/{kept.reference}").order_by(AuditLine.number)
        lines = work.session.scalars(about).all()
        assert work.session.scalar(select(func.count()).select_from(Letter)) == before
    me = str(kept.claimed_by)
    assert [(line.kind, line.actor) for line in lines] == [("intake.received", me), ("intake.claimed", me)]
    assert all(line.number for line in lines)


def test_the_words_are_shown_once_and_open_what_they_should(
    office: Office, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on the confirmation, and a reload shows nothing."""
    monkeypatch.setattr(words, "code_words", lambda _language: ("amber", "kettle"))
    code = words.return_code("en")
    monkeypatch.setattr(words, "return_code", lambda _language: code)
    enter(seat)

    page = seat.look("/desk/new/words")

    [kept] = intakes_kept(office)
    assert "We say: amber You answer: kettle" in page.text
    assert " ".join(code.words) in page.text
    assert "localhost/return" in page.text
    assert "Most people hear from us by Monday, November 23, 6 pm" in page.text
    assert f"/desk/{kept.reference}" in page.links()
    for part in ("Sam", "555", "After work"):
        assert part not in page.html
    again = seat.look("/desk/new/words")
    assert (again.status, again.leads_to) == (303, "/desk/")
    with office.work(Party.CLIENT) as work:
        assert returning.find(work, ReturnCode("en", code.words)).status is Status.CLAIMED


def test_who_waits_too_long_finds_no_words(seat: Seat, clock: Clock) -> None:
    """S-13: as on the confirmation, after three minutes there is nothing to see."""
    enter(seat)
    clock.forward(minutes=3)

    assert seat.look("/desk/new/words").leads_to == "/desk/"


def test_the_words_are_for_whoever_took_the_call(seat: Seat, supervisor: Person, sit: Sit) -> None:
    enter(seat)

    assert sit(supervisor).look("/desk/new/words").leads_to == "/desk/"


def test_a_call_in_spanish_gets_words_in_spanish(office: Office, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "code_words", lambda language: (f"uno-{language}", f"dos-{language}"))

    enter(seat, lang="es")

    [kept] = intakes_kept(office)
    assert kept.language == "es"
    assert "We say: uno-es You answer: dos-es" in seat.look("/desk/new/words").text


def test_sent_twice_it_is_one_request(office: Office, seat: Seat) -> None:
    """S-14: the words come again, because nobody may have seen them."""
    page = seat.look(NEW)

    answers = [enter(seat, page), enter(seat, page)]

    assert [answer.leads_to for answer in answers] == ["/desk/new/words"] * 2
    assert len(intakes_kept(office)) == 1
    assert "You answer" in seat.look("/desk/new/words").text
    enter(seat)
    assert len(intakes_kept(office)) == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"age": None}, "Choose your age. We ask because the law is different for people under 18."),
        ({"name": ""}, "Enter a name we can use. It does not have to be your real name."),
        ({"way": None}, "Choose if we should call you or if you will call us."),
        ({"phone": "12"}, "Check the phone number. It should have 10 digits, like 602 555 0199."),
        ({"when": []}, "Check at least one time that is safe for you."),
        ({"state": ""}, "Choose the state you will be in, or “Outside the U.S.”"),
        ({"tz": ""}, "Choose your time zone from the list."),
        ({"note": "x" * 501}, "Make your note shorter. It can be up to 500 letters, or about 80 words."),
        ({"consent": None}, "Ask if they agree, and check the box."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_mistake_is_said_in_words_and_nothing_typed_is_lost(
    office: Office, seat: Seat, typed: dict[str, Any], sentence: str
) -> None:
    """A-03: the same rules as on the form."""
    answer = enter(seat, **typed)

    assert answer.status == 422
    assert answer.title == "Error: New by phone"
    assert answer.text.count(sentence) == 2
    [field] = typed
    assert f"#{field}" in answer.links()
    kept = {"name": "Sam", "phone": "602 555 0123"}
    for name in kept.keys() - typed.keys():
        assert answer.find("input", name=name, value=kept[name])
    if field != "note":
        assert "After work is best." in answer.html
    if field != "when":
        assert len([box for box in answer.find("input", name="when") if "checked" in box]) == 2
    assert intakes_kept(office) == []
    later = enter(seat, answer)
    assert later.status == 303


def test_of_somebody_under_18_nothing_is_kept_and_staff_see_what_to_say(office: Office, seat: Seat) -> None:
    """S-39, S-40."""
    answer = enter(seat, age="minor")

    assert (answer.status, answer.leads_to) == (303, "/desk/new/teen")
    assert intakes_kept(office) == []
    assert builders.count(office, Confirmation) == 0
    page = seat.look("/desk/new/teen")
    assert "Under 18: nothing was saved" in page.text
    assert "call or text Childhelp at 1-800-422-4453" in page.text
    for step in office.app.extensions["quietword"].practice.emergencies.child_harm.steps:
        assert step["en"] in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_answer_that_may_be_left_out_arrives_and_is_shown_in_words(
    office: Office, counselor: Person, seat: Seat, language: str
) -> None:
    running = office.app.extensions["quietword"]
    running.practice = replace(running.practice, optional_fields=OPTIONAL_FIELDS, meet=FORMATS)
    seat.send("/desk/account/language", "/desk/account", language=language)
    asked = seat.look(NEW)

    enter(seat, asked, **ANSWERS)

    [kept] = intakes_kept(office)
    opened = returning_clients.opened(office, counselor, kept.reference)
    assert {name: getattr(opened.answers, name) for name in ANSWERS if name != "email"} == {
        name: answer for name, answer in ANSWERS.items() if name != "email"
    }
    page = seat.look(f"/desk/{kept.reference}")
    with office.app.app_context(), force_locale(language):
        for question in QUESTIONS:
            assert gettext(question.label) in asked.text
            if question.name == "email":
                continue
            option = question.options.get(ANSWERS[question.name])
            words = gettext(option.desk or option.label) if option else ANSWERS[question.name]
            assert f"{gettext(question.heading)} {words}".lower() in page.text.lower()


@pytest.mark.parametrize("name", ANSWERS)
def test_what_may_be_left_out_is_open_to_see_once_it_was_said(office: Office, seat: Seat, name: str) -> None:
    running = office.app.extensions["quietword"]
    running.practice = replace(running.practice, optional_fields=OPTIONAL_FIELDS, meet=FORMATS)

    pages = [enter(seat, name=""), enter(seat, name="", **{name: ANSWERS[name]})]  # type: ignore[arg-type]

    folds = [page.find("details", class_="field") for page in pages]
    assert ["open" in fold for [fold] in folds] == [False, True]


@pytest.mark.parametrize("field", ["box", "status", "email"])
def test_a_field_that_was_not_asked_is_refused(office: Office, seat: Seat, field: str) -> None:
    """V-26, V-37."""
    assert seat.post(NEW, {**seat.look(NEW).form(NEW).fields, **GOOD, field: "x"}).status == 400
    assert intakes_kept(office) == []


def test_while_nothing_can_be_sealed_everything_typed_is_kept(office: Office, seat: Seat) -> None:
    page = seat.look(NEW)
    with office.work() as work:
        work.session.execute(update(Epoch).values(signature=b""))
    with office.app.app_context():
        health.forget()

    answer = enter(seat, page)

    assert answer.status == 503
    assert answer.headers["Retry-After"]
    assert "It could not be saved. Nothing is lost" in answer.text
    assert answer.find("input", name="name", value="Sam")


def test_what_is_entered_is_sealed_like_any_request(office: Office, counselor: Person, seat: Seat) -> None:
    """V-52: no column has a word of it."""
    enter(seat, name="Marker", note="marker")

    [kept] = intakes_kept(office)
    values = [getattr(kept, column.name) for column in Intake.__table__.c]
    assert not [value for value in values if b"arker" in (value if isinstance(value, bytes) else str(value).encode())]


def test_who_waits_for_approval_enters_nothing(office: Office, supervisor: Person, sit: Sit) -> None:
    newcomer = sit(office.join("ben@example.org"))

    assert newcomer.look(NEW).leads_to == "/desk/words"
    assert newcomer.post(NEW, GOOD).leads_to == "/desk/words"
