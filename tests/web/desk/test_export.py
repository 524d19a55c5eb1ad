"""A request to take along: as a file behind a fresh second factor, and on paper without number and words."""

import json
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.crypto import words
from app.domain.casework import claims
from app.domain.intake import opening
from app.domain.intake.answers import Answers
from app.models import AuditLine, LogKind
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support import running
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.touching import fresh

#: What a spreadsheet, a terminal or a reader could be made to do.
NASTY = "=cmd|'/C calc'!A0\n+1+1\n@SUM(A1)\nnote: forged\tlabel \x1b[2J \x9b2J \u202eevil\u2028end"
SAID = Answers("=Sam", "AZ", phone="+16025550123", extension="77", note=NASTY)


@pytest.fixture
def client(office: Office, supervisor: Person, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody whose request the supervisor has."""
    monkeypatch.setattr(words, "code_words", lambda _language: ("amber", "kettle"))
    asked = returning_clients.client(office, said=SAID)
    with office.work(supervisor) as work:
        claims.claim(work, asked.reference)
        opening.write(work, opening.unlock(work, asked.reference), LogKind.NOTE, {"text": f"Call again.\n{NASTY}"})
    return asked


@pytest.fixture
def seat(supervisor: Person, sit: Sit) -> Seat:
    return sit(supervisor)


def take(seat: Seat, client: Client, supervisor: Person, clock: Clock, format: str) -> Page:
    return seat.send(f"/desk/{client.reference}/export", format=format, code=fresh(supervisor, clock))


def trail(office: Office, client: Client) -> list[str]:
    with office.work() as work:
        about = select(AuditLine.kind).where(AuditLine.subject == f"intake/{client.reference}")
        return list(work.session.scalars(about.order_by(AuditLine.number.nulls_first())))


@pytest.mark.parametrize(
    ("format", "kind", "ending"), [("json", "application/json", "json"), ("text", "text/plain", "txt")]
)
def test_a_file_is_saved_under_the_reference_and_kept_in_no_cache(
    seat: Seat, supervisor: Person, client: Client, clock: Clock, format: str, kind: str, ending: str
) -> None:
    """C-21, S-04."""
    file = take(seat, client, supervisor, clock, format)

    assert file.status == 200
    assert file.headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert file.headers["Content-Disposition"] == f'attachment; filename="{client.reference}.{ending}"'
    assert file.headers["Cache-Control"] == "no-store"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Encoding" not in file.headers


def test_a_program_reads_the_whole_and_no_letter_steers_anything(
    office: Office, seat: Seat, supervisor: Person, client: Client, clock: Clock
) -> None:
    """V-39: pure ASCII; every other letter is written as its number."""
    file = take(seat, client, supervisor, clock, "json")

    found = json.loads(file.html)
    assert list(found)[:4] == ["version", "exported_at", "exported_by", "practice"]
    assert (found["answers"]["name"], found["answers"]["note"]) == ("=Sam", NASTY)
    assert found["answers"]["words"] == ["amber", "kettle"]
    assert all(byte == 10 or 32 <= byte < 127 for byte in file.bytes)
    assert trail(office, client)[-1] == "intake.exported"


def test_every_key_of_the_file_is_documented(seat: Seat, supervisor: Person, client: Client, clock: Clock) -> None:
    client.say("after five")
    page = (running.ROOT / "docs" / "export.md").read_text(encoding="utf-8")

    found = json.loads(take(seat, client, supervisor, clock, "json").html)

    assert [key for key in keys(found) if f"`{key}`" not in page] == []


def keys(value: object) -> Iterator[str]:
    """Yield the key of every value, and of those within."""
    if isinstance(value, dict):
        for key, within in value.items():
            yield key
            yield from keys(within)
    elif isinstance(value, list):
        for within in value:
            yield from keys(within)


def test_a_person_reads_the_whole_and_no_line_begins_with_what_somebody_typed(
    seat: Seat, supervisor: Person, client: Client, clock: Clock
) -> None:
    """V-39: formulas stand behind a label or a bar, control letters are gone."""
    text = take(seat, client, supervisor, clock, "text").html

    for part in (
        f"Request {client.reference}",
        "exported by: Grace",
        "  name: =Sam",
        "  phone: +16025550123",
        "  note: =cmd|'/C calc'!A0\n    | +1+1\n    | @SUM(A1)\n    | note: forged label",
        "words: amber, kettle",
        "voicemail: yes",
        "text: Call again.",
        "kind: intake.received",
    ):
        assert part in text, part
    assert not re.search(r"^[ \t]*[=+@]", text, re.MULTILINE)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028]", text)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"code": "000000", "format": "json"}, "This code is not right, or it was used before.", id="code"),
        pytest.param({"format": None}, "Choose what you need.", id="no format"),
        pytest.param({"format": "csv"}, "Choose what you need.", id="another format"),
    ],
)
def test_nothing_leaves_without_a_fresh_second_factor_and_a_format(
    office: Office, seat: Seat, supervisor: Person, client: Client, clock: Clock, typed: dict[str, str], sentence: str
) -> None:
    """V-19."""
    page = seat.look(f"/desk/{client.reference}/export")
    sent = {"code": fresh(supervisor, clock), **typed}

    answer = seat.send(f"/desk/{client.reference}/export", page, **sent)

    assert answer.status == 422
    assert answer.text.count(sentence) == 2
    assert "Content-Disposition" not in answer.headers
    assert "intake.exported" not in trail(office, client)


def test_who_does_not_have_it_takes_nothing(
    office: Office, supervisor: Person, sit: Sit, client: Client, clock: Clock
) -> None:
    counselor = office.hire(supervisor, "ada@example.org")
    other, path = sit(counselor), f"/desk/{client.reference}/export"
    token = other.look("/desk/account").form("/desk/sign-out").fields["csrf_token"]

    sent = other.post(path, {"csrf_token": token, "format": "json", "code": fresh(counselor, clock)})

    for answer in (other.look(path), sent):
        assert answer.status == 409
        assert "Only whoever has this request, or a supervisor, can do that." in answer.text
    assert path not in other.look(f"/desk/{client.reference}").links()


@pytest.mark.parametrize("page", ["export", "print"])
def test_what_is_not_theirs_is_not_there(
    office: Office, seat: Seat, supervisor: Person, client: Client, page: str
) -> None:
    """V-25."""
    nowhere = seat.look("/desk/a/b/c").html
    assert seat.look(f"/desk/K7QF-3MDX/{page}").html == nowhere
    me = str(office.member(supervisor).account_id)
    with office.work(supervisor) as work:
        case = opening.unlock(work, client.reference)
        opening.write(work, case, LogKind.EXCLUSION, {"account": me, "excluded": True})

    assert seat.look(f"/desk/{client.reference}/{page}").html == nowhere


def test_paper_holds_neither_number_nor_words_and_is_recorded(office: Office, seat: Seat, client: Client) -> None:
    """S-51: paper is found, so what starts a call stays at the desk."""
    assert "intake.opened" not in trail(office, client)

    page = seat.look(f"/desk/{client.reference}/print")

    assert page.status == 200
    for part in ("=Sam", "=cmd|'/C calc'!A0", "Do NOT send a text", "Leave a voicemail", "Grace Note", "Call again."):
        assert part in page.text
    for part in ("5550123", "555-0123", "••", "amber", "kettle", "77", "tel:"):
        assert part not in page.html
    assert trail(office, client).count("intake.opened") == 1


def test_new_words_are_not_on_paper_either(office: Office, seat: Seat, supervisor: Person, client: Client) -> None:
    with office.work(supervisor) as work:
        case = opening.unlock(work, client.reference)
        opening.write(work, case, LogKind.WORDS, {"words": ["copper", "lantern"]})

    page = seat.look(f"/desk/{client.reference}/print")

    assert "copper" not in page.html
    assert "lantern" not in page.html


def test_what_was_taken_back_prints_its_stone(seat: Seat, client: Client) -> None:
    client.withdraw()

    page = seat.look(f"/desk/{client.reference}/print")

    assert "Taken back by the client: do not call." in page.text
    assert "Sam" not in page.html
