"""The first page: who needs somebody now, since when, whose they are, and whether they can be called."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.health import readiness
from app.domain.intake import arrivals
from app.domain.intake.answers import Answers, Wishes
from app.domain.work import Party
from app.models import AuditLine
from tests.domain import builders, many_requests
from tests.domain.helpers import returning_clients
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page

#: Monday, 10 am in Phoenix, where the practice is: its clocks never change.
MONDAY = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


def references(page: Page) -> list[str]:
    return re.findall(r"<b>(\w{4}-\w{4})</b>", page.html)


def line(page: Page, reference: str) -> str:
    """Return what the queue says about one request."""
    [found] = re.findall(rf'<a href="/desk/{reference}">(.*?)</a>', page.html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found).split()).removeprefix(reference).replace(" ,", ",").strip()


def ask(office: Office, wishes: Wishes = builders.WISHED, language: str = "en") -> str:
    with office.work(Party.CLIENT) as work:
        said = Answers("Luz", "AZ", phone="+16025550123", language=language)
        token = arrivals.submit(
            work, builders.epoch(work), idempotency_key=b"n", language=language, answers=said, wishes=wishes
        )
    return builders.reference(office, token)


def seen(office: Office, sit: Sit, person: Person, path: str = "/desk/") -> Page:
    """Return a page as somebody sees it who was never idle."""
    return sit(office.renewed(person)).look(path)


def test_what_needs_me_comes_first_and_what_others_have_is_elsewhere(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, clock: Clock
) -> None:
    asked = []
    for nonce in (b"one", b"two", b"three"):
        asked.append(office.ask(nonce=nonce))
        clock.forward(minutes=4)
    many_requests.claim(office, supervisor, asked[0])
    many_requests.claim(office, counselor, asked[1])

    page = sit(supervisor).look("/desk/")

    assert references(page) == [asked[0], asked[2]]
    assert references(sit(supervisor).look("/desk/?view=open")) == asked
    assert "For you now 2 New 1 Mine 1 All open 3 Follow-ups 0 Closed 0" in page.text


def test_each_list_is_a_plain_link_and_the_one_that_is_shown_is_marked(supervisor: Person, sit: Sit) -> None:
    page = sit(supervisor).look("/desk/?view=mine")

    for view in ("new", "mine", "open", "follow-ups", "closed"):
        assert f"/desk/?view={view}" in page.links()
    assert [link["href"] for link in page.find("a", **{"aria-current": "page"})] == ["/desk/", "/desk/?view=mine"]


@pytest.mark.parametrize("query", ["view=nonsense", "after=nonsense", "view=open&after=fHw="])
def test_a_list_that_there_is_not_is_not_found(supervisor: Person, sit: Sit, query: str) -> None:
    assert sit(supervisor).look(f"/desk/?{query}").status == 404


def test_each_line_says_how_long_it_waits(office: Office, supervisor: Person, sit: Sit, clock: Clock) -> None:
    reference, said = office.ask(), []
    many_requests.change(office, reference, due_at=None)
    for minutes in (0, 1, 9, 50, 60, 47 * 60, 48 * 60):
        clock.forward(minutes=minutes)
        said.append(line(seen(office, sit, supervisor), reference).rpartition(" waits ")[2])

    assert said == ["a moment", "1 minute", "10 minutes", "1 hour", "2 hours", "2 days", "4 days"]


@pytest.mark.parametrize(
    ("due", "said"),
    [
        pytest.param(timedelta(hours=2), "waits a moment, promised by noon", id="noon"),
        pytest.param(timedelta(hours=1, minutes=30), "waits a moment, promised by 11:30 am", id="today"),
        pytest.param(timedelta(days=1), "waits a moment, promised by Tue 10 am", id="tomorrow"),
        pytest.param(timedelta(days=7), "waits a moment, promised by Mon 7 Dec 10 am", id="in a week"),
        pytest.param(timedelta(), "promised by 10 am, a moment over", id="now"),
        pytest.param(timedelta(hours=-2), "promised by 8 am, 2 hours over", id="two hours ago"),
        pytest.param(timedelta(days=-3), "promised by Fri 10 am, 3 days over", id="days ago"),
    ],
)
def test_each_line_says_what_was_promised(
    office: Office, supervisor: Person, sit: Sit, clock: Clock, due: timedelta, said: str
) -> None:
    clock.set(MONDAY)
    reference = office.ask()
    many_requests.change(office, reference, due_at=MONDAY + due)

    page = seen(office, sit, supervisor, "/desk/?view=new")

    assert line(page, reference).endswith(f"New, {said}")
    assert bool(page.find("li", class_="overdue")) == (due <= timedelta())


def test_a_planned_follow_up_is_told_and_when_it_is_over(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    clock.set(MONDAY)
    reference = office.ask()
    many_requests.claim(office, office.renewed(supervisor), reference)
    tomorrow = MONDAY + timedelta(days=1)
    many_requests.change(office, reference, due_at=tomorrow, follow_up_at=tomorrow)

    before = line(seen(office, sit, supervisor, "/desk/?view=follow-ups"), reference)
    clock.set(MONDAY + timedelta(days=1, hours=3))
    after = line(seen(office, sit, supervisor), reference)

    assert before.endswith("With you, planned for Tue 10 am")
    assert after.endswith("With you, planned for 10 am, 3 hours over")


def test_a_follow_up_behind_an_earlier_promise_is_told_beside_it(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    clock.set(MONDAY)
    reference = office.ask()
    many_requests.change(office, reference, due_at=MONDAY, follow_up_at=MONDAY + timedelta(days=1))

    assert line(seen(office, sit, supervisor), reference).endswith("a moment over Follow-up Tue 10 am")


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        pytest.param(Wishes("call", when=("mon-am", "mon-pm"), zone="America/Phoenix"), "Safe now", id="now"),
        pytest.param(Wishes("call", when=("mon-am",), zone="America/Chicago"), "Safe now, until 11 am", id="soon over"),
        pytest.param(Wishes("call", when=("mon-eve",), zone="America/Phoenix"), "From 5 pm", id="later today"),
        pytest.param(Wishes("call", when=("mon-eve",), zone="America/Chicago"), "From 4 pm", id="by our own clock"),
        pytest.param(Wishes("call", when=("wed-am",), zone="America/Phoenix"), "Not today: Wed 9 am", id="another day"),
        pytest.param(Wishes("icall"), "They call us", id="they call"),
    ],
)
def test_each_line_says_whether_they_can_be_called(
    office: Office, supervisor: Person, sit: Sit, clock: Clock, wishes: Wishes, said: str
) -> None:
    """S-51, S-52; the practice's clock, because it is the one on the wall."""
    clock.set(MONDAY)
    reference = ask(office, wishes)

    assert line(seen(office, sit, supervisor), reference).startswith(f"{said} New")


def test_where_no_time_is_left_that_they_allow_nobody_is_sent_to_the_phone(
    office: Office, supervisor: Person, sit: Sit
) -> None:
    client = returning_clients.client(office)
    client.wish(Wishes("call", when=("tue-am",), zone="America/Phoenix"))

    assert line(sit(supervisor).look("/desk/"), client.reference).startswith("No safe time New")


def test_a_line_names_who_has_it_and_how_it_ended(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, clock: Clock
) -> None:
    claimed, closed = office.ask(nonce=b"1"), office.ask(nonce=b"2")
    many_requests.claim(office, counselor, claimed)
    many_requests.close(office, closed, "unreachable")
    clock.forward(hours=3)

    assert "With you, waits 3 hours" in line(seen(office, sit, counselor), claimed)
    assert "With Ada, waits 3 hours" in line(sit(supervisor).look("/desk/?view=open"), claimed)
    assert line(sit(supervisor).look("/desk/?view=closed"), closed) == "Closed: not reached, 3 hours ago"


def test_who_was_tried_and_has_nothing_planned_does_not_wait(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    reference = office.ask()
    many_requests.claim(office, supervisor, reference)
    many_requests.change(office, reference, due_at=None, attempted_at=clock())
    clock.forward(hours=1)

    assert line(seen(office, sit, supervisor, "/desk/?view=mine"), reference).endswith("With you, asked 1 hour ago")


def test_a_request_in_spanish_is_marked(office: Office, supervisor: Person, sit: Sit) -> None:
    english, spanish = office.ask(), ask(office, language="es")

    page = sit(supervisor).look("/desk/")

    assert "New, Spanish, waits" in line(page, spanish)
    assert "Spanish" not in line(page, english)


def test_news_a_call_and_an_altered_record_are_told(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, clock: Clock
) -> None:
    client, called, altered = returning_clients.client(office), office.ask(nonce=b"2"), office.ask(nonce=b"3")
    client.say()
    facts = {"calling_until": clock() + timedelta(minutes=2), "calling_by": builders.account_id(office, counselor)}
    many_requests.change(office, called, **facts)
    many_requests.change(office, altered, sealed_thread_key=b"altered")

    page = sit(supervisor).look("/desk/")

    assert line(page, client.reference).endswith("News from the return page")
    assert line(page, called).endswith("A call may be starting: Ada")
    assert line(page, altered).endswith("This record was altered")
    clock.forward(minutes=2)
    assert not line(sit(supervisor).look("/desk/"), called).endswith("Ada")


def test_the_list_holds_no_word_of_a_client(office: Office, supervisor: Person, sit: Sit) -> None:
    """V-49."""
    office.ask(name="Marker Name", note="marker note", phone="+16025550177")

    page = sit(supervisor).look("/desk/")

    for word in ("Marker", "marker", "0177", "tel:"):
        assert word not in page.html


def test_what_was_taken_back_is_in_no_list(office: Office, supervisor: Person, sit: Sit) -> None:
    reference = taken_back(office)

    for view in ("now", "new", "mine", "open", "follow-ups", "closed"):
        assert reference not in sit(supervisor).look(f"/desk/?view={view}").html


def test_a_long_list_goes_on_by_links(office: Office, supervisor: Person, sit: Sit, clock: Clock) -> None:
    first = office.ask()
    asked = {first, *many_requests.gather(office, first, 29, due_at=clock())}
    seat = sit(supervisor)

    page = seat.look("/desk/?view=new")
    [onward] = [link for link in page.links() if link and "after=" in link]
    rest = seat.look(onward)

    assert (len(references(page)), len(references(rest))) == (25, 5)
    assert {*references(page), *references(rest)} == asked
    assert not [link for link in rest.links() if link and "after=" in link]
    assert "Back to the first" in rest.text


def test_looking_at_a_list_is_recorded_with_how_many_were_on_it(office: Office, supervisor: Person, sit: Sit) -> None:
    """V-50: what it tells of them comes out of their threads."""
    office.ask()

    sit(supervisor).look("/desk/?view=new")

    with office.work() as work:
        last = work.session.scalars(select(AuditLine).order_by(AuditLine.number.desc().nulls_last()).limit(1)).one()
        assert (last.kind, last.subject, last.entry) == ("queue.opened", "queue/new", 1)


def test_an_empty_list_says_so(supervisor: Person, sit: Sit) -> None:
    assert "Nothing needs you now." in sit(supervisor).look("/desk/").text
    assert "There is none." in sit(supervisor).look("/desk/?view=closed").text


def test_a_silent_worker_is_told(supervisor: Person, sit: Sit, clock: Clock) -> None:
    seat = sit(supervisor)
    clock.forward(minutes=12)

    assert "The worker is silent" in seat.look("/desk/").text


def test_nobody_on_call_is_told_with_the_way_to_the_rota(
    office: Office, supervisor: Person, counselor: Person, sit: Sit
) -> None:
    """Two people can open requests, so that nothing else is missing."""
    seat = sit(supervisor)
    page = seat.look("/desk/")
    assert "Nobody is on call now." in page.text
    assert page.links().count("/desk/rota") == 2
    office.on_call(supervisor)

    assert "What is missing" not in seat.look("/desk/").text


def test_fewer_than_two_who_opened_what_is_kept_is_a_standing_warning(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    """For everybody at the desk, until a second person has proven it within 14 days."""
    warning = "Fewer than two people can open requests, or did in the last 14 days."
    alone = sit(supervisor).look("/desk/").text
    ada = office.hire(supervisor, "ada@example.org")
    together = sit(ada).look("/desk/").text

    clock.forward(days=15)
    later = {person.email: sit(office.renewed(person)).look("/desk/").text for person in (supervisor, ada)}
    for person in (supervisor, ada):
        clock.forward(seconds=60)
        assert builders.sign_in(office, person)

    assert warning in alone
    assert warning not in together
    assert all(warning in text for text in later.values())
    assert warning not in sit(supervisor).look("/desk/").text


def taken_back(office: Office) -> str:
    """Send a request and undo it; return its reference."""
    with office.work(Party.CLIENT) as work:
        epoch = readiness.health(work, 0).epoch
        assert epoch is not None
        said, wishes = Answers("Marker Name", "AZ"), Wishes("icall")
        token = arrivals.submit(work, epoch, idempotency_key=b"undo", language="en", answers=said, wishes=wishes)
    with office.work() as work:
        reference = arrivals.reference_of(work, token)
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)
    return reference
