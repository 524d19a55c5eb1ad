"""A request of which one sealed column is not what was written: what every page and command makes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, select, update

from app.domain.calls import dialing
from app.domain.casework import claims, notes
from app.domain.intake import returning, sealed
from app.domain.intake.numbers import Number
from app.domain.vault import epochs
from app.domain.work import Altered, Party
from app.models import Intake, LogEntry, Model, ThreadEntry
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support import schema, snapshots
from tests.support.clock import Clock
from tests.support.office import Office, make_app
from tests.web.desk.access_walk import cast
from tests.web.desk.access_walk.cast import Scene
from tests.web.desk.access_walk.walker import Step, Walker, method_of
from tests.web.desk.reading import Seat
from tools import permissions
from tools.permissions import Page

SAID = replace(builders.SAID, name="Zzyzx Quux", phone="+14805550166", note="plover")
NOTE, MESSAGE, NEW_NUMBER = "heliotrope", "xylem", "+14805550177"
ALTERED = "This record was altered."
SECRETS = ("Zzyzx", "555-0166", "5550166", "plover", NOTE, MESSAGE, "555-0177", "5550177")

#: Every sealed column of a request's rows, and the tag, by the number of the entry they are altered in.
ENTRIES = {
    "intakes.origin_tag": 0,
    "intakes.sealed_answers": 0,
    "intakes.sealed_answers_key": 0,
    "intakes.sealed_return_key": 0,
    "intakes.sealed_thread_key": 0,
    "log_entries.sealed_entry": 1,
    "thread_entries.sealed_entry": 1,
    "thread_entries.sealed_number": 3,
}
#: The return code alone opens it, and the desk has no code.
FOR_THE_CLIENT = "intakes.sealed_return_key"
#: A box of its own, which only some pages open.
NUMBER = "thread_entries.sealed_number"
OF_THE_DESK = [name for name in ENTRIES if name not in (FOR_THE_CLIENT, NUMBER)]

#: Nothing that is sealed is read for these.
OPENS_NOTHING = {"dialing.pulse", "dialing.not_called", "retention.certificate"}
#: The new number is shown on these, or decided about.
OPENS_NUMBERS = {
    "intake.show",
    "export.paper",
    "export.export",
    "dialing.reveal",
    "dialing.number",
    "wishes.ask",
    "wishes.settle",
}
#: For these, a caller was known by the two words before the record was altered.
CALLED = [Page(f"incoming_calls.{rule}", "") for rule in ("verify", "renew_words", "settle")]
COMPARE, CARD = Page("incoming_calls.compare", ""), Page("paper_card.make", "", "code")
MINE = "/desk/?view=mine"
DEEDS = [*permissions.DEEDS, *permissions.SUPERVISORS_DEEDS]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder, clock = tmp_path_factory.mktemp("altered"), Clock()
    app = make_app(schema.sqlite(folder), folder, clock)
    yield Office(app, clock)
    app.extensions["quietword"].database.close()


@pytest.fixture(scope="module")
def scene(office: Office) -> Scene:
    return cast.scene(office)


@pytest.fixture(scope="module")
def pair(office: Office, scene: Scene) -> tuple[Client, Client]:
    """Two requests that the supervisor has, with a note, a message and a new number in each, and a number shown."""
    clients = returning_clients.client(office, b"ours", SAID), returning_clients.client(office, b"theirs")
    supervisor = scene.people["supervisor"]
    for client in clients:
        client.say(MESSAGE if client is clients[0] else "hello")
        with office.work(Party.CLIENT) as work:
            number = Number(NEW_NUMBER if client is clients[0] else "+14805550188")
            returning.give_number(work, client.code, builders.epoch(work), idempotency_key=b"number", number=number)
        with office.work(supervisor) as work:
            claims.claim(work, client.reference)
            notes.write(
                work, client.reference, NOTE if client is clients[0] else "x", idempotency_key=None, kept_at=None
            )
            dialing.reveal(work, client.reference, "agreed")
    return clients


@pytest.fixture(scope="module")
def words(office: Office, scene: Scene, pair: tuple[Client, Client]) -> tuple[str, str]:
    return returning_clients.opened(office, scene.people["supervisor"], pair[0].reference).answers.words


@pytest.fixture(scope="module")
def filled(office: Office, scene: Scene, pair: tuple[Client, Client], words: tuple[str, str]) -> dict[Step, Any]:
    """What each form holds, typed while all was well."""
    walker = Walker(office, replace(scene, words=words), "supervisor")
    steps: list[Step] = [*DEEDS, *CALLED, COMPARE, CARD]
    return {step: walker.typed(step) for step in steps}


def cell(name: str) -> Column[Any]:
    table, _, column = name.partition(".")
    return Model.metadata.tables[table].c[column]


def row_of(name: str, intake_id: UUID) -> Any:
    if not ENTRIES[name]:
        return Intake.__table__.c.id == intake_id
    rows: Any = cell(name).table.c
    return (rows.intake_id == intake_id) & (rows.number == ENTRIES[name])


@pytest.fixture(params=["altered", "swapped"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def broken(office: Office, pair: tuple[Client, Client], filled: object, name: str, way: str) -> Iterator[str]:
    """Alter one column of ours, or put the other request's value there; undone after the test."""
    before = snapshots.every_row(builders.database(office))
    ours, theirs = (client.intake().id for client in pair)
    with builders.writer(office) as session:
        mine, other = (
            bytes(session.execute(select(cell(name)).where(row_of(name, one))).scalar_one()) for one in (ours, theirs)
        )
        middle = len(mine) // 2
        flipped = mine[:middle] + bytes([mine[middle] ^ 1]) + mine[middle + 1 :]
        wrong = {"altered": flipped, "swapped": other}[way]
        assert wrong != mine
        session.execute(update(cell(name).table).where(row_of(name, ours)).values({cell(name).key: wrong}))
    yield pair[0].reference
    snapshots.put_back(builders.database(office), before)


@pytest.fixture
def walker(office: Office, scene: Scene, broken: str, words: tuple[str, str]) -> Walker:
    return Walker(office, replace(scene, words=words), "supervisor")


def said(walker: Walker, step: Step, reference: str, typed: Any) -> tuple[int, str]:
    """Take one step; what uses up a code of the second factor is put back."""
    if step.proof:
        answer = walker.take(step, reference, typed)
        return answer.status, answer.text
    method = method_of(walker.office, step.endpoint)
    client = cast.browser(walker.office, walker.scene, walker.kind)
    came = client.open(walker.path(step.endpoint, reference), method=method, data=typed if method == "POST" else None)
    return came.status_code, came.get_data(as_text=True)


def shown(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def rows(office: Office) -> dict[str, Any]:
    """Return every row but the record, which says that something was altered, and who was seen when."""
    return {
        name: kept
        for name, kept in snapshots.every_row(builders.database(office)).items()
        if name not in ("audit_lines", "sign_ins")
    }


def test_every_sealed_column_of_a_request_is_altered_here() -> None:
    tables = [Model.metadata.tables[one.__tablename__] for one in (Intake, ThreadEntry, LogEntry)]
    columns = {
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if column.name.startswith("sealed_") or column.name.endswith("_tag")
    }

    assert columns == set(ENTRIES)


@pytest.mark.parametrize("name", OF_THE_DESK)
def test_whatever_is_done_with_an_altered_request_is_refused(
    office: Office, walker: Walker, broken: str, filled: Mapping[Step, Any], name: str
) -> None:
    """Every page and every deed but those that read nothing of it; also what a known caller wants."""
    assert name
    before = rows(office)
    steps: list[Step] = [*(deed for deed in DEEDS if deed.endpoint not in OPENS_NOTHING), *CALLED]
    for step in steps:
        status, text = said(walker, step, broken, filled[step])

        assert (status, ALTERED in text, shown(text)) == (409, True, []), step
    assert rows(office) == before


@pytest.mark.parametrize("name", [NUMBER])
def test_an_altered_new_number_is_refused_wherever_one_is_read(
    office: Office, walker: Walker, broken: str, filled: Mapping[Step, Any], name: str
) -> None:
    """Elsewhere the request is as it was: its other parts say what they said."""
    assert name
    before = rows(office)
    for step in (deed for deed in DEEDS if deed.endpoint in OPENS_NUMBERS):
        status, text = said(walker, step, broken, filled[step])

        assert (status, ALTERED in text, shown(text)) == (409, True, []), step
    assert rows(office) == before


@pytest.mark.parametrize("name", OF_THE_DESK)
def test_the_lists_say_of_an_altered_request_only_that(
    walker: Walker, broken: str, filled: Mapping[Step, Any], words: tuple[str, str], name: str
) -> None:
    """Each says it where it reads the part: the queue no log, "They called" and the paper card no thread."""
    seat = Seat(cast.browser(walker.office, walker.scene, walker.kind))
    queue, search = seat.look(MINE), seat.send("/desk/search", q="zzyzx")
    _, compared = said(walker, COMPARE, broken, filled[COMPARE])
    _, card = said(walker, CARD, broken, filled[CARD])

    assert broken in queue.html
    assert ("This record was altered" in queue.text, shown(queue.html)) == (name != "log_entries.sealed_entry", [])
    assert (broken in search.text, "did not open" in search.text) == (False, True)
    if name != "thread_entries.sealed_entry":
        assert (f'A record was altered:</b> <a class="call" href="/desk/{broken}">' in compared, broken in card) == (
            True,
            False,
        )
        assert not [word for word in words if word in card]


@pytest.mark.parametrize("name", list(ENTRIES))
def test_the_return_page_reads_the_thread_and_shows_nothing_that_was_written(
    pair: tuple[Client, Client], broken: str, name: str
) -> None:
    assert broken
    if name in (FOR_THE_CLIENT, "thread_entries.sealed_entry"):
        with pytest.raises(Altered):
            pair[0].seen()
    else:
        assert shown(repr(pair[0].seen())) == []


@pytest.mark.parametrize("name", [name for name in OF_THE_DESK if name.startswith("intakes.")])
def test_an_altered_request_is_not_sealed_to_a_newer_epoch(
    office: Office, scene: Scene, broken: str, name: str
) -> None:
    """It would get a tag of ours."""
    assert name
    with pytest.raises(Altered, match=broken), office.work(scene.people["supervisor"]) as work:  # noqa: PT012
        work.now += epochs.LASTS
        assert epochs.renew(work)
        sealed.reseal_to_newest(work)
