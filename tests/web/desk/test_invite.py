"""The one-time link: what it offers, what it asks for, and that nothing is kept before it is finished."""

import base64
import logging

import pytest
from sqlalchemy import func, select

from app.crypto import totp
from app.domain.team import team
from app.models import Account, AccountState, Holder, Lock, LoginSession, OneTimeLink, Role
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.reading import Page, Seat

OWN = "correct horse battery staple"


@pytest.fixture
def link(office: Office, supervisor: Person) -> str:
    """The address of a counselor's invitation."""
    with office.work() as work:
        token = team.invite(work, email="ada@example.org", name="Ada Example", role=Role.COUNSELOR)
    return f"/desk/invite/{token}"


def secret_of(page: Page) -> str:
    [shown] = [text for text in page.html.split("<p ") if text.startswith('class="secret"')]
    return shown.partition(">")[2].partition("<")[0]


def code_for(page: Page, clock: Clock) -> str:
    """Return what an authenticator shows that was given the page's secret."""
    return totp.code(base64.b32decode(secret_of(page).replace(" ", "")), clock())


def codes_of(page: Page) -> str:
    return page.html.partition('<ol class="backup">')[2].partition("</ol>")[0]


def phrase_of(page: Page) -> str:
    return page.html.partition('<b class="phrase">')[2].partition("<")[0]


def finish(seat: Seat, link: str, page: Page, clock: Clock, **typed: str | None) -> Page:
    return seat.send(link, page, **{"code": code_for(page, clock), "kept": "y", **typed})


def test_the_page_offers_a_passphrase_an_authenticator_and_ten_codes(seat: Seat, link: str) -> None:
    page = seat.look(link)

    assert page.status == 200
    assert "Welcome, Ada Example" in page.text
    assert len(phrase_of(page).split()) == 6
    assert page.find("input", name="choice", value="words")[0].keys() >= {"checked"}
    assert page.find("svg")[0].keys() == {"viewbox", "class"}, "a size of its own would cut it at the edge of its box"
    assert len(base64.b32decode(secret_of(page).replace(" ", ""))) == 20
    assert codes_of(page).count("<li>") == 10
    assert page.find("input", name="password", type="password", autocomplete="new-password")
    assert page.find("input", name="code", autocomplete="one-time-code")


def test_every_look_offers_something_new_and_keeps_nothing(office: Office, seat: Seat, link: str) -> None:
    before = _kept(office)

    pages = [seat.look(link) for _ in range(2)]

    assert len({secret_of(page) for page in pages}) == len({phrase_of(page) for page in pages}) == 2
    assert _kept(office) == before


def test_finishing_signs_in_and_leads_to_the_six_words(seat: Seat, link: str, clock: Clock) -> None:
    answer = finish(seat, link, seat.look(link), clock)

    assert answer.status == 303
    assert [cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")] == ["s"]
    assert "read out these six words" in seat.look("/desk/words").text


def test_the_offered_passphrase_signs_in(seat: Seat, link: str, clock: Clock) -> None:
    page = seat.look(link)
    finish(seat, link, page, clock)
    clock.forward(seconds=60)

    typed = {"email": "ada@example.org", "password": phrase_of(page), "code": code_for(page, clock)}

    assert seat.send("/desk/sign-in", **typed).status == 303


def test_a_password_of_ones_own_signs_in_exactly_as_typed(seat: Seat, link: str, clock: Clock) -> None:
    """V-01."""
    page, own = seat.look(link), "  ¿Dónde está mi  barco? "
    finish(seat, link, page, clock, choice="own", password=own, again=own)
    clock.forward(seconds=60)
    typed = {"email": "ada@example.org", "code": code_for(page, clock)}

    assert seat.send("/desk/sign-in", **typed, password=own.strip()).status == 422
    clock.forward(seconds=60)
    typed = {"email": "ada@example.org", "code": code_for(page, clock)}
    assert seat.send("/desk/sign-in", **typed, password=own).status == 303


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"password": "fourteen chars"}, "Use at least 15 characters.", id="short"),
        pytest.param({"password": ""}, "Use at least 15 characters.", id="none"),
        pytest.param({"password": "a1 " * 43}, "Use at most 128 characters.", id="long"),
        pytest.param({"password": "Family and more words"}, "Leave out the name of the practice.", id="practice"),
        pytest.param({"password": "abababababababab"}, "This password is easy to guess.", id="monotonous"),
        pytest.param({"password": "1qaz2wsx3edc4rfv"}, "This password is easy to guess.", id="common"),
        pytest.param({"again": "correct horse battery stable"}, "The two passwords are not the same.", id="again"),
        pytest.param({"kept": None}, "Keep your password and the codes first.", id="not kept"),
        pytest.param({"choice": "words"}, "You typed a password of your own.", id="not chosen"),
        pytest.param({"choice": "neither"}, "Choose one of the two.", id="no such choice"),
        pytest.param({"code": "000000"}, "This code is not right.", id="code"),
        pytest.param({"code": ""}, "This code is not right.", id="no code"),
    ],
)
def test_what_is_wrong_is_said_and_the_same_secrets_stay(
    office: Office, seat: Seat, link: str, clock: Clock, typed: dict[str, str | None], sentence: str
) -> None:
    """V-01, V-02, A-03, A-05: the authenticator was scanned already, so it stays the same."""
    page, before = seat.look(link), _kept(office)

    answer = finish(
        seat, link, page, clock, **{"choice": "own", "password": OWN, "again": typed.get("password", OWN), **typed}
    )

    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert answer.text.count(sentence) == 2, "once in the summary, once beside the field"
    [target] = [href[1:] for href in answer.links() if href and href.startswith("#") and href != "#main"]
    assert answer.find("input", id=target)
    assert (secret_of(answer), codes_of(answer), phrase_of(answer)) == (
        secret_of(page),
        codes_of(page),
        phrase_of(page),
    )
    assert not [field for field in answer.find("input", type="password") if field.get("value")]
    assert _kept(office) == before


def test_after_a_mistake_the_page_can_be_finished(seat: Seat, link: str, clock: Clock) -> None:
    page = seat.look(link)

    again = finish(seat, link, page, clock, code="000000")

    assert finish(seat, link, again, clock, code=code_for(page, clock)).status == 303


def test_a_page_with_a_bad_ticket_starts_afresh_with_what_it_shows(seat: Seat, link: str, clock: Clock) -> None:
    """V-36."""
    page = seat.look(link)

    answer = finish(seat, link, page, clock, token="forged")

    assert answer.status == 422
    assert "open for too long" in answer.text
    assert secret_of(answer) != secret_of(page)
    assert finish(seat, link, answer, clock).status == 303


def test_the_ticket_of_one_link_does_not_finish_another(office: Office, seat: Seat, link: str, clock: Clock) -> None:
    """V-36: what somebody chose for themselves is not given to a colleague."""
    with office.work() as work:
        other = team.invite(work, email="ben@example.org", name="Ben", role=Role.COUNSELOR)
    page = seat.look(f"/desk/invite/{other}")
    fields = {**page.forms[0].fields, "code": code_for(page, clock), "kept": "y"}

    assert seat.post(link, fields).status == 422


def test_the_link_works_once(seat: Seat, link: str, clock: Clock) -> None:
    """V-13."""
    page, other = seat.look(link), seat.look(link)
    finish(seat, link, page, clock)

    assert seat.look(link).status == 404
    assert finish(seat, link, other, clock).status == 404


def test_the_link_works_for_an_hour(seat: Seat, link: str, clock: Clock) -> None:
    """V-13."""
    page = seat.look(link)
    clock.forward(minutes=59, seconds=59)
    assert seat.look(link).status == 200
    clock.forward(seconds=1)

    assert seat.look(link).status == 404
    assert finish(seat, link, page, clock).status == 404


def test_an_unknown_field_is_refused(seat: Seat, link: str, clock: Clock) -> None:
    """V-26: nobody invites themselves to be a supervisor."""
    assert finish(seat, link, seat.look(link), clock, role="supervisor").status == 400


def test_a_new_link_for_the_same_person_ends_the_old_one(office: Office, seat: Seat, link: str) -> None:
    with office.work() as work:
        token = team.invite(work, email="ada@example.org", name="Ada", role=Role.COUNSELOR)

    assert seat.look(link).status == 404
    assert seat.look(f"/desk/invite/{token}").status == 200


def test_who_joined_opens_nothing_before_approval(office: Office, seat: Seat, link: str, clock: Clock) -> None:
    reference = office.ask()
    finish(seat, link, seat.look(link), clock)

    assert seat.look(f"/desk/{reference}").leads_to == "/desk/words"
    with office.work() as work:
        state = work.session.scalar(select(Account.state).where(Account.email == "ada@example.org"))
        assert state is AccountState.PENDING


def test_neither_link_nor_secrets_reach_a_log(
    seat: Seat, link: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """V-13."""
    caplog.set_level(logging.DEBUG)
    page = seat.look(link)
    finish(seat, link, page, clock, code="000000")
    finish(seat, link, page, clock)
    seat.look(link)

    said = " ".join(record.getMessage() for record in caplog.records)
    for secret in (link.rpartition("/")[2], phrase_of(page), secret_of(page), secret_of(page).replace(" ", "")):
        assert secret not in said


def _kept(office: Office) -> list[int | None]:
    with office.work() as work:
        tables = (Account, OneTimeLink, Holder, Lock, LoginSession)
        return [work.session.scalar(select(func.count()).select_from(table)) for table in tables]
