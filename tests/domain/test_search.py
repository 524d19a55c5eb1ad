"""Searching what is sealed: who finds what, by which part of it, and what stays closed."""

from dataclasses import replace

import pytest

from app.domain.intake import opening, returning, thread
from app.domain.intake.numbers import Number
from app.domain.lists import search
from app.domain.lists.search import MatchedBy, SearchResult
from app.domain.work import Altered, Missing
from app.models import EntryKind, LogKind
from tests.domain import builders, many_requests
from tests.domain.helpers import returning_clients
from tests.support.office import Office, Person


@pytest.fixture
def grace(office: Office) -> Person:
    return office.found()


@pytest.fixture
def ada(office: Office, grace: Person) -> Person:
    return office.hire(grace, "ada@example.org")


def find(office: Office, person: Person, typed: str) -> SearchResult:
    with office.work(person) as work:
        return search.find(work, typed)


def found(office: Office, person: Person, typed: str) -> dict[str, tuple[MatchedBy, ...]]:
    return {hit.reference: hit.why for hit in find(office, person, typed).hits}


def words(office: Office, person: Person, reference: str) -> tuple[str, str]:
    with office.work(person) as work:
        return opening.unlock(work, reference).answers.words


def log(office: Office, person: Person, reference: str, kind: LogKind, **value: object) -> None:
    with office.work(person) as work:
        opening.write(work, opening.unlock(work, reference), kind, value)


@pytest.mark.parametrize(
    "typed", ["Renée O'Brien", "renee obrien", "RENEE", "brien", "re", "  rene   o’b ", "obrien renee", "née"]
)
def test_a_name_is_found_however_it_is_typed(office: Office, ada: Person, typed: str) -> None:
    reference = office.ask(name="Renée O'Brien")
    office.ask(name="Sam", nonce=b"2")

    assert found(office, ada, typed) == {reference: (MatchedBy.NAME,)}


def test_a_name_in_other_letters_is_found(office: Office, ada: Person) -> None:
    reference = office.ask(name="李小龙")

    assert found(office, ada, "小龙") == {reference: (MatchedBy.NAME,)}


@pytest.mark.parametrize(
    ("typed", "enough"),
    [("", False), ("a", False), (" - ", False), ("'a'", False), ("ab", True), ("a b", True), ("李小", True)],
)
def test_two_letters_are_enough_to_look_for(typed: str, enough: bool) -> None:
    assert search.enough(typed) is enough


def test_the_two_words_are_found_in_either_order_whole_begun_or_one_alone(office: Office, ada: Person) -> None:
    reference = office.ask(name="~")
    first, second = words(office, ada, reference)

    for typed in (f"{first} {second}", f"{second.upper()}, {first}", f"{first[:4]} {second[:4]}", first, second):
        assert found(office, ada, typed) == {reference: (MatchedBy.WORDS,)}, typed
    assert found(office, ada, f"{first} {first}") == {}


def test_only_the_words_that_count_now_are_found(office: Office, ada: Person) -> None:
    """After somebody else answered they are burnt; a new pair takes their place."""
    reference = office.ask(name="~")
    burnt = " ".join(words(office, ada, reference))
    log(office, ada, reference, LogKind.ATTEMPT, outcome="other_person", direction="out")
    assert found(office, ada, burnt) == {}

    log(office, ada, reference, LogKind.WORDS, words=["harbor", "violin"])

    assert found(office, ada, burnt) == {}
    assert found(office, ada, "violin harbor") == {reference: (MatchedBy.WORDS,)}


def test_a_reference_is_found_whole_or_by_four_symbols(office: Office, ada: Person) -> None:
    reference = office.ask(name="~")

    for typed in (reference, reference.lower().replace("-", " "), reference[:4], reference[-4:]):
        assert found(office, ada, typed)[reference] == (MatchedBy.REFERENCE,), typed


def test_a_whole_reference_finds_also_what_was_taken_back(office: Office, ada: Person) -> None:
    client = returning_clients.client(office)
    client.withdraw()

    [hit] = find(office, ada, client.reference).hits

    assert (hit.status, hit.why) == ("withdrawn", (MatchedBy.REFERENCE,))
    assert found(office, ada, "Sam") == {}


def test_closed_requests_are_found_and_said_to_be_closed(office: Office, grace: Person, ada: Person) -> None:
    closed, hers = office.ask(nonce=b"1"), office.ask(nonce=b"2")
    many_requests.close(office, closed)
    many_requests.claim(office, ada, hers)

    hits = {hit.reference: (hit.status, hit.outcome, hit.claimed_by, hit.mine) for hit in find(office, ada, "sam").hits}

    assert hits == {closed: ("closed", "referred", None, False), hers: ("claimed", None, "Ada", True)}


@pytest.mark.parametrize("typed", ["+1 (602) 555-0123", "602.555.0123", "5550123", "0123"])
def test_a_number_is_found_by_supervisors_alone(office: Office, grace: Person, ada: Person, typed: str) -> None:
    """S-57."""
    reference = office.ask(phone="+16025550123")
    office.ask(nonce=b"2", phone="+16025550199")

    assert found(office, grace, typed) == {reference: (MatchedBy.NUMBER,)}
    assert found(office, ada, typed) == {}


def confirm_number(office: Office, person: Person, client: returning_clients.Client, phone: str) -> None:
    """Let a client give a new number, and a colleague confirm it by voice."""
    with office.work() as work:
        epoch = builders.epoch(work)
    client.do(returning.give_number, epoch=epoch, idempotency_key=phone.encode(), number=Number(phone))
    number = len(client.entries())
    builders.add_entry(
        office, person, client.reference, EntryKind.WISHES, thread.confirmed_form(builders.WISHED, number)
    )


def test_a_counselors_search_opens_no_number_that_was_given_later(
    office: Office, grace: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-57."""
    client = returning_clients.client(office)
    confirm_number(office, grace, client, "+14805550188")
    opened = builders.opened_boxes(monkeypatch)
    find(office, ada, "sam")
    assert [path for path in opened if "thread-key" in path or "/number" in path] == []

    find(office, grace, "sam")

    assert [path for path in opened if "/number" in path]


def test_a_number_counts_once_it_was_confirmed_by_voice(office: Office, grace: Person) -> None:
    client = returning_clients.client(office)
    with office.work() as work:
        epoch = builders.epoch(work)
    client.do(returning.give_number, epoch=epoch, idempotency_key=b"new", number=Number("+14805550188"))
    assert found(office, grace, "4805550188") == {}

    confirm_number(office, grace, client, "+14805550199")

    assert found(office, grace, "4805550199") == {client.reference: (MatchedBy.NUMBER,)}
    assert found(office, grace, "4805550188") == {}
    assert found(office, grace, "6025550123") == {client.reference: (MatchedBy.NUMBER,)}, "the first one, too"


def test_those_who_share_the_number_that_was_looked_for_are_told_apart(office: Office, grace: Person) -> None:
    """S-57."""
    one, two = office.ask(nonce=b"1"), office.ask(name="Alex", nonce=b"2")
    other = office.ask(name="Kim", nonce=b"3", phone="+16025550777")

    hits = {hit.reference: hit.same_number for hit in find(office, grace, "602555").hits}

    assert hits == {one: (two,), two: (one,), other: ()}
    assert [hit.same_number for hit in find(office, grace, "sam").hits] == [()]


@pytest.mark.parametrize("where", ["row", "log"])
def test_what_a_member_is_excluded_from_is_not_found(office: Office, grace: Person, ada: Person, where: str) -> None:
    """S-57: the stricter of the row and the log counts."""
    reference = office.ask()
    if where == "row":
        many_requests.exclude(office, ada, reference)
    else:
        account = str(builders.account_id(office, ada))
        log(office, grace, reference, LogKind.EXCLUSION, account=account, excluded=True)

    result = find(office, ada, "sam")

    assert (result.total, result.unread) == (0, 0)
    assert find(office, grace, "sam").total == 1


def test_an_excluded_reference_is_not_found_either(office: Office, ada: Person) -> None:
    reference = office.ask()
    many_requests.exclude(office, ada, reference)

    assert find(office, ada, reference).total == 0


def test_what_does_not_open_is_counted_and_hides_nothing_else(office: Office, ada: Person) -> None:
    broken, whole = office.ask(nonce=b"1"), office.ask(nonce=b"2")
    many_requests.change(office, broken, sealed_answers=b"altered")

    result = find(office, ada, "sam")

    assert [hit.reference for hit in result.hits] == [whole]
    assert result.unread == 1


def test_more_than_are_opened_or_shown_is_said(office: Office, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    for number in range(4):
        asked.append(office.ask(nonce=bytes([number])))
        office.clock.forward(minutes=1)
    monkeypatch.setattr(search, "NEWEST", 3)
    monkeypatch.setattr(search, "MOST_SHOWN", 2)

    result = find(office, ada, "sam")

    assert [hit.reference for hit in result.hits] == [asked[3], asked[2]]
    assert (result.total, result.more) == (3, True)
    assert [hit.reference for hit in find(office, ada, asked[0]).hits] == [asked[0]], "its reference finds an older one"


def test_five_hundred_requests_cost_as_many_statements_as_one(office: Office, grace: Person) -> None:
    first = office.ask()
    with builders.counted(office) as few:
        find(office, grace, "6025550123")
    many_requests.gather(office, first, 500, due_at=None)

    with builders.counted(office) as many:
        result = find(office, grace, "6025550123")

    assert (len(many), result.unread) == (len(few), 500)


def test_the_same_number_is_found_for_supervisors_alone(office: Office, grace: Person, ada: Person) -> None:
    """S-57: also where one of them confirmed a new number since."""
    one, two = office.ask(nonce=b"1"), office.ask(name="Alex", nonce=b"2")
    office.ask(name="Kim", nonce=b"3", phone="+16025550777")
    client = returning_clients.client(office, b"4", replace(builders.SAID, phone="+16025550888"))
    confirm_number(office, grace, client, "+16025550123")

    with office.work(grace) as work:
        assert set(search.same_number(work, one).references) == {two, client.reference}
    with office.work(ada) as work, pytest.raises(Missing):
        search.same_number(work, one)


def test_nothing_is_compared_with_what_a_supervisor_is_excluded_from(office: Office, grace: Person) -> None:
    one, hidden = office.ask(nonce=b"1"), office.ask(nonce=b"2")
    many_requests.exclude(office, grace, hidden)

    with office.work(grace) as work:
        assert search.same_number(work, one).references == ()
        with pytest.raises(Missing):
            search.same_number(work, hidden)


def test_an_altered_request_is_compared_with_nothing(office: Office, grace: Person) -> None:
    reference = office.ask()
    many_requests.change(office, reference, sealed_answers=b"altered")

    with office.work(grace) as work, pytest.raises(Altered):
        search.same_number(work, reference)


def test_without_a_number_nobody_shares_one(office: Office, grace: Person) -> None:
    one = office.ask(nonce=b"1", phone=None)
    office.ask(nonce=b"2", phone=None)

    with office.work(grace) as work:
        assert search.same_number(work, one).references == ()


def test_what_was_found_never_shows_in_a_traceback(office: Office, grace: Person) -> None:
    """Must hold 7."""
    office.ask(name="Zzyzx")

    assert "Zzyzx" not in repr(find(office, grace, "zzyzx"))
    assert "zzyzx" not in repr(search._sought("zzyzx", with_numbers=True))
