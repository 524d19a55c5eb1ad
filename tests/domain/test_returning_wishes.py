"""Changed wishes and new numbers: what is taken away holds at once, what is added is asked about by voice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.crypto import contexts, hpke
from app.domain.calls import dialing
from app.domain.intake import opening, returning, safe_times, thread
from app.domain.intake.answers import Wishes
from app.domain.intake.numbers import Number
from app.domain.vault import epochs
from app.domain.work import Altered, Party, Refused
from app.models import EntryKind, Epoch, ThreadEntry
from app.practice import hours
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
NUMBER = Number("+14805550188", "7", doubtful=True)
ZONES = ("America/Phoenix", "America/Chicago", "America/New_York", "Asia/Kolkata")
PERMISSIONS = ("voicemail", "text", "ask", "say_practice")


@pytest.fixture
def client(office: Office, supervisor: Person) -> Client:
    assert supervisor.cookie
    return returning_clients.client(office, wished=replace(builders.WISHED, when=("mon-am", "tue-pm")))


def give(office: Office, client: Client, number: Number = NUMBER, nonce: bytes = b"number") -> None:
    with office.work() as work:
        epoch = builders.epoch(work)
    client.do(returning.give_number, epoch=epoch, idempotency_key=nonce, number=number)


def settle(office: Office, supervisor: Person, client: Client, wished: Wishes, number: int | None = None) -> None:
    """Ask by voice, as the desk does."""
    builders.add_entry(office, supervisor, client.reference, EntryKind.WISHES, thread.confirmed_form(wished, number))


def test_tightening_holds_at_once_and_needs_no_question(office: Office, supervisor: Person, client: Client) -> None:
    client.wish(Wishes("call", when=("mon-am",), zone="America/Phoenix"))

    opened = returning_clients.opened(office, supervisor, client.reference)

    assert (opened.wishes.voicemail, opened.wishes.when) == (False, ("mon-am",))
    assert opened.news.asked == ()


def test_loosening_does_not_hold_and_is_flagged(office: Office, supervisor: Person, client: Client) -> None:
    """The finder of the code may be the feared person."""
    looser = Wishes("call", voicemail=True, say_practice=True, when=("mon-am", "sun-eve"), zone="America/Phoenix")

    client.wish(looser)

    opened = returning_clients.opened(office, supervisor, client.reference)
    assert (opened.wishes.say_practice, opened.wishes.when) == (False, ("mon-am",))
    [asked] = opened.news.asked
    assert (asked.entry, asked.wishes) == (2, looser)


def test_what_was_tightened_stays_so_when_it_is_loosened_again(
    office: Office, supervisor: Person, client: Client
) -> None:
    """The desk obeys the strictest of all unresolved wishes."""
    client.wish(Wishes("icall"), b"1")
    client.wish(replace(builders.WISHED, when=("mon-am", "tue-pm")), b"2")

    opened = returning_clients.opened(office, supervisor, client.reference)

    assert (opened.wishes.way, opened.wishes.when, opened.wishes.voicemail) == ("icall", (), False)
    assert [asked.entry for asked in opened.news.asked] == [3]


def test_what_was_settled_by_voice_holds_and_is_asked_no_more(
    office: Office, supervisor: Person, client: Client
) -> None:
    looser = Wishes("call", voicemail=True, ask=True, when=("sat-am",), zone="America/Chicago")
    client.wish(looser)

    settle(office, supervisor, client, looser)

    opened = returning_clients.opened(office, supervisor, client.reference)
    assert (opened.wishes, opened.news.asked) == (looser, ())


def test_s47_revealing_obeys_what_was_tightened_meanwhile(office: Office, supervisor: Person, client: Client) -> None:
    returning_clients.opened(office, supervisor, client.reference)
    client.wish(Wishes("icall"))

    with office.work(supervisor) as work, pytest.raises(Refused, match=r"^reason_needed$"):
        dialing.reveal(work, client.reference)


def wished() -> st.SearchStrategy[Wishes]:
    return st.builds(
        Wishes,
        way=st.sampled_from(["call", "icall"]),
        **dict.fromkeys(PERMISSIONS, st.booleans()),
        when=st.sets(st.sampled_from(safe_times.WINDOWS)).map(
            lambda chosen: tuple(window for window in safe_times.WINDOWS if window in chosen)
        ),
        zone=st.sampled_from(ZONES),
    )


def callable_at(wish: Wishes, at: datetime) -> bool:
    there = at.astimezone(ZoneInfo(wish.zone or "UTC"))
    return any(
        f"{hours.WEEKDAYS[there.weekday()]}-{part}" in wish.when and span.opens <= there.time() < span.closes
        for part, span in safe_times.PARTS.items()
    )


@given(wished(), wished(), st.integers(0, 4 * 24 * 7))
def test_the_strictest_breaks_neither(one: Wishes, other: Wishes, quarters: int) -> None:
    both = thread.strictest(one, other, NOW)

    assert both.way == "icall" or one.way == other.way == "call"
    for name in PERMISSIONS:
        assert getattr(both, name) == (getattr(one, name) and getattr(other, name))
    at = NOW + timedelta(minutes=15 * quarters)
    assert not callable_at(both, at) or (callable_at(one, at) and callable_at(other, at))


@given(wished(), wished())
def test_nothing_that_is_in_force_allows_more_than_any_of_its_parts(one: Wishes, other: Wishes) -> None:
    both = thread.strictest(one, other, NOW)

    assert not thread.allows_more(both, than=other, now=NOW)
    assert not thread.allows_more(one, than=one, now=NOW)
    assert thread.strictest(both, other, NOW) == both


def reveal(office: Office, person: Person, client: Client) -> opening.Opened:
    with office.work(person) as work:
        dialing.reveal(work, client.reference, "agreed")
        number_page = dialing.dialing(work, client.reference)
    assert number_page is not None
    return number_page.opened


def test_a_new_number_is_flagged_and_the_first_one_holds(office: Office, supervisor: Person, client: Client) -> None:
    give(office, client)

    opened = returning_clients.opened(office, supervisor, client.reference)
    revealed = reveal(office, supervisor, client)

    assert [one.number.phone[-2:] for one in opened.news.given] == ["88"]
    assert "5550188" not in opened.news.given[0].number.phone
    assert [one.number for one in revealed.news.given] == [NUMBER]
    assert revealed.answers.phone == "+16025550123"


def test_a_confirmed_number_takes_the_place_of_the_first(office: Office, supervisor: Person, client: Client) -> None:
    give(office, client)
    settle(office, supervisor, client, builders.WISHED, number=2)

    revealed = reveal(office, supervisor, client)

    assert (revealed.answers.phone, revealed.answers.extension) == ("+14805550188", "7")
    assert revealed.news.given == ()


def test_a_number_is_sealed_to_the_newest_epoch_and_the_page_cannot_read_it(
    office: Office, supervisor: Person, client: Client
) -> None:
    """Whoever holds the code and the database reads the digits nowhere."""
    with office.work() as work:
        begun = epochs.begin(work).id
    give(office, client)

    entry = client.entries()[-1]
    assert entry.epoch_id == begun
    assert b"5550188" not in (entry.sealed_number or b"") + entry.sealed_entry
    assert "5550188" not in repr(client.seen())
    assert returning_clients.opened(office, supervisor, client.reference).news.given[0].entry == 2


def test_short_and_long_numbers_take_the_same_room(office: Office, client: Client) -> None:
    """Must hold 5."""
    give(office, client, Number("+16025550123"), b"1")
    give(office, client, Number("+499999999999999", "12345678901234567890", doubtful=True), b"2")

    assert len({len(entry.sealed_number or b"") for entry in client.entries()[1:]}) == 1


@pytest.mark.parametrize("box", ["moved", "forged", "dropped"])
def test_a_number_that_was_altered_is_refused(office: Office, supervisor: Person, client: Client, box: str) -> None:
    """Must hold 1: two numbers of one request are not to be exchanged, nor is one to be forged."""
    give(office, client, nonce=b"1")
    give(office, client, Number("+14805550177"), b"2")
    first, second = client.entries()[1:]
    with builders.writer(office) as session:
        if box == "moved":
            values = {"sealed_number": first.sealed_number}
        elif box == "forged":
            public = hpke.PublicKey.decode(session.scalars(select(Epoch.public_key)).one())
            place = contexts.number(second.intake_id, second.epoch_id or second.intake_id)
            values = {"sealed_number": hpke.seal(public, place, b'{"phone": "+10000000000"}')}
        else:
            values = {"sealed_number": None, "epoch_id": None}
        session.execute(update(ThreadEntry).where(ThreadEntry.number == second.number).values(values))

    with office.work(supervisor) as work, pytest.raises(Altered):
        opening.open(work, client.reference)


def test_windows_in_another_zone_count_only_where_both_allow_them(clock: Clock) -> None:
    """Nine to twelve in New York is seven to ten in Phoenix in winter, and five to eight there is three to six."""
    phoenix = Wishes("call", when=("mon-am", "mon-pm"), zone="America/Phoenix")
    new_york = Wishes("call", when=("mon-am", "mon-pm", "mon-eve"), zone="America/New_York")

    both = thread.strictest(phoenix, new_york, clock())

    assert (both.when, both.zone) == (("mon-pm",), "America/New_York")


def test_a_client_cannot_settle_anything(office: Office, supervisor: Person, client: Client) -> None:
    """Whatever the page is sent, its entries carry the client's mark."""
    client.wish(replace(builders.WISHED, ask=True))

    with office.work(Party.CLIENT) as work:
        assert work.actor is Party.CLIENT
    assert not returning_clients.opened(office, supervisor, client.reference).wishes.ask
