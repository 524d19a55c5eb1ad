"""Everything about one request in one piece: who may take it, what is in it, and that it is written down."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from sqlalchemy import select

from app.domain import permissions
from app.domain.casework import claims, exports, retention
from app.domain.intake import opening, returning
from app.domain.intake.answers import Answers
from app.domain.intake.numbers import Number
from app.domain.intake.tombstones import Cause
from app.domain.work import Missing, Refused
from app.models import AuditLine, LogKind, Outcome
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import Office, Person


@pytest.fixture
def client(office: Office, counselor: Person) -> Client:
    """Somebody whose request the counselor has."""
    return returning_clients.claimed(office, counselor)


def exported(office: Office, person: Person, client: Client) -> Any:
    office.prove(person)
    with office.work(person) as work:
        return exports.export(work, client.reference).parts


def test_everything_about_a_request_is_in_it(office: Office, counselor: Person, client: Client) -> None:
    """C-21."""
    client.wish(replace(builders.WISHED, text=True))
    client.say("after five")
    with office.work() as work:
        epoch = builders.epoch(work)
    client.do(returning.give_number, epoch=epoch, idempotency_key=b"number", number=Number("+14805550188", "7"))
    returning_clients.answer(office, counselor, client.reference, "will_call")
    with office.work(counselor) as work:
        case = opening.unlock(work, client.reference)
        opening.write(work, case, LogKind.NOTE, {"text": "call again"})
        opening.write(work, case, LogKind.EXCLUSION, {"account": str(work.member.account_id), "excluded": False})
        claims.close(work, client.reference, Outcome.REFERRED)

    parts = exported(office, counselor, client)

    assert (parts["version"], parts["exported_by"], parts["practice"]) == (1, "Ada", "Family Strategies")
    assert parts["request"]["reference"] == client.reference
    assert (parts["request"]["status"], parts["request"]["outcome"], parts["request"]["with"]) == (
        "closed", "referred", "Ada",
    )  # fmt: skip
    assert parts["request"]["received_at"] == "2026-11-23T15:01:00Z"
    assert set(parts["answers"]) == {field.name for field in fields(Answers)}
    assert (parts["answers"]["name"], parts["answers"]["phone"]) == ("Sam", "+16025550123")
    thread = [(entry["kind"], entry["by"]) for entry in parts["thread"]]
    assert thread == [
        ("wishes", "client"), ("wishes", "client"), ("message", "client"), ("wishes", "client"), ("message", "staff"),
    ]  # fmt: skip
    assert parts["thread"][2]["said"]["text"] == "after five"
    assert (parts["thread"][3]["said"]["phone"], parts["thread"][3]["said"]["extension"]) == ("+14805550188", "7")
    assert parts["thread"][4]["said"] == {"template": "will_call"}
    assert [(entry["by"], entry["said"]) for entry in parts["log"]] == [
        ("Ada", {"text": "call again"}),
        ("Ada", {"account": "Ada", "excluded": False}),
        ("Ada", {"outcome": "referred"}),
    ]
    assert {letter["kind"] for letter in parts["letters"]} == {"new_request", "news"}
    record = [line["kind"] for line in parts["record"]]
    assert set(record) >= {"intake.received", "intake.claimed", "thread.written", "log.note", "intake.closed"}
    assert record[-1] == "intake.exported"
    assert json.dumps(parts)


def test_taking_it_is_recorded(office: Office, counselor: Person, client: Client) -> None:
    """C-05: the fact, and nothing of it."""
    exported(office, counselor, client)

    with office.work() as work:
        [line] = work.session.scalars(select(AuditLine).where(AuditLine.kind == "intake.exported"))
    assert (line.actor, line.subject, line.entry) == (
        str(office.member(counselor).account_id), f"intake/{client.reference}", None,
    )  # fmt: skip


def test_only_whoever_has_it_or_a_supervisor_takes_it(
    office: Office, supervisor: Person, counselor: Person, client: Client
) -> None:
    other = office.hire(supervisor, "ben@example.org")

    with pytest.raises(Refused, match="not_yours"):
        exported(office, other, client)

    assert exported(office, supervisor, client)["exported_by"] == "Grace"


def test_without_a_fresh_second_factor_nothing_leaves(
    office: Office, counselor: Person, client: Client, clock: Clock
) -> None:
    """V-19."""
    clock.forward(seconds=permissions.FRESH.total_seconds() + 1)

    with office.work(counselor) as work, pytest.raises(Refused, match="prove_again"):
        exports.export(work, client.reference)


def test_what_was_taken_back_leaves_only_with_a_supervisor(
    office: Office, supervisor: Person, counselor: Person, client: Client
) -> None:
    """C-40: a court may ask for what the law keeps."""
    client.withdraw()

    with pytest.raises(Missing):
        exported(office, counselor, client)
    assert [entry["kind"] for entry in exported(office, supervisor, client)["thread"]] == ["wishes", "withdrawal"]


def test_what_is_erased_cannot_be_taken(office: Office, supervisor: Person, client: Client) -> None:
    office.prove(supervisor)
    with office.work(supervisor) as work:
        retention.erase(work, client.reference, Cause.ASKED)

    with pytest.raises(Refused, match="erased"):
        exported(office, supervisor, client)


def test_it_shows_nothing_in_a_traceback(office: Office, counselor: Person, client: Client) -> None:
    """Must hold 7."""
    office.prove(counselor)
    with office.work(counselor) as work:
        found = exports.export(work, client.reference)

    assert "Sam" not in repr(found)
