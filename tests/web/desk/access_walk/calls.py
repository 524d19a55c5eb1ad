"""The part of the walk through the desk that tells of calls: theirs to us, ours to them, and a note after the lock."""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.intake.answers import Wishes
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.support.office import Office, Person
from tests.web.desk.reading import Page, Seat

_WISHED = Wishes("call", when=("mon-am",), zone="America/Phoenix")
_LONG = "x" * 1_000
_CALLED = "/desk/called"


def calls(office: Office, supervisor: Person) -> Iterator[tuple[str, Page]]:
    """Yield every page that a call of theirs and calls of ours lead to, by what was done to see it."""
    caller = office.hire(supervisor, "kay@example.org")
    seat = Seat(office.browser(caller))
    reference = returning_clients.client(office, b"calls", wished=_WISHED).reference
    words = returning_clients.opened(office, caller, reference).answers.words
    yield from _they_called(seat, words)
    yield from _we_called(seat, f"/desk/{reference}")


def _they_called(seat: Seat, words: tuple[str, str]) -> Iterator[tuple[str, Page]]:
    first, second = words
    for said, typed in (
        ("no word", {}),
        ("three words", {"first": f"{first} {second}", "second": second}),
        ("words of nobody", {"first": "kettel", "second": "harbour"}),
        ("a day to come", {"first": first, "second": second, "called_at": "2031-01-01T10:00"}),
    ):
        yield f"a counselor hears {said}", seat.send(_CALLED, **typed)
    asked = seat.send(_CALLED, first=first)
    yield "a counselor hears one word", asked
    yield "a counselor compares nothing", seat.send(f"{_CALLED}/verify", asked)
    told = {"name": "Nobody", "day": "tue", "part": "eve"}
    yield "a counselor compares what does not fit", seat.send(f"{_CALLED}/verify", asked, **told)
    yield "a counselor compares again at once", seat.send(f"{_CALLED}/verify", asked, **told)
    known = seat.send(_CALLED, first=first, second=second)
    yield "a counselor hears both words", known
    yield "a counselor gives two new words to a caller", seat.send(f"{_CALLED}/words", known)
    yield "a counselor says nothing of a caller", seat.send(f"{_CALLED}/said", known)
    yield "a counselor writes too much of a caller", seat.send(f"{_CALLED}/said", known, said="again", text=_LONG)
    yield (
        "a counselor is late with a caller",
        seat.send(f"{_CALLED}/said", known, said="again", ticket="x", text="a < b"),
    )
    seat.send(f"{_CALLED}/said", known, said="could_not_talk")
    yield "a counselor has written down a call", seat.look(_CALLED)


def _we_called(seat: Seat, address: str) -> Iterator[tuple[str, Page]]:
    for said, typed in (
        ("nothing", {}),
        ("a voicemail that was not allowed", {"outcome": "voicemail", "text": "a < b"}),
        ("a next call at a bad time", {"outcome": "no_answer", "follow_up": "2026-11-25T22:00"}),
        ("too long a note", {"outcome": "no_answer", "text": _LONG}),
    ):
        yield f"a counselor writes down {said}", seat.send(f"{address}/attempt", address, **typed)
    for outcome in ("no_answer", "other_person", "reached"):
        seat.send(f"{address}/attempt", address, outcome=outcome, text=f"Note on {outcome}.")
        yield f"a counselor looks again after {outcome}", seat.look(address)
    yield "a counselor gives two new words", seat.send(f"{address}/words", address)
    token = seat.look(address).form("/desk/sign-out").fields
    for at in ("", "2026-11-25T22:00"):
        yield (
            f"a counselor plans the next call for {at or 'no time'}",
            seat.post(f"{address}/follow-up", {**token, "at": at}),
        )
    seat.post(f"{address}/follow-up", {**token, "at": "2026-11-30T10:00"})
    yield "a counselor has planned the next call", seat.look(address)
    seat.send(f"{address}/attempt", address, outcome="wrong_number")
    yield "a counselor looks again after wrong_number", seat.look(address)


def note_after_the_lock(office: Office, person: Person) -> Iterator[tuple[str, Page]]:
    """Send a note when the session is over: it is kept, and stands in the box at the next sign-in. Locks everybody."""
    address, seat = f"/desk/{office.ask(nonce=b'locked')}", _signed_in(office, person)
    form = seat.look(address).form(f"{address}/note")
    yield "a counselor writes an empty note", seat.send(f"{address}/note", address, text=" ")
    office.clock.forward(minutes=20)
    for said, once in (("a note after the lock", form.fields["once"]), ("one with another page's ticket", "x")):
        answer = seat.post(f"{address}/note", {**form.fields, "once": once, "text": "a < b & c"})
        yield f"a counselor sends {said}", answer
    yield "a counselor finds the note again", _signed_in(office, person).look(address)


def _signed_in(office: Office, person: Person) -> Seat:
    office.clock.forward(seconds=60)
    cookie = builders.sign_in(office, person)
    assert cookie
    return Seat(office.browser(replace(person, cookie=cookie)))
