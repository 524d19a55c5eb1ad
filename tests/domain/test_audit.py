"""The trail: one chain, in which a changed, removed or moved line is named."""

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from app.crypto.vault import AuditKey
from app.domain import audit
from app.domain.work import Party
from app.models import AuditLine
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office


def record(office: Office, kind: str = "test.line", actor: Party = Party.OPERATOR) -> None:
    with office.work(actor) as work:
        audit.record(work, kind, "test/1")


def fail(office: Office) -> None:
    with office.work() as work:
        audit.record(work, "test.lost", "test/1")
        raise RuntimeError


@pytest.fixture
def five(office: Office) -> Office:
    """An office in which five things happened."""
    for number in range(5):
        record(office, f"test.{number}")
    return office


def verdict(office: Office) -> audit.Verification:
    with office.work(Party.OPERATOR) as work:
        return audit.verify(work)


def test_an_empty_trail_verifies(office: Office) -> None:
    assert verdict(office) == audit.Verification(0, bytes(32), None)


def test_a_trail_nobody_touched_verifies(five: Office) -> None:
    found = verdict(five)

    assert (found.length, found.first_broken) == (5, None)
    assert len(found.head) == 32


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "test.other"),
        ("subject", "test/2"),
        ("actor", "worker"),
        ("entry", 7),
        ("mac", bytes(32)),
        ("id", uuid4()),
    ],
    ids=["kind", "subject", "actor", "entry", "code", "id"],
)
def test_a_changed_line_is_named(five: Office, column: str, value: object) -> None:
    """V-51."""
    with builders.writer(five) as session:
        session.execute(update(AuditLine).where(AuditLine.number == 3).values({column: value}))

    assert verdict(five).first_broken == 3


def test_a_changed_time_is_named(five: Office, clock: Clock) -> None:
    with builders.writer(five) as session:
        session.execute(update(AuditLine).where(AuditLine.number == 2).values(at=clock.forward(seconds=1)))

    assert verdict(five).first_broken == 2


@pytest.mark.parametrize("number", [1, 3])
def test_a_removed_line_is_named(five: Office, number: int) -> None:
    """V-51."""
    with builders.writer(five) as session:
        session.execute(delete(AuditLine).where(AuditLine.number == number))

    assert verdict(five).first_broken == number


def test_a_removed_line_is_named_though_the_rest_was_renumbered(five: Office) -> None:
    with builders.writer(five) as session:
        session.execute(delete(AuditLine).where(AuditLine.number == 2))
        for number in (3, 4, 5):
            session.execute(update(AuditLine).where(AuditLine.number == number).values(number=number - 1))

    assert verdict(five).first_broken == 2


def test_lines_in_another_order_are_named(five: Office) -> None:
    """V-51."""
    with builders.writer(five) as session:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            session.execute(update(AuditLine).where(AuditLine.number == old).values(number=new))

    assert verdict(five).first_broken == 2


def test_a_cut_tail_shows_in_length_and_head(five: Office) -> None:
    """The chain alone cannot show it: both are told to supervisors."""
    before = verdict(five)
    with builders.writer(five) as session:
        session.execute(delete(AuditLine).where(AuditLine.number == 5))

    after = verdict(five)

    assert after.first_broken is None
    assert (after.length, after.head) != (before.length, before.head)


def test_the_trail_goes_on_after_a_break(five: Office) -> None:
    with builders.writer(five) as session:
        session.execute(update(AuditLine).where(AuditLine.number == 3).values(kind="forged"))
    record(five)

    assert verdict(five).first_broken == 3


def test_clients_lines_wait_without_a_number(office: Office) -> None:
    """The public process holds no key, and arrivals do not queue for the end of the chain."""
    record(office, actor=Party.CLIENT)

    [line] = builders.copies(office, AuditLine)
    assert (line.number, line.mac) == (None, None)
    assert verdict(office).length == 0


def test_clients_lines_tell_the_minute_only(office: Office, clock: Clock) -> None:
    clock.forward(seconds=42.5)

    record(office, actor=Party.CLIENT)

    [line] = builders.copies(office, AuditLine)
    assert (line.at.second, line.at.microsecond) == (0, 0)


def test_waiting_lines_are_chained_by_the_worker(office: Office, clock: Clock) -> None:
    record(office)
    for number in range(3):
        record(office, f"client.{number}", Party.CLIENT)
        clock.forward(minutes=1)

    with office.work(Party.WORKER) as work:
        assert audit.chain_waiting(work) == 3

    assert builders.kinds(office) == ["test.line", "client.0", "client.1", "client.2"]
    assert (verdict(office).length, verdict(office).first_broken) == (4, None)
    with office.work(Party.WORKER) as work:
        assert audit.chain_waiting(work) == 0


def test_a_chained_client_line_is_held_like_any_other(office: Office) -> None:
    record(office, actor=Party.CLIENT)
    with office.work(Party.WORKER) as work:
        audit.chain_waiting(work)
    with builders.writer(office) as session:
        session.execute(update(AuditLine).values(subject="test/2"))

    assert verdict(office).first_broken == 1


def test_no_line_is_chained_in_a_members_name(office: Office, clock: Clock) -> None:
    """V-51: a database writer adds a waiting line, and the worker must not vouch for it."""
    forged = AuditLine(id=uuid4(), at=clock(), actor=str(uuid4()), kind="team.approved", subject="account/1")
    builders.put_back(office, forged)

    with office.work(Party.WORKER) as work:
        assert audit.chain_waiting(work) == 0
    assert verdict(office).length == 0


def test_what_is_rolled_back_leaves_no_line_and_no_gap(office: Office) -> None:
    record(office)
    with pytest.raises(RuntimeError):
        fail(office)
    record(office)

    assert (verdict(office).length, verdict(office).first_broken) == (2, None)


def test_writers_at_the_same_time_keep_one_chain(office: Office) -> None:
    """V-46, V-51: eight threads with connections of their own."""

    def write() -> None:
        for _ in range(6):
            record(office)

    outcomes = builders.in_parallel([write] * 8)

    assert outcomes == [None] * 8
    assert (verdict(office).length, verdict(office).first_broken) == (48, None)


def test_writers_and_the_worker_keep_one_chain(office: Office) -> None:
    def arrive() -> None:
        for _ in range(5):
            record(office, actor=Party.CLIENT)

    def chain() -> None:
        for _ in range(10):
            with office.work(Party.WORKER) as work:
                audit.chain_waiting(work)

    assert builders.in_parallel([arrive, arrive, chain, lambda: record(office)]) == [None] * 4
    with office.work(Party.WORKER) as work:
        audit.chain_waiting(work)

    assert (verdict(office).length, verdict(office).first_broken) == (11, None)


def test_a_whole_day_at_the_office_verifies(office: Office) -> None:
    supervisor = office.found()
    office.hire(supervisor, "ada@example.org")
    office.ask()
    with office.work(Party.WORKER) as work:
        audit.chain_waiting(work)

    assert verdict(office).first_broken is None
    assert {"team.joined", "roll.changed", "epoch.begun", "team.approved"} < set(builders.kinds(office))


def test_no_line_holds_a_word_of_a_client(office: Office) -> None:
    """V-49."""
    supervisor = office.found()
    office.on_call(supervisor)
    office.ask("Zzyzx", note="Zzyzx")

    lines = builders.copies(office, AuditLine)

    assert "Zzyzx" not in str([vars(line) for line in lines])
    assert "grace@example.org" not in str([vars(line) for line in lines])


@settings(max_examples=40, deadline=None)
@given(
    fields=st.lists(st.text(max_size=6), min_size=2, max_size=4),
    others=st.lists(st.text(max_size=6), min_size=2, max_size=4),
)
def test_no_two_lines_share_a_code(fields: list[str], others: list[str]) -> None:
    """Lengths are part of what is coded: moving a border between fields changes it."""
    key = AuditKey(bytes(range(32)))
    codes = [key.link(bytes(32), [field.encode() for field in line]) for line in (fields, others)]

    assert (codes[0] == codes[1]) == (fields == others)


def test_the_last_entry_of_a_subject_counts_only_its_own(office: Office) -> None:
    with office.work() as work:
        audit.record(work, "thread.written", "intake/A", entry=1)
        audit.record(work, "thread.written", "intake/A", entry=2)
        audit.record(work, "thread.written", "intake/AB", entry=9)
        audit.record(work, "other", "intake/A", entry=8)

        assert work.session.scalar(select(audit.last_entry("intake/A", ("thread.written",)))) == 2
