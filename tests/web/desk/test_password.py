"""Another password for somebody who knows the old one: the same key behind a new lock."""

from typing import Any

import pytest
from sqlalchemy import select

from app.models import Account, Holder, Letter, LetterKind, Lock, LockKind
from tests.domain import builders
from tests.support.authenticator import Authenticator
from tests.support.clock import Clock
from tests.support.office import PASSWORD, Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.test_invite import phrase_of
from tests.web.desk.test_sign_in import sign_in
from tests.web.desk.touching import ACCOUNT, add, fresh, touch

pytestmark = pytest.mark.both_databases

HERE = "/desk/account/password"
NEW = "nine slow trains through the hills"


@pytest.fixture
def here(counselor: Person, sit: Sit) -> Seat:
    return sit(counselor)


def change(here: Seat, person: Person, clock: Clock, at: Page | None = None, **typed: Any) -> Page:
    code = fresh(person, clock)
    right = {"old": PASSWORD, "choice": "own", "password": NEW, "again": NEW, "kept": "y", "code": code}
    return here.send(HERE, at, **{**right, **typed})


def signs_in(office: Office, person: Person, clock: Clock, password: str) -> bool:
    return sign_in(Seat(office.app.test_client()), person, clock, password=password).status == 303


def test_the_new_password_opens_what_the_old_one_did_and_the_old_one_nothing(
    office: Office, counselor: Person, here: Seat, clock: Clock
) -> None:
    """V-03: nobody has to approve anything."""
    reference = office.ask("Marker")

    answer = change(here, counselor, clock)

    assert (answer.status, answer.leads_to) == (303, ACCOUNT)
    assert not signs_in(office, counselor, clock, PASSWORD)
    seat = Seat(office.app.test_client())
    assert sign_in(seat, counselor, clock, password=NEW).status == 303
    assert "Marker" in seat.look(f"/desk/{reference}").text
    assert "Marker" in here.look(f"/desk/{reference}").text, "this browser stays signed in"


def test_six_words_that_the_page_offers_are_a_password(
    office: Office, counselor: Person, here: Seat, clock: Clock
) -> None:
    """Also after a mistake: the words on the page stay the same."""
    page = here.look(HERE)
    again = change(here, counselor, clock, page, choice="words", password="", again="", kept=None)

    answer = change(here, counselor, clock, again, choice="words", password="", again="")

    assert (again.status, answer.status) == (422, 303)
    assert phrase_of(page) == phrase_of(again)
    assert signs_in(office, counselor, clock, phrase_of(page))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"old": "not this one at all"}, "This is not your password now.", id="wrong password"),
        pytest.param({"old": ""}, "This is not your password now.", id="no password"),
        pytest.param({"code": "000000"}, "This code is not right", id="wrong code"),
        pytest.param({"password": "short", "again": "short"}, "Use at least 15 characters.", id="short"),
        pytest.param({"again": "another one entirely"}, "The two passwords are not the same.", id="not the same"),
        pytest.param({"kept": None}, "Keep your new password first.", id="not kept"),
        pytest.param({"choice": "words"}, "You typed a password of your own.", id="unclear"),
    ],
)
def test_whatever_is_wrong_is_said_beside_its_field_and_changes_nothing(
    office: Office, counselor: Person, here: Seat, clock: Clock, typed: dict[str, Any], sentence: str
) -> None:
    """V-01, V-03, A-03: and no password comes back in a page."""
    answer = change(here, counselor, clock, **typed)

    assert (answer.status, answer.title) == (422, "Error: Change your password")
    assert answer.text.count(sentence) == 2
    assert not [secret for secret in (PASSWORD, NEW) if secret in answer.html]
    assert signs_in(office, counselor, clock, PASSWORD)


@pytest.mark.parametrize("typed", ["", NEW], ids=["nothing typed", "another password typed, too"])
def test_words_of_a_page_that_was_open_for_too_long_are_not_taken(
    office: Office, counselor: Person, here: Seat, clock: Clock, typed: str
) -> None:
    """They are shown anew, to be kept, instead of a password that nobody has seen."""
    page = here.look(HERE)

    answer = change(here, counselor, clock, page, choice="words", password=typed, again=typed, offer="forged")

    assert answer.status == 422
    assert "This page was open for too long." in answer.text
    assert phrase_of(answer) != phrase_of(page)


def test_a_wrong_password_makes_the_next_try_wait(counselor: Person, here: Seat, clock: Clock) -> None:
    """V-09."""
    change(here, counselor, clock, old="not this one at all")
    clock.forward(seconds=-60)

    answer = change(here, counselor, clock, old=PASSWORD, code=counselor.backup_codes[0])

    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_other_browsers_are_signed_out_and_the_person_is_told(
    office: Office, counselor: Person, here: Seat, clock: Clock
) -> None:
    """V-12, V-19."""
    other = Seat(office.app.test_client())
    assert sign_in(other, counselor, clock).status == 303

    change(here, counselor, clock)

    assert other.look("/desk/").status == 303
    with office.work() as work:
        told = work.session.scalars(
            select(Account.email)
            .join(Letter, Letter.account_id == Account.id)
            .where(Letter.kind == LetterKind.ACCOUNT_CHANGE)
        ).all()
    assert told == [counselor.email]
    assert builders.kinds(office).count("password.changed") == 1


def test_there_is_one_lock_for_the_password_and_passkeys_keep_theirs(
    office: Office, counselor: Person, here: Seat, clock: Clock
) -> None:
    """A password that was seen by somebody is no way in any more, in no row."""
    device = Authenticator()
    add(here, counselor, clock, device)
    before = builders.copies(office, Lock)

    change(here, counselor, clock)

    [holder] = [
        one for one in builders.copies(office, Holder) if one.account_id == builders.account_id(office, counselor)
    ]
    after = [one for one in builders.copies(office, Lock) if one.holder_id == holder.id]
    kept = {one.id for one in after} & {one.id for one in before}
    assert sorted(one.kind for one in after) == [LockKind.PASSKEY, LockKind.PASSWORD]
    assert [one.kind for one in after if one.id in kept] == [LockKind.PASSKEY]
    assert touch(Seat(office.app.test_client()), device).status == 303


def test_password_managers_know_what_is_what(here: Seat) -> None:
    """V-04."""
    page = here.look(HERE)

    assert page.find("input", name="old", type="password", autocomplete="current-password")
    assert page.find("input", name="password", type="password", autocomplete="new-password")
    assert HERE in here.look(ACCOUNT).links()
    assert page.find("a", href=ACCOUNT, **{"aria-current": "page"})
