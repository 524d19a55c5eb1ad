"""What stands in a letter: a reference, a link and a count; and what never does."""

import email.utils
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.domain.accounts import accounts
from app.domain.intake.answers import Answers, Wishes
from app.domain.letters import outbox
from app.domain.team import team
from app.models import Account, Gap, Intake, Letter, LetterKind
from tests.mail.conftest import MakeDesk
from tests.mail.desk import COUNSELOR, Desk
from tests.support import running, schema
from tests.support.clock import Clock
from tests.support.logbook import Logbook
from tests.support.office import make_app
from tests.support.smtp import SmtpTrap

BODY = """\
Somebody asks for a private call.

Reference: {reference}
Waiting now: {waiting}

Open it at the desk:
http://localhost/desk/{reference}

This letter says nothing about the person, on purpose. Please do not forward it.\
"""


def test_a_letter_says_which_request_waits_and_nothing_else(desk: Desk, smtp: SmtpTrap) -> None:
    reference = desk.ask(Answers("Marker", "AZ", "+16025550123", note="Marker"), Wishes("call", when=("mon-am",)))

    desk.deliver()

    [arrived] = smtp.letters
    letter = arrived.message
    assert arrived.recipients == (COUNSELOR,)
    assert letter.get_content().strip().replace("\r\n", "\n") == BODY.format(reference=reference, waiting="1 request")
    assert letter["Subject"] == f"A request is waiting: {reference}"
    assert (letter["From"], letter["To"]) == ("desk@example.org", COUNSELOR)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert email.utils.parsedate_to_datetime(letter["Date"]) == desk.clock().replace(microsecond=0)
    assert sorted(letter.keys()) == [
        "Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version", "Message-ID",
        "Subject", "To",
    ]  # fmt: skip


def test_the_link_leads_to_the_desk_where_it_has_a_host_of_its_own(smtp: SmtpTrap, make_desk: MakeDesk) -> None:
    desk = make_desk(smtp, DESK_URL="https://desk.example.org")
    reference = desk.ask()

    desk.deliver()

    assert f"https://desk.example.org/desk/{reference}" in smtp.letters[0].message.get_content()


def test_a_letter_looks_the_same_whoever_asked_and_whatever_for(desk: Desk, smtp: SmtpTrap) -> None:
    one = desk.ask(Answers("A", "AZ"), Wishes("icall"), b"one")
    desk.deliver()
    with desk.office.work() as work:
        # Taken out of the count, so that only the answers differ.
        work.session.execute(update(Intake).values(status="withdrawn"))
    desk.clock.forward(minutes=1)
    said = Answers("Maximiliana", "XX", "+442079460000", "12", True, about="couple", language="es", note="n" * 500)
    other = desk.ask(said, Wishes("call", True, True, True, True, ("mon-am", "sun-eve"), "Europe/London"), b"two")
    desk.deliver()

    first, second = (letter.raw.replace(b"\r\n", b"\n").split(b"\n") for letter in smtp.letters)

    def without(lines: list[bytes], reference: str) -> list[bytes]:
        changing = (b"Date:", b"Message-ID:")
        return [line.replace(reference.encode(), b"") for line in lines if not line.startswith(changing)]

    assert without(first, one) == without(second, other)


def test_a_change_in_the_team_is_told_without_saying_who(desk: Desk, smtp: SmtpTrap) -> None:
    desk.office.join("marker@example.org")

    desk.deliver()

    [arrived] = smtp.letters
    assert arrived.recipients == (COUNSELOR,)
    assert b"marker" not in arrived.raw.lower()
    assert "http://localhost/desk/team" in arrived.message.get_content()


def test_that_a_request_was_erased_is_told_with_the_way_to_its_certificate(desk: Desk, smtp: SmtpTrap) -> None:
    """V-29: to all supervisors, and without the reason."""
    reference = desk.ask()
    desk.clear()
    with desk.office.work() as work:
        intake_id = work.session.scalars(select(Intake.id)).one()
        told = [(account.id, work.now) for account in accounts.supervisors(work)]
        outbox.write(work, LetterKind.ERASED, told, intake_id)

    desk.deliver()

    [arrived] = smtp.letters
    assert arrived.message["Subject"] == f"A request was erased: {reference}"
    assert f"http://localhost/desk/{reference}/certificate" in arrived.message.get_content()
    assert "If you did not expect this, call a colleague now." in arrived.message.get_content()


def test_an_incident_is_told_without_saying_what_happened_to_whom(desk: Desk, smtp: SmtpTrap) -> None:
    """S-56."""
    reference = desk.ask(Answers("Marker", "AZ", note="Marker"))
    desk.clear()
    with desk.office.work() as work:
        [intake_id] = work.session.scalars(select(Intake.id))
        [account_id] = work.session.scalars(select(Account.id))
        outbox.write(work, LetterKind.INCIDENT, [(account_id, work.now)], intake_id)

    desk.deliver()

    [arrived] = smtp.letters
    assert arrived.message["Subject"] == f"Please look at a request: {reference}"
    assert f"http://localhost/desk/{reference}" in arrived.message.get_content()
    assert [word for word in (b"marker", b"voicemail") if word in arrived.raw.lower()] == []


@pytest.mark.parametrize("kind", [LetterKind.ACCOUNT_CHANGE, LetterKind.NEW_DEVICE])
def test_a_letter_about_signing_in_names_no_device_and_no_person(desk: Desk, smtp: SmtpTrap, kind: LetterKind) -> None:
    """V-12."""
    with desk.office.work() as work:
        outbox.write(work, kind, [(team.by_email(work, COUNSELOR), work.now)])

    desk.deliver()

    [arrived] = smtp.letters
    text = arrived.message.get_content()
    assert arrived.recipients == (COUNSELOR,)
    assert "http://localhost/desk/account" in text
    assert "sign out everywhere" in text
    assert not [word for word in ("Grace", "grace", "Phone", "phone", "127.0.0.1") if word in text]


def test_the_letter_counts_who_waits_at_the_moment_it_leaves(desk: Desk, smtp: SmtpTrap) -> None:
    desk.ask(nonce=b"one")
    desk.ask(nonce=b"two")

    desk.deliver()

    assert "Waiting now: 2 requests" in smtp.letters[0].message.get_content()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_no_address_and_no_reference_brings_a_header_of_its_own(desk: Desk, smtp: SmtpTrap, line_end: str) -> None:
    """V-40: even when somebody wrote it past every rule into the database."""
    desk.ask(nonce=b"one")
    with desk.office.work() as work:
        work.session.execute(update(Account).values(email=f"ada@example.org{line_end}Bcc: eve@example.org"))
    desk.deliver()
    by_address = desk.letter.failure
    desk.clock.forward(seconds=30)
    with desk.office.work() as work:
        work.session.execute(update(Account).values(email=COUNSELOR))
        work.session.execute(update(Intake).values(reference=f"K7QF{line_end}Bcc: eve@example.org"))
    desk.deliver()

    assert (by_address, desk.letter.failure) == ("BadHeaderError", "BadHeaderError")
    assert (smtp.letters, smtp.recipients_asked) == ([], [])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, SmtpTrap]]:
    folder = tmp_path_factory.mktemp("mail")
    clock = Clock()
    with SmtpTrap() as trap:
        app = make_app(schema.sqlite(folder), folder, clock, MAIL_PORT=str(trap.port))
        desk = Desk(app, clock)
        yield desk, trap
        desk.close()


#: A word that occurs nowhere by itself, in letters of any script.
MARKERS = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=6, max_size=12).map("Zq{}".format)
TEXTS = [field.name for field in fields(Answers) if field.name not in ("phone_doubtful", "words")]


@given(words=st.lists(MARKERS, min_size=len(TEXTS) + 3, max_size=len(TEXTS) + 3), ticks=st.booleans())
@settings(max_examples=40, deadline=None)
def test_no_word_of_an_answer_is_in_a_letter_or_a_log(
    shared: tuple[Desk, SmtpTrap], words: list[str], ticks: bool
) -> None:
    """V-49: no function that writes a letter is ever given an answer."""
    desk, trap = shared
    *texts, way, when, zone = words
    answers = Answers(**dict(zip(TEXTS, texts, strict=True)), phone_doubtful=ticks)  # type: ignore[arg-type]
    wishes = Wishes(way, ticks, ticks, ticks, ticks, (when,), zone)

    with Logbook() as logbook:
        desk.ask(answers, wishes, nonce=uuid4().bytes)
        assert desk.deliver()
    desk.clear()

    letter = trap.letters[-1].message
    seen = [trap.letters[-1].raw.decode(), letter.get_content(), logbook.text, *map(str, letter.values())]
    assert [word for word in words if any(word in text for text in seen)] == []


def test_a_letter_that_is_wanted_when_a_shift_begins_waits_until_then(make_desk: MakeDesk, smtp: SmtpTrap) -> None:
    desk = make_desk(smtp, PRACTICE_FILE=str(running.ROOT / "practices" / "resilient-mind.toml"))
    desk.clock.set(datetime(2027, 1, 9, 23, 0, tzinfo=UTC))
    desk.ask()
    wanted = desk.letter.wanted_at

    early = desk.deliver()
    desk.clock.set(wanted)

    assert wanted > datetime(2027, 1, 10, tzinfo=UTC)
    assert not early
    assert desk.deliver()


@pytest.mark.parametrize(
    ("kind", "subject", "begins"),
    [
        (LetterKind.ESCALATED, "A request still waits: {}", "A request for a private call still waits"),
        (LetterKind.PASSED_ON, "A request was passed on to you: {}", "A colleague cannot take a request"),
        (LetterKind.FOLLOW_UP, "A follow-up is due: {}", "It is time for a follow-up"),
        (LetterKind.OVERDUE, "A request is overdue: {}", "Nobody has tried to reach somebody"),
    ],
)
def test_a_letter_that_urges_names_the_reference_and_nothing_of_the_person(
    desk: Desk, smtp: SmtpTrap, kind: LetterKind, subject: str, begins: str
) -> None:
    reference = desk.ask(Answers("Marker", "AZ", "+16025550123", note="Marker"))
    with desk.office.work() as work:
        work.session.execute(update(Letter).where(Letter.sent_at.is_(None)).values(kind=kind))

    desk.deliver()

    [arrived] = smtp.letters
    body = arrived.message.get_content()
    assert arrived.message["Subject"] == subject.format(reference)
    assert body.startswith(begins)
    assert f"http://localhost/desk/{reference}" in body
    assert b"Marker" not in arrived.raw


def test_a_letter_about_a_gap_says_when_it_begins_and_leads_to_the_rota(desk: Desk, smtp: SmtpTrap) -> None:
    """In the time of the practice: nine in Phoenix is 16:00 in UTC."""
    begins = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)
    with desk.office.work() as work:
        to = work.session.scalars(select(Account.id)).one()
        work.session.add(Gap(starts_at=begins, ends_at=begins + timedelta(hours=8)))
        outbox.write(work, LetterKind.GAP, [(to, work.now)])

    desk.deliver()

    [arrived] = smtp.letters
    body = " ".join(arrived.message.get_content().split())
    assert arrived.message["Subject"] == "Nobody is on call at some time soon"
    assert "nobody is on call. The first time is Tuesday 1 December, 9:00 AM." in body
    assert "http://localhost/desk/rota" in body
