"""The account page: passkeys added and removed, where one is signed in, and the second factor before a change."""

import re

import pytest

from app.domain.accounts import passkeys
from tests.domain import builders
from tests.support.authenticator import Authenticator
from tests.support.clock import Clock
from tests.support.office import PASSWORD, Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.test_team import colleague
from tests.web.desk.touching import ACCOUNT, ADD, NEW, SIGN_IN, add, fresh, touch

pytestmark = pytest.mark.both_databases

PHONE = {
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605 Mobile/15E148 Safari/604.1"
}


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def here(supervisor: Person, sit: Sit, clock: Clock) -> Seat:
    """A browser of the supervisor, whose second factor is ten minutes old."""
    clock.forward(minutes=10)
    return sit(supervisor)


def removal(page: Page) -> str:
    [action] = [form.action for form in page.forms if form.action.endswith("/remove")]
    return action


def touched(page: Page, device: Authenticator) -> dict[str, str]:
    """Return what the script sends with a form in place of a code."""
    return {"passkey": device.use(page.find("input", name="challenge")[0]["value"] or ""), "code": ""}


def test_a_passkey_is_added_after_a_fresh_code_and_listed(
    supervisor: Person, here: Seat, clock: Clock, device: Authenticator
) -> None:
    """V-19."""
    assert "Go on" in here.look(NEW).text

    answer = add(here, supervisor, clock, device, name="  My <b>phone</b> ")

    assert (answer.status, answer.leads_to) == (303, ACCOUNT)
    page = here.look(ACCOUNT)
    assert "My <b>phone</b>" in page.text
    assert "signs in with one touch" in page.text
    assert "never used" in page.text


def test_a_wrong_code_adds_nothing(supervisor: Person, here: Seat, clock: Clock) -> None:
    answer = here.send(NEW, code="000000")

    assert (answer.status, answer.title) == (422, "Error: Add a passkey")
    assert not [form for form in answer.forms if form.action == ADD]


def test_five_minutes_after_the_code_it_is_asked_again(
    supervisor: Person, here: Seat, clock: Clock, device: Authenticator
) -> None:
    """V-19: the page that was opened in time does not help."""
    here.send(NEW, code=fresh(supervisor, clock))
    clock.forward(minutes=3)
    page = here.look(NEW)
    made = device.make(page.form(ADD).fields["challenge"], bytes(16))
    clock.forward(minutes=2, seconds=1)

    late = here.send(ADD, page, passkey=made)

    assert (late.status, late.leads_to) == (303, NEW)
    assert "First show that it is you." in here.look(NEW).text
    assert "never used" not in here.look(ACCOUNT).text


def test_the_name_of_a_passkey_is_there_again_once_the_second_factor_was_given(
    supervisor: Person, here: Seat, clock: Clock, device: Authenticator
) -> None:
    here.send(NEW, code=fresh(supervisor, clock))
    clock.forward(minutes=3)
    page = here.look(NEW)
    made = device.make(page.form(ADD).fields["challenge"], bytes(16))
    clock.forward(minutes=2, seconds=1)

    here.send(ADD, page, passkey=made, name="My phone")
    here.send(NEW, code=fresh(supervisor, clock))

    assert here.look(NEW).find("input", name="name", value="My phone")


def test_a_page_that_was_open_for_too_long_makes_no_passkey(
    supervisor: Person, here: Seat, clock: Clock, device: Authenticator
) -> None:
    page = here.look(NEW) if here.send(NEW, code=fresh(supervisor, clock)).status == 303 else None
    assert page is not None
    made = device.make(page.form(ADD).fields["challenge"], bytes(16))
    clock.forward(minutes=5, seconds=1)

    assert here.send(ADD, page, passkey=made).status == 422


def test_a_passkey_without_a_name_is_called_after_its_device(
    office: Office, supervisor: Person, clock: Clock, device: Authenticator
) -> None:
    client = office.browser(supervisor)
    client.environ_base["HTTP_USER_AGENT"] = PHONE["User-Agent"]
    here = Seat(client)

    add(here, supervisor, clock, device, name="")

    assert ">Phone</b>" in here.look(ACCOUNT).html


def test_a_long_name_is_kept_and_said_to_be_long(
    supervisor: Person, here: Seat, clock: Clock, device: Authenticator
) -> None:
    answer = add(here, supervisor, clock, device, name="x" * 41)

    assert answer.status == 422
    assert "Use up to 40 letters." in answer.text
    assert answer.find("input", name="name", value="x" * 41)
    assert device.credential.hex() not in answer.html


def test_what_no_authenticator_made_adds_nothing(
    supervisor: Person, here: Seat, clock: Clock, device: Authenticator
) -> None:
    answer = add(here, supervisor, clock, device, passkey="{}")

    assert answer.status == 422
    assert answer.text.count("No passkey was made. Please try once more.") == 2


def test_an_eleventh_passkey_is_refused(supervisor: Person, here: Seat, clock: Clock) -> None:
    for _ in range(passkeys.MOST):
        add(here, supervisor, clock, Authenticator(), secret="")

    answer = add(here, supervisor, clock, Authenticator())

    assert (answer.status, "You have ten passkeys." in answer.text) == (409, True)
    assert NEW not in here.look(ACCOUNT).links()


def test_a_passkey_is_removed_with_a_fresh_code(
    supervisor: Person, here: Seat, seat: Seat, clock: Clock, device: Authenticator
) -> None:
    add(here, supervisor, clock, device)
    page = here.look(ACCOUNT)
    wrong = here.send(removal(page), page, code="000000")
    assert wrong.status == 422
    assert wrong.text.count("This code is not right") == 2
    clock.forward(seconds=60)

    answer = here.send(removal(page), page, code=fresh(supervisor, clock))

    assert (answer.status, answer.leads_to) == (303, ACCOUNT)
    assert touch(seat, device).status == 422


def test_nobody_removes_what_is_not_theirs(
    supervisor: Person, counselor: Person, here: Seat, sit: Sit, clock: Clock, device: Authenticator
) -> None:
    """V-25: what is not yours looks like what is not there."""
    add(here, supervisor, clock, device)
    theirs = removal(here.look(ACCOUNT))
    other = sit(counselor)
    add(other, counselor, clock, Authenticator())
    fields = other.look(ACCOUNT).form(removal(other.look(ACCOUNT))).fields

    answers = [
        other.post(path, {**fields, "code": fresh(counselor, clock)})
        for path in (theirs, re.sub(r"[0-9a-f-]{36}", "00000000-0000-4000-8000-000000000000", theirs))
    ]

    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].html == answers[1].html
    assert len(here.look(ACCOUNT).find("form", action=theirs)) == 1


def test_a_touch_takes_the_place_of_a_code(
    office: Office, supervisor: Person, here: Seat, clock: Clock, device: Authenticator
) -> None:
    """On the account page, on the team page, and for a new recovery sheet."""
    add(here, supervisor, clock, device)
    newcomer = colleague(office, office.join("ada@example.org").email)
    clock.forward(minutes=10)

    for path, action in (
        ("/desk/team", f"/desk/team/{newcomer.id}/approve"),
        ("/desk/recovery-sheet", "/desk/recovery-sheet/new"),
        (ACCOUNT, removal(here.look(ACCOUNT))),
    ):
        page = here.look(path)
        clock.forward(seconds=60)
        assert here.send(action, page, **touched(page, device)).status == 303, path


def test_a_touch_by_the_wrong_passkey_says_so_beside_the_code(
    supervisor: Person, here: Seat, clock: Clock, device: Authenticator
) -> None:
    add(here, supervisor, clock, device)
    page = here.look(ACCOUNT)

    answer = here.send(removal(page), page, **touched(page, Authenticator()))

    assert answer.status == 422
    assert answer.text.count("The passkey was not accepted.") == 2
    clock.forward(seconds=60)
    late = here.look(ACCOUNT)
    clock.forward(minutes=6)
    assert here.send(removal(late), late, **touched(late, device)).status == 422


def test_only_who_has_a_passkey_is_offered_to_use_one(
    supervisor: Person, here: Seat, clock: Clock, device: Authenticator
) -> None:
    assert "passkeys.js" not in here.look("/desk/team").html
    add(here, supervisor, clock, device)

    page = here.look(ACCOUNT)

    [button, _] = page.find("button", **{"data-passkey": "proof"})
    assert "hidden" in button
    assert page.html.count("passkeys.js") == 1


def sign_in(seat: Seat, person: Person, clock: Clock) -> Seat:
    typed = {"email": person.email, "password": PASSWORD, "code": fresh(person, clock)}
    assert seat.send(SIGN_IN, **typed).status == 303
    return seat


@pytest.fixture
def phone(supervisor: Person, seat: Seat, clock: Clock, here: Seat) -> Seat:
    """The supervisor's phone, signed in as well."""
    seat.client.environ_base["HTTP_USER_AGENT"] = PHONE["User-Agent"]
    return sign_in(seat, supervisor, clock)


def test_one_sees_where_one_is_signed_in(phone: Seat, here: Seat) -> None:
    """V-20."""
    page = phone.look(ACCOUNT)

    shown = page.text.partition("Where you are signed in")[2]
    assert re.search(r"Phone \(this one\) with the password, .*Device with the password, .* last used", shown)
    assert "iPhone" not in page.html


def test_another_browser_is_signed_out_with_its_button(phone: Seat, here: Seat) -> None:
    """V-20."""
    answer = phone.send("/desk/account/sessions/end", ACCOUNT)

    assert (answer.status, answer.leads_to) == (303, ACCOUNT)
    assert here.look("/desk/").status == 303
    assert phone.look("/desk/").status == 200


def test_signing_this_browser_out_by_its_mark_clears_it_too(phone: Seat, here: Seat, office: Office) -> None:
    mark = here.look(ACCOUNT).form("/desk/account/sessions/end").fields["session"]

    answer = phone.send("/desk/account/sessions/end", ACCOUNT, session=mark)

    assert (answer.leads_to, phone.cookies) == (SIGN_IN, {})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert here.look("/desk/").status == 200


def test_all_others_are_signed_out_at_once(phone: Seat, here: Seat, counselor: Person, sit: Sit) -> None:
    """V-20."""
    other = sit(counselor)

    answer = phone.send("/desk/account/sessions/end-others", ACCOUNT)

    assert answer.leads_to == ACCOUNT
    assert [seat.look("/desk/").status for seat in (phone, here, other)] == [200, 303, 200]
    assert "Sign out everywhere else" not in phone.look(ACCOUNT).text


@pytest.mark.parametrize("mark", ["", "00" * 32, "no mark", "é"])
def test_a_browser_that_is_not_ones_own_does_not_exist(phone: Seat, here: Seat, mark: str) -> None:
    """V-25."""
    assert phone.send("/desk/account/sessions/end", ACCOUNT, session=mark).status == 404


def test_a_colleagues_browser_does_not_exist_either(phone: Seat, counselor: Person, sit: Sit, office: Office) -> None:
    """V-25."""
    mark = office.member(counselor).cookie_hash.hex()

    assert phone.send("/desk/account/sessions/end", ACCOUNT, session=mark).status == 404
    assert sit(counselor).look("/desk/").status == 200


def test_a_supervisor_signs_a_colleague_out_everywhere(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, clock: Clock
) -> None:
    """V-20."""
    theirs, here = sit(counselor), sit(supervisor)
    action = f"/desk/team/{colleague(office, counselor.email).id}/sign-out"
    assert "Signed in with 1 browser" in here.look("/desk/team").text
    assert here.send(action, "/desk/team", code="000000").status == 422
    assert theirs.look("/desk/").status == 200

    answer = here.send(action, "/desk/team", code=fresh(supervisor, clock))

    assert (answer.status, answer.leads_to) == (303, "/desk/team")
    assert theirs.look("/desk/").status == 303
    assert "Signed in with" not in here.look("/desk/team").text


def test_a_new_device_is_written_to_its_person(office: Office, phone: Seat, supervisor: Person, clock: Clock) -> None:
    """V-12: the first browser that says what it is, is known; the next kind is not."""
    assert "sign_in.new_device" not in builders.kinds(office)
    other = Seat(office.app.test_client())
    other.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64)"

    sign_in(other, supervisor, clock)

    assert builders.kinds(office).count("sign_in.new_device") == 1
