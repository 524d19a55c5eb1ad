"""Forms outlive the version that sealed them: older ones open, a newer version's are refused whole."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from app.domain.casework import notes
from app.domain.intake import answers, opening, returning
from app.domain.intake.answers import Answers, Sealable, Wishes
from app.domain.intake.numbers import Number
from app.domain.lists import queue, search
from app.domain.lists.queue import View
from app.domain.work import Altered, Party
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.support.office import Office, Person

NUMBER = Number("+14805550188", "7")

Sealing = Callable[[type[Sealable], Mapping[str, Any]], None]


@pytest.fixture
def supervisor(office: Office) -> Person:
    return office.found()


@contextmanager
def sealing(form: type[Sealable], **changed: Any) -> Iterator[None]:
    """Seal forms as another version would: with these keys, and without those that are `...`."""
    today = form.sealed_form

    def another(self: Sealable) -> dict[str, Any]:
        return {name: value for name, value in (today(self) | changed).items() if value is not ...}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(form, "sealed_form", another)
        yield


@contextmanager
def newer() -> Iterator[None]:
    """Write as a later version of the service does."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(answers, "VERSION", answers.VERSION + 1)
        yield


def altered(office: Office, person: Person, reference: str) -> str:
    """Open a request that must be refused as altered; return what was named."""
    with pytest.raises(Altered) as refused, office.work(person) as work:
        opening.open(work, reference)
    return refused.value.place


def test_a_form_sealed_today_opens_after_a_field_was_added() -> None:
    @dataclass(frozen=True, repr=False)
    class LaterAnswers(Answers):
        heard_from: str | None = None

    @dataclass(frozen=True, repr=False)
    class LaterWishes(Wishes):
        no_logo: bool = False

    answers = LaterAnswers.from_sealed(builders.SAID.sealed_form(), "here")
    wishes = LaterWishes.from_sealed(builders.WISHED.sealed_form(), "here")

    assert (answers.name, answers.note, answers.heard_from) == (builders.SAID.name, builders.SAID.note, None)
    assert (wishes.way, wishes.when, wishes.no_logo) == ("call", ("mon-am",), False)


def test_a_request_opens_that_lacks_what_may_be_left_out(office: Office, supervisor: Person) -> None:
    """As one that was sealed before these questions were asked; a permission that nobody asked for is not given."""
    with sealing(Answers, pronouns=..., phone_doubtful=...), sealing(Wishes, voicemail=..., ask=...):
        reference = builders.reference(office, builders.send(office))

    opened = returning_clients.opened(office, supervisor, reference)

    assert (opened.answers.name, opened.answers.pronouns) == ("Sam", None)
    assert (opened.wishes.way, opened.wishes.voicemail, opened.wishes.ask) == ("call", False, False)


def test_a_request_opens_that_says_more_than_this_version_knows(office: Office, supervisor: Person) -> None:
    with sealing(Answers, heard_from="a friend"), sealing(Wishes, no_logo=True), sealing(Number, kind="mobile"):
        client = returning_clients.client(office)
        give_number(office, client)

    opened = returning_clients.opened(office, supervisor, client.reference)

    assert opened.answers.name == "Sam"
    assert opened.wishes.way == "call"
    assert [given.number.extension for given in opened.news.given] == ["7"]


def test_a_number_opens_that_was_sealed_without_a_version(office: Office, supervisor: Person) -> None:
    with sealing(Number, v=...):
        client = returning_clients.client(office)
        give_number(office, client)

    [given] = returning_clients.opened(office, supervisor, client.reference).news.given

    assert given.number.phone.endswith("88")


@pytest.mark.parametrize(
    ("form", "changed"),
    [
        *((Answers, {name: ...}) for name in ("name", "state", "words", "v")),
        *((Wishes, {name: ...}) for name in ("way",)),
        *((form, {"v": version}) for form in (Answers, Wishes) for version in (answers.VERSION + 1, 0, "1", None)),
    ],
)
def test_a_form_without_what_it_must_say_or_of_a_newer_version_is_altered(
    office: Office, supervisor: Person, form: type[Sealable], changed: dict[str, Any]
) -> None:
    """On every page that opens one or many: named on the one, counted on the others, its neighbor still there."""
    with sealing(form, **changed):
        reference = builders.reference(office, builders.send(office, b"one"))
    neighbor = builders.reference(office, builders.send(office, b"two"))

    place = altered(office, supervisor, reference)
    with office.work(supervisor) as work:
        listed = {row.reference: row.glance.altered for row in queue.page(work, View.NEW).rows}
        found = search.find(work, "sam")

    assert place.startswith("intake/")
    assert listed == {reference: form is Wishes, neighbor: False}
    # A search for a name reads answers alone.
    assert found.unread == (form is Answers)
    assert {hit.reference for hit in found.hits} == {neighbor} | ({reference} if form is Wishes else set())


def test_what_a_newer_version_wrote_to_thread_or_log_is_altered(office: Office, supervisor: Person) -> None:
    """Whatever kind of entry it is: half understood, it could say something else."""
    clients = [returning_clients.client(office, nonce) for nonce in (b"one", b"two", b"three")]
    with newer():
        with office.work(supervisor) as work:
            notes.write(work, clients[0].reference, "call again", idempotency_key=None, kept_at=None)
        clients[1].say("hello")
        give_number(office, clients[2])

    for client, name in zip(clients, ("note/1", "message/2", "wishes/2"), strict=True):
        assert altered(office, supervisor, client.reference).endswith(name)
    for client in clients[1:]:
        with pytest.raises(Altered):
            client.seen()


def test_a_number_or_an_unsaved_note_of_a_newer_version_is_altered(office: Office, supervisor: Person) -> None:
    client = returning_clients.client(office)
    with sealing(Number, v=answers.VERSION + 1):
        give_number(office, client)
    with newer(), office.work(supervisor) as work:
        notes.keep_draft(work, work.member.account_id, client.reference, "call her sister", instead_of=None)

    assert "/number" in altered(office, supervisor, client.reference)
    with pytest.raises(Altered, match=r"^draft/"), office.work(supervisor) as work:
        notes.read_draft(work, client.reference)


def give_number(office: Office, client: returning_clients.Client) -> None:
    with office.work(Party.CLIENT) as work:
        returning.give_number(work, client.code, builders.epoch(work), idempotency_key=b"number", number=NUMBER)
