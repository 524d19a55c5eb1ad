"""The record at the desk: looked through by who, what and when, verified, taken along; for supervisors."""

import ast
import json
import re

import pytest
from sqlalchemy import text

from app.crypto import totp
from app.domain import audit
from app.domain.casework import claims
from app.domain.intake import opening, tombstones
from app.domain.work import Party
from app.models import Exclusion, Intake, LogKind
from app.web.desk.records import audit_labels
from tests.support import source
from tests.support.clock import Clock
from tests.support.office import Office, Person
from tests.support.running import ROOT
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page

pytestmark = pytest.mark.both_databases


@pytest.fixture
def reference(office: Office, supervisor: Person, counselor: Person) -> str:
    """A request that the counselor opened and claimed."""
    sent = office.ask("Marker", note="Marker")
    with office.work(counselor) as work:
        opening.open(work, sent)
        claims.claim(work, sent)
    return sent


def test_every_party_that_acts_has_its_words() -> None:
    assert set(audit_labels.PARTIES) == set(Party)


def test_lines_of_the_service_and_of_the_worker_are_found_apart(office: Office, supervisor: Person, sit: Sit) -> None:
    for party, kind in ((Party.SERVICE, "record.altered"), (Party.WORKER, "epoch.begun")):
        with office.work(party) as work:
            audit.record(work, kind, "intake/K7QF-3MDX")

    of_service = asked(office, supervisor, sit, who="service")
    of_worker = asked(office, supervisor, sit, who="worker")

    assert "altered K7QF-3MDX The service itself" in of_service.text
    assert "began K7QF-3MDX" not in of_service.text
    assert "began K7QF-3MDX The worker" in of_worker.text
    assert "altered K7QF-3MDX" not in of_worker.text


def asked(office: Office, supervisor: Person, sit: Sit, **questions: str) -> Page:
    return sit(supervisor).look("/desk/audit", query_string=questions)


def test_every_line_says_who_did_what_and_when_and_nothing_a_client_wrote(
    office: Office, supervisor: Person, reference: str, sit: Sit
) -> None:
    """V-50, V-49."""
    page = asked(office, supervisor, sit)

    assert f"Claimed a request {reference} Ada, Mon 23 Nov" in page.text
    assert f"Opened a request {reference}" in page.text
    assert page.text.index("Claimed a request") < page.text.index("Opened a request"), "newest first"
    assert "Marker" not in page.html


@pytest.mark.parametrize(
    ("questions", "shown", "hidden"),
    [
        pytest.param({"kind": "intake.claimed"}, "Claimed a request", "Ada, Opened", id="what"),
        pytest.param({"who": "operator"}, "Invited a colleague", "Claimed a request K", id="a party"),
        pytest.param({"since": "2026-11-24"}, "There is no such line.", "Claimed a request K", id="from a day"),
        pytest.param({"until": "2026-11-22"}, "There is no such line.", "Claimed a request K", id="until a day"),
        pytest.param({"since": "2026-11-23", "until": "2026-11-23"}, "Claimed a request", "no such line", id="a day"),
    ],
)
def test_the_record_answers_one_question_at_a_time(
    office: Office, supervisor: Person, reference: str, sit: Sit, questions: dict[str, str], shown: str, hidden: str
) -> None:
    page = asked(office, supervisor, sit, **questions)

    assert shown in page.text
    assert hidden not in page.text


def test_a_colleague_is_found_by_what_they_did_and_by_what_was_done_to_them(
    office: Office, supervisor: Person, counselor: Person, reference: str, sit: Sit
) -> None:
    page = asked(office, supervisor, sit, who=str(office.member(counselor).account_id))

    assert "Claimed a request" in page.text
    assert "Approved a colleague" in page.text
    assert "Typed the recovery code back Grace" not in page.text


def test_a_request_is_found_however_its_reference_is_typed(
    office: Office, supervisor: Person, reference: str, sit: Sit
) -> None:
    page = asked(office, supervisor, sit, request=reference.lower().replace("-", " "))

    assert f"Claimed a request {reference}" in page.text
    assert page.html.count(f'<a href="/desk/{reference}">') == len(_numbers(page)) == 2


@pytest.mark.parametrize(("name", "typed"), [("request", "not one"), ("since", "yesterday"), ("until", "9999-99-99")])
def test_what_cannot_be_read_is_said_and_kept(
    office: Office, supervisor: Person, sit: Sit, name: str, typed: str
) -> None:
    page = asked(office, supervisor, sit, **{name: typed})

    assert page.status == 200
    assert page.title.startswith("Error:")
    [field] = page.find("input", name=name)
    assert (field["value"], field["aria-invalid"]) == (typed, "true")


def test_older_lines_follow_without_a_gap_or_a_repetition(office: Office, supervisor: Person, sit: Sit) -> None:
    for number in range(60):
        sent = office.ask(nonce=bytes([number]))
        with office.work(supervisor) as work:
            opening.open(work, sent)
    seat = sit(supervisor)

    first = seat.look("/desk/audit")
    [link] = [link for link in first.links() if link and "before=" in link]
    second = seat.look(link)

    numbers = [int(line) for page in (first, second) for line in _numbers(page)]
    assert numbers == sorted(set(numbers), reverse=True)
    assert numbers[0] - numbers[-1] == len(numbers) - 1


def test_a_whole_record_says_so_with_its_head(office: Office, supervisor: Person, reference: str, sit: Sit) -> None:
    """V-51."""
    page = sit(supervisor).send("/desk/audit/verify", "/desk/audit")

    assert "lines fit." in page.text
    assert len(page.text.partition("Head: ")[2].split()[0]) == 64


def test_a_changed_line_is_named(office: Office, supervisor: Person, reference: str, sit: Sit) -> None:
    """V-51."""
    with office.work() as work:
        work.session.execute(text("UPDATE audit_lines SET kind = 'intake.opened' WHERE number = 3"))

    page = sit(supervisor).send("/desk/audit/verify", "/desk/audit")

    assert "Line 3 does not fit" in page.text


def test_the_record_is_taken_along_behind_a_fresh_second_factor(
    office: Office, supervisor: Person, reference: str, sit: Sit, clock: Clock
) -> None:
    """V-19: every line with its code, in order, and that it was taken stands in it."""
    seat = sit(supervisor)
    refused = seat.send("/desk/audit/export", "/desk/audit", code="000000")
    clock.forward(seconds=60)

    taken = seat.send("/desk/audit/export", "/desk/audit", code=totp.code(supervisor.totp_secret, clock()))

    assert refused.status == 422
    lines = [json.loads(line) for line in taken.html.splitlines()]
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[-1]["kind"] == "audit.exported"
    assert all(len(line["mac"]) == 64 for line in lines)
    assert taken.headers["Content-Disposition"] == 'attachment; filename="audit-2026-11-23.jsonl"'


def test_the_record_names_the_colleague_it_is_about(
    office: Office, supervisor: Person, counselor: Person, reference: str, sit: Sit
) -> None:
    me = office.member(supervisor).account_id
    with office.work(counselor) as work:
        claims.hand_over(work, reference, me)

    text = asked(office, supervisor, sit, request=reference).text

    assert f"Handed a request over {reference} Grace Ada," in text
    assert "Approved a colleague Ada Grace," in asked(office, supervisor, sit, kind="team.approved").text


def test_every_kind_of_line_has_words() -> None:
    texts = {
        node.value
        for module in source.read(ROOT, ("app",)).modules
        if module.name.startswith("app.domain")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    recorded = {text for text in texts if re.fullmatch(r"(?!refused\.)[a-z_]+\.[a-z_0-9]+", text)}
    recorded |= {f"log.{kind}" for kind in LogKind if kind not in (LogKind.OUTCOME, LogKind.HOLD)}
    recorded |= set(tombstones.ERASED)

    assert {"intake.received", "intake.closed", "hold.begun"} <= recorded
    assert [kind for kind in sorted(recorded) if audit_labels.kind(kind) == kind] == []


def test_what_concerns_a_request_one_is_excluded_from_is_not_shown(
    office: Office, supervisor: Person, counselor: Person, reference: str, sit: Sit
) -> None:
    """S-57: for them it does not exist, here neither."""
    me = office.member(supervisor).account_id
    with office.work(counselor) as work:
        claims.hand_over(work, reference, me)
    assert reference in asked(office, supervisor, sit).text
    with office.work() as work:
        intake_id = work.session.query(Intake.id).filter(Intake.reference == reference).scalar()
        work.session.add(Exclusion(intake_id=intake_id, account_id=me))

    assert reference not in asked(office, supervisor, sit).text


def _numbers(page: Page) -> list[str]:
    starts = (part.partition("<")[0] for part in page.html.split('<span class="quiet">'))
    return [start for start in starts if start.isdigit()]
