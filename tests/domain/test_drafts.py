"""Notes that are not saved yet: who may read one, what a database writer can do to it, and how it ends."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from app.domain.accounts import sessions
from app.domain.casework import claims, notes
from app.domain.work import Altered, Missing, Party
from app.models import Draft, Holder
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person

NOTE = "Zzyzx: call her sister first"


@pytest.fixture
def ada(office: Office, supervisor: Person) -> Person:
    return office.hire(supervisor, "ada@example.org")


@pytest.fixture
def reference(office: Office, supervisor: Person) -> str:
    return office.ask()


def keep(office: Office, person: Person, reference: str, text: str = NOTE) -> bool:
    """Keep a note as the guard does, in nobody's name and without any key of the author's."""
    with office.work(Party.WORKER) as work:
        return notes.keep_draft(work, builders.account_id_in(work, person), reference, text)


def kept(office: Office, person: Person, reference: str) -> str | None:
    with office.work(person) as work:
        found = notes.read_draft(work, reference)
    return found.text if found else None


def test_a_kept_note_is_read_by_its_author_alone(
    office: Office, supervisor: Person, ada: Person, reference: str
) -> None:
    assert keep(office, ada, reference)

    assert kept(office, ada, reference) == NOTE
    assert kept(office, supervisor, reference) is None
    [row] = builders.copies(office, Draft)
    assert b"Zzyzx" not in row.sealed_draft


def test_keeping_one_needs_no_key_of_the_author(office: Office, ada: Person, reference: str, clock: Clock) -> None:
    """The lock has deleted the session's key by then."""
    clock.forward(minutes=16)
    with office.work(Party.WORKER) as work:
        sessions.lock_idle(work)
        whose = sessions.whose(work, ada.cookie)

    assert whose == builders.account_id(office, ada)
    assert keep(office, ada, reference)


def test_a_browser_is_nobodys_once_its_session_has_ended(office: Office, ada: Person, clock: Clock) -> None:
    with office.work(Party.WORKER) as work:
        assert sessions.whose(work, "no such cookie") is None
    clock.forward(hours=12)
    with office.work(Party.WORKER) as work:
        assert sessions.whose(work, ada.cookie) is None


def test_two_notes_are_both_kept_and_the_same_one_once(office: Office, ada: Person, reference: str) -> None:
    for text in ("one", "two", "one"):
        keep(office, ada, reference, text)

    assert kept(office, ada, reference) == "one\n\ntwo"


def test_what_is_typed_on_in_the_box_replaces_what_stood_in_it(office: Office, ada: Person, reference: str) -> None:
    keep(office, ada, reference, "one")
    with office.work(ada) as work:
        found = notes.read_draft(work, reference)
        assert found is not None
        notes.keep_draft(work, work.member.account_id, reference, "one and more", instead_of=found.kept_at)

    assert kept(office, ada, reference) == "one and more"


def test_two_sent_at_once_are_both_kept(office: Office, ada: Person, reference: str) -> None:
    outcomes = builders.in_parallel([partial(keep, office, ada, reference, text) for text in ("one", "two")])

    assert outcomes == [True, True]
    assert set((kept(office, ada, reference) or "").split("\n\n")) == {"one", "two"}


def test_more_than_there_is_room_for_is_not_kept(office: Office, ada: Person, reference: str) -> None:
    assert not keep(office, ada, reference, "ñ" * 2100)
    kept_ones = [keep(office, ada, reference, f"note {number}") for number in range(9)]

    assert kept_ones == [True] * 8 + [False]


def test_a_short_note_and_a_long_one_have_one_length_on_disk(office: Office, ada: Person, reference: str) -> None:
    """Must hold 5."""
    keep(office, ada, reference, "a")
    [short] = builders.copies(office, Draft)
    with builders.writer(office) as session:
        session.delete(session.merge(short))
    keep(office, ada, reference, "ñ" * 900)

    [long] = builders.copies(office, Draft)
    assert len(short.sealed_draft) == len(long.sealed_draft)


def test_a_day_later_the_worker_erases_it(office: Office, ada: Person, reference: str, clock: Clock) -> None:
    keep(office, ada, reference)
    clock.forward(hours=23, minutes=59)
    with office.work(Party.WORKER) as work:
        notes.forget_drafts(work)
    assert builders.count(office, Draft) == 1

    clock.forward(minutes=1)
    with office.work(Party.WORKER) as work:
        notes.forget_drafts(work)

    assert builders.count(office, Draft) == 0


def test_who_may_not_open_a_request_keeps_no_note_about_it(
    office: Office, supervisor: Person, ada: Person, reference: str
) -> None:
    pending = office.join("pending@example.org")
    keep(office, ada, reference)

    with office.work(supervisor) as work:
        claims.exclude(work, reference, builders.account_id_in(work, ada))

    assert builders.count(office, Draft) == 0, "nor does one stay that was kept before"
    assert not keep(office, ada, reference)
    assert not keep(office, pending, reference)
    assert not keep(office, supervisor, "BBBB-BBBB")
    with pytest.raises(Missing):
        keep(office, supervisor, "no reference")


def test_a_changed_public_key_gets_no_note(office: Office, supervisor: Person, ada: Person, reference: str) -> None:
    """Must hold 10: whoever writes to the database would else read what Ada types."""
    ours, theirs = (office.member(person).holder_id for person in (ada, supervisor))
    with builders.writer(office) as session:
        another = session.get_one(Holder, theirs).public_key
        session.execute(update(Holder).where(Holder.id == ours).values(public_key=another))

    with pytest.raises(Altered, match="holder/"):
        keep(office, ada, reference)


@pytest.mark.parametrize("damage", ["moved", "shortened", "another author's"])
def test_a_note_that_is_not_what_was_kept_is_altered(
    office: Office, supervisor: Person, ada: Person, reference: str, damage: str
) -> None:
    """Must hold 1, and nobody puts words into another's mouth with their public key alone."""
    other = office.ask(nonce=b"other")
    for person, about in ((ada, reference), (ada, other), (supervisor, reference)):
        keep(office, person, about)
    rows = builders.copies(office, Draft)
    ours = next(row for row in rows if _is_of(office, row, ada) and row.intake_id == _intake_id(office, reference))
    sources = {
        "moved": next(row for row in rows if row.intake_id == _intake_id(office, other)).sealed_draft,
        "shortened": ours.sealed_draft[:-4],
        "another author's": next(row for row in rows if not _is_of(office, row, ada)).sealed_draft,
    }
    ours.sealed_draft = sources[damage]
    builders.put_back(office, ours)

    with pytest.raises(Altered, match="draft/"):
        kept(office, ada, reference)


def test_an_old_note_is_not_shown_even_before_the_worker_came(
    office: Office, ada: Person, reference: str, clock: Clock
) -> None:
    keep(office, ada, reference)
    with office.work() as work:
        work.session.execute(update(Draft).values(made_at=clock() - timedelta(hours=24)))

    assert kept(office, ada, reference) is None


def _is_of(office: Office, row: Draft, person: Person) -> bool:
    return row.holder_id == office.member(person).holder_id


def _intake_id(office: Office, reference: str) -> object:
    with office.work() as work:
        return builders.intake(work, reference).id
