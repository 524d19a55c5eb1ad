"""What the vault promises against who writes to the database: moved, replayed, dropped and forged records."""

import secrets
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.crypto import contexts, hpke, tokens
from app.crypto.hpke import PublicKey
from app.crypto.tokens import Unreadable
from app.domain import audit
from app.domain.intake import arrivals, opening, thread
from app.domain.intake.sealed_log import NewEntry
from app.domain.work import Altered, Missing, Party, Refused
from app.models import Confirmation, EntryKind, Epoch, Intake, Status, ThreadEntry
from tests.domain import builders, sealed_columns
from tests.domain.sealed_columns import Scene
from tests.support.office import Office, Person

OF_THE_DESK = [
    name for name in sealed_columns.NAMES if name.startswith(("intakes.", "thread_entries.")) and "return" not in name
]


@pytest.fixture
def scene(office: Office) -> Scene:
    return sealed_columns.stage(office)


@pytest.fixture
def arrived(office: Office) -> Scene:
    """Two requests with the one entry each that they came with."""
    return sealed_columns.stage_arrivals(office)


def opening_names(office: Office, person: Person, reference: str) -> str:
    """Open a request that must be refused as altered; return what was named."""
    with pytest.raises(Altered) as altered, office.work(person) as work:
        opening.open(work, reference)
    return altered.value.place


def test_every_sealed_column_is_read_by_these_tests(scene: Scene) -> None:
    for name in sealed_columns.NAMES:
        assert scene.ours[name].read(scene.office)
        scene.read(name)


@pytest.mark.parametrize("name", [name for name in sealed_columns.NAMES if name != "rolls.sealed_roll"])
def test_a_token_swapped_with_another_row_does_not_open(scene: Scene, name: str) -> None:
    """Must hold 1 and 11, V-31: the same column, the same password, another row."""
    ours, theirs = scene.ours[name], scene.others[name]
    mine, other = ours.read(scene.office), theirs.read(scene.office)
    assert mine != other
    ours.write(scene.office, other)
    theirs.write(scene.office, mine)

    with pytest.raises(Altered):
        scene.read(name)


@pytest.mark.parametrize("name", sealed_columns.NAMES)
def test_a_token_of_any_other_column_does_not_open(scene: Scene, name: str) -> None:
    """Must hold 1, V-31: every other sealed column, of the same row and of others."""
    cell = scene.ours[name]
    cell_value = cell.read(scene.office)
    strangers = [
        side[other].read(scene.office) for other in sealed_columns.NAMES for side in (scene.ours, scene.others)
    ]

    for stranger in {token for token in strangers if token != cell_value}:
        cell.write(scene.office, stranger)
        with pytest.raises(Altered):
            scene.read(name)
    cell.write(scene.office, cell_value)
    scene.read(name)


@pytest.mark.parametrize("name", sealed_columns.NAMES)
def test_an_altered_or_shortened_token_does_not_open(scene: Scene, name: str) -> None:
    """V-31: one byte is enough."""
    cell = scene.ours[name]
    token = cell.read(scene.office)
    middle = len(token) // 2
    flipped = token[:middle] + bytes([token[middle] ^ 1]) + token[middle + 1 :]

    for wrong in (flipped, token[:-1], b""):
        cell.write(scene.office, wrong)
        with pytest.raises(Altered):
            scene.read(name)


@pytest.mark.parametrize("name", OF_THE_DESK)
def test_an_altered_request_is_named_and_its_neighbor_opens(scene: Scene, name: str) -> None:
    """Must hold 1: opening refuses and says which record; nothing else is held up."""
    scene.ours[name].write(scene.office, b"nothing of ours")

    place = opening_names(scene.office, scene.supervisor, scene.references[0])

    with scene.office.work() as work:
        row = work.session.scalars(select(Intake).where(Intake.reference == scene.references[0])).one()
    assert scene.references[0] in place or str(row.id) in place
    with scene.office.work(scene.supervisor) as work:
        assert isinstance(opening.open(work, scene.references[1]), opening.Opened)


def test_an_older_wish_in_a_newer_place_is_refused(arrived: Scene) -> None:
    """Must hold 1: replayed, a permission would come back."""
    office, reference = arrived.office, arrived.references[0]
    builders.wish_again(office, arrived.supervisor, reference, replace(builders.WISHED, voicemail=False))
    with builders.writer(office) as session:
        first, second = session.scalars(_entries(reference)).all()
        session.execute(
            update(ThreadEntry)
            .where(ThreadEntry.intake_id == second.intake_id, ThreadEntry.number == 2)
            .values(sealed_entry=first.sealed_entry)
        )

    assert opening_names(office, arrived.supervisor, reference).endswith("wishes/2")


def test_a_dropped_last_wish_is_noticed(arrived: Scene) -> None:
    """Must hold 1: the trail knows how many there were."""
    reference = arrived.references[0]
    builders.wish_again(arrived.office, arrived.supervisor, reference, replace(builders.WISHED, voicemail=False))
    with builders.writer(arrived.office) as session:
        session.delete(session.scalars(_entries(reference)).all()[-1])

    assert opening_names(arrived.office, arrived.supervisor, reference).endswith("/thread")


def test_the_only_wish_cannot_be_dropped_either(arrived: Scene) -> None:
    with builders.writer(arrived.office) as session:
        session.execute(delete(ThreadEntry))

    assert opening_names(arrived.office, arrived.supervisor, arrived.references[0]).endswith("/thread")


def test_a_dropped_first_wish_is_noticed(arrived: Scene) -> None:
    reference = arrived.references[0]
    builders.wish_again(arrived.office, arrived.supervisor, reference, builders.WISHED)
    with builders.writer(arrived.office) as session:
        session.delete(session.scalars(_entries(reference)).all()[0])

    assert opening_names(arrived.office, arrived.supervisor, reference).endswith("/thread")


def test_a_wish_shown_as_a_message_is_refused(arrived: Scene) -> None:
    """The column beside says which kind; the place inside the token decides."""
    with builders.writer(arrived.office) as session:
        session.execute(update(ThreadEntry).values(kind=EntryKind.MESSAGE))

    assert opening_names(arrived.office, arrived.supervisor, arrived.references[0]).endswith("message/1")


def test_a_forged_wish_that_follows_nothing_is_refused(arrived: Scene) -> None:
    """Must hold 1: even under the right key, an entry has to name the one before it."""
    office, reference = arrived.office, arrived.references[0]
    with office.work(arrived.supervisor) as work:
        key, intake = builders.thread_key(work, reference)
        forged = NewEntry(EntryKind.WISHES, {"way": "call"})
        thread.THREAD.write(work, intake.id, key, forged, number=2, before=b"?")
        audit.record(work, "thread.written", f"intake/{reference}", entry=2)

    assert opening_names(office, arrived.supervisor, reference).endswith("/thread")


def test_an_entry_that_nobody_recorded_is_refused(arrived: Scene) -> None:
    office, reference = arrived.office, arrived.references[0]
    with office.work(arrived.supervisor) as work:
        key, intake = builders.thread_key(work, reference)
        [first] = work.session.scalars(_entries(reference)).all()
        before = first.sealed_entry
        thread.THREAD.write(work, intake.id, key, NewEntry(EntryKind.WISHES, {}), number=2, before=before)

    assert opening_names(office, arrived.supervisor, reference).endswith("/thread")


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.ERASED])
def test_a_request_that_only_claims_to_be_gone_is_altered(scene: Scene, status: Status) -> None:
    """Must hold 1: a flipped status must not make a counselor leave somebody waiting."""
    with builders.writer(scene.office) as session:
        session.execute(update(Intake).values(status=status))

    assert scene.references[0] in opening_names(scene.office, scene.supervisor, scene.references[0])


def test_a_tombstone_cannot_be_flipped_back(scene: Scene) -> None:
    """Must hold 1: the database refuses an open request without keys."""
    with scene.office.work(Party.CLIENT) as work:
        arrivals.undo(work, scene.done[0])

    with pytest.raises(IntegrityError), builders.writer(scene.office) as session:
        session.execute(update(Intake).values(status=Status.WAITING))


def test_a_request_that_was_taken_back_and_put_back_is_altered(arrived: Scene) -> None:
    """Must hold 1: whoever kept a copy of the rows cannot make us call."""
    office = arrived.office
    with builders.writer(office) as session:
        intake = session.scalars(select(Intake).where(Intake.reference == arrived.references[0])).one()
        copies = [builders.copy(intake), builders.copy(session.scalars(_entries(arrived.references[0])).one())]
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, arrived.done[0])
    builders.put_back(office, *copies)

    assert arrived.references[0] in opening_names(office, arrived.supervisor, arrived.references[0])


@pytest.mark.parametrize("column", ["reference", "received_at", "epoch_id"])
def test_what_the_origin_tag_speaks_for_cannot_be_changed(scene: Scene, column: str) -> None:
    """Must hold 1: reference, arrival and epoch stand beside the tokens, and are covered."""
    office, reference = scene.office, scene.references[0]
    with builders.writer(office) as session:
        intake = session.scalars(select(Intake).where(Intake.reference == reference)).one()
        values = {
            "reference": "BBBB-BBBB",
            "received_at": intake.received_at.replace(year=2020),
            "epoch_id": _another_epoch(session),
        }
        setattr(intake, column, values[column])
        shown = intake.reference

    with pytest.raises((Altered, Refused)) as refused, office.work(scene.supervisor) as work:
        opening.open(work, shown)
    assert column == "epoch_id" or isinstance(refused.value, Altered)


def test_a_forged_record_under_the_public_key_is_altered(scene: Scene) -> None:
    """Must hold 1: anybody can seal to the epoch; only this service makes the origin tag."""
    office, reference = scene.office, scene.references[0]
    with builders.writer(office) as session:
        intake = session.scalars(select(Intake).where(Intake.reference == reference)).one()
        public = PublicKey.decode(session.get_one(Epoch, intake.epoch_id).public_key)
        answers_key, thread_key = tokens.random_key(), tokens.random_key()
        forged = replace(builders.SAID, name="Mallory").sealed_form()
        intake.sealed_answers = tokens.seal_text(answers_key, contexts.answers(intake.id), forged)
        for name, place, key in (
            ("sealed_answers_key", contexts.answers_key, answers_key),
            ("sealed_thread_key", contexts.thread_key, thread_key),
        ):
            setattr(intake, name, hpke.seal(public, place(intake.id, intake.epoch_id), key))
        intake.origin_tag = secrets.token_bytes(32)
        entry = session.get_one(ThreadEntry, (intake.id, 1))
        value = {"number": 1, "after": "", "at": "2026-11-23T15:00", "value": builders.WISHED.sealed_form()}
        entry.sealed_entry = tokens.seal_text(thread_key, contexts.wishes(intake.id, 1), value)

    assert reference in opening_names(office, scene.supervisor, reference)


def test_the_return_code_opens_the_thread_and_never_the_answers(arrived: Scene) -> None:
    """Must hold 2."""
    keys = builders.vault(arrived.office).secret.return_keys(arrived.code)[0]
    with arrived.office.work() as work:
        intake = work.session.scalars(select(Intake).where(Intake.return_lookup == keys.lookup)).one()
        [wish] = work.session.scalars(_entries(intake.reference)).all()
    place = contexts.thread_key_by_return_code(intake.id)
    thread_key = tokens.open_bytes(keys.key, place, intake.sealed_return_key or b"")

    assert tokens.open_text(thread_key, contexts.wishes(intake.id, 1), wish.sealed_entry)["value"]["way"] == "call"
    for key in (keys.key, keys.lookup, thread_key):
        with pytest.raises(Unreadable):
            tokens.open_text(key, contexts.answers(intake.id), intake.sealed_answers or b"")


def test_another_return_code_finds_nothing(scene: Scene) -> None:
    other = replace(scene.code, words=scene.code.words[::-1])
    keys = builders.vault(scene.office).secret.return_keys(other)[0]

    with scene.office.work() as work:
        assert work.session.scalar(select(Intake).where(Intake.return_lookup == keys.lookup)) is None


def test_a_confirmation_of_another_token_is_missing(scene: Scene) -> None:
    """The page's address is the key: another row under its hash does not open."""
    with builders.writer(scene.office) as session:
        first, second = session.scalars(select(Confirmation)).all()
        first.sealed_words, second.sealed_words = second.sealed_words, first.sealed_words

    for token in scene.done:
        with scene.office.work(Party.CLIENT) as work, pytest.raises(Missing):
            arrivals.done(work, token)


def _entries(reference: str) -> Select[ThreadEntry]:
    return (
        select(ThreadEntry)
        .join(Intake, Intake.id == ThreadEntry.intake_id)
        .where(Intake.reference == reference)
        .order_by(ThreadEntry.number)
    )


def _another_epoch(session: Session) -> UUID:
    epoch = builders.copy(session.scalars(select(Epoch)).one())
    epoch.id, epoch.number = uuid4(), epoch.number + 1
    session.add(epoch)
    session.flush()
    return epoch.id
