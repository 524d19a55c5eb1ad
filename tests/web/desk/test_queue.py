"""The first page: who waits, since when, and who has it; nothing of what they said."""

import re

from sqlalchemy import update

from app.domain import accepting, arrivals
from app.domain.answers import Answers, Wishes
from app.domain.work import Party
from app.models import SignIn
from tests.bed.clock import Clock
from tests.bed.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat


def references(page: Page) -> list[str]:
    return re.findall(r"<b>(\w{4}-\w{4})</b>", page.html)


def line(page: Page, reference: str) -> str:
    """Return what the queue says about one request."""
    [found] = re.findall(rf'<a href="/desk/{reference}">(.*?)</a>', page.html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


def ask_in_spanish(office: Office) -> str:
    with office.work(Party.CLIENT) as work:
        epoch = accepting.standing(work, 0).epoch
        assert epoch is not None
        said, wishes = Answers("Luz", "AZ", language="es"), Wishes("icall")
        token = arrivals.submit(work, epoch, nonce=b"es", language="es", answers=said, wishes=wishes)
    with office.work() as work:
        return arrivals.reference_of(work, token)


def test_who_waits_longest_comes_first_and_what_is_claimed_last(
    office: Office, supervisor: Person, sit: Sit, clock: Clock
) -> None:
    seat = sit(supervisor)
    asked = []
    for nonce in (b"one", b"two", b"three"):
        asked.append(office.ask(nonce=nonce))
        clock.forward(minutes=4)
    seat.send(f"/desk/{asked[0]}/claim", f"/desk/{asked[0]}")

    page = seat.look("/desk/")

    assert references(page) == [asked[1], asked[2], asked[0]]
    assert "Waiting (2)" in page.text
    assert "With a counselor (1)" in page.text


def test_each_line_says_how_long_it_waits(office: Office, supervisor: Person, sit: Sit, clock: Clock) -> None:
    reference, said = office.ask(), []
    for minutes in (0, 1, 9, 50, 60, 47 * 60, 48 * 60):
        clock.forward(minutes=minutes)
        said.append(line(_page(office, sit, supervisor), reference).removeprefix(f"{reference} waits "))

    assert said == ["a moment", "1 minute", "10 minutes", "1 hour", "2 hours", "2 days", "4 days"]


def test_a_claimed_line_names_who_has_it(office: Office, supervisor: Person, counselor: Person, sit: Sit) -> None:
    reference = office.ask()
    sit(counselor).send(f"/desk/{reference}/claim", f"/desk/{reference}")

    assert line(sit(counselor).look("/desk/"), reference) == f"{reference} with you"
    assert line(sit(supervisor).look("/desk/"), reference) == f"{reference} with Ada"


def test_a_request_in_spanish_is_marked(office: Office, supervisor: Person, sit: Sit) -> None:
    english, spanish = office.ask(), ask_in_spanish(office)

    page = sit(supervisor).look("/desk/")

    assert line(page, spanish).endswith("Spanish")
    assert "Spanish" not in line(page, english)


def test_the_list_holds_no_word_of_a_client(office: Office, supervisor: Person, sit: Sit) -> None:
    office.ask(name="Marker Name", note="marker note", phone="+16025550177")

    page = sit(supervisor).look("/desk/")

    for word in ("Marker", "marker", "0177", "tel:"):
        assert word not in page.html


def test_what_was_taken_back_is_in_the_list_no_more(office: Office, supervisor: Person, sit: Sit) -> None:
    reference = taken_back(office)

    assert references(sit(supervisor).look("/desk/")) == []
    assert reference not in sit(supervisor).look("/desk/").html


def test_an_empty_list_says_so(supervisor: Person, sit: Sit) -> None:
    assert "Nobody is waiting." in sit(supervisor).look("/desk/").text


def test_a_silent_worker_is_told(supervisor: Person, sit: Sit, clock: Clock) -> None:
    seat = sit(supervisor)
    clock.forward(minutes=12)

    assert "The worker is silent" in seat.look("/desk/").text


def test_nobody_on_call_is_told_with_the_way_to_the_rota(office: Office, supervisor: Person, sit: Sit) -> None:
    seat = sit(supervisor)
    page = seat.look("/desk/")
    assert "Nobody is on call now." in page.text
    assert page.links().count("/desk/rota") == 2
    office.on_call(supervisor)

    assert "What is missing" not in seat.look("/desk/").text


def taken_back(office: Office) -> str:
    """Send a request and undo it; return its reference."""
    with office.work(Party.CLIENT) as work:
        epoch = accepting.standing(work, 0).epoch
        assert epoch is not None
        said, wishes = Answers("Marker Name", "AZ"), Wishes("icall")
        token = arrivals.submit(work, epoch, nonce=b"undo", language="en", answers=said, wishes=wishes)
    with office.work() as work:
        reference = arrivals.reference_of(work, token)
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)
    return reference


def _page(office: Office, sit: Sit, person: Person) -> Page:
    """Return the queue as somebody sees it who was never idle."""
    with office.work(Party.WORKER) as work:
        work.session.execute(update(SignIn).values(seen_at=work.now, started_at=work.now))
    seat: Seat = sit(person)
    return seat.look("/desk/")
