"""What was written and done about a request, in words, newest first, with who and when."""

from dataclasses import replace

import pytest

from app.domain.intake import opening
from app.models import LogKind
from tests.domain import builders
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Seat

pytestmark = pytest.mark.both_databases

#: Each kind of entry as the desk writes it, and how it reads.
ENTRIES: dict[str, tuple[LogKind, dict[str, object], str]] = {
    "a call": (
        LogKind.ATTEMPT,
        {"outcome": "no_answer", "direction": "out", "happened_at": "2026-11-23T15:00"},
        "Call, Mon 23 Nov, 8:00 am: No answer",
    ),
    "they called": (
        LogKind.ATTEMPT,
        {"outcome": "reached", "direction": "in", "happened_at": "2026-11-23T15:00", "said": "again"},
        "They called us, Mon 23 Nov, 8:00 am: Reached them: will call again",
    ),
    "an incident": (
        LogKind.ATTEMPT,
        {"outcome": "voicemail", "direction": "out", "happened_at": "2026-11-23T15:00", "incident": True},
        "Left a voicemail. This was not allowed.",
    ),
    "a reason": (LogKind.REASON, {"reason": "agreed"}, "The number was shown outside the safe times"),
    "new words": (LogKind.WORDS, {"words": ["marker", "marker"]}, "Two new words were given"),
    "a next call": (LogKind.FOLLOW_UP, {"at": "2026-11-24T17:00"}, "Next call planned: Tue 24 Nov, 10:00 am"),
    "no next call": (LogKind.FOLLOW_UP, {"at": None}, "No next call is planned"),
    "closed": (LogKind.OUTCOME, {"outcome": "referred"}, "Closed: was sent to somebody who can help better"),
    "opened again": (LogKind.OUTCOME, {"outcome": None}, "Opened again"),
    "held": (LogKind.HOLD, {"held": True}, "Legal hold begun"),
    "let go": (LogKind.HOLD, {"held": False}, "Legal hold ended"),
}


def done(seat: Seat, address: str) -> str:
    return seat.look(address).text.partition("What was done")[2]


def test_every_kind_of_entry_reads_as_a_sentence(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, client: Client, address: str
) -> None:
    with office.work(counselor) as work:
        case = opening.unlock(work, client.reference)
        for kind, value, _ in ENTRIES.values():
            opening.write(work, case, kind, value)

    told = done(sit(supervisor), address)

    for name, (_, _, sentence) in ENTRIES.items():
        assert sentence in told, name
    assert "marker" not in told, "words are said on a call, and burnt ones stay out of sight"
    assert told.index("Legal hold ended") < told.index("Legal hold begun") < told.index("Opened again")
    assert told.count("Ada") == len(ENTRIES)


def test_every_kind_of_entry_there_is_has_words() -> None:
    covered = {kind for kind, _, _ in ENTRIES.values()}

    # Notes, places, dangers and exclusions are written and read by their own tests.
    assert covered | {LogKind.NOTE, LogKind.LOCATION, LogKind.EMERGENCY, LogKind.EXCLUSION} == set(LogKind)


def test_what_was_done_without_a_word_is_told_too(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str, client: Client, clock: Clock
) -> None:
    seat = sit(counselor)
    assert "What was done" not in seat.look(address).text
    seat.send(f"{address}/claim", address)
    clock.forward(minutes=1)
    seat.send(f"{address}/reveal", address, reason="agreed")
    clock.forward(minutes=1)
    client.withdraw()
    client.undo()

    told = done(sit(supervisor), address)

    assert told.index("Brought back on the return page") < told.index("Taken back on the return page")
    assert told.index("Taken back on the return page") < told.index("Mon 23 Nov, 8:02 am, Ada Looked at the number")
    assert told.index("Looked at the number") < told.index("Mon 23 Nov, 8:01 am, Ada Took this request")


def test_what_the_client_forbade_stays_in_the_history(
    office: Office, supervisor: Person, sit: Sit, address: str, client: Client
) -> None:
    """S-58: with a time, and nobody's name."""
    client.wish(replace(builders.WISHED, voicemail=False))

    assert "Mon 23 Nov, 8:00 am On the return page: wishes Safe times in Phoenix" in done(sit(supervisor), address)


def test_a_long_history_is_folded_after_the_newest(
    office: Office, supervisor: Person, sit: Sit, address: str, client: Client
) -> None:
    seat = sit(supervisor)
    for number in range(8):
        with office.work(supervisor) as work:
            case = opening.unlock(work, client.reference)
            opening.write(work, case, LogKind.NOTE, {"text": f"note {number}"})

    page = seat.look(address)

    assert "Before that (2)" in page.text
    assert (
        page.text.index("note 7")
        < page.text.index("note 2")
        < page.text.index("Before that")
        < page.text.index("note 1")
    )


def test_somebody_who_has_left_is_still_named(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str, client: Client
) -> None:
    seat = sit(counselor)
    seat.send(f"{address}/claim", address)
    builders.suspend(office, supervisor, counselor)

    page = sit(supervisor).look(address)

    assert "Ada has this request." in page.text
    assert "Ada Took this request" in page.text
