"""Legal hold, erasing for good and its certificate: for supervisors with a fresh second factor."""

import pytest
from sqlalchemy import select

from app.domain import audit
from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.work import Party
from app.models import AuditLine, LogKind, Status
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.touching import fresh


@pytest.fixture
def seat(supervisor: Person, sit: Sit) -> Seat:
    return sit(supervisor)


def hold(seat: Seat, client: Client, supervisor: Person, clock: Clock) -> Page:
    return seat.send(f"/desk/{client.reference}/hold", code=fresh(supervisor, clock))


def erase(seat: Seat, client: Client, supervisor: Person, clock: Clock, reason: str = "asked") -> Page:
    return seat.send(f"/desk/{client.reference}/erase", reason=reason, code=fresh(supervisor, clock))


def test_the_page_leads_to_what_supervisors_decide(
    office: Office, supervisor: Person, seat: Seat, sit: Sit, client: Client
) -> None:
    ways = {f"/desk/{client.reference}/{name}" for name in ("hold", "erase")}
    other = sit(office.hire(supervisor, "ada@example.org"))

    assert ways <= set(seat.look(f"/desk/{client.reference}").links())
    assert not ways & set(other.look(f"/desk/{client.reference}").links())


def test_a_hold_begins_and_ends(seat: Seat, supervisor: Person, client: Client, clock: Clock) -> None:
    """C-40."""
    address = f"/desk/{client.reference}"

    answer = hold(seat, client, supervisor, clock)

    assert (answer.status, answer.leads_to) == (303, address)
    page = seat.look(address)
    assert "There is a legal hold: nothing is erased while it lasts." in page.text
    assert f"{address}/erase" not in page.links()
    assert hold(seat, client, supervisor, clock).status == 303
    assert "legal hold:" not in seat.look(address).text


def test_a_withdrawn_request_can_be_held_from_its_stone(
    seat: Seat, supervisor: Person, client: Client, clock: Clock
) -> None:
    """S-47."""
    client.withdraw()
    assert f"/desk/{client.reference}/hold" in seat.look(f"/desk/{client.reference}").links()

    hold(seat, client, supervisor, clock)

    page = seat.look(f"/desk/{client.reference}")
    assert "Taken back by the client: do not call." in page.text
    assert "What they wrote is kept for now: there is a legal hold." in page.text
    assert client.seen().held


@pytest.mark.parametrize("deed", ["hold", "erase"])
@pytest.mark.parametrize("typed", ["", "000000"], ids=["no code", "wrong code"])
def test_a_deed_needs_a_fresh_second_factor(
    seat: Seat, client: Client, supervisor: Person, clock: Clock, deed: str, typed: str
) -> None:
    """V-19, V-29."""
    clock.forward(seconds=60)
    sent = {"reason": "under_13"} if deed == "erase" else {}

    answer = seat.send(f"/desk/{client.reference}/{deed}", code=typed, **sent)

    assert answer.status == 422
    assert answer.text.count("This code is not right, or it was used before.") == 2
    assert len([box for box in answer.find("input", value="under_13") if "checked" in box]) == len(sent)
    assert not answer.find("input", name="code", value="000000")
    assert (client.intake().status, client.intake().held) == (Status.WAITING, False)
    later = seat.send(f"/desk/{client.reference}/{deed}", answer, code=fresh(supervisor, clock))
    assert later.status == 303


def test_a_hold_begins_or_ends_and_nothing_else(seat: Seat, supervisor: Person, client: Client, clock: Clock) -> None:
    answer = seat.send(f"/desk/{client.reference}/hold", held="perhaps", code=fresh(supervisor, clock))

    assert answer.status == 400


def test_erasing_asks_why(seat: Seat, supervisor: Person, client: Client, clock: Clock) -> None:
    answer = seat.send(f"/desk/{client.reference}/erase", code=fresh(supervisor, clock))

    assert answer.status == 422
    assert answer.text.count("Choose why it is erased.") == 2
    assert "#reason" in answer.links()


def test_erasing_ends_in_a_certificate(
    office: Office, seat: Seat, supervisor: Person, client: Client, clock: Clock
) -> None:
    """C-14, S-43."""
    answer = erase(seat, client, supervisor, clock, "under_13")

    address = f"/desk/{client.reference}"
    assert (answer.status, answer.leads_to) == (303, f"{address}/certificate")
    page = seat.look(f"{address}/certificate")
    with office.work() as work:
        line = work.session.scalars(select(AuditLine).where(AuditLine.kind == "erased.under_13")).one()
    for text in (
        f"Request {client.reference}",
        "Arrived Mon 23 Nov 2026, 8:00 am",
        "Erased Mon 23 Nov 2026, 8:01 am By Grace",
        "It came from a child under 13",
        "the keys that opened it were destroyed",
        "gone from our system now, and from backups by December 28, 2026",
        f"Line of the record {line.number}",
    ):
        assert text in page.text
    assert (line.mac or b"").hex() in page.text.replace(" ", "")
    assert "Sam" not in page.html
    stone = seat.look(address)
    assert "Erased: do not call." in stone.text
    assert f"{address}/certificate" in stone.links()


def test_under_a_hold_nothing_is_erased(seat: Seat, supervisor: Person, client: Client, clock: Clock) -> None:
    page = seat.look(f"/desk/{client.reference}/erase")
    hold(seat, client, supervisor, clock)

    answer = seat.send(f"/desk/{client.reference}/erase", page, reason="asked", code=fresh(supervisor, clock))

    assert answer.status == 409
    assert "There is a legal hold: nothing is erased while it lasts." in answer.text
    assert not seat.look(f"/desk/{client.reference}/erase").find("input", name="reason")


def test_what_the_client_took_back_has_a_certificate(
    office: Office, seat: Seat, supervisor: Person, client: Client, clock: Clock
) -> None:
    client.withdraw()
    address = f"/desk/{client.reference}/certificate"
    assert seat.look(address).status == 404

    erase(seat, client, supervisor, clock)
    with office.work(Party.WORKER) as work:
        audit.chain_waiting(work)

    assert seat.look(address).status == 200
    assert address in seat.look(f"/desk/{client.reference}").links()


@pytest.mark.parametrize("deed", ["hold", "erase", "certificate"])
def test_what_is_not_theirs_is_not_there(
    office: Office, seat: Seat, supervisor: Person, sit: Sit, client: Client, deed: str
) -> None:
    """V-25: for counselors, for an unknown reference, and for a supervisor whom the client does not want."""
    counselor = office.hire(supervisor, "ada@example.org")
    with office.work(counselor) as work:
        claims.claim(work, client.reference)
    other, path = sit(counselor), f"/desk/{client.reference}/{deed}"
    nowhere = seat.look("/desk/a/b/c").html
    token = other.look("/desk/account").form("/desk/sign-out").fields["csrf_token"]

    assert (other.look(path).status, other.look(path).html) == (404, nowhere)
    if deed != "certificate":
        assert other.post(path, {"csrf_token": token, "code": "1", "reason": "asked"}).status == 404
    assert seat.look(f"/desk/K7QF-3MDX/{deed}").html == nowhere
    me = str(office.member(supervisor).account_id)
    with office.work(counselor) as work:
        case = opening.unlock(work, client.reference)
        opening.write(work, case, LogKind.EXCLUSION, {"account": me, "excluded": True})
    assert seat.look(path).html == nowhere
