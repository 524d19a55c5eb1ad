"""Opening, revealing and claiming: who may, what is recorded, who wins."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.domain import audit
from app.domain.calls import dialing
from app.domain.casework import claims
from app.domain.intake import arrivals, opening, thread
from app.domain.team import team
from app.domain.work import Altered, Missing, Party, Reason, Refused
from app.models import AuditLine, EntryKind, Intake, Status
from tests.domain import builders
from tests.domain.helpers import returning_clients
from tests.support.clock import Clock
from tests.support.office import Office, Person


def open_and_fail(office: Office, person: Person, reference: str) -> None:
    with office.work(person) as work:
        opening.open(work, reference)
        raise RuntimeError


def claim(office: Office, person: Person, reference: str) -> None:
    with office.work(person) as work:
        claims.claim(work, reference)


def test_opening_masks_the_number(office: Office) -> None:
    """V-54."""
    supervisor = office.found()

    shown = returning_clients.opened(office, supervisor, office.ask()).answers.phone

    assert shown is not None
    assert [sign for sign in shown if sign.isdigit()] == ["2", "3"]


def test_revealing_shows_the_whole_number(office: Office) -> None:
    supervisor = office.found()
    reference = office.ask(extension="77")

    with office.work(supervisor) as work:
        dialing.reveal(work, reference, "agreed")
        number_page = dialing.dialing(work, reference)

    assert number_page is not None
    assert (number_page.opened.answers.phone, number_page.opened.answers.extension) == ("+16025550123", "77")


def test_a_request_without_a_number_shows_none(office: Office) -> None:
    supervisor = office.found()
    token = builders.send(office, said=replace(builders.SAID, phone=None))

    assert returning_clients.opened(office, supervisor, builders.reference(office, token)).answers.phone is None


@pytest.mark.parametrize(("rule", "kind"), [(opening.open, "intake.opened"), (dialing.reveal, "intake.revealed")])
def test_every_look_leaves_its_own_audit_line(office: Office, clock: Clock, rule: object, kind: str) -> None:
    """V-50: who looked at which request, and never what it says."""
    clock.forward(hours=2)
    supervisor = office.found()
    reference = office.ask("Zzyzx")
    before = builders.kinds(office).count(kind)

    with office.work(supervisor) as work:
        assert callable(rule)
        rule(work, reference)

    with office.work() as work:
        lines = work.session.scalars(select(AuditLine).where(AuditLine.kind == kind)).all()
    assert len(lines) == before + 1
    assert (lines[-1].subject, lines[-1].actor) == (
        f"intake/{reference}",
        str(builders.account_id(office, supervisor)),
    )


def test_an_opening_that_is_not_kept_leaves_no_plain_text_either(office: Office) -> None:
    """Raise is roll back: the audit line and the text leave together or not at all."""
    supervisor = office.found()
    reference = office.ask()

    with pytest.raises(RuntimeError):
        open_and_fail(office, supervisor, reference)

    assert "intake.opened" not in builders.kinds(office)


def test_an_opened_request_hides_its_text_from_tracebacks(office: Office) -> None:
    """Must hold 7."""
    supervisor = office.found()

    shown = returning_clients.opened(office, supervisor, office.ask("Zzyzx"))

    assert "Zzyzx" not in repr(shown)
    assert "Zzyzx" not in repr(shown.answers)
    assert "mon-am" not in repr(shown.wishes)


def test_a_reference_is_found_however_it_is_typed(office: Office) -> None:
    supervisor = office.found()
    reference = office.ask()

    assert returning_clients.opened(office, supervisor, reference.lower().replace("-", " ")).reference == reference


@pytest.mark.parametrize(
    "unknown", ["BBBB-BBBB", "not a reference", "", "'; --"], ids=["free", "words", "nothing", "sql"]
)
@pytest.mark.parametrize("rule", [opening.open, dialing.reveal, claims.claim], ids=["open", "reveal", "claim"])
def test_an_unknown_reference_is_missing(office: Office, rule: object, unknown: str) -> None:
    """V-25."""
    supervisor = office.found()

    assert callable(rule)
    with office.work(supervisor) as work, pytest.raises(Missing):
        rule(work, unknown)


@pytest.mark.parametrize("rule", [opening.open, dialing.reveal, claims.claim], ids=["open", "reveal", "claim"])
def test_somebody_who_waits_for_approval_finds_nothing(office: Office, rule: object) -> None:
    """V-24: not yours and not there look the same."""
    office.found()
    pending = office.join("new@example.org")
    reference = office.ask()

    assert callable(rule)
    with office.work(pending) as work, pytest.raises(Missing):
        rule(work, reference)


@pytest.mark.parametrize("party", list(Party), ids=str)
def test_only_a_member_opens(office: Office, party: Party) -> None:
    office.found()
    reference = office.ask()

    with office.work(party) as work, pytest.raises(Refused, match="members_only"):
        opening.open(work, reference)


def test_without_a_grant_for_its_epoch_a_request_is_refused(office: Office) -> None:
    supervisor = office.found()
    reference = office.ask()
    with builders.writer(office) as session:
        session.execute(builders.GRANTS_GONE)

    with office.work(supervisor) as work, pytest.raises(Refused, match="no_grant"):
        opening.open(work, reference)


def test_a_colleague_who_was_approved_later_opens_what_came_before(office: Office) -> None:
    supervisor = office.found()
    reference = office.ask()

    colleague = office.hire(supervisor, "ada@example.org")

    assert returning_clients.opened(office, colleague, reference).answers.name == "Sam"


def test_a_claim_names_its_counselor_for_everybody(office: Office) -> None:
    supervisor = office.found()
    colleague = office.hire(supervisor, "ada@example.org")
    reference = office.ask()

    claim(office, colleague, reference)

    mine, theirs = (
        returning_clients.opened(office, colleague, reference),
        returning_clients.opened(office, supervisor, reference),
    )
    assert (mine.claimed_by, mine.claimed_by_me) == ("Ada", True)
    assert (theirs.claimed_by, theirs.claimed_by_me) == ("Ada", False)
    assert mine.status is Status.CLAIMED


def test_who_claims_too_late_hears_who_was_first_and_when(office: Office, clock: Clock) -> None:
    """V-46."""
    supervisor = office.found()
    colleague = office.hire(supervisor, "ada@example.org")
    reference = office.ask()
    claim(office, colleague, reference)
    first_at = clock()
    clock.forward(minutes=1)

    with pytest.raises(Refused, match=r"^claimed$") as refused:
        claim(office, supervisor, reference)

    assert refused.value.facts == {"who": "Ada", "at": first_at}
    assert builders.kinds(office).count("intake.claimed") == 1


def test_of_many_claims_at_once_only_one_succeeds(office: Office) -> None:
    """V-46: real threads and connections."""
    supervisor = office.found()
    people = [supervisor, office.hire(supervisor, "ada@example.org"), office.hire(supervisor, "eve@example.org")]
    reference = office.ask()

    outcomes = builders.in_parallel([partial(claim, office, person, reference) for person in people * 2])

    # Whoever won may have sent it twice.
    assert outcomes.count(None) in (1, 2)
    refusals = [outcome for outcome in outcomes if outcome is not None]
    assert all(isinstance(refusal, Refused) and refusal.reason is Reason.CLAIMED for refusal in refusals)
    with office.work() as work:
        winner = work.session.scalars(select(Intake.claimed_by)).one()
        [line] = work.session.scalars(select(AuditLine).where(AuditLine.kind == "intake.claimed")).all()
    assert line.actor == str(winner)


def test_what_was_taken_back_can_be_neither_claimed_nor_revealed(office: Office) -> None:
    supervisor = office.found()
    token = builders.send(office)
    reference = builders.reference(office, token)
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)

    with office.work(supervisor) as work, pytest.raises(Refused, match=r"^gone$"):
        claims.claim(work, reference)
    with office.work(supervisor) as work, pytest.raises(Refused, match=r"^gone$"):
        dialing.reveal(work, reference)


def test_a_tombstone_says_that_it_was_and_when(office: Office, clock: Clock) -> None:
    supervisor = office.found()
    token = builders.send(office)
    reference = builders.reference(office, token)
    with office.work(Party.CLIENT) as work:
        arrivals.undo(work, token)

    stone = returning_clients.gone(office, supervisor, reference)

    assert (stone.reference, stone.status) == (reference, Status.WITHDRAWN)
    assert clock() - stone.received_at < timedelta(minutes=1)


def test_newer_wishes_hold(office: Office) -> None:
    supervisor = office.found()
    reference = office.ask()
    builders.wish_again(office, supervisor, reference, replace(builders.WISHED, voicemail=False, ask=True))

    wishes = returning_clients.opened(office, supervisor, reference).wishes

    assert (wishes.voicemail, wishes.ask) == (False, True)


def test_a_withdrawal_in_the_thread_holds_against_the_column(office: Office) -> None:
    """Must hold 1: the desk obeys the stricter of entry and column."""
    supervisor = office.found()
    reference = office.ask()
    builders.add_entry(office, supervisor, reference, EntryKind.WITHDRAWAL, {})

    with office.work(supervisor) as work, pytest.raises(Altered):
        opening.open(work, reference)


def test_a_newcomer_needs_the_key_that_was_compared(office: Office) -> None:
    """The digest in the form decides: another key in the row is not granted."""
    supervisor = office.found()
    office.join("new@example.org")
    office.prove(supervisor)

    with office.work(supervisor) as work, pytest.raises(Refused, match="key_changed"):
        team.approve(work, team.by_email(work, "new@example.org"), "00" * 32)


def test_the_thread_counts_its_entries_in_the_trail(office: Office) -> None:
    supervisor = office.found()
    reference = office.ask()
    builders.wish_again(office, supervisor, reference, builders.WISHED)

    with office.work() as work:
        assert work.session.scalar(select(audit.last_entry(f"intake/{reference}", thread.THREAD.audited))) == 2
