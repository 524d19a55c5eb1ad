"""The team page: invite, approve by six words, suspend."""

import re

import pytest

from app.domain.team import team
from app.domain.team.team import TeamMember
from app.domain.work import Refused
from app.models import AccountState, Role
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.test_invite import finish
from tests.web.desk.touching import fresh

pytestmark = pytest.mark.both_databases

TEAM = "/desk/team"


def colleague(office: Office, email: str) -> TeamMember:
    with office.work() as work:
        [found] = [one for one in team.roster(work) if one.email == email]
    return found


def six_words(page: Page) -> list[str]:
    [shown] = re.findall(r'<ol class="six">(.*?)</ol>', page.html, re.DOTALL)
    return re.findall(r"<li>(.*?)</li>", shown)


def test_an_invitation_shows_its_link_once(supervisor: Person, sit: Sit, seat: Seat, clock: Clock) -> None:
    """V-13."""
    here = sit(supervisor)

    answer = here.send(TEAM, name=" Ada  Example ", email=" Ada@example.org ", code=fresh(supervisor, clock))

    assert (answer.status, answer.leads_to) == (303, TEAM)
    page = here.look(TEAM)
    [link] = re.findall(r"http://localhost(/desk/invite/[\w-]{43})", page.text)
    assert link not in here.look(TEAM).html
    assert "Welcome, Ada Example" in seat.look(link).text
    assert finish(seat, link, seat.look(link), clock).status == 303


def test_a_colleague_is_invited_as_counselor_unless_said_otherwise(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    here = sit(supervisor)
    for name, more in (("Ada", {}), ("Ben", {"supervisor": "y"})):
        code = fresh(supervisor, clock)
        here.send(TEAM, name=name, email=f"{name}@example.org", code=code, **more)

    assert colleague(office, "ada@example.org").role is Role.COUNSELOR
    assert colleague(office, "ben@example.org").role is Role.SUPERVISOR


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"name": ""}, "Enter a name.", id="no name"),
        pytest.param({"name": " \t\0 "}, "Enter a name.", id="blank name"),
        pytest.param({"name": "x" * 81}, "Use up to 80 letters.", id="long name"),
        pytest.param({"email": ""}, "Check the email address.", id="no email"),
        pytest.param({"email": "ada"}, "Check the email address.", id="no address"),
        pytest.param({"email": "ada@example.org\r\nBcc: x@example.org"}, "Check the email address.", id="two lines"),
    ],
)
def test_a_mistaken_invitation_says_what_is_wrong_and_keeps_the_rest(
    supervisor: Person, sit: Sit, typed: dict[str, str], sentence: str
) -> None:
    """A-03, V-40."""
    answer = sit(supervisor).send(TEAM, **{"name": "Ada", "email": "ada@example.org", **typed})

    assert answer.status == 422
    assert answer.title == "Error: Team"
    assert answer.text.count(sentence) == 2
    [kept] = {"name", "email"} - typed.keys()
    assert answer.find("input", name=kept, value={"name": "Ada", "email": "ada@example.org"}[kept])


def test_a_name_is_text_and_nothing_else(supervisor: Person, sit: Sit, clock: Clock) -> None:
    """V-38."""
    here = sit(supervisor)
    here.send(TEAM, name="<script>alert(1)</script>", email="ada@example.org", code=fresh(supervisor, clock))

    page = here.look(TEAM)

    assert all(script.get("src") for script in page.find("script"))
    assert "<script>alert(1)</script>" in page.text


def test_somebody_of_the_team_is_not_invited_again(
    supervisor: Person, counselor: Person, sit: Sit, clock: Clock
) -> None:
    """It says so beside the field, and what was typed stays."""
    answer = sit(supervisor).send(TEAM, name="Ada", email=counselor.email, code=fresh(supervisor, clock))

    assert answer.status == 422
    assert "Error: Somebody with this email is in the team already." in answer.text
    assert answer.form(TEAM).fields["name"] == "Ada"


def test_nobody_is_invited_without_a_fresh_second_factor(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    """V-19: what was typed stays."""
    answer = sit(supervisor).send(TEAM, name="Ada", email="ada@example.org", code="000000")

    assert answer.status == 422
    assert answer.text.count("This code is not right, or it was used before.") == 2
    assert answer.find("input", name="name", value="Ada")
    clock.forward(minutes=6)
    with pytest.raises(Refused, match="prove_again"), office.work(supervisor) as work:
        team.invite(work, email="ada@example.org", name="Ada", role=Role.COUNSELOR)


def test_both_sides_see_the_same_six_words(office: Office, supervisor: Person, sit: Sit) -> None:
    newcomer = office.join("ada@example.org")

    ours, theirs = sit(supervisor).look(TEAM), sit(newcomer).look("/desk/words")

    assert six_words(ours) == six_words(theirs)
    assert len(six_words(ours)) == 6


def test_approving_makes_a_colleague_of_the_newcomer(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    newcomer = office.join("ada@example.org")
    action = f"{TEAM}/{colleague(office, newcomer.email).id}/approve"

    answer = sit(supervisor).send(action, TEAM, code=fresh(supervisor, clock))

    assert (answer.status, answer.leads_to) == (303, TEAM)
    assert colleague(office, newcomer.email).state is AccountState.ACTIVE


def test_who_was_approved_opens_what_came_before(office: Office, supervisor: Person, sit: Sit, clock: Clock) -> None:
    reference, newcomer = office.ask(name="Sam"), office.join("ada@example.org")
    action = f"{TEAM}/{colleague(office, newcomer.email).id}/approve"
    sit(supervisor).send(action, TEAM, code=fresh(supervisor, clock))

    theirs = sit(newcomer)

    assert theirs.look("/desk/words").leads_to == "/desk/"
    assert "Sam" in theirs.look(f"/desk/{reference}").text


@pytest.mark.parametrize("digest", ["00" * 32, "", "not hexadecimal", "é", "ab"])
def test_only_the_key_whose_words_were_compared_is_granted(
    office: Office, supervisor: Person, sit: Sit, clock: Clock, digest: str
) -> None:
    """The words stand for one key; another one in its place is refused, whatever it is."""
    newcomer = office.join("ada@example.org")
    action = f"{TEAM}/{colleague(office, newcomer.email).id}/approve"

    answer = sit(supervisor).send(action, TEAM, code=fresh(supervisor, clock), key_digest=digest)

    assert answer.status == 409
    assert "The key changed since the words were shown." in answer.text
    assert colleague(office, newcomer.email).state is AccountState.PENDING


@pytest.mark.parametrize("deed", ["approve", "suspend"])
def test_a_deed_needs_a_fresh_second_factor(office: Office, supervisor: Person, sit: Sit, deed: str) -> None:
    """V-19, A-03: the summary leads to the very field that was wrong."""
    newcomer = office.join("ada@example.org")
    who = colleague(office, newcomer.email)

    answer = sit(supervisor).send(f"{TEAM}/{who.id}/{deed}", TEAM, code="000000")

    assert answer.status == 422
    assert answer.text.count("This code is not right, or it was used before.") == 2
    assert f"#{deed}-{who.id}" in answer.links()
    assert answer.find("input", id=f"{deed}-{who.id}", **{"aria-invalid": "true"})
    assert len(answer.find("input", **{"aria-invalid": "true"})) == 1
    assert colleague(office, newcomer.email).state is AccountState.PENDING


def test_a_code_that_was_used_is_no_fresh_one(office: Office, supervisor: Person, sit: Sit, clock: Clock) -> None:
    """V-07."""
    newcomer = office.join("ada@example.org")
    other = office.join("ben@example.org")
    here, code = sit(supervisor), fresh(supervisor, clock)
    here.send(f"{TEAM}/{colleague(office, newcomer.email).id}/approve", TEAM, code=code)

    answer = here.send(f"{TEAM}/{colleague(office, other.email).id}/approve", TEAM, code=code)

    assert answer.status == 422


def test_guessing_the_second_factor_is_slowed_down(office: Office, supervisor: Person, sit: Sit, clock: Clock) -> None:
    """V-09."""
    who = colleague(office, office.join("ada@example.org").email)
    here = sit(supervisor)
    clock.forward(seconds=60)
    here.send(f"{TEAM}/{who.id}/approve", TEAM, code="000000")

    answer = here.send(f"{TEAM}/{who.id}/approve", TEAM, code="000001")

    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_suspending_locks_a_colleague_out_at_once(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, clock: Clock
) -> None:
    """V-18: and the next page lists what they may still know."""
    theirs = sit(counselor)
    reference = office.ask("Marker")
    theirs.look(f"/desk/{reference}")
    who = colleague(office, counselor.email)

    answer = sit(supervisor).send(f"{TEAM}/{who.id}/suspend", TEAM, code=fresh(supervisor, clock))

    assert (answer.status, answer.leads_to) == (303, f"{TEAM}/{who.id}/left")
    known = sit(supervisor).look(f"{TEAM}/{who.id}/left")
    assert reference in known.text
    assert "Marker" not in known.html
    assert theirs.look("/desk/").status == 303
    page = sit(supervisor).look(TEAM)
    assert "suspended" in page.text
    assert not [form for form in page.forms if str(who.id) in form.action]


def test_a_newcomer_whose_words_differ_can_be_turned_away(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    who = colleague(office, office.join("ada@example.org").email)

    answer = sit(supervisor).send(f"{TEAM}/{who.id}/suspend", TEAM, code=fresh(supervisor, clock))

    assert answer.status == 303
    assert colleague(office, "ada@example.org").state is AccountState.SUSPENDED


def test_the_last_supervisor_cannot_be_suspended(office: Office, supervisor: Person, sit: Sit, clock: Clock) -> None:
    who = colleague(office, supervisor.email)

    answer = sit(supervisor).send(f"{TEAM}/{who.id}/suspend", TEAM, code=fresh(supervisor, clock))

    assert answer.status == 409
    assert "The last supervisor cannot be suspended." in answer.text
    assert colleague(office, supervisor.email).state is AccountState.ACTIVE


def test_nobody_is_approved_twice(office: Office, supervisor: Person, sit: Sit, clock: Clock) -> None:
    newcomer = office.join("ada@example.org")
    here = sit(supervisor)
    page, action = here.look(TEAM), f"{TEAM}/{colleague(office, newcomer.email).id}/approve"
    here.send(action, page, code=fresh(supervisor, clock))

    answer = here.send(action, page, code=fresh(supervisor, clock))

    assert answer.status == 409
    assert "not waiting for approval any more" in answer.text
