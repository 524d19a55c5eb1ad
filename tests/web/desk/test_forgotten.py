"""A forgotten password: a new key that opens nothing until it is approved, and the old one that can come back."""

from typing import Any

import pytest
from sqlalchemy import select

from app.crypto import totp
from app.domain.accounts import passwords
from app.domain.team import team
from app.domain.work import Party
from app.models import AuditLine
from tests.support.authenticator import Authenticator
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.test_set_up import code_of
from tests.web.desk.test_sign_in import sign_in
from tests.web.desk.touching import FINISH, add, touch

pytestmark = pytest.mark.both_databases

HERE = "/desk/forgotten"
NEW = "nine slow trains through the hills"


def forget(seat: Seat, person: Person, clock: Clock, at: Page | None = None, **typed: Any) -> Page:
    """Ask for a new password as the person would, after the code they used last has passed."""
    clock.forward(seconds=60)
    right = {
        "email": person.email,
        "code": totp.code(person.totp_secret, clock()),
        "choice": "own",
        "password": NEW,
        "again": NEW,
        "kept": "y",
    }
    return seat.send(HERE, at, **{**right, **typed})


def test_a_new_password_opens_nothing_until_six_words_were_compared(
    office: Office, supervisor: Person, counselor: Person, seat: Seat, clock: Clock
) -> None:
    """A new key pair without grants; the supervisor grants exactly the key whose words were compared."""
    reference = office.ask("Marker")

    answer = forget(seat, counselor, clock)
    waiting = seat.look(f"/desk/{reference}")
    words = seat.look("/desk/words").text
    office.prove(supervisor)
    with office.work(supervisor) as work:
        [one] = [one for one in team.roster(work) if one.email == counselor.email]
        assert all(word in words for word in one.words or ())
        team.approve(work, one.id, one.key_digest or "")

    assert (answer.status, answer.leads_to) == (303, "/desk/words")
    assert waiting.leads_to == "/desk/words"
    assert "Marker" in seat.look(f"/desk/{reference}").text
    assert sign_in(Seat(office.app.test_client()), counselor, clock, password=NEW).status == 303
    assert sign_in(Seat(office.app.test_client()), counselor, clock).status == 422, "the old one is gone for good"


def test_the_old_password_brings_the_old_key_back(
    office: Office, supervisor: Person, counselor: Person, seat: Seat, clock: Clock
) -> None:
    """Whoever stole a phone pushes nobody out: the thief's session ends, and the key opens as before."""
    reference = office.ask("Marker")
    forget(seat, counselor, clock)
    owner = Seat(office.app.test_client())

    assert sign_in(owner, counselor, clock).status == 303

    assert "Marker" in owner.look(f"/desk/{reference}").text
    assert seat.look("/desk/words").status == 303, "the other one is signed out"
    assert sign_in(Seat(office.app.test_client()), counselor, clock, password=NEW).status == 422


def test_a_passkey_takes_the_place_of_the_code(
    office: Office, supervisor: Person, counselor: Person, seat: Seat, sit: Sit, clock: Clock
) -> None:
    """It proves who asks, and opens nothing: the new key waits for approval, and the answer works once."""
    device, reference = Authenticator(), office.ask("Marker")
    add(sit(counselor), counselor, clock, device)
    page = seat.look(HERE)
    answer = device.use(page.form(HERE).fields["challenge"])

    renewed = forget(seat, counselor, clock, at=page, code="", passkey=answer)
    again = forget(Seat(office.app.test_client()), counselor, clock, at=page, code="", passkey=answer)

    assert "passkeys.js" in page.html
    assert (renewed.status, renewed.leads_to) == (303, "/desk/words")
    assert seat.look(f"/desk/{reference}").leads_to == "/desk/words"
    assert again.status == 422
    touched = touch(Seat(office.app.test_client()), device)
    assert touched.find("form", action=FINISH), "its lock is on the old key: the password is asked"


@pytest.mark.parametrize("wrong", ["another's passkey", "an old challenge", "the challenge of a session"])
def test_any_other_answer_of_a_passkey_is_refused(
    office: Office, supervisor: Person, counselor: Person, seat: Seat, sit: Sit, clock: Clock, wrong: str
) -> None:
    """V-11: with the one answer for whatever does not match."""
    device, owner = Authenticator(), supervisor if wrong == "another's passkey" else counselor
    add(sit(owner), owner, clock, device)
    page = seat.look(HERE)
    challenge = page.form(HERE).fields["challenge"]
    if wrong == "an old challenge":
        clock.forward(minutes=5)
    if wrong == "the challenge of a session":
        challenge = sit(counselor).look("/desk/account").find("input", name="challenge")[0]["value"] or ""

    answer = forget(seat, counselor, clock, at=page, code="", challenge=challenge, passkey=device.use(challenge))

    assert answer.status == 422
    assert "That did not match. Check the email, and use the passkey once more." in answer.text
    assert sit(counselor).look("/desk/").status == 200


def test_after_two_weeks_the_old_key_is_destroyed(
    office: Office, supervisor: Person, counselor: Person, seat: Seat, clock: Clock
) -> None:
    forget(seat, counselor, clock)
    clock.forward(days=14)
    with office.work(Party.WORKER) as work:
        passwords.end_former(work)

    assert sign_in(seat, counselor, clock).status == 422


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"code": "000000"}, id="code"),
        pytest.param({"email": "nobody@example.org"}, id="unknown name"),
    ],
)
def test_whatever_is_wrong_gets_the_same_answer_and_changes_nothing(
    office: Office,
    supervisor: Person,
    counselor: Person,
    seat: Seat,
    clock: Clock,
    stretched: list[str],
    wrong: dict[str, Any],
) -> None:
    """V-11, V-09: and the next attempt has to wait."""
    answer = forget(seat, counselor, clock, **wrong)

    assert (answer.status, len(stretched)) == (422, 1)
    assert "That did not match. Check email and code." in answer.text
    assert NEW not in answer.html
    assert sign_in(Seat(office.app.test_client()), counselor, clock).status == 303


def test_nobody_is_left_alone_with_what_nobody_can_open(
    office: Office, supervisor: Person, seat: Seat, clock: Clock
) -> None:
    answer = forget(seat, supervisor, clock)

    assert answer.status == 422
    assert "Nobody else can approve you." in answer.text
    assert sign_in(Seat(office.app.test_client()), supervisor, clock).status == 303


def test_the_last_supervisor_needs_the_printed_code_whoever_else_can_open(
    office: Office, supervisor: Person, counselor: Person, seat: Seat, clock: Clock
) -> None:
    """A counselor opens requests and approves nobody: the practice would be left without a supervisor."""
    answer = forget(seat, supervisor, clock)

    assert answer.status == 422
    assert "Nobody else can approve you." in answer.text
    assert forget(seat, supervisor, clock, recovery=supervisor.recovery_code).leads_to == "/desk/recovery-sheet"


def test_a_supervisor_alone_comes_back_with_the_printed_code(
    office: Office, supervisor: Person, seat: Seat, clock: Clock
) -> None:
    """And a new sheet is made at once: what was typed may have been seen."""
    reference = office.ask("Marker")

    answer = forget(seat, supervisor, clock, recovery=supervisor.recovery_code)

    assert (answer.status, answer.leads_to) == (303, "/desk/recovery-sheet")
    sheet = seat.look("/desk/recovery-sheet")
    assert (supervisor.recovery_code or "none") not in sheet.html
    assert "It is shown only now and kept nowhere." in sheet.text
    assert "Marker" in seat.look(f"/desk/{reference}").text
    with office.work() as work:
        assert {one.state for one in team.roster(work)} == {"active"}
    again = forget(Seat(office.app.test_client()), supervisor, clock, recovery=supervisor.recovery_code)
    assert "This is not the code of the sheet." in again.text
    assert seat.send("/desk/recovery-sheet", sheet, typed=code_of(sheet)).leads_to == "/desk/", "the new code is right"
    later = office.ask("Afterwards", nonce=b"later")
    assert "Afterwards" in seat.look(f"/desk/{later}").text
    assert sign_in(Seat(office.app.test_client()), supervisor, clock).status == 422, (
        "the forgotten one is gone for good"
    )
    back = Seat(office.app.test_client())
    assert sign_in(back, supervisor, clock, password=NEW).status == 303
    assert "Marker" in back.look(f"/desk/{reference}").text


def test_a_counselor_does_not_use_the_sheet_here(
    office: Office, supervisor: Person, counselor: Person, seat: Seat, clock: Clock
) -> None:
    answer = forget(seat, counselor, clock, recovery=supervisor.recovery_code)

    assert answer.status == 422
    assert "ask one to approve you" in answer.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param({"password": "short", "again": "short"}, "Use at least 15 characters.", id="short"),
        pytest.param({"again": "another one entirely"}, "The two passwords are not the same.", id="not the same"),
        pytest.param({"kept": None}, "Keep your new password first.", id="not kept"),
        pytest.param({"choice": "words"}, "You typed a password of your own.", id="unclear"),
    ],
)
def test_a_weak_or_unclear_password_is_said_beside_the_field(
    supervisor: Person, counselor: Person, seat: Seat, clock: Clock, typed: dict[str, Any], said: str
) -> None:
    """V-01, V-02."""
    answer = forget(seat, counselor, clock, **typed)

    assert answer.status == 422
    assert said in answer.text


def test_old_sessions_end_and_the_trail_tells(
    office: Office, supervisor: Person, counselor: Person, seat: Seat, sit: Sit, clock: Clock
) -> None:
    """V-18, V-50."""
    before = sit(counselor)

    forget(seat, counselor, clock)

    assert before.look("/desk/").status == 303
    with office.work() as work:
        kinds = set(work.session.scalars(select(AuditLine.kind)))
    assert "password.renewed" in kinds
