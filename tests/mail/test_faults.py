"""Whatever the mail server does, the letter is tried again, and the log tells nobody's address."""

import smtplib
import socket
from datetime import timedelta
from typing import Any

import pytest

from app import mail
from tests.mail.conftest import MakeDesk
from tests.mail.desk import COUNSELOR, Desk
from tests.support.smtp import FAULTS, Fault, SmtpTrap

#: The kind of failure each fault is kept as: never the server's own words.
KINDS: dict[Fault, str] = {
    "connect421": "SMTPConnectError 421",
    "greet_hang": "SMTPServerDisconnected",
    "refuse": "ConnectionRefusedError",
    "auth535": "SMTPAuthenticationError 535",
    "mail451": "SMTPSenderRefused 451",
    "rcpt450": "SMTPRecipientsRefused 450",
    "rcpt550": "SMTPRecipientsRefused 550",
    "data452": "SMTPDataError 452",
    "data554": "SMTPDataError 554",
    "data_drop": "SMTPServerDisconnected",
    "data_hang": "SMTPServerDisconnected",
    "data_lost": "SMTPServerDisconnected",
}
#: What the server says, in whole or in part.
SERVERS_WORDS = ("closing", "greylisted", "user", "quota", "rejected", "later", "credentials", "desk@example.org")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that hangs is left soon: nothing here measures how soon."""
    monkeypatch.setattr(mail, "_PATIENCE_SECONDS", 0.3)


def signed_in(fault: Fault) -> dict[str, str]:
    return {"MAIL_USERNAME": "anna", "MAIL_PASSWORD": "right"} if fault == "auth535" else {}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", FAULTS)
def test_after_every_fault_the_letter_is_tried_again_and_arrives(fault: Fault, make_desk: MakeDesk) -> None:
    trap = SmtpTrap(fault=fault, login=("anna", "right") if fault == "auth535" else None)
    with trap:
        desk = make_desk(trap, **signed_in(fault))
        desk.ask()

        assert desk.deliver()
        letter = desk.letter
        told = desk.logbook.text
    assert (letter.sent_at, letter.failed_at, letter.tries) == (None, None, 1)
    assert letter.failure == KINDS[fault]
    assert letter.next_at == desk.clock() + timedelta(seconds=30)
    assert f"letter {letter.id} was not taken: {KINDS[fault]}" in told
    assert COUNSELOR not in told
    assert "right" not in told
    assert [word for word in SERVERS_WORDS if word in told.lower()] == []

    trap.fault = None
    with trap:
        desk.clock.forward(seconds=29)
        assert not desk.deliver()
        desk.clock.forward(seconds=1)
        assert desk.deliver()

    assert desk.letter.sent_at == desk.clock()
    assert desk.letter.failure is None
    assert not desk.due
    assert {str(arrived.message["Message-ID"]) for arrived in trap.letters} == {f"<{letter.id}@example.org>"}
    assert len(trap.letters) == (2 if fault == "data_lost" else 1)


def test_pauses_double_to_an_hour_and_after_seven_days_the_letter_shows_as_failed(make_desk: MakeDesk) -> None:
    with SmtpTrap(fault="refuse") as trap:
        desk = make_desk(trap)
        desk.ask()
        pauses = []
        for _ in range(9):
            desk.deliver()
            pauses.append(desk.letter.next_at - desk.clock())
            desk.clock.set(desk.letter.next_at)
        desk.clock.forward(days=6, hours=20)
        desk.deliver()
        before = desk.letter.failed_at
        desk.clock.forward(hours=4)
        desk.deliver()

    assert [pause.total_seconds() for pause in pauses] == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert before is None
    assert desk.letter.failed_at == desk.clock()
    assert desk.letter.failure == "ConnectionRefusedError"
    assert not desk.due


@pytest.mark.parametrize("encrypted", ["0", "1"])
def test_no_connection_is_made_without_an_end_to_its_patience(
    encrypted: str, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flask-Mail's own connection has no time-out: one server that says nothing would hold the worker for ever."""
    passed: list[Any] = []
    connect = socket.create_connection

    def short(address: tuple[str, int], timeout: Any = None, *rest: Any) -> socket.socket:
        passed.append(timeout)
        return connect(address, 0.3, *rest)

    monkeypatch.setattr(socket, "create_connection", short)
    with SmtpTrap(fault="greet_hang") as trap:
        desk = make_desk(trap, MAIL_USE_SSL=encrypted)
        desk.ask()
        desk.deliver()

    assert passed == [10]
    assert desk.letter.failure in ("TimeoutError", "SMTPServerDisconnected")


def test_one_letter_that_cannot_leave_holds_no_other_one_up(desk: Desk, smtp: SmtpTrap) -> None:
    desk.ask(nonce=b"one")
    smtp.fault = "rcpt550"
    desk.deliver()
    smtp.fault = None
    desk.clock.forward(seconds=5)
    desk.ask(nonce=b"two")

    desk.deliver()

    [arrived] = smtp.letters
    assert arrived.message["Message-ID"] == f"<{desk.letter.id}@example.org>"


def test_a_server_that_says_goodbye_badly_has_taken_the_letter_all_the_same(
    desk: Desk, smtp: SmtpTrap, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slammed(connection: smtplib.SMTP) -> None:
        connection.close()
        raise smtplib.SMTPServerDisconnected("gone")

    desk.ask()
    with monkeypatch.context() as broken:
        broken.setattr(smtplib.SMTP, "quit", slammed)
        desk.deliver()

    assert len(smtp.letters) == 1
    assert desk.letter.sent_at == desk.clock()
